"""Stored texts: decoding, offsets, tokens, sentences. Pure."""
