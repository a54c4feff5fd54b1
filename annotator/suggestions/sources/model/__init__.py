"""The source *model*: span labelling learned from the finished work of a project. Pure."""
