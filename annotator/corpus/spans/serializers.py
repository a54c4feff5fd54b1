"""Requests and answers of the API.

Heads of sets are written with these. Spans and changes are only described by them: they pass by quicker ways.
"""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotator.corpus.spans.models import MOST_WAIVED_HINTS, AnnotationSet, SetKind, SetState

FRAGMENTS = {
    "type": "array",
    "minItems": 1,
    "maxItems": 2000,
    "description": "Sorted, neither touching nor overlapping; code points.",
    "items": {
        "type": "array",
        "description": "start (inclusive), end (exclusive)",
        "items": {"type": "integer", "minimum": 0},
        "minItems": 2,
        "maxItems": 2,
    },
}
ATTRIBUTES = {"type": "object", "additionalProperties": {"type": "string"}}
DOCUMENT_ATTRIBUTES = {
    "type": "object",
    "description": "By the id of the attribute: a string, a number, or a list of choices.",
    "additionalProperties": {
        "oneOf": [{"type": "string"}, {"type": "number"}, {"type": "array", "items": {"type": "string"}}]
    },
}
FIELDS = {
    "type": "object",
    "description": "Some of these; attributes hold only the touched names, null stands for one that is not set.",
    "properties": {
        "label": {"type": "string"},
        "fragments": FRAGMENTS,
        "note": {"type": "string"},
        "attributes": {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
    },
}


@extend_schema_field(FRAGMENTS)
class FragmentsField(serializers.JSONField):
    """Fragments of a span."""


@extend_schema_field(ATTRIBUTES)
class AttributesField(serializers.JSONField):
    """Values by name."""


@extend_schema_field(DOCUMENT_ATTRIBUTES)
class DocumentAttributesField(serializers.JSONField):
    """Attributes of the document by name."""


@extend_schema_field(FIELDS)
class FieldsField(serializers.JSONField):
    """Some fields of a span."""


class AcceptedSuggestion(serializers.Serializer[object]):
    """The suggestion that a span was accepted from."""

    source = serializers.CharField(max_length=64)  # type: ignore[assignment]  # an attribute of fields as well
    version = serializers.CharField(max_length=150)
    id = serializers.CharField(max_length=64)
    score = serializers.FloatField(required=False, allow_null=True)


class SpanShape(serializers.Serializer[object]):
    """A label on one or more fragments of the text."""

    id = serializers.CharField(max_length=64)
    label = serializers.CharField(max_length=64)  # type: ignore[assignment]
    fragments = FragmentsField()
    attributes = AttributesField(required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    origin = serializers.ChoiceField(choices=["manual", "imported", "suggested"], required=False)
    suggestion = AcceptedSuggestion(required=False, help_text="The suggestion that an annotator accepted.")


class RelationShape(serializers.Serializer[object]):
    """A labelled, directed link between two spans of one set."""

    id = serializers.CharField(max_length=64)
    label = serializers.CharField(max_length=64)  # type: ignore[assignment]

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]
        """Return the fields with both ends, because "from" is a keyword of Python."""
        ends = {"from": serializers.CharField(max_length=64), "to": serializers.CharField(max_length=64)}
        return super().get_fields() | ends


class ChangeIn(serializers.Serializer[object]):
    """One change; its members beside `id` and `kind` depend on the kind."""

    id = serializers.UUIDField(help_text="Made by the client, so that a resend is recognised.")
    kind = serializers.ChoiceField(
        choices=["add_span", "remove_span", "update_span", "add_relation", "remove_relation"]
    )
    span = SpanShape(required=False, help_text="add_span; remove_span: the whole span as it was.")
    relation = RelationShape(required=False, help_text="add_relation, remove_relation.")
    span_id = serializers.CharField(
        required=False,
        allow_blank=True,
        help_text="update_span. An empty id stands for the document: the change updates its attributes.",
    )
    before = FieldsField(required=False, help_text="update_span: the fields as they were.")
    after = FieldsField(required=False, help_text="update_span: the same fields as they shall be.")


class ChangesIn(serializers.Serializer[object]):
    """A batch: all of it is saved, or nothing."""

    base_revision = serializers.IntegerField(min_value=0, help_text="The revision that the changes were made on.")
    sha256 = serializers.CharField(help_text="Of the text that was annotated.")
    changes = ChangeIn(many=True, help_text="1 to 500, in order.")


class AppliedOut(serializers.Serializer[object]):
    """The result of a batch."""

    revision = serializers.IntegerField()
    applied = serializers.ListField(child=serializers.UUIDField())
    duplicates = serializers.ListField(child=serializers.UUIDField(), help_text="Saved by an earlier request.")


class LoggedChange(ChangeIn):
    """A change with its revision in the log."""

    revision = serializers.IntegerField(help_text="Of the set after this change.")
    by = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    spans = SpanShape(many=True, required=False, help_text="load: the whole set.")
    relations = RelationShape(many=True, required=False, help_text="load: the whole set.")
    document_attributes = DocumentAttributesField(required=False, help_text="load, when the document has some.")


class LogOut(serializers.Serializer[object]):
    """The revision of a set, and the changes since another one."""

    revision = serializers.IntegerField()
    state = serializers.ChoiceField(choices=SetState.choices)
    changes = LoggedChange(many=True)


class SetOut(serializers.ModelSerializer[AnnotationSet]):
    """The head of an annotation set."""

    kind = serializers.ChoiceField(choices=SetKind.choices)
    schema_version = serializers.IntegerField(source="schema_version.number")
    guideline_version = serializers.IntegerField(source="guideline_version.number")

    class Meta:
        model = AnnotationSet
        fields = [
            "id", "document", "name", "kind", "state", "revision", "schema_version", "guideline_version",
            "created_at", "changed_at", "submitted_at", "submits_at",
        ]  # fmt: skip


class SubmitIn(serializers.Serializer[object]):
    """How a set is submitted; an empty body submits at once."""

    undoable = serializers.BooleanField(
        default=False, help_text="Whether reopening undoes it for ten seconds, before anything sees the submit."
    )


class WholeSetOut(SetOut):
    """An annotation set with its spans and relations."""

    spans = SpanShape(many=True)
    relations = RelationShape(many=True)
    document_attributes = DocumentAttributesField()

    class Meta(SetOut.Meta):
        fields = [*SetOut.Meta.fields, "spans", "relations", "document_attributes"]


class WaivedHintsShape(serializers.Serializer[object]):
    """Names of waived hints: the rule, and the span or text that it is about."""

    hints = serializers.ListField(child=serializers.CharField(max_length=200), max_length=MOST_WAIVED_HINTS)
