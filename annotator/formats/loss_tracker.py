"""What a writer leaves behind when its format knows less of a span than we do; each loss goes into the book."""

from collections.abc import Collection, Iterator

from annotator.formats.recipes import ExportDocument, LossReport
from annotator.formats.shapes import RelationShape, SetRecord, SpanShape

PARTS, ATTRIBUTES, NOTE, ORIGIN, ID, RELATIONS = "fragments", "attributes", "note", "origin", "id", "relation"
SUPPORT = "support"


class LossTracker:
    """The sets of one document on their way into a format that carries only `carried` of what a span has."""

    def __init__(self, entry: ExportDocument, losses: LossReport, *, carried: Collection[str]) -> None:
        self._document = entry.document["id"]
        self._losses = losses
        self._carried = carried

    def spans(self, annotator: str, record: SetRecord) -> Iterator[SpanShape]:
        """Yield the spans of a set in the order of the text; what of each stays behind is noted."""
        for span in in_order(record):
            self._note_losses(annotator, span)
            yield span

    def relations(self, annotator: str, record: SetRecord) -> list[RelationShape]:
        """Return the relations of a set; none, and a loss for each, where they are not carried."""
        relations = sorted(record["relations"], key=lambda one: (one["label"], one["from"], one["to"], one["id"]))
        if RELATIONS in self._carried:
            return relations
        for relation in relations:
            self.lose(annotator, relation["id"], RELATIONS, "The format has none.")
        return []

    def lose(self, annotator: str, item: str, what: str, why: str) -> None:
        """Note a loss."""
        self._losses.add(self._document, annotator, item, what, why)

    def _note_losses(self, annotator: str, span: SpanShape) -> None:
        if len(span["fragments"]) > 1 and PARTS not in self._carried:
            why = f"It left as {len(span['fragments'])} spans, one a fragment."
            self.lose(annotator, span["id"], PARTS, why)
        if span["attributes"] and ATTRIBUTES not in self._carried:
            self.lose(annotator, span["id"], ATTRIBUTES, "The format has no place for them.")
        if span["note"] and NOTE not in self._carried:
            self.lose(annotator, span["id"], NOTE, "The format has no place for it.")
        if span["origin"] != "manual" and ORIGIN not in self._carried:
            self.lose(annotator, span["id"], ORIGIN, "The format does not tell by hand from imported.")
        if "support" in span and SUPPORT not in self._carried:
            self.lose(annotator, span["id"], SUPPORT, "The format has no place for who stands behind a span.")


def in_order(record: SetRecord) -> list[SpanShape]:
    """Return the spans of a set by start, end, label and id."""
    return sorted(record["spans"], key=_order)


def _order(span: SpanShape) -> tuple[int, int, str, str]:
    return span["fragments"][0][0], span["fragments"][-1][1], span["label"], span["id"]
