"""Mentions of speakers: their names, and the entries that they name. Pure."""
