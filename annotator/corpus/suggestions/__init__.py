"""Suggestions: spans that a source proposes. They are no annotations until an annotator accepts them."""
