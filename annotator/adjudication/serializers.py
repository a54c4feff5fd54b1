"""Requests and answers of the API of adjudication."""

from rest_framework import serializers

from annotator.adjudication.models import RULE_CHOICES, Adjudication, AdjudicationState, ProjectRule, Reason, UnitKind
from annotator.adjudication.units.versions import DecisionKind
from annotator.corpus.spans.serializers import SpanShape
from annotator.platform.http.input import LARGEST_INTEGER

LARGEST = 2**31 - 1
KIND_CHOICES = [kind.value for kind in DecisionKind if kind not in (DecisionKind.AGREED, DecisionKind.CLEARED)]
RECORDED_KINDS = [kind.value for kind in DecisionKind]


class RuleOut(serializers.ModelSerializer[ProjectRule]):
    """How adjudications of a project start."""

    rule = serializers.ChoiceField(choices=RULE_CHOICES, help_text="Which spans are accepted automatically.")
    blind = serializers.BooleanField(help_text="Whether adjudicators see letters instead of names.")
    least = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=2,
        max_value=1000,
        help_text="How many annotators must agree on what is accepted automatically, more than half; null: all.",
    )

    class Meta:
        model = ProjectRule
        fields = ["rule", "blind", "least"]


class StartIn(serializers.Serializer[object]):
    """How to start; omitted fields are as set for the project."""

    rule = serializers.ChoiceField(choices=RULE_CHOICES, required=False)
    blind = serializers.BooleanField(required=False)
    least = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=1000,
        help_text="How many annotators must agree on what is accepted automatically; 0: all.",
    )


class SourceOut(serializers.Serializer[object]):
    """An annotator's set in an adjudication; `position` is its index in the versions of units."""

    position = serializers.IntegerField()
    letter = serializers.CharField()
    name = serializers.CharField(allow_null=True, help_text="null while names are hidden and the document is open.")
    annotation_set = serializers.IntegerField(allow_null=True)
    revision = serializers.IntegerField(help_text="Of the set when the adjudication read it.")


class AdjudicationOut(serializers.ModelSerializer[Adjudication]):
    """The state of the adjudication of a document."""

    rule = serializers.ChoiceField(choices=RULE_CHOICES)
    state = serializers.ChoiceField(choices=AdjudicationState.choices)
    settled_at = serializers.DateTimeField(source="completed_at", allow_null=True)
    settled_by = serializers.CharField(source="completed_by.username", allow_null=True, default=None)

    class Meta:
        model = Adjudication
        fields = [
            "document", "annotation_set", "state", "rule", "least", "blind", "revision", "started_at", "settled_at",
            "settled_by", "reopened_at",
        ]  # fmt: skip


class WholeAdjudicationOut(AdjudicationOut):
    """An adjudication with its sources, contested locations, and units.

    A unit is what one decision is about: a span or a relation in the versions of all annotators. A location that is
    contested, counted as in reports, has one or more of them.
    """

    sources = SourceOut(many=True)
    units = serializers.IntegerField(help_text="Number of units, also of those that were accepted automatically.")
    contested = serializers.IntegerField(help_text="Number of units that people decide.")
    open = serializers.IntegerField(help_text="Number of units that need a decision.")
    locations = serializers.IntegerField(help_text="Number of contested locations, counted as in reports.")
    open_locations = serializers.IntegerField(help_text="Number of contested locations at which a decision is missing.")
    moved = serializers.BooleanField(help_text="Whether annotators submitted changes since; see `refresh/`.")

    class Meta(AdjudicationOut.Meta):
        fields = [
            *AdjudicationOut.Meta.fields,
            "sources",
            "units",
            "contested",
            "open",
            "locations",
            "open_locations",
            "moved",
        ]


class DecisionOut(serializers.Serializer[object]):
    """A decision about a unit; rows of one action share `number`, the revision after it."""

    number = serializers.IntegerField()
    unit = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=RECORDED_KINDS)
    position = serializers.IntegerField(
        allow_null=True, help_text="The position of the annotator whose version was chosen."
    )
    outcome = serializers.JSONField(
        help_text="Spans as in the adjudicated set, or [{label, from_part, to_part}] for relations; parts where there "
        "are several spans."
    )
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
    """The versions of all annotators at one location, by position, and the current decision."""

    id = serializers.IntegerField()
    location = serializers.IntegerField(
        allow_null=True, help_text="The number of its location, from 1; null for units on which no one has to decide."
    )
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
    """The revision of an adjudication, and the decisions since another one."""

    revision = serializers.IntegerField()
    decisions = DecisionOut(many=True)


class RevisionIn(serializers.Serializer[object]):
    """The revision that the client has seen."""

    base_revision = serializers.IntegerField(min_value=0, max_value=LARGEST)


class RelationIn(serializers.Serializer[object]):
    """A relation, and which span of the outcome it joins at either end, where the outcome has several."""

    label = serializers.CharField(max_length=64)  # type: ignore[assignment]
    from_part = serializers.IntegerField(required=False, min_value=0, help_text="Index of a span, from 0.")
    to_part = serializers.IntegerField(required=False, min_value=0)


class DecisionIn(RevisionIn):
    """A decision about a unit, or with kind `added` a span or a relation of two units that no annotator marked."""

    unit = serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST_INTEGER, help_text="For all kinds but `added`."
    )
    kind = serializers.ChoiceField(choices=KIND_CHOICES)
    position = serializers.IntegerField(
        required=False, min_value=0, help_text="For `take`: the annotator whose version is chosen."
    )
    spans = SpanShape(
        many=True, required=False, help_text="For `edited`, `merged`, `added` (one) and `split` (two or more)."
    )
    labels = serializers.ListField(
        child=serializers.CharField(max_length=64),
        required=False,
        max_length=50,
        help_text="For edited relations; for `added` the label of the relation.",
    )
    relations = RelationIn(
        many=True, required=False, help_text="As `labels`, where an end has several spans: names the one to join."
    )
    from_unit = serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST_INTEGER, help_text="For a relation that is `added`."
    )
    to_unit = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_INTEGER)
    merge_with = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_INTEGER),
        required=False,
        max_length=50,
        help_text="For `merged`.",
    )
    reason = serializers.ChoiceField(choices=["", *Reason.values], required=False)
    section = serializers.CharField(required=False, allow_blank=True, max_length=200)
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class DoneOut(serializers.Serializer[object]):
    """The result of an action."""

    revision = serializers.IntegerField()
    meanwhile = serializers.IntegerField(help_text="Number of actions of other users since the base; see `decisions/`.")
    open = serializers.IntegerField(help_text="How many units need a decision.")
    unit = serializers.IntegerField(
        allow_null=True, help_text="The unit of the action; an added one has a new id. Null: an attribute was undone."
    )


class ExpectedDecisionsOut(serializers.Serializer[object]):
    """How many units need a decision, when so many annotators have to agree, under each rule."""

    least = serializers.IntegerField()
    annotators = serializers.IntegerField()
    units = serializers.IntegerField()
    exact = serializers.IntegerField()
    same_tokens = serializers.IntegerField()
