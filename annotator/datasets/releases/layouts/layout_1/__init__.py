"""Layout 1: everything that decides the bytes of its archives, and nothing else.

Its releases must rebuild with the same bytes in every later version of this site, so what is here is never changed, not
even a word (`WORDING.md` does not apply). A better text, rule or file name is a new layout beside this one; see
`docs/decisions/release-layouts.md` for what is copied here and what is shared and pinned by tests.
"""
