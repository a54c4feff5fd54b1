"""Split rule 1: sketches of texts, groups that stay together, and the draw. Releases of layout 1 depend on it.

Nothing here may change what it returns: the bytes of released archives follow from it. A better rule is a package
beside this one, used by the next layout.
"""
