"""Input and output of releases: the options of a release are declared here for the API, forms and commands."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from annotator.datasets.exports.options import ExportOptions, Vocabulary
from annotator.datasets.exports.serializers import DataOptionsIn, format_errors
from annotator.datasets.releases.layouts.layout_1.licences import LICENCES, OTHER, UNKNOWN
from annotator.datasets.releases.models import LONGEST_NAME, Release
from annotator.datasets.releases.options import BESIDE, CREATORS, ReleaseOptions
from annotator.datasets.splits.blind_test import TEST
from annotator.datasets.splits.requests import USUAL_SHARES, SplitRequest
from annotator.ledger.reading.statements import CLAIM
from annotator.platform.accounts.serializers import UserNameField
from annotator.platform.http.input import (
    BooleanField,
    ChoiceField,
    InputSerializer,
    IntegerField,
    NumberField,
    StringField,
    read_input,
)
from annotator.problems import FieldError, InvalidInput

LONGEST_NOTES = 20_000
MOST_LANGUAGES = 20
NAME_MESSAGE = f"Give the release a name of 1 to {LONGEST_NAME} characters, such as 1.0."
_LANGUAGE = re.compile(r"\A[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
_UNFIT = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
Output = serializers.Serializer[Any]


class SharesField(serializers.DictField):
    """Shares by name of the split. Pairs of name and share are read as well: their order is the order of the splits."""

    child = NumberField()

    def to_internal_value(self, data: Any) -> dict[str, float]:
        """Return the shares in the order given."""
        if isinstance(data, list) and all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in data):
            data = {str(name): share for name, share in data}
        shares: dict[str, float] = super().to_internal_value(data)
        return shares


class SplitsIn(InputSerializer):
    """How documents are divided into splits; with `like`, the splits of an earlier release are kept."""

    shares = SharesField(required=False, help_text="By name of the split; they add up to 1.")
    together = serializers.ListField(
        child=StringField(allow_blank=True),
        required=False,
        help_text="Fields of the metadata; documents with the same value stay together.",
    )
    near_duplicates = BooleanField(default=True)
    threshold = NumberField(required=False, help_text="The least similarity of near-duplicates, from 0.5 to 1.")
    salt = StringField(required=False, allow_null=True, help_text="Repeats an earlier division.")
    blind_test = BooleanField(
        required=False,
        allow_null=True,
        help_text=(
            "Whether documents annotated without suggestions are in the split “test” before others; null: if the "
            "project has such documents."
        ),
    )
    like = IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        help_text="The number of a release whose documents keep their splits.",
    )

    def validate_together(self, fields: list[str]) -> tuple[str, ...]:
        """Return the names of the fields without blank ones."""
        return tuple(name.strip() for name in fields if name.strip())

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the request for splits, and the number of the release whose splits are kept."""
        like = attrs.pop("like", None)
        if like is not None and "shares" in attrs:
            detail = "Leave out the shares: those of the earlier release are kept."
            raise serializers.ValidationError({"shares": detail})
        if attrs.get("blind_test") and TEST not in attrs.get("shares", USUAL_SHARES):
            detail = "There is no split “test” for documents annotated without suggestions: add one, or leave this out."
            raise serializers.ValidationError({"blind_test": detail})
        try:
            return {"splits": SplitRequest(**attrs), "like": like}
        except InvalidInput as problem:
            raise serializers.ValidationError(_nested(problem.errors)) from problem


def _nested(errors: Sequence[FieldError]) -> dict[str, Any]:
    """Return errors with JSON pointers in the form in which serializers report them, by the first member."""
    by_member: dict[str, list[str]] = {}
    for error in errors:
        by_member.setdefault(error["pointer"].split("/")[1], []).append(error["detail"])
    return by_member


