"""Sources of suggestions, their runs over documents, and how good they are."""
