"""Settings for operators from the environment: nightly backups, e-mail, logs, metrics and language models.

They are read and checked as those of `annotator.platform.environment`, and documented in the same page.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from annotator.platform.environment import SettingError

TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
MOST_BACKUPS = 10_000
LOG_FORMATS = ("plain", "json")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
SHORTEST_TOKEN = 24


@dataclass(frozen=True)
class NightlyBackup:
    """When and where the nightly backup is written; without a folder there is none."""

    folder: Path | None
    at: str
    keep: int
    passphrase_file: Path | None


@dataclass(frozen=True)
class MailServer:
    """The server that sends e-mail, from `EMAIL_URL`; without a host no e-mail is sent."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False
    sender: str = ""


@dataclass(frozen=True)
class Logs:
    """The format and level of the log, and whether requests are logged."""

    format: str
    level: str
    requests: bool


@dataclass(frozen=True)
class AllowedServer:
    """A server that the operator allows: the address below which it is asked, and the key that it alone is sent.

    `private` says whether it may have an address in a private network. A server named by its IP address or as
    `localhost` may: the operator has written where it is.
    """

    url: str
    key: str = field(default="", repr=False)
    private: bool = False

    @property
    def host(self) -> str:
        """The name or the address of the machine."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True)
class Operations:
    """The validated settings for operators."""

    backup: NightlyBackup
    mail: MailServer
    logs: Logs
    metrics_token: str
    web_processes: int
    web_threads: int
    worker_processes: int
    language_models: tuple[AllowedServer, ...]
    language_model_tokens: int

    @property
    def daily_jobs(self) -> dict[str, str]:
        """The kinds of jobs that start every day, with their time in UTC."""
        return {"back_up_site": self.backup.at} if self.backup.folder else {}


def read_operations(environ: Mapping[str, str]) -> Operations:
    """Read and validate the settings; raise `SettingError` for the first invalid one."""
    return Operations(
        backup=_nightly_backup(environ),
        mail=_mail_server(environ),
        logs=_logs(environ),
        metrics_token=_metrics_token(environ),
        web_processes=_count(environ, "WEB_PROCESSES", default=0, most=64),
        web_threads=_count(environ, "WEB_THREADS", default=8, most=256),
        worker_processes=_count(environ, "WORKER_PROCESSES", default=2, most=64),
        language_models=_language_models(environ),
        language_model_tokens=_count(environ, "LANGUAGE_MODEL_TOKENS_PER_DAY", default=0, most=10**12),
    )


def _count(environ: Mapping[str, str], name: str, *, default: int, most: int) -> int:
    """Return a number, as of processes; the default 0 stands for automatic, or for no limit."""
    value = environ.get(name, "")
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= most:
        raise SettingError(f"{name}={value} must be a whole number from 1 to {most}.")
    return int(value)


def _logs(environ: Mapping[str, str]) -> Logs:
    form, level, requests = (environ.get(name, "") for name in ("LOG_FORMAT", "LOG_LEVEL", "LOG_REQUESTS"))
    if form not in ("", *LOG_FORMATS):
        raise SettingError(f"LOG_FORMAT={form} must be {' or '.join(LOG_FORMATS)}.")
    if level.upper() not in ("", *LOG_LEVELS):
        raise SettingError(f"LOG_LEVEL={level} must be one of {', '.join(LOG_LEVELS)}.")
    if requests not in ("", "0", "1"):
        raise SettingError(f"LOG_REQUESTS={requests} must be 0 or 1.")
    return Logs(form or "plain", level.upper() or "INFO", requests == "1")


def _metrics_token(environ: Mapping[str, str]) -> str:
    token = environ.get("METRICS_TOKEN", "")
    if token and (len(token) < SHORTEST_TOKEN or not token.isascii() or " " in token):
        raise SettingError(
            f"METRICS_TOKEN must have at least {SHORTEST_TOKEN} letters, digits or signs without spaces."
        )
    return token


def _language_models(environ: Mapping[str, str]) -> tuple[AllowedServer, ...]:
    """Return the servers of language models that projects may choose; none by default."""
    urls = [url.strip().rstrip("/") for url in environ.get("LANGUAGE_MODEL_URLS", "").split(",") if url.strip()]
    for url in urls:
        try:
            parts = urlsplit(url)
            usable = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
            _ = parts.port  # raises ValueError for an invalid port
        except ValueError:
            usable = False
        if not usable or "@" in url:
            raise SettingError(
                "LANGUAGE_MODEL_URLS must be addresses separated by commas, such as https://llm.example.org/v1, "
                "without a user, a query or a fragment. Keys belong in LANGUAGE_MODEL_KEYS."
            )
    private = environ.get("LANGUAGE_MODEL_PRIVATE_NETWORK", "")
    if private not in ("", "0", "1"):
        raise SettingError(f"LANGUAGE_MODEL_PRIVATE_NETWORK={private} must be 0 or 1.")
    keys = _language_model_keys(environ, urls)
    return tuple(AllowedServer(url, keys.get(url, ""), private == "1") for url in dict.fromkeys(urls))


def _language_model_keys(environ: Mapping[str, str], urls: list[str]) -> dict[str, str]:
    """Return keys by address. The value is not repeated in messages: it holds secrets."""
    wrong = SettingError(
        "LANGUAGE_MODEL_KEYS must be a JSON object from addresses of LANGUAGE_MODEL_URLS to their keys, such as "
        '{"https://llm.example.org/v1": "sk-…"}.'
    )
    try:
        given = json.loads(environ.get("LANGUAGE_MODEL_KEYS") or "{}")
    except ValueError as error:
        raise wrong from error
    if not isinstance(given, dict) or not all(
        isinstance(key, str) and key.isascii() and key.isprintable() and " " not in key for key in given.values()
    ):
        raise wrong
    keys = {url.rstrip("/"): key for url, key in given.items()}
    if not keys.keys() <= set(urls):
        raise wrong
    return keys


def _mail_server(environ: Mapping[str, str]) -> MailServer:
    url = environ.get("EMAIL_URL", "")
    if not url:
        return MailServer()
    # The value is not repeated in messages: it holds a password.
    wrong = SettingError(
        "EMAIL_URL must be smtp://user:password@host:587?tls=starttls, smtps://user:password@host:465, or "
        "smtp://localhost for a mail server on this machine."
    )
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        port = parts.port or {"smtp": 587 if options else 25, "smtps": 465}[parts.scheme]
    except (ValueError, KeyError) as error:
        raise wrong from error
    if not parts.hostname or options not in ({}, {"tls": "starttls"}) or (options and parts.scheme == "smtps"):
        raise wrong
    public = urlsplit(environ.get("PUBLIC_URL", "")).hostname
    if not public:
        raise SettingError("EMAIL_URL needs PUBLIC_URL, so that links in e-mail lead to the site. Set both.")
    sender = environ.get("EMAIL_FROM") or f"annotator@{public}"
    if "@" not in sender or any(character in sender for character in "\r\n"):
        raise SettingError(f"EMAIL_FROM={sender} must be an e-mail address.")
    return MailServer(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=bool(options),
        tls=parts.scheme == "smtps",
        sender=sender,
    )


def _nightly_backup(environ: Mapping[str, str]) -> NightlyBackup:
    at, keep = environ.get("BACKUP_AT") or "03:00", environ.get("BACKUP_KEEP") or "14"
    if not TIME.fullmatch(at):
        raise SettingError(f"BACKUP_AT={at} must be a time in UTC such as 03:00.")
    if not keep.isascii() or not keep.isdigit() or not 1 <= int(keep) <= MOST_BACKUPS:
        raise SettingError(f"BACKUP_KEEP={keep} must be a whole number from 1 to {MOST_BACKUPS}.")
    return NightlyBackup(_path(environ, "BACKUP_DIR"), at, int(keep), _path(environ, "BACKUP_PASSPHRASE_FILE"))


def _path(environ: Mapping[str, str], name: str) -> Path | None:
    value = environ.get(name, "")
    if value and not Path(value).is_absolute():
        raise SettingError(f"{name}={value} must be an absolute path.")
    return Path(value) if value else None
