"""Settings for operators from the environment: nightly backups, e-mail, logs and metrics.

They are read and checked as those of `annotator.platform.environment`, and documented in the same page.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from annotator.platform.environment import SettingError

TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
MOST_BACKUPS = 10_000


@dataclass(frozen=True)
class NightlyBackup:
    """When and where the nightly backup is written; without a folder there is none."""

    folder: Path | None
    at: str
    keep: int
    passphrase_file: Path | None


@dataclass(frozen=True)
class Operations:
    """The validated settings for operators."""

    backup: NightlyBackup

    @property
    def daily_jobs(self) -> dict[str, str]:
        """The kinds of jobs that start every day, with their time in UTC."""
        return {"back_up_site": self.backup.at} if self.backup.folder else {}


def read_operations(environ: Mapping[str, str]) -> Operations:
    """Read and validate the settings; raise `SettingError` for the first invalid one."""
    return Operations(backup=_nightly_backup(environ))


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
