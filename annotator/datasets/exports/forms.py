"""Forms for what is exported, in which format; releases use the one without a format."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from annotator.datasets.exports.format_registry import FORMATS, JSONL, WRITABLE
from annotator.datasets.exports.options import (
    MOST_CONTEXT,
    MOST_PAIR_SENTENCES,
    ExportOptions,
    Layout,
    View,
    Vocabulary,
)
from annotator.datasets.exports.serializers import parse_options
from annotator.datasets.training.registry import TRAINING_FORMATS
from annotator.datasets.transforms.layers import Discontinuous, Nested
from annotator.datasets.transforms.quotation_marks import QuotationMarks
from annotator.datasets.transforms.transformation import ATTRIBUTE_POINT
from annotator.formats.extras import format_choices, require_packages
from annotator.platform.http.forms import FieldGroup, group_fields, show_problem
from annotator.problems import InvalidInput

Text = str | Promise
VIEWS = [
    (View.EACH.value, _("Each annotator: all submitted and imported sets, by annotator")),
    (View.ADJUDICATED.value, _("Adjudicated: only adjudicated sets")),
    (View.CONSENSUS.value, _("Consensus: what more than half of the annotators of a document marked")),
    (View.ALL.value, _("All: each annotator and adjudicated")),
    (View.MODELS.value, _("Models: only sets of models, which no other choice contains")),
]
VIEW_NAMES: Mapping[str, Text] = {
    View.EACH.value: _("Each annotator"),
    View.ADJUDICATED.value: _("Adjudicated"),
    View.CONSENSUS.value: _("Consensus"),
    View.ALL.value: _("All"),
    View.MODELS.value: _("Models"),
}
LAYOUTS = [
    (Layout.DOCUMENT.value, _("One line per document, with its annotation sets by name")),
    (Layout.SET.value, _("One line per annotation set, with its document")),
]
MARKS = [
    (QuotationMarks.KEEP.value, _("as annotated")),
    (QuotationMarks.OUT.value, _("excluded from spans")),
    (QuotationMarks.IN.value, _("included in spans")),
]
NESTED = [
    (Nested.KEEP.value, _("all spans")),
    (Nested.OUTER.value, _("one layer: outer spans only")),
    (Nested.INNER.value, _("one layer: inner spans only")),
]
DISCONTINUOUS = [
    (Discontinuous.KEEP.value, _("as annotated")),
    (Discontinuous.HULL.value, _("one span from the first to the last fragment")),
    (Discontinuous.PARTS.value, _("one span per fragment")),
]

GROUPS = [
    (_("Labels, attributes and notes"), ("labels", "attributes", "without_attributes", "without_notes")),
    (_("Overlapping and discontinuous spans, quotation marks"), ("nested", "discontinuous", "quotation_marks")),
    (
        _("Rows and options of single formats"),
        ("window", "without_negatives", "layout", "pair_sentences", "guideline", "escape_formulas", "gold_checks"),
    ),
]


class DataForm(forms.Form):
    """The fields of `ExportOptions` except the format."""

    view = forms.ChoiceField(choices=VIEWS, initial=View.EACH, widget=forms.RadioSelect, label=_("Annotation sets"))
    pseudonyms = forms.BooleanField(required=False, label=_("Replace annotator names with stable pseudonyms"))
    labels = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, help_text=_("Select none to include all.")
    )
    attributes = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, help_text=_("Select none to include all.")
    )
    without_attributes = forms.BooleanField(required=False, label=_("Exclude all attributes"))
    without_notes = forms.BooleanField(required=False, label=_("Exclude notes"))
    without_negatives = forms.BooleanField(required=False, label=_("Exclude documents and windows without spans"))
    quotation_marks = forms.ChoiceField(
        choices=MARKS, initial=QuotationMarks.KEEP, required=False, label=_("Quotation marks around direct claims")
    )
    nested = forms.ChoiceField(choices=NESTED, initial=Nested.KEEP, required=False, label=_("Overlapping spans"))
    discontinuous = forms.ChoiceField(
        choices=DISCONTINUOUS, initial=Discontinuous.KEEP, required=False, label=_("Discontinuous spans")
    )
    layout = forms.ChoiceField(
        choices=LAYOUTS, initial=Layout.DOCUMENT, required=False, widget=forms.RadioSelect, label=_("Layout of JSONL")
    )
    window = forms.IntegerField(
        min_value=0,
        max_value=MOST_CONTEXT,
        required=False,
        label=_("Context sentences"),
        help_text=_(
            "One row per sentence, with this many context sentences on each side. Leave empty for whole documents."
        ),
    )
    pair_sentences = forms.IntegerField(
        min_value=0,
        max_value=MOST_PAIR_SENTENCES,
        required=False,
        label=_("Relation pairs: maximum distance in sentences"),
        help_text=_("How many sentences apart the two spans of a pair may be. Leave empty for 1."),
    )
    guideline = forms.BooleanField(required=False, label=_("Chat messages: add the guidelines to the system message"))

    def __init__(self, data: Any = None, *, vocabulary: Vocabulary) -> None:
        super().__init__(data)
        self._set_choices("labels", [(label, label) for label in sorted(vocabulary.labels)])
        dotted = sorted(name for name in vocabulary.attributes if ATTRIBUTE_POINT in name)
        self._set_choices("attributes", [(name, name.replace(ATTRIBUTE_POINT, ": ")) for name in dotted])

    def _set_choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_without_attributes(self) -> bool:
        """Return the choice; raise `ValidationError` when attributes are selected as well."""
        without: bool = self.cleaned_data["without_attributes"]
        if without and self.cleaned_data.get("attributes"):
            raise forms.ValidationError(_("Attributes are selected above. Clear the selection, or include them."))
        return without

    def groups(self) -> list[FieldGroup]:
        """Return the rarely used fields."""
        return group_fields(self, GROUPS)

    def given_options(self) -> dict[str, Any]:
        """Return the values by the names of the options; empty fields are left out and have their default."""
        cleaned = self.cleaned_data
        given = {
            "labels": cleaned["labels"] or None,
            "attributes": [] if cleaned["without_attributes"] else cleaned["attributes"] or None,
            "notes": not cleaned["without_notes"],
            "negatives": not cleaned["without_negatives"],
            "window": cleaned["window"],
        }
        for name in ("pseudonyms", "guideline"):
            given[name] = cleaned[name]
        for name in ("view", "layout", "quotation_marks", "nested", "discontinuous", "pair_sentences"):
            if cleaned[name] not in ("", None):
                given[name] = cleaned[name]
        return given


class ExportForm(DataForm):
    """The form of an export."""

    format = forms.ChoiceField(choices=list, initial=JSONL, required=False, label=_("Format"))
    escape_formulas = forms.BooleanField(
        required=False,
        label=_("CSV and TSV: escape cells that a spreadsheet would run as formulas"),
        help_text=_("An apostrophe is put before them. Importing the file here removes it."),
    )
    gold_checks = forms.BooleanField(
        required=False,
        label=_("JSONL: add the annotation sets of gold checks, qualification and practice"),
        help_text=_("Each says its purpose, and the manifest counts them apart: they are no new data."),
    )

    def __init__(self, data: Any = None, *, vocabulary: Vocabulary) -> None:
        super().__init__(data, vocabulary=vocabulary)
        self._set_choices("format", grouped_formats())
        self._vocabulary = vocabulary
        self._options: ExportOptions | None = None

    def clean(self) -> dict[str, Any]:
        """Check the options by the rules of the API, and show each problem beside its field."""
        cleaned = self.cleaned_data
        if not self.errors:
            given = self.given_options() | {
                name: cleaned[name] for name in ("format", "escape_formulas", "gold_checks")
            }
            try:
                self._options = parse_options(given, vocabulary=self._vocabulary)
                require_packages(FORMATS[self._options.format])
            except InvalidInput as problem:
                show_problem(self, problem)
        return cleaned

    def options(self) -> ExportOptions:
        """Return the validated options."""
        if self._options is None:
            raise ValueError("The form is not valid.")
        return self._options


def format_name(key: str) -> str:
    """Return the name of a format; those of training formats are shown without "Training"."""
    name = FORMATS[key].name
    short = name.removeprefix("Training: ")
    return name if short == name else short[:1].upper() + short[1:]


def grouped_formats() -> list[tuple[Text, list[tuple[str, str]]]]:
    """Return the formats as choices, by group; computed for each form, because packages may be installed later."""
    other = [key for key in WRITABLE if key != JSONL and key not in TRAINING_FORMATS]
    return [
        (_("Complete"), [(JSONL, format_name(JSONL))]),
        (_("Training formats (JSONL)"), [(key, format_name(key)) for key in TRAINING_FORMATS]),
        (_("Formats of other tools"), format_choices((key, FORMATS[key]) for key in other)),
    ]
