"""The files of an export: data, manifest and loss report."""
