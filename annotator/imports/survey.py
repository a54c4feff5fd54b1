"""What is in a file that is looked at before anything of it is stored: counts, names and a few documents. Pure.

Everything is kept as JSON, to go into the checkpoint and the result of a job; its size does not grow with the file.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from annotator.formats.incoming import IncomingDocument, IncomingSet, ReadResult

MOST_NAMES = 200
MOST_SAMPLES = 3
MOST_SETS_SHOWN = 3
LONGEST_SAMPLE = 1_500
MOST_SPANS_SHOWN = 200
OTHERS = "…"
Found = dict[str, Any]


class Survey:
    """Counts what one file holds, as the file names it. `found` is JSON."""

    def __init__(self) -> None:
        self.found: Found = {
            "documents": 0, "bad": 0, "repaired": 0, "sets": {}, "spans": 0, "relations": 0, "labels": {},
            "attributes": {}, "relation_types": {}, "members": [], "samples": [],
        }  # fmt: skip

    def note(self, arrival: ReadResult) -> None:
        """Count a document, with the names that the file has for things."""
        self.found["repaired"] += len(arrival.notes)
        document = arrival.document
        if arrival.problems or document is None:
            self.found["bad"] += 1
            return
        self.found["documents"] += 1
        for name, work in document.sets.items():
            _add(self.found["sets"], name)
            self._count_set(work)

    def show(self, document: IncomingDocument) -> None:
        """Keep one of the first documents, as it would be stored."""
        samples = self.found["samples"]
        if len(samples) < MOST_SAMPLES:
            text = document.text[:LONGEST_SAMPLE]
            shown = list(document.sets.items())[:MOST_SETS_SHOWN]
            sets = {name: list(_drawable(work.spans, len(text))) for name, work in shown}
            samples.append(
                {"id": document.external_id, "title": document.title, "text": text, "sets": sets,
                 "cut": len(document.text) > LONGEST_SAMPLE, "more_sets": len(document.sets) - len(shown)}
            )  # fmt: skip

    def _count_set(self, work: IncomingSet) -> None:
        for span in work.spans:
            self.found["spans"] += 1
            if isinstance(span, dict):
                _add(self.found["labels"], str(span.get("label")))
                attributes = span.get("attributes")
                for name in attributes if isinstance(attributes, dict) else ():
                    _add(self.found["attributes"], str(name))
        for relation in work.relations:
            self.found["relations"] += 1
            if isinstance(relation, dict):
                _add(self.found["relation_types"], str(relation.get("label")))


def in_words(format_name: str, found: Mapping[str, Any]) -> str:
    """Return what is in a file in a few sentences."""
    things = (
        counted(found["documents"], "document"),
        counted(sum(found["sets"].values()), "annotation set"),
        counted(found["spans"], "span"),
        counted(found["relations"], "relation"),
    )
    sentences = [f"Read as {format_name}: {', '.join(things)}."]
    for title, key in (("Labels", "labels"), ("Relation types", "relation_types"), ("Annotators", "sets")):
        if found[key]:
            names = sorted(found[key].items(), key=lambda item: (-item[1], item[0]))
            listed = ", ".join(f"“{name}” {number:,}" for name, number in names[:20])
            more = f" and {len(names) - 20:,} more" if len(names) > 20 else ""
            sentences.append(f"{title}: {listed}{more}.")
    return " ".join(sentences)


def counted(number: int, thing: str) -> str:
    """Return a number with its thing.

    >>> counted(1, "line"), counted(1200, "line")
    ('1 line', '1,200 lines')
    """
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def _add(counts: dict[str, int], name: str) -> None:
    """Count a name; so many that nobody reads them are counted together."""
    key = name[:150] if name[:150] in counts or len(counts) < MOST_NAMES else OTHERS
    counts[key] = counts.get(key, 0) + 1


def _drawable(spans: Iterable[Any], length: int) -> Iterable[dict[str, Any]]:
    """Yield the spans that lie in a text of some length; they have not been checked yet."""
    for span in list(spans)[:MOST_SPANS_SHOWN]:
        fragments = span.get("fragments") if isinstance(span, dict) else None
        if isinstance(fragments, list) and fragments and all(_lies_in(pair, length) for pair in fragments):
            yield {"label": str(span.get("label"))[:64], "fragments": fragments}


def _lies_in(pair: Any, length: int) -> bool:
    match pair:
        case [int(start), int(end)]:
            return 0 <= start < end <= length
        case _:
            return False
