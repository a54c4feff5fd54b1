"""Real processes on the database and broker that the environment names: SQLite and files, or PostgreSQL and Redis."""

import pytest

from tests.stores.installation import Installation


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """An installation with its tables created, copied by the other installations."""
    template = Installation(tmp_path_factory.mktemp("template"))
    yield template
    template.close()


@pytest.fixture
def installation(migrated, tmp_path):
    """A separate installation, closed after the test."""
    created = Installation(tmp_path / "var", template=migrated)
    yield created
    created.close()
