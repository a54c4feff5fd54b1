"""Text as it is stored: decoding, offsets, boundaries. Pure: imports nothing of the frameworks."""
