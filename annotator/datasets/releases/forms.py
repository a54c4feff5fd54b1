"""The form of a release."""

from typing import Any

from django import forms

from annotator.datasets.exports.format_registry import FORMATS
from annotator.datasets.exports.forms import DataForm
from annotator.datasets.exports.selectors import vocabulary_of
from annotator.datasets.releases.layouts.layout_1.licences import LICENCES, UNKNOWN
from annotator.datasets.releases.models import LONGEST_NAME
from annotator.datasets.releases.options import BESIDE, ReleaseOptions
from annotator.datasets.releases.selectors import releases_with_splits
from annotator.datasets.releases.serializers import LONGEST_NOTES, parse_release
from annotator.datasets.splits.requests import USUAL_SHARES
from annotator.platform.http.forms import show_problem
from annotator.problems import FieldError, InvalidInput, Problem
from projects.models import Project

WITHOUT, DEALT, LIKE = "without", "dealt", "like"
SPLITS = [
    (WITHOUT, "All in one: data/all.jsonl"),
    (DEALT, "Dealt out by hash in the shares below"),
    (LIKE, "As in an earlier release: no document moves, new ones are dealt out in its shares"),
]


class ReleaseForm(DataForm):
    """What a release shall be. No format is asked for: the complete data are always JSONL."""

    name = forms.CharField(max_length=LONGEST_NAME, help_text="Such as 1.0; every release of a project has its own.")
    licence = forms.ChoiceField(choices=[(key, one.name) for key, one in LICENCES.items()], initial=UNKNOWN)
    languages = forms.CharField(
        required=False, max_length=200, label="Languages of the texts", help_text="Codes with commas between: en, de"
    )
    about = forms.CharField(
        required=False,
        max_length=LONGEST_NOTES,
        label="Notes for the data card",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Markdown: where the texts come from, who annotated them, what they are good for and what not.",
    )
    splits = forms.ChoiceField(choices=SPLITS, initial=DEALT, widget=forms.RadioSelect, label="Splits")
    together = forms.CharField(
        required=False,
        max_length=200,
        initial="source, story",
        label="Keep together documents with the same value in these fields",
        help_text="Names in the meta data of documents, with commas between.",
    )
    near_duplicates = forms.BooleanField(required=False, initial=True, label="Keep near-duplicates together")
    formats = forms.MultipleChoiceField(
        required=False,
        choices=[(key, FORMATS[key].name) for key in BESIDE],
        widget=forms.CheckboxSelectMultiple,
        label="Other shapes beside the complete JSONL",
    )

    def __init__(self, data: Any = None, *, project: Project) -> None:
        self._vocabulary = vocabulary_of(project)
        super().__init__(data, vocabulary=self._vocabulary)
        earlier = [(str(one.number), f"{one.number}: {one.name}") for one in releases_with_splits(project)]
        self.fields["like"] = forms.ChoiceField(required=False, choices=earlier, label="Earlier release")
        for name, share in USUAL_SHARES.items():
            self.fields[f"share_{name}"] = forms.IntegerField(
                required=False, min_value=0, max_value=100, initial=round(100 * share), label=f"{name.title()} %"
            )

    @property
    def share_fields(self) -> list[forms.BoundField]:
        """The fields of the shares."""
        return [self[f"share_{name}"] for name in USUAL_SHARES]

    def release_options(self) -> ReleaseOptions:
        """Return the checked choices."""
        given: dict[str, Any] = self.cleaned_data
        return parse_release(
            {
                "name": given["name"],
                "notes": given["about"],
                "licence": given["licence"],
                "languages": _words(given["languages"]),
                "formats": given["formats"],
                "splits": self._splits(given),
                "data": self.given_options(),
            },
            vocabulary=self._vocabulary,
        )

    def show(self, problem: Problem) -> None:
        """Add what is wrong to the fields that caused it."""
        errors: list[FieldError] = getattr(problem, "errors", [])
        told: list[FieldError] = [{"pointer": _field(each["pointer"]), "detail": each["detail"]} for each in errors]
        show_problem(self, InvalidInput(problem.detail, errors=told) if told else problem)

    def _splits(self, given: dict[str, Any]) -> dict[str, Any] | None:
        if given["splits"] == WITHOUT:
            return None
        if given["splits"] == LIKE and given["like"]:
            return {"like": int(given["like"])}
        shares = [[name, (given[f"share_{name}"] or 0) / 100] for name in USUAL_SHARES if given[f"share_{name}"]]
        return {
            "shares": shares,
            "together": _words(given["together"]),
            "near_duplicates": given["near_duplicates"],
        }


def _field(pointer: str) -> str:
    """The field of the form behind a part of the options."""
    pointer = pointer.removeprefix("/data")
    return "/about" if pointer == "/notes" else pointer


def _words(given: str) -> list[str]:
    return [word.strip() for word in given.split(",") if word.strip()]
