"""The contents of a file for a preview: counts, names and a few documents. Pure.

Everything is kept as JSON, for the checkpoint and the result of a job; its size does not grow with the file.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from annotator.formats.incoming import IncomingDocument, IncomingSet, ReadResult

MOST_NAMES = 200
MOST_SAMPLES = 3
MOST_SETS_SHOWN = 3
MOST_CONTESTED = 50
LONGEST_SAMPLE = 1_500
MOST_SPANS_SHOWN = 200
OTHERS = "…"
Counts = dict[str, Any]


class FileContents:
    """Counts what one file holds, under the names that the file uses. `counts` is JSON."""

    def __init__(self) -> None:
        self.counts: Counts = {
            "documents": 0, "bad": 0, "repaired": 0, "sets": {}, "spans": 0, "relations": 0, "labels": {},
            "attributes": {}, "relation_types": {}, "members": [], "samples": [], "contested": [],
            "contested_number": 0,
        }  # fmt: skip

    def count(self, result: ReadResult) -> None:
        """Count a document and the names in it."""
        self.counts["repaired"] += len(result.notes)
        document = result.document
        for incoming in document.sets.values() if document is not None else ():
            self._keep_contested(result.location, incoming)
        if result.problems or document is None:
            self.counts["bad"] += 1
            return
        self.counts["documents"] += 1
        for name, incoming in document.sets.items():
            _count_name(self.counts["sets"], name)
            self._count_set(incoming)

    def _keep_contested(self, location: str, incoming: IncomingSet) -> None:
        """Keep the spans whose offsets and words contradict each other, for a choice."""
        kept = self.counts["contested"]
        self.counts["contested_number"] += len(incoming.contested)
        kept += [{"location": location, **span} for span in incoming.contested[: MOST_CONTESTED - len(kept)]]

    def keep_sample(self, document: IncomingDocument) -> None:
        """Keep a document as it would be stored, if it is one of the first."""
        samples = self.counts["samples"]
        if len(samples) < MOST_SAMPLES:
            text = document.text[:LONGEST_SAMPLE]
            shown = list(document.sets.items())[:MOST_SETS_SHOWN]
            sets = {name: list(_drawable(incoming.spans, len(text))) for name, incoming in shown}
            samples.append(
                {"id": document.external_id, "title": document.title, "text": text, "sets": sets,
                 "cut": len(document.text) > LONGEST_SAMPLE, "more_sets": len(document.sets) - len(shown)}
            )  # fmt: skip

    def _count_set(self, incoming: IncomingSet) -> None:
        for span in incoming.spans:
            self.counts["spans"] += 1
            if isinstance(span, dict):
                _count_name(self.counts["labels"], str(span.get("label")))
                attributes = span.get("attributes")
                for name in attributes if isinstance(attributes, dict) else ():
                    _count_name(self.counts["attributes"], str(name))
        for relation in incoming.relations:
            self.counts["relations"] += 1
            if isinstance(relation, dict):
                _count_name(self.counts["relation_types"], str(relation.get("label")))


def describe_contents(format_name: str, counts: Mapping[str, Any]) -> str:
    """Return the contents of a file in a few sentences."""
    totals = (
        pluralize(counts["documents"], "document"),
        pluralize(sum(counts["sets"].values()), "annotation set"),
        pluralize(counts["spans"], "span"),
        pluralize(counts["relations"], "relation"),
    )
    sentences = [f"Read as {format_name}: {', '.join(totals)}."]
    for title, key in (("Labels", "labels"), ("Relation types", "relation_types"), ("Annotators", "sets")):
        if counts[key]:
            names = sorted(counts[key].items(), key=lambda item: (-item[1], item[0]))
            listed = ", ".join(f"“{name}” {number:,}" for name, number in names[:20])
            more = f" and {len(names) - 20:,} more" if len(names) > 20 else ""
            sentences.append(f"{title}: {listed}{more}.")
    return " ".join(sentences)


def pluralize(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> pluralize(1, "line"), pluralize(1200, "line")
    ('1 line', '1,200 lines')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _count_name(counts: dict[str, int], name: str) -> None:
    """Count a name; names beyond the first 200 are counted together."""
    key = name[:150] if name[:150] in counts or len(counts) < MOST_NAMES else OTHERS
    counts[key] = counts.get(key, 0) + 1


def _drawable(spans: Iterable[Any], length: int) -> Iterable[dict[str, Any]]:
    """Yield the spans that lie within a text of a length; they have not been checked yet."""
    for span in list(spans)[:MOST_SPANS_SHOWN]:
        fragments = span.get("fragments") if isinstance(span, dict) else None
        if isinstance(fragments, list) and fragments and all(_lies_within(pair, length) for pair in fragments):
            yield {"label": str(span.get("label"))[:64], "fragments": fragments}


def _lies_within(pair: Any, length: int) -> bool:
    match pair:
        case [int(start), int(end)]:
            return 0 <= start < end <= length
        case _:
            return False
