"""Sign-ins of the sample project: generated at the first start and stored, so that each start can print them."""

import json
import os
import secrets
import tempfile
from pathlib import Path

from annotator.problems import Problem

# No letters or digits that are easily confused.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP_LENGTH = 4, 4


class SignInsUnreadable(Problem):
    """The file with the passwords is damaged."""

    status = 500
    code = "sign_ins_unreadable"
    title = "The sign-ins of the sample project cannot be read"


def load_sign_ins(path: Path, names: list[str]) -> dict[str, str]:
    """Return the password of each name; missing passwords are generated and added to the file.

    Only the owner can read the file. It is written before the accounts are created, so that no password is lost.
    """
    known = _read(path)
    passwords = {name: known.get(name) or generate_password() for name in names}
    if passwords != known:
        _write(path, known | passwords)
    return passwords


def generate_password() -> str:
    """Return a password of about 79 bits that is easy to type."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def _read(path: Path) -> dict[str, str]:
    try:
        passwords = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise SignInsUnreadable(
            f"{path} is not valid JSON. Remove it and VAR_DIR to create the sample project again."
        ) from error
    if not isinstance(passwords, dict):
        raise SignInsUnreadable(f"{path} has no names and passwords. Remove it and VAR_DIR to create the sample again.")
    return {str(name): str(password) for name, password in passwords.items()}


def _write(path: Path, passwords: dict[str, str]) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # mode 0600
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(passwords, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    Path(name).rename(path)
