"""Preparation of a start."""

import errno
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.core.management import CommandError, call_command
from django.db import OperationalError

from annotator.platform import installation
from annotator.platform.installation import CannotStart, short_failures
from annotator.site.serving import preparation

ROOT = site_settings.BASE_DIR


@pytest.fixture
def folders(settings, tmp_path):
    """An installation without anything in it yet."""
    settings.VAR_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.UPLOADS_DIR, settings.EXPORTS_DIR = tmp_path / "uploads", tmp_path / "exports"
    settings.BROKER_DIR = tmp_path / "broker"
    return tmp_path


def prepare():
    said = []
    preparation.prepare(said.append)
    return said


def test_a_second_start_does_nothing(db, folders):
    first = prepare()
    collected = folders / "static" / "css" / "base.css"
    collected.unlink()

    second = prepare()

    assert first == ["Collecting the static files …"]
    assert second == []
    assert not collected.exists()
    assert (folders / "broker").is_dir()


def test_changed_static_files_are_collected_again(db, folders, settings, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "old.css").write_text("a {}")
    settings.STATICFILES_DIRS = [own]
    prepare()
    (own / "old.css").rename(own / "new.css")

    said = prepare()

    assert said == ["Collecting the static files …"]
    assert [path.name for path in (folders / "static").glob("*.css")] == ["new.css"]


def test_an_interrupted_collection_is_repeated(db, folders, monkeypatch):
    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(preparation, "call_command", interrupted)
        with pytest.raises(CommandError, match="Interrupted") as ended:
            prepare()
    assert ended.value.returncode == 130

    assert prepare() == ["Collecting the static files …"]


def test_migrations_on_disk_match_django(db):
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    assert installation.migrations_on_disk() == set(MigrationLoader(connection).disk_migrations)


def test_a_missing_migration_is_applied(db, folders, monkeypatch):
    called = []
    on_disk = installation.migrations_on_disk() | {("jobs", "9999_new")}
    monkeypatch.setattr(installation, "migrations_on_disk", lambda: on_disk)
    for module in (installation, preparation):
        monkeypatch.setattr(module, "call_command", lambda name, **_options: called.append(name))

    said = prepare()

    assert said[0] == "Bringing the database up to date …"
    assert called == ["migrate", "collectstatic"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/data/x"), "The disk is full: /data/x could not be written"),
        (OSError(errno.EROFS, "Read-only file system", "/data"), "/data cannot be written by this user"),
        (OSError(errno.EIO, "Input/output error", "/data"), "/data cannot be used: Input/output error"),
        (OperationalError("database or disk is full"), "The disk is full: the database in"),
        (OperationalError("attempt to write a readonly database"), "cannot be written by this user"),
        (OperationalError("connection failed:\n  refused"), "The database cannot be used: connection failed: refused."),
    ],
)
def test_failures_of_disk_and_database_are_one_line(error, words):
    with pytest.raises(CannotStart) as refused, short_failures():
        raise error

    assert words in refused.value.detail
    assert "\n" not in refused.value.detail


def test_an_unreachable_redis_stops_the_start(db, folders, settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"

    with pytest.raises(CannotStart, match=f"Redis is unreachable at 127.0.0.1:{port}"):
        prepare()


def test_the_static_files_of_the_site_can_be_hashed(settings, tmp_path):
    """With the storage of the site itself: every reference between the files leads somewhere."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = site_settings.STORAGES | {
        "staticfiles": {"BACKEND": "annotator.platform.http.storage.HashedStaticFilesStorage"}
    }

    call_command("collectstatic", interactive=False, verbosity=0)

    assert (tmp_path / "staticfiles.json").exists()
    assert list(tmp_path.glob("css/tokens.????????????.css"))


def test_an_unreadable_database_stops_the_start(tmp_path):
    folder = tmp_path / "var"
    folder.mkdir()
    (folder / "annotator.sqlite3").mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {"PATH": "/usr/bin:/bin", "VAR_DIR": str(folder), "PORT": str(port)}

    done = subprocess.run(
        [sys.executable, Path(ROOT, "manage.py"), "serve"], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "annotator.sqlite3 cannot be written by this user" in done.stderr
