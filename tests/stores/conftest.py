"""Real processes on the database and broker that the environment names: SQLite and files, or PostgreSQL and Redis."""

import pytest

from tests.stores.installation import Installation


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """An installation with its tables made, which the others begin with a copy of."""
    template = Installation(tmp_path_factory.mktemp("template"))
    yield template
    template.close()


@pytest.fixture
def installation(migrated, tmp_path):
    """An installation of its own; all its processes are gone after the test."""
    made = Installation(tmp_path / "var", template=migrated)
    yield made
    made.close()
