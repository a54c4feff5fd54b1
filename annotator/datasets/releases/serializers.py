"""The shapes of releases on the API."""

from typing import Any

from rest_framework import serializers

from annotator.datasets.exports.api import ExportOptionsIn
from annotator.datasets.releases.layouts.layout_1.licences import LICENCES, UNKNOWN
from annotator.datasets.releases.models import LONGEST_NAME, Release
from annotator.datasets.releases.options import BESIDE, LONGEST_NOTES
from annotator.platform.accounts.serializers import UserNameField

Shape = serializers.Serializer[Any]


class DataIn(ExportOptionsIn):
    """Which sets leave, and what of them; as for an export, but without `format`."""

    format = None  # type: ignore[assignment]  # so is a field of the base taken away


PreviewIn = DataIn


class SplitsIn(Shape):
    """How documents are dealt out."""

    shares = serializers.DictField(
        child=serializers.FloatField(), required=False, help_text="By name of the split; they add up to 1."
    )
    together = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="Fields of the meta data; documents with the same value stay together.",
    )
    near_duplicates = serializers.BooleanField(default=True)
    threshold = serializers.FloatField(required=False, help_text="How alike near-duplicates are, above 0 and up to 1.")
    salt = serializers.CharField(required=False, allow_null=True, help_text="Repeats an earlier dealing.")
    like = serializers.IntegerField(
        required=False, allow_null=True, help_text="The number of a release from whose splits no document moves."
    )


class ReleaseIn(Shape):
    """What a release shall be; everything but the name may be left out."""

    name = serializers.CharField(max_length=LONGEST_NAME)
    notes = serializers.CharField(required=False, max_length=LONGEST_NOTES, help_text="Markdown, for the data card.")
    licence = serializers.ChoiceField(choices=list(LICENCES), default=UNKNOWN)
    languages = serializers.ListField(child=serializers.CharField(), required=False)
    formats = serializers.ListField(
        child=serializers.ChoiceField(choices=list(BESIDE)),
        required=False,
        help_text="Other shapes beside the complete JSONL.",
    )
    splits = SplitsIn(required=False, allow_null=True)
    data = DataIn(required=False)  # type: ignore[assignment]  # a field may have this name


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


class InReleaseOut(Shape):
    """How many, in all and by what."""

    all = serializers.IntegerField()
    by_name = serializers.DictField(child=serializers.IntegerField(), required=False)
    by_label = serializers.DictField(child=serializers.IntegerField(), required=False)


class AtHomeOut(Shape):
    """What stays at home: documents without a set that leaves, and sets still being worked on."""

    documents = serializers.IntegerField()
    open_sets = serializers.IntegerField()


class PreviewOut(Shape):
    """What a release would hold now."""

    documents = serializers.IntegerField()
    annotation_sets = InReleaseOut()
    spans = InReleaseOut()
    left_out = AtHomeOut()


class DifferenceOut(Shape):
    """How many of a label were added, removed or changed."""

    how = serializers.ChoiceField(choices=["added", "removed", "changed"])
    label = serializers.CharField()  # type: ignore[assignment]  # a field may have this name
    count = serializers.IntegerField()


class ExampleOut(Shape):
    """A span that differs."""

    how = serializers.ChoiceField(choices=["added", "removed", "changed"])
    document = serializers.CharField()
    document_id = serializers.IntegerField()
    set_name = serializers.CharField()
    set_id = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field may have this name
    text = serializers.CharField()
    details = serializers.ListField(child=serializers.CharField())


class ComparisonOut(Shape):
    """What differs between two releases."""

    documents = serializers.DictField(child=serializers.IntegerField())
    sets = serializers.DictField(child=serializers.IntegerField())
    spans = DifferenceOut(many=True)
    relations = DifferenceOut(many=True)
    options = serializers.ListField(child=serializers.CharField())
    examples = ExampleOut(many=True)
    sets_left_out = serializers.IntegerField(help_text="Sets that differ, too, but were not looked into.")
