"""Verification of archives: checksums first, then whether the data match manifest, selection and texts."""
