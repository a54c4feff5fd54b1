"""The source *language model*: what it is asked, and what is taken from its answer. Pure."""
