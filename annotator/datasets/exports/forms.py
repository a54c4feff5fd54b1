"""Forms for what is exported, in which format; releases use the one without a format."""

from dataclasses import dataclass
from typing import Any

from django import forms

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
from annotator.platform.http.forms import show_problem
from annotator.problems import InvalidInput

VIEWS = [
    (View.EACH.value, "Each annotator: every submitted or imported set, under the annotator's name"),
    (View.ADJUDICATED.value, "Adjudicated: only the settled sets"),
    (View.CONSENSUS.value, "Consensus: what more than half of the annotators of a document marked"),
    (View.ALL.value, "Each annotator and adjudicated"),
]
LAYOUTS = [
    (Layout.DOCUMENT.value, "One line a document, with its sets by name"),
    (Layout.SET.value, "One line an annotation set, with text, spans and annotator"),
]
MARKS = [
    (QuotationMarks.KEEP.value, "as they were marked"),
    (QuotationMarks.OUT.value, "left out"),
    (QuotationMarks.IN.value, "taken in"),
]
NESTED = [
    (Nested.KEEP.value, "all of them"),
    (Nested.OUTER.value, "one layer: the outer ones"),
    (Nested.INNER.value, "one layer: the inner ones"),
]
DISCONTINUOUS = [
    (Discontinuous.KEEP.value, "as they are"),
    (Discontinuous.HULL.value, "one span from the first to the last"),
    (Discontinuous.PARTS.value, "a span a fragment"),
]

GROUPS = {
    "Spans: labels, attributes, notes": ("labels", "attributes", "without_attributes", "without_notes"),
    "Layers, fragments, quotation marks": ("nested", "discontinuous", "quotation_marks"),
    "Rows: sentences, negatives, what single formats take": (
        "window",
        "without_negatives",
        "layout",
        "pair_sentences",
        "guideline",
    ),
}


@dataclass(frozen=True)
class Group:
    """Choices that are folded away together unless one of them differs from the usual."""

    title: str
    fields: list[forms.BoundField]
    is_open: bool


class DataForm(forms.Form):
    """The choices of `ExportOptions` but for the format."""

    view = forms.ChoiceField(choices=VIEWS, initial=View.EACH, widget=forms.RadioSelect, label="Which annotations")
    pseudonyms = forms.BooleanField(required=False, label="Put stable pseudonyms for annotators' names")
    labels = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, help_text="None ticked: all."
    )
    attributes = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, help_text="None ticked: all."
    )
    without_attributes = forms.BooleanField(required=False, label="Leave out all attributes")
    without_notes = forms.BooleanField(required=False, label="Leave out what annotators noted on spans")
    without_negatives = forms.BooleanField(required=False, label="Leave out documents and windows without a span")
    quotation_marks = forms.ChoiceField(
        choices=MARKS, initial=QuotationMarks.KEEP, required=False, label="Quotation marks around direct claims"
    )
    nested = forms.ChoiceField(
        choices=NESTED, initial=Nested.KEEP, required=False, label="Spans that lie on each other"
    )
    discontinuous = forms.ChoiceField(
        choices=DISCONTINUOUS, initial=Discontinuous.KEEP, required=False, label="Spans of several fragments"
    )
    layout = forms.ChoiceField(
        choices=LAYOUTS, initial=Layout.DOCUMENT, required=False, widget=forms.RadioSelect, label="Lines of JSONL"
    )
    window = forms.IntegerField(
        min_value=0,
        max_value=MOST_CONTEXT,
        required=False,
        label="Cut into sentences, with so many of context",
        help_text="A row a sentence, with so many sentences on either side (0: none). Empty: whole documents.",
    )
    pair_sentences = forms.IntegerField(
        min_value=0,
        max_value=MOST_PAIR_SENTENCES,
        required=False,
        label="Pairs for relation extraction: sentences apart",
        help_text="At most so many sentences lie between the spans of a pair. Empty: 1.",
    )
    guideline = forms.BooleanField(required=False, label="Chat messages: put the guidelines into the system message")

    def __init__(self, data: Any = None, *, vocabulary: Vocabulary) -> None:
        super().__init__(data)
        self._choose("labels", [(label, label) for label in sorted(vocabulary.labels)])
        dotted = sorted(name for name in vocabulary.attributes if ATTRIBUTE_POINT in name)
        self._choose("attributes", [(name, name.replace(ATTRIBUTE_POINT, ": ")) for name in dotted])

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_without_attributes(self) -> bool:
        """Refuse to leave out all of what was just ticked."""
        without: bool = self.cleaned_data["without_attributes"]
        if without and self.cleaned_data.get("attributes"):
            raise forms.ValidationError("Some attributes are ticked above: leave these, or leave out all.")
        return without

    def groups(self) -> list[Group]:
        """Return the choices that are seldom made."""
        asked = {*self.changed_data, *self.errors} if self.is_bound else set()
        return [
            Group(title, [self[name] for name in names], is_open=not asked.isdisjoint(names))
            for title, names in GROUPS.items()
        ]

    def given_options(self) -> dict[str, Any]:
        """Return what was chosen under the names of the options; what is empty is left at its default."""
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
    other = [key for key in WRITABLE if key != JSONL and key not in TRAINING_FORMATS]
    shapes = [(key, FORMATS[key].name.removeprefix("Training: ")) for key in TRAINING_FORMATS]
    return [
        ("Everything, nothing lost", [(JSONL, FORMATS[JSONL].name)]),
        ("For training (JSONL)", [(key, name[:1].upper() + name[1:]) for key, name in shapes]),
        ("For other tools", format_choices((key, FORMATS[key]) for key in other)),
    ]
