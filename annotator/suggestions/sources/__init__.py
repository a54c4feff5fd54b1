"""Sources: each suggests spans for a text. Pure."""
