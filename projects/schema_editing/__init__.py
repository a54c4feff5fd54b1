"""Editing a schema in the browser: the fields of a form, actions on its items, and schemas of other tools. Pure."""
