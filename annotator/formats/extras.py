"""Packages that single formats need in addition to the requirements; `make formats` installs them."""

from collections.abc import Iterable
from importlib.util import find_spec

from annotator.formats.interface import Format
from annotator.problems import InvalidInput

COMMAND = "make formats"
REQUIREMENTS = "requirements-formats.txt"


class MissingPackages(InvalidInput):
    """The chosen format needs packages that are not installed."""

    code = "missing_packages"
    title = "The format needs packages that are not installed"


def missing_packages(format_: Format) -> tuple[str, ...]:
    """Return the packages that a format needs and that are not installed; nothing is imported."""
    return tuple(name for name in format_.needs if find_spec(name) is None)


def installation_hint(format_: Format) -> str:
    """Return a sentence with the missing packages of a format and the command to install them; "" for none."""
    missing = missing_packages(format_)
    if not missing:
        return ""
    one = len(missing) == 1
    packages = f"the package {missing[0]}, which is" if one else f"the packages {', '.join(missing)}, which are"
    return (
        f"{format_.name} needs {packages} not installed: run “{COMMAND}” (or pip install -r {REQUIREMENTS}) "
        "and restart the web server and the worker."
    )


def require_packages(format_: Format) -> None:
    """Raise `MissingPackages` unless all packages of a format are installed."""
    if hint := installation_hint(format_):
        raise MissingPackages(hint, errors=[{"pointer": "/format", "detail": hint}])


def format_choices(formats: Iterable[tuple[str, Format]]) -> list[tuple[str, str]]:
    """Return keys and names of formats to choose from, with the packages that are missing.

    >>> format_choices([("x", Format("X", (), lambda head: 0.0, needs=("no_such_package",)))])
    [('x', 'X – needs no_such_package: make formats')]
    """
    return [(key, format_.name + _missing_note(format_)) for key, format_ in formats]


def _missing_note(format_: Format) -> str:
    missing = missing_packages(format_)
    return f" – needs {', '.join(missing)}: {COMMAND}" if missing else ""
