"""Layouts of release archives; see `registry`."""
