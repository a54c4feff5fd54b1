"""The speaker registry: who the speakers of a project are, and which mentions name them."""
