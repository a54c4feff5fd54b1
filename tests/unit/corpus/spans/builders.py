"""Short ways to write spans, relations and changes."""

from uuid import uuid4

from annotator.corpus.spans.changes import AddRelation, AddSpan, RemoveRelation, RemoveSpan, UpdateSpan
from annotator.corpus.spans.values import RelationValue, SpanValue


def span(uid="s1", label="Claim", *fragments, note="", origin="manual", **attributes):
    """A span; over the first three characters when no fragment is given."""
    return SpanValue(uid, label, fragments or ((0, 3),), attributes, note, origin)


def relation(uid="r1", label="attributed-to", source="s1", target="s2"):
    return RelationValue(uid, label, source, target)


def new_id():
    return str(uuid4())


def add(value):
    """Add a span or a relation."""
    return AddSpan(new_id(), value) if isinstance(value, SpanValue) else AddRelation(new_id(), value)


def remove(value):
    """Remove a span or a relation."""
    return RemoveSpan(new_id(), value) if isinstance(value, SpanValue) else RemoveRelation(new_id(), value)


def update(uid, before, after):
    return UpdateSpan(new_id(), uid, before, after)
