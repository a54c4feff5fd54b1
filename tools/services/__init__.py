"""PostgreSQL, Redis, browsers, fonts and environments for the tests: found or installed, and stopped at the end."""


class ServiceMissing(Exception):
    """Raised when a service for the tests is missing; the message says in one line which, why and what to do."""
