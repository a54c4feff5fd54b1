"""Formats, a folder for each: readers yield documents and problems, writers yield bytes. Pure."""
