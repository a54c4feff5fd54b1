"""Settings from the environment, read and checked in one place.

Each is documented in `docs/operators/settings.md`. An invalid value stops the start with a clear message.
"""

import ipaddress
import json
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
SQLITE_SYNC = ("FULL", "NORMAL", "EXTRA")
SHORTEST_SECRET = 32
DOTTED_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", re.ASCII)


class SettingError(Exception):
    """An invalid setting; the message says which, why and what to do."""


@dataclass(frozen=True)
class Environment:
    """The validated settings of the environment."""

    var_dir: Path
    secret_key: str
    allowed_hosts: list[str]
    database: dict[str, Any]
    shared_storage: dict[str, Any]
    redis_url: str
    bind: str
    port: int
    public_url: str
    max_upload_bytes: int
    import_memory_mb: int
    import_cpu_seconds: int
    token_max_days: int
    project_creators: str
    most_projects_per_user: int
    most_bytes_per_project: int
    export_days: int

    @property
    def https(self) -> bool:
        """Whether the site is served over HTTPS, which makes cookies secure-only."""
        return self.public_url.startswith("https://")


def read_environment(environ: Mapping[str, str], *, base_dir: Path) -> Environment:
    """Read and validate all settings; raise `SettingError` for the first invalid one."""
    var_dir = _var_dir(environ, base_dir)
    public_url = _public_url(environ)
    return Environment(
        var_dir=var_dir,
        secret_key=_secret_key(environ, var_dir),
        allowed_hosts=_allowed_hosts(environ, public_url),
        database=_database(environ, var_dir),
        shared_storage=_shared_storage(environ),
        redis_url=_redis_url(environ),
        bind=_bind(environ),
        port=_whole_number(environ, "PORT", default=8000, lowest=1, highest=65535),
        public_url=public_url,
        max_upload_bytes=_whole_number(environ, "MAX_UPLOAD_BYTES", default=2 << 30, lowest=1, highest=1 << 50),
        import_memory_mb=_whole_number(environ, "IMPORT_MEMORY_MB", default=1024, lowest=256, highest=1 << 20),
        import_cpu_seconds=_whole_number(environ, "IMPORT_CPU_SECONDS", default=600, lowest=1, highest=86400),
        project_creators=_choice(environ, "PROJECT_CREATORS", ("everyone", "chosen")),
        most_projects_per_user=_whole_number(environ, "MOST_PROJECTS_PER_USER", default=200, lowest=0, highest=1 << 31),
        most_bytes_per_project=_whole_number(
            environ, "MOST_BYTES_PER_PROJECT", default=100 << 30, lowest=1, highest=1 << 60
        ),
        export_days=_whole_number(environ, "EXPORT_DAYS", default=0, lowest=0, highest=36500),
        token_max_days=_whole_number(environ, "TOKEN_MAX_DAYS", default=0, lowest=0, highest=36500),
    )


def _var_dir(environ: Mapping[str, str], base_dir: Path) -> Path:
    path = Path(environ.get("VAR_DIR") or base_dir / "var").expanduser().absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(
            f"VAR_DIR={path} cannot be created: {error.strerror}. Set it to a folder that can be written."
        ) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise SettingError(f"VAR_DIR={path} cannot be written by this user. Set it to another folder.")
    return path


def _secret_key(environ: Mapping[str, str], var_dir: Path) -> str:
    if given := environ.get("SECRET_KEY"):
        if len(given) < SHORTEST_SECRET:
            raise SettingError(
                f"SECRET_KEY has {len(given)} characters; give at least {SHORTEST_SECRET}, "
                "or leave it out to have one made."
            )
        return given
    return _kept_secret(var_dir / "secret-key")


def _kept_secret(path: Path) -> str:
    """The secret of this installation, made on the first start and kept, also when two processes start at once."""
    try:
        if not path.exists():
            descriptor, name = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
            # The link fails when another process was first; then its secret is used.
            try:
                os.link(name, path)
            except FileExistsError:
                return path.read_text()
            finally:
                Path(name).unlink()
        secret = path.read_text()
    except OSError as error:
        raise SettingError(f"The secret in {path} cannot be stored: {error.strerror}.") from error
    if len(secret) < SHORTEST_SECRET:
        raise SettingError(
            f"{path} has no valid secret. Remove it to generate a new one; all users are then signed out."
        )
    return secret


def _public_url(environ: Mapping[str, str]) -> str:
    value = environ.get("PUBLIC_URL", "").rstrip("/")
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and parts.hostname and not parts.path and not parts.query
        _ = parts.port  # raises ValueError for an invalid port
    except ValueError:
        usable = False
    if value and not usable:
        raise SettingError(
            f"PUBLIC_URL={value} must be an address such as https://annotate.example.org, without a path."
        )
    return value