class ReleaseIn(InputSerializer):
    """The options of a release; everything but the name may be left out."""

    empty_means_default = (
        "licence",
        "languages",
        "formats",
        "data",
        "creators",
        "ledger",
        "ledger_csv",
        "ledger_annotations",
    )
    name = StringField(
        max_length=LONGEST_NAME,
        error_messages=dict.fromkeys(("required", "null", "blank", "max_length", "invalid"), NAME_MESSAGE),
        validators=[RegexValidator(_UNFIT, "This contains a line break or a control character.", inverse_match=True)],
    )
    notes = StringField(
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        max_length=LONGEST_NOTES,
        help_text="Markdown, for the data card.",
    )
    licence = ChoiceField(choices=list(LICENCES), default=UNKNOWN)
    languages = serializers.ListField(
        child=StringField(validators=[RegexValidator(_LANGUAGE, "This is not a code such as en or pt-BR.")]),
        required=False,
        max_length=MOST_LANGUAGES,
    )
    formats = serializers.ListField(
        child=ChoiceField(choices=list(BESIDE)),
        required=False,
        help_text="Further formats beside the complete JSONL.",
    )
    creators = ChoiceField(
        choices=["", *CREATORS],
        default="",
        help_text="Who made the annotations; left out, the data card states nothing.",
    )
    splits = SplitsIn(required=False, allow_null=True)
    ledger = BooleanField(
        default=False, help_text="Adds ledger.jsonl: who claims, denies and evades what, with places in the texts."
    )
    ledger_csv = BooleanField(
        default=False, help_text="With the ledger: adds ledger.csv, the same as a table with one row a statement."
    )
    ledger_annotations = BooleanField(
        default=False, help_text="With the ledger: adds ledger.jsonld.jsonl, one W3C web annotation a statement."
    )
    data = DataOptionsIn(required=False)  # type: ignore[assignment]  # a field may have this name

    def validate_notes(self, notes: str) -> str:
        """Return the notes with the line ends of Markdown files."""
        return notes.replace("\r\n", "\n").strip()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the options; each must have an effect in one of the formats."""
        if attrs["licence"] == OTHER and not attrs.get("notes"):
            raise serializers.ValidationError({"notes": "Name the licence of the data here."})
        data, formats = attrs.get("data") or asdict(ExportOptions()), attrs.get("formats") or ()
        if errors := dict(format_errors(data, formats)):
            raise serializers.ValidationError({"data": errors})
        if attrs["ledger"] and (error := self._ledger_error(data)):
            raise serializers.ValidationError({"ledger": error})
        for name, words in (("ledger_csv", "its table"), ("ledger_annotations", "its annotations")):
            if attrs[name] and not attrs["ledger"]:
                raise serializers.ValidationError({name: f"Only a release with the ledger has {words}: add both."})
        return attrs

    def _ledger_error(self, data: Mapping[str, Any]) -> str:
        """Return why a release with these data cannot have a ledger, or ""."""
        vocabulary: Vocabulary | None = self.context.get("vocabulary")
        if vocabulary is not None and CLAIM not in vocabulary.labels:
            return "The ledger needs the label Claim, which the schema does not have."
        if data.get("labels") is not None and CLAIM not in data["labels"]:
            return "The ledger needs the label Claim: add it to the labels, or leave the ledger out."
        if data.get("window") is not None:
            return "The ledger has places in whole documents: leave out the windows, or the ledger."
        return ""


def parse_release(given: Any, *, vocabulary: Vocabulary | None = None) -> ReleaseOptions:
    """Return the options in a JSON object; raise `InvalidInput` with all errors.

    With a `vocabulary`, labels and attributes must be in it.
    """
    serializer = ReleaseIn(data=given, context={"vocabulary": vocabulary})
    values = read_input(serializer, "The options of the release are not valid.")
    splits = values.get("splits") or {"splits": None, "like": None}
    return ReleaseOptions(
        name=values["name"],
        notes=values.get("notes", ""),
        licence=values["licence"],
        languages=tuple(dict.fromkeys(values.get("languages") or ())),
        formats=tuple(sorted(set(values.get("formats") or ()))),
        creators=values["creators"],
        ledger=values["ledger"],
        ledger_csv=values["ledger_csv"],
        ledger_annotations=values["ledger_annotations"],
        data=ExportOptions(**(values.get("data") or {})),
        **splits,
    )


class ReleaseOut(serializers.ModelSerializer[Release]):
    """A release; manifest, sha256, size and built_at are empty until it was built."""

    project = serializers.SlugRelatedField[Release](slug_field="slug", read_only=True)
    created_by = UserNameField()
    job = serializers.PrimaryKeyRelatedField[Release](read_only=True)

    class Meta:
        model = Release
        fields = [
            *("id", "project", "number", "name", "options", "origin", "software", "created_by", "created_at", "job"),
            *("built_at", "manifest", "sha256", "size"),
        ]


@extend_schema_serializer(component_name="InReleaseOut")
class CountOut(Output):
    """How many, in total and by name or label."""

    all = serializers.IntegerField()
    by_name = serializers.DictField(child=serializers.IntegerField(), required=False)
    by_label = serializers.DictField(child=serializers.IntegerField(), required=False)


@extend_schema_serializer(component_name="AtHomeOut")
class NotReleasedOut(Output):
    """What is not released: documents without a finished set, and sets in progress."""

    documents = serializers.IntegerField()
    open_sets = serializers.IntegerField()


class PreviewOut(Output):
    """What a release would contain now."""

    documents = serializers.IntegerField()
    annotation_sets = CountOut()
    spans = CountOut()
    left_out = NotReleasedOut()


class DifferenceOut(Output):
    """How many spans or relations of a label were added, removed or changed."""

    how = serializers.ChoiceField(choices=["added", "removed", "changed"])
    label = serializers.CharField()  # type: ignore[assignment]  # a field may have this name
    count = serializers.IntegerField()


class ExampleOut(Output):
    """A span that differs."""

    how = serializers.ChoiceField(choices=["added", "removed", "changed"])
    document = serializers.CharField()
    document_id = serializers.IntegerField()
    set_name = serializers.CharField()
    set_id = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field may have this name
    text = serializers.CharField()
    details = serializers.ListField(child=serializers.CharField())


class ComparisonOut(Output):
    """The differences between two releases."""

    documents = serializers.DictField(child=serializers.IntegerField())
    sets = serializers.DictField(child=serializers.IntegerField())
    spans = DifferenceOut(many=True)
    relations = DifferenceOut(many=True)
    options = serializers.ListField(child=serializers.CharField())
    examples = ExampleOut(many=True)
    sets_left_out = serializers.IntegerField(
        help_text="Number of further sets that differ; they were not compared span by span."
    )
