"""The form of an export."""

from typing import Any

from django import forms

from annotator.datasets.exports.data_form import DataForm
from annotator.datasets.exports.formats import FORMATS, JSONL, WRITABLE
from annotator.datasets.exports.options import ExportOptions, Vocabulary, parse_options
from annotator.datasets.training.shapes import SHAPES
from annotator.formats.extras import format_choices, require_packages
from annotator.platform.http.forms import show_problem
from annotator.problems import InvalidInput


class ExportForm(DataForm):
    """What the file shall hold."""

    format = forms.ChoiceField(choices=list, initial=JSONL, required=False, label="Format")

    def __init__(self, data: Any = None, *, vocabulary: Vocabulary) -> None:
        super().__init__(data, vocabulary=vocabulary)
        self._choose("format", grouped_formats())
        self._vocabulary = vocabulary
        self._options: ExportOptions | None = None

    def clean(self) -> dict[str, Any]:
        """Check the choices as those over the API are, each problem beside its field."""
        cleaned = self.cleaned_data
        if not self.errors:
            given = self.given_options() | {"format": cleaned["format"]}
            try:
                self._options = parse_options(given, vocabulary=self._vocabulary)
                require_packages(FORMATS[self._options.format])
            except InvalidInput as problem:
                show_problem(self, problem)
        return cleaned

    def options(self) -> ExportOptions:
        """Return the checked choices."""
        if self._options is None:
            raise ValueError("The form has not been found valid.")
        return self._options


def grouped_formats() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the formats as a list to choose from; asked each time, for an extra may be installed later."""
    other = [key for key in WRITABLE if key != JSONL and key not in SHAPES]
    shapes = [(key, FORMATS[key].name.removeprefix("Training: ")) for key in SHAPES]
    return [
        ("Everything, nothing lost", [(JSONL, FORMATS[JSONL].name)]),
        ("For training (JSONL)", [(key, name[:1].upper() + name[1:]) for key, name in shapes]),
        ("For other tools", format_choices((key, FORMATS[key]) for key in other)),
    ]
