"""What the names in imported files mean here: the mapping, and names that the schema lacks."""