def _allowed_hosts(environ: Mapping[str, str], public_url: str) -> list[str]:
    hosts = [host.strip() for host in environ.get("ALLOWED_HOSTS", "").split(",") if host.strip()]
    if "*" in hosts and environ.get("ALLOW_ANY_HOST") != "1":
        raise SettingError(
            "ALLOWED_HOSTS=* accepts requests for any host, so that a forged Host header ends up in links. List the "
            "host names of the site instead, or set ALLOW_ANY_HOST=1 as well if a proxy in front checks the host."
        )
    for host in hosts:
        if "/" in host or " " in host:
            raise SettingError(f"ALLOWED_HOSTS contains {host!r}. Use host names only, separated by commas.")
    public = [urlsplit(public_url).hostname or ""] if public_url else []
    return [*dict.fromkeys([*hosts, *public, *LOCAL_HOSTS])]


def _database(environ: Mapping[str, str], var_dir: Path) -> dict[str, Any]:
    url = environ.get("DATABASE_URL") or f"sqlite:///{var_dir / 'annotator.sqlite3'}"
    try:
        database = dict(dj_database_url.parse(url, conn_max_age=None))
    except (ValueError, KeyError, dj_database_url.ParseError, dj_database_url.UnknownSchemeError) as error:
        scheme = url.partition("://")[0]
        raise SettingError(
            f"DATABASE_URL (beginning with {scheme!r}) is not valid. "
            "Use postgres://user:password@host:port/name or sqlite:///path, or unset it for SQLite under VAR_DIR."
        ) from error
    if database["ENGINE"] == "django.db.backends.sqlite3":
        test = {"NAME": str(var_dir / "test.sqlite3")}
        return database | {"ENGINE": "annotator.platform.sqlite", "OPTIONS": _sqlite_options(environ), "TEST": test}
    if database["ENGINE"] != "django.db.backends.postgresql":
        raise SettingError("DATABASE_URL must be a PostgreSQL (postgres://…) or SQLite (sqlite:///…) address.")
    # Without a limit, requests would wait for minutes when the server of the database is switched off.
    given: Any = database.get("OPTIONS") or {}
    options = {"connect_timeout": 5, **given}
    return database | {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


def _sqlite_options(environ: Mapping[str, str]) -> dict[str, Any]:
    sync = environ.get("SQLITE_SYNC", "FULL").upper()
    if sync not in SQLITE_SYNC:
        raise SettingError(f"SQLITE_SYNC={sync} must be one of {', '.join(SQLITE_SYNC)}.")
    return {
        # In WAL, a transaction that reads before it writes may fail at once; IMMEDIATE makes writers wait in turn.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            f"PRAGMA journal_mode=WAL; PRAGMA synchronous={sync}; PRAGMA cache_size=-16000; PRAGMA foreign_keys=ON;"
        ),
    }


def _shared_storage(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the storage of the files that all machines share, as Django's `STORAGES` has it."""
    backend, given = environ.get("SHARED_STORAGE", ""), environ.get("SHARED_STORAGE_OPTIONS", "")
    if backend and not DOTTED_NAME.fullmatch(backend):
        raise SettingError(
            f"SHARED_STORAGE={backend} must be the dotted name of a storage class, such as "
            "storages.backends.s3.S3Storage. Unset it to store files below VAR_DIR."
        )
    try:
        options = json.loads(given or "{}")
    except ValueError:
        options = None
    # The value is not repeated in messages: it may hold a password.
    if not isinstance(options, dict) or (options and not backend):
        raise SettingError("SHARED_STORAGE_OPTIONS must be a JSON object with the options of SHARED_STORAGE. Set both.")
    return {"BACKEND": backend or "annotator.platform.shared_files.LocalStorage", "OPTIONS": options}


def _redis_url(environ: Mapping[str, str]) -> str:
    url = environ.get("REDIS_URL", "")
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        raise SettingError(
            "REDIS_URL must begin with redis://, rediss:// or unix://. Unset it to use the embedded broker."
        )
    return url


def _choice(environ: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = environ.get(name, "") or choices[0]
    if value not in choices:
        raise SettingError(f"{name}={value} must be one of {', '.join(choices)}.")
    return value


def _bind(environ: Mapping[str, str]) -> str:
    value = environ.get("BIND", "").strip("[]") or "127.0.0.1"
    try:
        return str(ipaddress.ip_address(value))
    except ValueError as error:
        raise SettingError(
            f"BIND={value} must be an IP address of this machine, such as 127.0.0.1, or 0.0.0.0 for all addresses."
        ) from error


def _whole_number(environ: Mapping[str, str], name: str, *, default: int, lowest: int, highest: int) -> int:
    value = environ.get(name, "")
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not lowest <= int(value) <= highest:
        raise SettingError(f"{name}={value} must be a whole number from {lowest} to {highest}.")
    return int(value)
