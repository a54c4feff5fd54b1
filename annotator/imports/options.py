"""How the files of an import are understood: what the person who imports chose."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

from annotator.formats.registry import FORMATS, READABLE
from annotator.imports.mapping.import_mapping import ImportMapping
from annotator.imports.mapping.unknown_names import NamePolicies, NamePolicy
from annotator.problems import FieldError, InvalidInput
from annotator.text.decoding import UnreadableText, codec_name

MOST_FILES = 1000

AUTO = "auto"
"""The format is detected from the content of each file."""
ARCHIVE = "archive"
"""The format of a zip archive whose members are read one by one."""


class EqualTexts(StrEnum):
    """What happens to documents with different ids and the same text."""

    KEEP = "keep"
    MERGE = "merge"
    REFUSE = "refuse"


class Predictions(StrEnum):
    """How predictions of models are stored: suggestions for annotators, or sets of models to compare with."""

    SUGGESTIONS = "suggestions"
    SETS = "sets"


@dataclass(frozen=True)
class ImportOptions:
    """The options as they were given, which is how a job stores them; `check_options` checks them.

    `encoding` is the declared encoding of the files, "" for UTF-8; `map` is a mapping as JSON. `skip_bad` imports the
    good documents of a file that has bad ones; `preview` stores nothing and only reports. `equal_texts` stores
    documents with equal texts one by one, merges them, or refuses them. `allow_losses` accepts items that
    readers leave out.
    """

    skip_bad: bool = False
    encoding: str = ""
    format: str = AUTO
    new_labels: str = NamePolicy.REFUSE
    map: str = ""
    preview: bool = False
    equal_texts: str = EqualTexts.KEEP
    allow_losses: bool = False
    predictions: str = Predictions.SUGGESTIONS

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> Self:
        """Return the options among the parameters of a job; jobs of earlier versions have fewer."""
        return cls(**{field.name: params[field.name] for field in fields(cls) if field.name in params})

    @cached_property
    def mapping(self) -> ImportMapping:
        """The mapping of names; raises `WrongMapping` unless the options were checked."""
        if not self.map.strip():
            return ImportMapping()
        # The framework that reads it takes longer to import than a small file: most imports have no mapping.
        from annotator.imports.mapping.mapping_input import read_mapping

        return read_mapping(self.map)

    @cached_property
    def policies(self) -> NamePolicies:
        """What happens to names that the schema lacks."""
        return NamePolicies(NamePolicy(self.new_labels), self.mapping.new)

    def reads_in_place(self, format_key: str) -> bool:
        """Return whether files of a format are read where they lie, without a conversion."""
        changes_names = bool(self.mapping) or self.new_labels != NamePolicy.REFUSE
        is_merged = self.equal_texts == EqualTexts.MERGE
        if changes_names or is_merged or self.preview or format_key == ARCHIVE:
            return False
        return FORMATS[format_key].read_lines is not None


CHOICES: Mapping[str, type[StrEnum]] = {"new_labels": NamePolicy, "equal_texts": EqualTexts, "predictions": Predictions}


def check_options(options: ImportOptions) -> None:
    """Raise `InvalidInput` for options that are not valid, with a pointer to each error."""
    errors: list[FieldError] = [
        {"pointer": f"/{name}", "detail": f'"{given}" is not a valid choice.'}
        for name, choices in CHOICES.items()
        if (given := getattr(options, name)) not in list(choices)
    ]
    if detail := format_error(options.format):
        errors.append({"pointer": "/format", "detail": detail})
    try:
        if options.encoding:
            codec_name(options.encoding)
    except UnreadableText as problem:
        errors.append({"pointer": "/encoding", "detail": problem.detail})
    try:
        options.mapping  # noqa: B018 - reading it is the check
    except InvalidInput as problem:
        errors += problem.errors
    if errors:
        raise InvalidInput(f"Nothing was imported: {errors[0]['detail']}", errors=errors)


def format_error(value: str) -> str:
    """Return why a format cannot be read; "" when it can."""
    known = (AUTO, *READABLE)
    return "" if value in known else f"“{value}” is not a format that can be read. Use one of {', '.join(known)}."
