"""Suggestions of a language model on a server that the operator allows, for projects that have chosen one."""
