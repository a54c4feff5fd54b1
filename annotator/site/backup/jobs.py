"""The nightly backup."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from annotator.platform.jobs.context import JobContext
from annotator.platform.jobs.registry import job_kind
from annotator.site.backup.passphrases import read_passphrase
from annotator.site.backup.problems import BackupFailed
from annotator.site.backup.site_backup import back_up_site

PREFIX, ENDING = "annotator-", ".backup"
TIME_FORMAT = "%Y-%m-%dT%H%M%SZ"


@job_kind("back_up_site", title="Backup of the site")
def run_backup(context: JobContext) -> dict[str, Any]:
    """Write a backup into BACKUP_DIR, and remove the oldest ones beyond BACKUP_KEEP when it is complete."""
    choice = settings.NIGHTLY_BACKUP
    if choice.folder is None:
        raise BackupFailed("BACKUP_DIR is not set.")
    folder: Path = choice.folder
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BackupFailed(f"BACKUP_DIR={folder} cannot be created: {error.strerror}.") from error
    now = timezone.now()
    path = folder / f"{PREFIX}{now.strftime(TIME_FORMAT)}{ENDING}"
    passphrase = read_passphrase(choice.passphrase_file)
    # Asked after each table, so that a worker that stops need not wait for the end.
    manifest = back_up_site(path, now=now, passphrase=passphrase, say=lambda _: context.raise_if_cancelled())
    removed = remove_old(folder, keep=choice.keep)
    count = sum(table.rows for table in manifest.tables)
    return {
        "file": path.name,
        "rows": count,
        "bytes": path.stat().st_size,
        "removed": removed,
        "summary": f"Backed up {count:,} rows and {len(manifest.files):,} files to {path.name}.",
    }


def remove_old(folder: Path, *, keep: int) -> list[str]:
    """Remove all but the newest backups that the nightly job wrote, and return their names; other files stay."""
    # The time in a name sorts as text.
    names = sorted(path.name for path in folder.glob(f"{PREFIX}????-??-??T??????Z{ENDING}"))
    for name in names[:-keep]:
        (folder / name).unlink(missing_ok=True)
    return names[:-keep]
