"""Private PostgreSQL, Redis and Chromium for the tests: found or installed, and always stopped again."""


class ServiceMissing(Exception):
    """A service the tests need cannot be had; the message says in one line which, why and what to do."""
