"""The form of an export."""

from typing import Any

from django import forms

from annotator.datasets.formats import JSONL, RECIPES, WRITABLE
from annotator.datasets.options import ExportOptions, Layout, View, parse_options
from annotator.interchange.extras import named

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


class ExportForm(forms.Form):
    """What the file shall hold."""

    view = forms.ChoiceField(choices=VIEWS, initial=View.EACH, widget=forms.RadioSelect, label="Which annotations")
    layout = forms.ChoiceField(
        choices=LAYOUTS, initial=Layout.DOCUMENT, widget=forms.RadioSelect, label="Shape of a line"
    )
    format = forms.ChoiceField(
        # Asked each time: an extra may be installed later.
        choices=lambda: named((key, RECIPES[key]) for key in WRITABLE),
        initial=JSONL,
        required=False,
        label="Format",
    )
    pseudonyms = forms.BooleanField(required=False, label="Put stable pseudonyms for annotators' names")

    def options(self) -> ExportOptions:
        """Return the checked choices."""
        cleaned: dict[str, Any] = self.cleaned_data
        return parse_options(cleaned)
