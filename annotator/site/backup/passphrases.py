"""The passphrase of a command, read from a file: arguments can be seen by other users of the machine."""

import argparse
from pathlib import Path

from annotator.site.backup.problems import BackupFailed


def add_passphrase_argument(parser: argparse.ArgumentParser, description: str) -> None:
    """Add the argument --passphrase-file."""
    parser.add_argument("--passphrase-file", metavar="PATH", type=Path, help=description)


def read_passphrase(path: Path | None) -> str:
    """Return the first line of a file, or "" without one; raise `BackupFailed` when it is empty or cannot be read."""
    if path is None:
        return ""
    try:
        with path.open(encoding="utf-8") as file:
            passphrase = file.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BackupFailed(f"The passphrase in {path} cannot be read: {error}.") from error
    if not passphrase:
        raise BackupFailed(f"The first line of {path} is empty. Write the passphrase there.")
    return passphrase
