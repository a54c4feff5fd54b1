"""One run of an import: files are converted, checked and stored chunk by chunk."""
