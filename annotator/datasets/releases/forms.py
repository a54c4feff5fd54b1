"""The form of a new release."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotator.datasets.exports.format_registry import FORMATS
from annotator.datasets.exports.forms import DataForm
from annotator.datasets.exports.selectors import vocabulary_of
from annotator.datasets.releases.contents.facts import has_blind_sets
from annotator.datasets.releases.layouts.layout_1.licences import LICENCES, UNKNOWN
from annotator.datasets.releases.models import LONGEST_NAME
from annotator.datasets.releases.options import BESIDE, ReleaseOptions
from annotator.datasets.releases.selectors import releases_with_splits
from annotator.datasets.releases.serializers import LONGEST_NOTES, parse_release
from annotator.datasets.splits.requests import USUAL_SHARES
from annotator.ledger.reading.statements import CLAIM
from annotator.platform.http.forms import show_problem
from annotator.problems import FieldError, InvalidInput, Problem
from projects.models import Project

WITHOUT, NEW, LIKE = "without", "dealt", "like"
SPLITS = [
    (WITHOUT, _("No splits: one file, data/all.jsonl")),
    (NEW, _("New splits, by hash, with the shares below")),
    (LIKE, _("Splits of an earlier release: its documents stay, new documents are divided by its shares")),
]
CREATOR_NAMES = [
    ("", _("Not stated")),
    ("expert-generated", _("Experts")),
    ("crowdsourced", _("Crowd workers")),
    ("machine-generated", _("Machines")),
    ("other", _("Others, as the notes say")),
]
SHARE_LABELS = {"train": _("Train, %"), "validation": _("Validation, %"), "test": _("Test, %")}


class ReleaseForm(DataForm):
    """The form of a new release. It has no format: the complete data are always JSONL."""

    name = forms.CharField(
        max_length=LONGEST_NAME, label=_("Name"), help_text=_("For example 1.0. Names are unique within a project.")
    )
    licence = forms.ChoiceField(
        choices=[(key, licence.name) for key, licence in LICENCES.items()], initial=UNKNOWN, label=_("Licence")
    )
    languages = forms.CharField(
        required=False, max_length=200, label=_("Languages"), help_text=_("Codes separated by commas: en, de")
    )
    creators = forms.ChoiceField(
        required=False,
        choices=CREATOR_NAMES,
        label=_("Annotations made by"),
        help_text=_("For the data card, which otherwise states nothing about it."),
    )
    about = forms.CharField(
        required=False,
        max_length=LONGEST_NOTES,
        label=_("Notes for the data card"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Markdown: source of the documents, annotators, intended and unsuitable uses."),
    )
    splits = forms.ChoiceField(choices=SPLITS, initial=NEW, widget=forms.RadioSelect, label=_("Splits"))
    together = forms.CharField(
        required=False,
        max_length=200,
        initial="source, story",
        label=_("Keep documents together that have the same value in these fields"),
        help_text=_("Names of metadata fields, separated by commas."),
    )
    near_duplicates = forms.BooleanField(required=False, initial=True, label=_("Keep near-duplicates together"))
    blind_test = forms.BooleanField(
        required=False, initial=True, label=_("Prefer documents annotated without suggestions for the split test")
    )
    ledger = forms.BooleanField(
        required=False,
        label=_("Add the claim ledger"),
        help_text=_("The file ledger.jsonl: who claims, denies and evades what, with places in the documents."),
    )
    ledger_csv = forms.BooleanField(
        required=False,
        label=_("Add the ledger as a table, too"),
        help_text=_("The file ledger.csv: one row a statement."),
    )
    ledger_annotations = forms.BooleanField(
        required=False,
        label=_("Add the ledger as web annotations, too"),
        help_text=_("The file ledger.jsonld.jsonl: one annotation of the W3C model a statement."),
    )
    formats = forms.MultipleChoiceField(
        required=False,
        choices=[(key, FORMATS[key].name) for key in BESIDE],
        widget=forms.CheckboxSelectMultiple,
        label=_("Formats beside the complete JSONL"),
    )

    def __init__(self, data: Any = None, *, project: Project) -> None:
        self._vocabulary = vocabulary_of(project)
        super().__init__(data, vocabulary=self._vocabulary)
        if not has_blind_sets(project):
            del self.fields["blind_test"]
        if CLAIM not in self._vocabulary.labels:
            del self.fields["ledger"], self.fields["ledger_csv"], self.fields["ledger_annotations"]
        earlier = [
            (str(release.number), f"{release.number}: {release.name}") for release in releases_with_splits(project)
        ]
        self.fields["like"] = forms.ChoiceField(required=False, choices=earlier, label=_("Earlier release"))
        for name, share in USUAL_SHARES.items():
            self.fields[f"share_{name}"] = forms.IntegerField(
                required=False, min_value=0, max_value=100, initial=round(100 * share), label=SHARE_LABELS[name]
            )

    def clean(self) -> dict[str, Any]:
        """Return the values; shares are refused in the unit in which they are asked for."""
        given = super().clean() or self.cleaned_data
        if given.get("splits") == LIKE and not given.get("like"):
            self.add_error("splits", _("There is no earlier release with splits. Choose new splits, or none."))
        if given.get("splits") == NEW:
            total = sum(given.get(f"share_{name}") or 0 for name in USUAL_SHARES)
            if total != 100:
                detail = _("The shares must add up to 100 %, not to {total} %.")
                self.add_error(f"share_{next(iter(USUAL_SHARES))}", detail.format(total=total))
        return given

    @property
    def share_fields(self) -> list[forms.BoundField]:
        """The fields of the shares."""
        return [self[f"share_{name}"] for name in USUAL_SHARES]

    def release_options(self) -> ReleaseOptions:
        """Return the validated options."""
        given: dict[str, Any] = self.cleaned_data
        return parse_release(
            {
                "name": given["name"],
                "notes": given["about"],
                "licence": given["licence"],
                "languages": _items(given["languages"]),
                "formats": given["formats"],
                "creators": given["creators"],
                "splits": self._splits(given),
                "ledger": given.get("ledger", False),
                "ledger_csv": given.get("ledger_csv", False),
                "ledger_annotations": given.get("ledger_annotations", False),
                "data": self.given_options(),
            },
            vocabulary=self._vocabulary,
        )

    def show(self, problem: Problem) -> None:
        """Show a problem beside the fields that caused it."""
        errors: list[FieldError] = getattr(problem, "errors", [])
        renamed: list[FieldError] = [
            {"pointer": _field(error["pointer"]), "detail": error["detail"]} for error in errors
        ]
        show_problem(self, InvalidInput(problem.detail, errors=renamed) if renamed else problem)

    def _splits(self, given: dict[str, Any]) -> dict[str, Any] | None:
        if given["splits"] == WITHOUT:
            return None
        if given["splits"] == LIKE:
            return {"like": int(given["like"])}
        shares = [[name, (given[f"share_{name}"] or 0) / 100] for name in USUAL_SHARES if given[f"share_{name}"]]
        return {
            "shares": shares,
            "together": _items(given["together"]),
            "near_duplicates": given["near_duplicates"],
            "blind_test": given.get("blind_test"),
        }


def _field(pointer: str) -> str:
    """Return the pointer of the form field for a part of the options."""
    pointer = pointer.removeprefix("/data")
    return "/about" if pointer == "/notes" else pointer


def _items(given: str) -> list[str]:
    return [item.strip() for item in given.split(",") if item.strip()]
