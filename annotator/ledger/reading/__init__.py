"""Reading documents: their statements, where these come from, and pairs of claims with the same words."""
