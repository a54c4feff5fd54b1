"""Transformations of documents before they are written: consensus, choices of labels, layers, windows. Pure."""
