"""Projects and people over the API."""
