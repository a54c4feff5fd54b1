"""The database engine for SQLite: Django's own, in which the writers of a process wait for each other in order."""
