"""Shapes of the API of adjudication."""

from rest_framework import serializers

from annotator.adjudication.models import RULE_CHOICES, Adjudication, AdjudicationState, ProjectRule, Reason, UnitKind
from annotator.adjudication.units.versions import DecisionKind
from annotator.corpus.spans.serializers import SpanShape

LARGEST = 2**31 - 1
KIND_CHOICES = [kind.value for kind in DecisionKind if kind not in (DecisionKind.AGREED, DecisionKind.CLEARED)]
RECORDED_KINDS = [kind.value for kind in DecisionKind]


class RuleOut(serializers.ModelSerializer[ProjectRule]):
    """How adjudications of a project start."""

    rule = serializers.ChoiceField(choices=RULE_CHOICES, help_text="What settles itself.")
    blind = serializers.BooleanField(help_text="Whether adjudicators see letters instead of names.")

    class Meta:
        model = ProjectRule
        fields = ["rule", "blind"]


class StartIn(serializers.Serializer[object]):
    """How to begin; what is left out is as the project says."""

    rule = serializers.ChoiceField(choices=RULE_CHOICES, required=False)
    blind = serializers.BooleanField(required=False)


class SourceOut(serializers.Serializer[object]):
    """An annotator's set in an adjudication; its `position` is its place in the versions of units."""

    position = serializers.IntegerField()
    letter = serializers.CharField()
    name = serializers.CharField(allow_null=True, help_text="null while names are hidden and the document is open.")
    annotation_set = serializers.IntegerField(allow_null=True)
    revision = serializers.IntegerField(help_text="Of the set when the adjudication looked at it.")


class AdjudicationOut(serializers.ModelSerializer[Adjudication]):
    """Where the adjudication of a document stands."""

    rule = serializers.ChoiceField(choices=RULE_CHOICES)
    state = serializers.ChoiceField(choices=AdjudicationState.choices)
    settled_by = serializers.CharField(source="settled_by.username", allow_null=True, default=None)

    class Meta:
        model = Adjudication
        fields = [
            "document", "annotation_set", "state", "rule", "blind", "revision", "started_at", "settled_at",
            "settled_by", "reopened_at",
        ]  # fmt: skip


class WholeAdjudicationOut(AdjudicationOut):
    """An adjudication with its sources and how much of it is open."""

    sources = SourceOut(many=True)
    units = serializers.IntegerField(help_text="How many there are.")
    contested = serializers.IntegerField(help_text="How many did not settle themselves.")
    open = serializers.IntegerField(help_text="How many are still to be decided.")
    moved = serializers.BooleanField(help_text="Whether annotators handed something in since; see `refresh/`.")

    class Meta(AdjudicationOut.Meta):
        fields = [*AdjudicationOut.Meta.fields, "sources", "units", "contested", "open", "moved"]


class DecisionOut(serializers.Serializer[object]):
    """What was done about a unit; rows of one action share their `number`, the revision that it made."""

    number = serializers.IntegerField()
    unit = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=RECORDED_KINDS)
    position = serializers.IntegerField(allow_null=True, help_text="Whose version was taken.")
    outcome = serializers.JSONField(help_text="Spans as in the adjudicated set, or [{label}] for relations.")
    merged_into = serializers.IntegerField(allow_null=True)
    support = serializers.IntegerField(help_text="How many annotators had exactly the outcome.")
    support_of = serializers.IntegerField()
    reason = serializers.ChoiceField(choices=["", *Reason.values])
    section = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    by = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    undoes = serializers.IntegerField(allow_null=True)
    is_current = serializers.BooleanField()


class UnitOut(serializers.Serializer[object]):
    """What every annotator has at one place, by position, and the decision that stands."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=UnitKind.choices)
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    differs = serializers.ListField(child=serializers.CharField(), help_text="missed, boundary, segmentation, label, …")
    standing = serializers.ChoiceField(choices=["open", "decided", "follows", "gone", "waiting"])
    is_moved = serializers.BooleanField()
    from_unit = serializers.IntegerField(allow_null=True)
    to_unit = serializers.IntegerField(allow_null=True)
    versions = serializers.JSONField(help_text="For each position a list of spans, or of relations.")
    decision = DecisionOut(allow_null=True)


class UnitsOut(serializers.Serializer[object]):
    """All units of an adjudication, in order of the text, at a revision."""

    revision = serializers.IntegerField()
    units = UnitOut(many=True)


class DecisionsOut(serializers.Serializer[object]):
    """Where an adjudication stands, and what was done since a revision."""

    revision = serializers.IntegerField()
    decisions = DecisionOut(many=True)


class RevisionIn(serializers.Serializer[object]):
    """What the client has seen."""

    base_revision = serializers.IntegerField(min_value=0, max_value=LARGEST)


class DecisionIn(RevisionIn):
    """A decision about a unit, or with kind `added` something that nobody had: a span, or a relation of two units."""

    unit = serializers.IntegerField(required=False, min_value=1, help_text="For all kinds but `added`.")
    kind = serializers.ChoiceField(choices=KIND_CHOICES)
    position = serializers.IntegerField(required=False, min_value=0, help_text="For `take`: whose version.")
    spans = SpanShape(
        many=True, required=False, help_text="For `edited`, `merged`, `added` (one) and `split` (two or more)."
    )
    labels = serializers.ListField(
        child=serializers.CharField(max_length=64),
        required=False,
        max_length=50,
        help_text="For edited relations; for `added` the one of a relation.",
    )
    from_unit = serializers.IntegerField(required=False, min_value=1, help_text="For a relation that is `added`.")
    to_unit = serializers.IntegerField(required=False, min_value=1)
    merge_with = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, max_length=50, help_text="For `merged`."
    )
    reason = serializers.ChoiceField(choices=["", *Reason.values], required=False)
    section = serializers.CharField(required=False, allow_blank=True, max_length=200)
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class DoneOut(serializers.Serializer[object]):
    """What became of an action."""

    revision = serializers.IntegerField()
    meanwhile = serializers.IntegerField(help_text="How many actions others took since the base; see `decisions/`.")
    open = serializers.IntegerField(help_text="How many units are still to be decided.")
    unit = serializers.IntegerField(help_text="What it was about; a place that was added has an id of its own.")
