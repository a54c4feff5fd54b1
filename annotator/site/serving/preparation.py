"""Preparation of a start: folders, tables and static files, each only when something has changed."""

import hashlib
import inspect
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.storage import storages
from django.core.management import call_command

from annotator.platform.installation import CannotStart, Say, create_tables, short_failures, start_lock
from annotator.platform.shared_files import StorageUnusable, shared_storage
from annotator.site.serving.static_files import CollectedFiles

STAMP = "static-stamp"


def prepare(say: Say) -> None:
    """Bring tables and static files up to date; raise `CannotStart` with one line."""
    with short_failures():
        for folder in (settings.UPLOADS_DIR, settings.EXPORTS_DIR, settings.RELEASES_DIR, settings.BROKER_DIR):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_shared_storage()
        _check_redis()
        create_tables(say)
        with start_lock():
            _collect_static(say)


def _check_shared_storage() -> None:
    try:
        shared_storage()
    except StorageUnusable as error:
        raise CannotStart(f"{error}. Install its package, and check SHARED_STORAGE_OPTIONS.") from error


def _collect_static(say: Say) -> None:
    """Collect the static files unless they are unchanged."""
    stamp_file = Path(settings.VAR_DIR, STAMP)
    stamp = static_stamp()
    if stamp_file.exists() and stamp_file.read_text() == stamp and Path(settings.STATIC_ROOT).is_dir():
        return
    say("Collecting the static files …")
    stamp_file.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    # Written last, so that an interrupted collection is repeated.
    stamp_file.write_text(stamp)


def static_stamp() -> str:
    """Return a digest of name, size and time of all static files, of their destination and of the storage code."""
    storage_source = Path(inspect.getfile(type(storages["staticfiles"]))).read_bytes()
    digest = hashlib.sha256(f"{settings.STATIC_ROOT} {django.__version__}".encode() + storage_source)
    for finder in get_finders():
        for name, storage in finder.list(ignore_patterns=CollectedFiles.ignore_patterns):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _check_redis() -> None:
    """Raise `CannotStart` when Redis or its client cannot be used."""
    if not settings.REDIS_URL:
        return
    try:
        import redis
    except ImportError as error:
        raise CannotStart(
            "REDIS_URL is set, but the Python package redis is missing. Install requirements.txt, or unset REDIS_URL."
        ) from error
    parts = urlsplit(settings.REDIS_URL)
    place = f"{parts.hostname or 'localhost'}:{parts.port or 6379}" if parts.scheme != "unix" else parts.path
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=3, socket_timeout=3) as client:
            client.ping()
    except redis.AuthenticationError as error:
        raise CannotStart(f"REDIS_URL: Redis at {place} refuses the password. Correct it in REDIS_URL.") from error
    except (redis.RedisError, OSError) as error:
        reason = getattr(error.__cause__ or error, "strerror", None) or error
        raise CannotStart(
            f"REDIS_URL: Redis is unreachable at {place} ({reason}). Start it, or unset REDIS_URL."
        ) from error
