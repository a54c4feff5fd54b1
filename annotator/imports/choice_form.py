"""The form of a preview: the format of each file, what becomes of each new name, where records keep what."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from annotator.formats.extras import format_choices
from annotator.formats.registry import FORMATS, READABLE
from annotator.formats.set_builder import CODE_POINTS, UTF16
from annotator.imports import choosing
from annotator.imports.conversion import ARCHIVE, AUTO
from annotator.imports.forms import NEW_LABELS
from annotator.imports.mapping import FIELDS
from annotator.imports.services import ImportOptions
from projects.schema import Schema

UNITS = [("", "as the format says"), (CODE_POINTS, "Unicode code points"), (UTF16, "UTF-16 units")]
USES = {
    "text": "Text", "id": "Id of a document", "title": "Title", "spans": "List of spans",
    "start": "Start of a span", "end": "End of a span", "label": "Label of a span", "annotator": "Annotator",
}  # fmt: skip


class ChoiceForm(forms.Form):
    """What to do with files that were looked at. `params` and `result` are those of the preview."""

    new_labels = forms.ChoiceField(label="All others that the schema lacks", choices=NEW_LABELS)
    skip_bad = forms.BooleanField(
        label="Take the good documents of a file when others are bad",
        required=False,
        help_text="Otherwise nothing of such a file is taken.",
    )
    annotator = forms.CharField(
        label="Name of the annotator",
        required=False,
        max_length=150,
        help_text="For files that name none, or whose names you do not want.",
    )
    offsets = forms.ChoiceField(label="Offsets count", required=False, choices=UNITS)
    encoding = forms.CharField(label="Encoding, when it is not UTF-8", required=False, max_length=40)

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        params: Mapping[str, Any],
        unknown: Mapping[str, Any],
        schema: Schema,
        members: Sequence[str],
    ) -> None:
        self._mapping = choosing.read_mapping(params["map"])
        initial = {"new_labels": params["new_labels"], "skip_bad": params["skip_bad"], "encoding": params["encoding"]}
        initial |= {name: self._mapping.get(name, "") for name in ("annotator", "offsets")}
        super().__init__(data, initial=initial)
        self.rows = choosing.rows_of(unknown, self._mapping, schema)
        self._files = params["files"]
        for index, file in enumerate(self._files):
            self.fields[f"format-{index}"] = _format_field(file)
        for row in self.rows:
            self.fields[row.field] = forms.ChoiceField(
                label=row.title, required=False, choices=row.options, initial=row.chosen
            )
        for use, name in choosing.fields_of(self._mapping).items():
            self.fields[f"field-{use}"] = _member_field(USES[use], use, members, name)

    def options(self, *, preview: bool) -> ImportOptions:
        """Return what was chosen; call it on a valid form."""
        given = self.cleaned_data
        mapping = choosing.mapping_with(self.rows, self._mapping, lambda field: str(given.get(field, "")))
        fields = {use: given[f"field-{use}"] for use in FIELDS if given.get(f"field-{use}")}
        mapping |= {"fields": fields, "annotator": given["annotator"], "offsets": given["offsets"]}
        return ImportOptions(
            skip_bad=given["skip_bad"],
            encoding=given["encoding"],
            new_labels=given["new_labels"],
            map=choosing.written_mapping({name: value for name, value in mapping.items() if value}),
            preview=preview,
        )

    @property
    def formats(self) -> list[str]:
        """The format chosen for each file; call it on a valid form."""
        return [self.cleaned_data[f"format-{index}"] or AUTO for index in range(len(self._files))]

    @property
    def name_rows(self) -> list[tuple[choosing.Row, forms.BoundField]]:
        """The names that the schema lacks, each with its field."""
        return [(row, self[row.field]) for row in self.rows]

    @property
    def format_fields(self) -> list[forms.BoundField]:
        """The fields of the formats, in order of the files."""
        return [self[f"format-{index}"] for index in range(len(self._files))]

    @property
    def member_fields(self) -> list[forms.BoundField]:
        """The fields that say where a record keeps what."""
        return [self[f"field-{use}"] for use in FIELDS]

    @property
    def reading_fields(self) -> list[forms.BoundField]:
        """The fields about how files are read."""
        return [self[name] for name in ("annotator", "offsets", "encoding")]


def _format_field(file: Mapping[str, Any]) -> forms.ChoiceField:
    if file["format"] == ARCHIVE:
        told = "Tell by the content of each file in it"
    else:
        told = (
            f"{FORMATS[file['format']].name} (told by the content)" if file["chosen"] == AUTO else "Tell by the content"
        )
    choices = [(AUTO, told), *format_choices((key, FORMATS[key]) for key in READABLE)]
    return forms.ChoiceField(label=f"Format of {file['name']}", required=False, choices=choices, initial=file["chosen"])


def _member_field(label: str, use: str, members: Sequence[str], name: str) -> forms.ChoiceField:
    """A choice among the members that the first record of the files has, or the columns of a table."""
    known = [*members, *([name] if name and name not in members else [])]
    choices = [("", f"“{use}”"), *((member, member) for member in known)]
    return forms.ChoiceField(label=label, required=False, choices=choices, initial=name)
