"""The form of a preview: the format of each file, what happens to each unknown name, and the fields of records."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.formats.extras import format_choices
from annotator.formats.registry import FORMATS, READABLE
from annotator.formats.set_builder import CODE_POINTS, UTF16
from annotator.imports.forms import UNKNOWN_NAMES, allow_losses_field, equal_texts_field, predictions_field
from annotator.imports.mapping import name_choices
from annotator.imports.mapping.import_mapping import COLUMNS, CONTESTED, FIELDS
from annotator.imports.options import ARCHIVE, AUTO, EqualTexts, ImportOptions, Predictions
from annotator.imports.preview.people_form import PEOPLE, PeopleChoices, people_choice, people_fields
from annotator.imports.preview.reading_form import (
    OTHERS,
    SEPARATOR,
    ColumnSample,
    column_choice,
    column_fields,
    contested_choice,
    contested_fields,
)
from projects.schema import Schema

UNITS = [
    ("", gettext_lazy("As the format defines")),
    (CODE_POINTS, gettext_lazy("Unicode code points")),
    (UTF16, gettext_lazy("UTF-16 units")),
]
FIELD_LABELS: dict[str, str | Promise] = {
    "text": gettext_lazy("Text"),
    "id": gettext_lazy("Document id"),
    "title": gettext_lazy("Title"),
    "spans": gettext_lazy("Spans"),
    "start": gettext_lazy("Start of a span"),
    "end": gettext_lazy("End of a span"),
    "label": gettext_lazy("Label of a span"),
    "annotator": gettext_lazy("Annotator"),
}


class PreviewForm(forms.Form):
    """The options for files that were previewed. `params` and `unknown` are those of the preview."""

    new_labels = forms.ChoiceField(label=gettext_lazy("All other unknown names"), choices=UNKNOWN_NAMES)
    skip_bad = forms.BooleanField(
        label=gettext_lazy("Import the good documents of files with errors"),
        required=False,
        help_text=gettext_lazy("Otherwise nothing is imported from a file with errors."),
    )
    annotator = forms.CharField(
        label=gettext_lazy("Annotator name"),
        required=False,
        max_length=150,
        help_text=gettext_lazy("For files that name no annotator, or to replace their names."),
    )
    offsets = forms.ChoiceField(label=gettext_lazy("Unit of offsets"), required=False, choices=UNITS)
    encoding = forms.CharField(label=gettext_lazy("Encoding, if not UTF-8"), required=False, max_length=40)
    equal_texts = equal_texts_field()
    predictions = predictions_field()
    allow_losses = allow_losses_field()

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        params: Mapping[str, Any],
        unknown: Mapping[str, Any],
        schema: Schema,
        field_names: Sequence[str],
        contested: Sequence[Mapping[str, str]] = (),
        columns: ColumnSample | None = None,
        people: PeopleChoices | None = None,
    ) -> None:
        self._mapping = name_choices.load_mapping(params["map"])
        initial = {
            name: params.get(name)
            for name in ("new_labels", "skip_bad", "encoding", "equal_texts", "allow_losses", "predictions")
        }
        initial |= {name: self._mapping.get(name, "") for name in ("annotator", "offsets")}
        super().__init__(data, initial=initial)
        self.rows = name_choices.name_rows(unknown, self._mapping, schema)
        self._files = params["files"]
        for index, file in enumerate(self._files):
            self.fields[f"format-{index}"] = _format_field(file)
        for row in self.rows:
            self.fields[row.field] = forms.ChoiceField(
                label=row.title, required=False, choices=row.options, initial=row.chosen
            )
        self.contested, self.columns = contested, columns
        self._people = people or PeopleChoices({}, [])
        self.fields |= contested_fields(contested, self._mapping) | column_fields(columns)
        self.fields |= people_fields(self._people, self._mapping)
        for use, name in name_choices.field_names(self._mapping).items():
            self.fields[f"field-{use}"] = _record_field(use, field_names, name)

    def options(self, *, preview: bool) -> ImportOptions:
        """Return the chosen options; call it on a valid form."""
        given = self.cleaned_data
        mapping = name_choices.mapping_with(self.rows, self._mapping, lambda field: str(given.get(field, "")))
        fields = {use: given[f"field-{use}"] for use in FIELDS if given.get(f"field-{use}")}
        mapping |= {"fields": fields, "annotator": given["annotator"], "offsets": given["offsets"]}
        mapping |= {PEOPLE: people_choice(self._people, self._mapping, given)}
        mapping |= {CONTESTED: contested_choice(self.contested, self._mapping, given), COLUMNS: given.get(COLUMNS)}
        return ImportOptions(
            skip_bad=given["skip_bad"],
            encoding=given["encoding"],
            equal_texts=given["equal_texts"] or EqualTexts.KEEP,
            allow_losses=given["allow_losses"],
            predictions=given["predictions"] or Predictions.SUGGESTIONS,
            new_labels=given["new_labels"],
            map=name_choices.dump_mapping({name: value for name, value in mapping.items() if value}),
            preview=preview,
        )

    def clean(self) -> dict[str, Any]:
        """Add the columns that were chosen."""
        given = super().clean() or self.cleaned_data
        return given | {COLUMNS: column_choice(self.columns, self._mapping, given)}

    @property
    def people_rows(self) -> list[forms.BoundField]:
        """The fields for the names of annotators."""
        return [self[f"person-{number}"] for number in range(len(self._people.automatic))]

    @property
    def contested_rows(self) -> list[tuple[Mapping[str, str], forms.BoundField]]:
        """The contested spans, each with its field."""
        return [(span, self[f"{OTHERS}-{number}"]) for number, span in enumerate(self.contested)]

    @property
    def contested_field(self) -> forms.BoundField:
        """The field for all other contested spans."""
        return self[OTHERS]

    @property
    def column_rows(self) -> list[tuple[forms.BoundField, list[str]]]:
        """The columns of a column file, each with its field and its first cells."""
        sample = self.columns
        if sample is None:
            return []
        return [
            (self[f"column-{column}"], [row[column - 1] if column <= len(row) else "" for row in sample.rows])
            for column in range(1, sample.count + 1)
        ]

    @property
    def separator_field(self) -> forms.BoundField:
        """The field for the separator of a column file."""
        return self[SEPARATOR]

    @property
    def formats(self) -> list[str]:
        """The format chosen for each file; call it on a valid form."""
        return [self.cleaned_data[f"format-{index}"] or AUTO for index in range(len(self._files))]

    @property
    def name_rows(self) -> list[tuple[name_choices.NameRow, forms.BoundField]]:
        """The unknown names, each with its field."""
        return [(row, self[row.field]) for row in self.rows]

    @property
    def format_fields(self) -> list[forms.BoundField]:
        """The fields for the formats, in order of the files."""
        return [self[f"format-{index}"] for index in range(len(self._files))]

    @property
    def record_fields(self) -> list[forms.BoundField]:
        """The fields for the names of the fields of a record."""
        return [self[f"field-{use}"] for use in FIELDS]

    @property
    def reading_fields(self) -> list[forms.BoundField]:
        """The fields about how files are read."""
        return [self[name] for name in ("annotator", "offsets", "encoding")]


def _format_field(file: Mapping[str, Any]) -> forms.ChoiceField:
    if file["format"] == ARCHIVE:
        automatic = _("Detect for each file in the archive")
    elif file["chosen"] == AUTO:
        automatic = _("%(format)s (detected)") % {"format": FORMATS[file["format"]].name}
    else:
        automatic = _("Detect automatically")
    choices = [(AUTO, automatic), *format_choices((key, FORMATS[key]) for key in READABLE)]
    label = _("Format of %(file)s") % {"file": file["name"]}
    return forms.ChoiceField(label=label, required=False, choices=choices, initial=file["chosen"])


def _record_field(use: str, field_names: Sequence[str], name: str) -> forms.ChoiceField:
    """Return a choice among the fields of the first record of the files, or the columns of a table."""
    known = [*field_names, *([name] if name and name not in field_names else [])]
    choices = [("", f"“{use}”"), *((known_name, known_name) for known_name in known)]
    return forms.ChoiceField(label=str(FIELD_LABELS[use]), required=False, choices=choices, initial=name)
