"""Real processes on the database and broker that the environment names: SQLite and files, or PostgreSQL and Redis."""

import pytest

from tests.stores.installation import Installation


@pytest.fixture
def installation(tmp_path):
    """A separate installation, closed after the test."""
    created = Installation(tmp_path / "var")
    yield created
    created.close()


@pytest.fixture(scope="module")
def shared_installation(tmp_path_factory):
    """An installation for all tests of a module, closed after the last one."""
    created = Installation(tmp_path_factory.mktemp("shared") / "var")
    yield created
    created.close()
