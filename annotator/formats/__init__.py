"""Formats: one file each, pure. Readers give documents and problems line by line, writers give bytes."""
