"""What an export is asked to hold."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, TypeVar

from annotator.interchange.formats import WRITABLE
from annotator.problems import FieldError, InvalidInput

JSONL = "jsonl"
NAMES = ("sets", "layout", "pseudonyms", "format")
Choice = TypeVar("Choice", bound=StrEnum)


class Sets(StrEnum):
    """Which annotation sets leave."""

    EACH = "each"
    ADJUDICATED = "adjudicated"
    ALL = "all"


class Layout(StrEnum):
    """What one line of the file is."""

    DOCUMENT = "document"
    SET = "set"


@dataclass(frozen=True)
class ExportOptions:
    """The choices of an export; with the same data they decide every byte of it."""

    sets: Sets = Sets.EACH
    layout: Layout = Layout.DOCUMENT
    pseudonyms: bool = False
    format: str = JSONL

    def as_json(self) -> dict[str, Any]:
        """Return the options as they are stored."""
        return asdict(self)


def parse_options(given: Mapping[str, Any]) -> ExportOptions:
    """Check options that come from a form, a command or the API; raise `InvalidInput` naming each that is wrong."""
    errors: list[FieldError] = []
    sets = _choice(given, "sets", Sets, Sets.EACH, errors)
    layout = _choice(given, "layout", Layout, Layout.DOCUMENT, errors)
    format_key = given.get("format") or JSONL
    if format_key not in WRITABLE:
        errors.append({"pointer": "/format", "detail": f"{format_key!r} is not one of {', '.join(WRITABLE)}."})
    elif format_key != JSONL and layout != Layout.DOCUMENT:
        errors.append({"pointer": "/layout", "detail": "Only JSONL has lines of different shape."})
    pseudonyms = given.get("pseudonyms", False)
    if not isinstance(pseudonyms, bool):
        errors.append({"pointer": "/pseudonyms", "detail": "Give true or false."})
    errors += [{"pointer": f"/{name}", "detail": "There is no such option."} for name in given if name not in NAMES]
    if errors:
        raise InvalidInput("The options of the export are not valid.", errors=errors)
    return ExportOptions(sets=sets, layout=layout, pseudonyms=pseudonyms, format=str(format_key))


def _choice(
    given: Mapping[str, Any], name: str, kind: type[Choice], default: Choice, errors: list[FieldError]
) -> Choice:
    value = given.get(name, default)
    if value in list(kind):
        return kind(value)
    choices = ", ".join(kind)
    errors.append({"pointer": f"/{name}", "detail": f"{value!r} is not one of {choices}."})
    return default
