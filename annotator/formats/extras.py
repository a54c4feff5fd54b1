"""Packages that single formats need beyond those that running needs: `make formats` installs them."""

from collections.abc import Iterable
from importlib.util import find_spec

from annotator.formats.interface import Format
from annotator.problems import InvalidInput

COMMAND = "make formats"
REQUIREMENTS = "requirements-formats.txt"


class MissingPackages(InvalidInput):
    """A format was chosen that needs what is not installed."""

    code = "missing_packages"
    title = "The format needs packages that are not installed"


def missing_packages(recipe: Format) -> tuple[str, ...]:
    """Return the packages that a recipe needs and that are not installed; nothing is imported."""
    return tuple(name for name in recipe.needs if find_spec(name) is None)


def installation_hint(recipe: Format) -> str:
    """Say in one sentence what a recipe lacks and which command brings it; "" when it lacks nothing."""
    missing = missing_packages(recipe)
    if not missing:
        return ""
    one = len(missing) == 1
    packages = f"the package {missing[0]}, which is" if one else f"the packages {', '.join(missing)}, which are"
    return (
        f"{recipe.name} needs {packages} not installed: run “{COMMAND}” (or pip install -r {REQUIREMENTS}) "
        "and restart the web server and the worker."
    )


def require_packages(recipe: Format) -> None:
    """Raise `MissingPackages` unless all is installed that a recipe needs."""
    if sentence := installation_hint(recipe):
        raise MissingPackages(sentence, errors=[{"pointer": "/format", "detail": sentence}])


def format_choices(recipes: Iterable[tuple[str, Format]]) -> list[tuple[str, str]]:
    """Return keys and names for people to choose from; what is not installed says so.

    >>> format_choices([("x", Format("X", (), lambda head: 0.0, needs=("no_such_package",)))])
    [('x', 'X – needs no_such_package: make formats')]
    """
    return [(key, recipe.name + _lacks(recipe)) for key, recipe in recipes]


def _lacks(recipe: Format) -> str:
    missing = missing_packages(recipe)
    return f" – needs {', '.join(missing)}: {COMMAND}" if missing else ""
