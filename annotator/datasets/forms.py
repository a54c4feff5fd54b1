"""The form of an export."""

from dataclasses import dataclass
from typing import Any

from django import forms

from annotator.datasets.formats import JSONL, RECIPES, WRITABLE
from annotator.datasets.options import (
    MOST_CONTEXT,
    MOST_PAIR_SENTENCES,
    ExportOptions,
    Layout,
    View,
    Vocabulary,
    parse_options,
)
from annotator.http.forms import show_problem
from annotator.interchange.extras import named, require
from annotator.problems import InvalidInput
from annotator.training.nesting import Discontinuous, Nested
from annotator.training.quotations import QuotationMarks
from annotator.training.shapes import SHAPES
from annotator.training.shaping import ATTRIBUTE_POINT

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


class ExportForm(forms.Form):
    """What the file shall hold."""

    view = forms.ChoiceField(choices=VIEWS, initial=View.EACH, widget=forms.RadioSelect, label="Which annotations")
    format = forms.ChoiceField(choices=list, initial=JSONL, required=False, label="Format")
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
        self._vocabulary = vocabulary
        self._options: ExportOptions | None = None
        self._choose("format", grouped_formats())
        self._choose("labels", [(label, label) for label in sorted(vocabulary.labels)])
        dotted = sorted(name for name in vocabulary.attributes if ATTRIBUTE_POINT in name)
        self._choose("attributes", [(name, name.replace(ATTRIBUTE_POINT, ": ")) for name in dotted])

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Check the choices as those over the API are, each problem beside its field."""
        cleaned = self.cleaned_data
        if cleaned.get("attributes") and cleaned["without_attributes"]:
            self.add_error("without_attributes", "Some attributes are ticked above: leave these, or leave out all.")
        if not self.errors:
            try:
                self._options = parse_options(given_options(cleaned), vocabulary=self._vocabulary)
                require(RECIPES[self._options.format])
            except InvalidInput as problem:
                show_problem(self, problem)
        return cleaned

    def groups(self) -> list[Group]:
        """Return the choices that are seldom made."""
        asked = {*self.changed_data, *self.errors} if self.is_bound else set()
        return [
            Group(title, [self[name] for name in names], is_open=not asked.isdisjoint(names))
            for title, names in GROUPS.items()
        ]

    def options(self) -> ExportOptions:
        """Return the checked choices."""
        if self._options is None:
            raise ValueError("The form has not been found valid.")
        return self._options


def grouped_formats() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the formats as a list to choose from; asked each time, for an extra may be installed later."""
    other = [key for key in WRITABLE if key != JSONL and key not in SHAPES]
    shapes = [(key, RECIPES[key].name.removeprefix("Training: ")) for key in SHAPES]
    return [
        ("Everything, nothing lost", [(JSONL, RECIPES[JSONL].name)]),
        ("For training (JSONL)", [(key, name[:1].upper() + name[1:]) for key, name in shapes]),
        ("For other tools", named((key, RECIPES[key]) for key in other)),
    ]


def given_options(cleaned: dict[str, Any]) -> dict[str, Any]:
    """Return what was chosen under the names of the options; what is empty is left at its default."""
    given = {
        "labels": cleaned["labels"] or None,
        "attributes": [] if cleaned["without_attributes"] else cleaned["attributes"] or None,
        "notes": not cleaned["without_notes"],
        "negatives": not cleaned["without_negatives"],
        "window": cleaned["window"],
    }
    for name in ("pseudonyms", "guideline"):
        given[name] = cleaned[name]
    for name in ("view", "format", "layout", "quotation_marks", "nested", "discontinuous", "pair_sentences"):
        if cleaned[name] not in ("", None):
            given[name] = cleaned[name]
    return given
