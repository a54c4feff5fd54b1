"""The differences between two releases of a project: documents, annotation sets, spans and relations."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from annotator.corpus.documents.models import Document
from annotator.datasets.releases.contents.frozen import contents_of
from annotator.datasets.releases.models import FrozenSet, Release
from annotator.formats.records import RelationRecord, SpanRecord

SETS_AT_ONCE = 200
MOST_EXAMPLES = 50
MOST_OF_A_KIND = 5
"""The most examples of added, removed or changed spans of a label."""
SHOWN_CHARACTERS = 200
Key = tuple[int, str]
Head = Mapping[str, Any]
Sides = tuple[Head | None, Head | None]
Contents = tuple[Sequence[SpanRecord], Sequence[RelationRecord]]
NOTHING: Contents = ((), ())


@dataclass(frozen=True)
class Example:
    """A span that differs; `how` is added, removed or changed."""

    how: str
    document: str
    document_id: int
    set_name: str
    set_id: int
    label: str
    text: str
    details: Sequence[str] = ()


@dataclass
class Comparison:
    """Numbers of what was added, removed and changed from the first release to the second, with examples.

    `spans` and `relations` count by (how, label). `left_out` further sets differ; their spans were not compared.
    """

    documents: Counter[str] = field(default_factory=Counter)
    sets: Counter[str] = field(default_factory=Counter)
    spans: Counter[tuple[str, str]] = field(default_factory=Counter)
    relations: Counter[tuple[str, str]] = field(default_factory=Counter)
    documents_named: dict[str, list[str]] = field(default_factory=lambda: {"added": [], "removed": []})
    options: list[str] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)
    left_out: int = 0

    @property
    def are_alike(self) -> bool:
        """Whether there are no differences."""
        return not (self.spans or self.relations or self.options or self.sets.keys() - {"same"})


def compare(first: Release, second: Release, *, most_sets: int | None = None) -> Comparison:
    """Return the differences between two releases; spans are compared in at most `most_sets` sets."""
    heads = _heads(first), _heads(second)
    comparison = Comparison(options=_options(first, second))
    differing: list[Key] = []
    for key in sorted(heads[0].keys() | heads[1].keys()):
        how = _how_of_sets(heads[0].get(key), heads[1].get(key))
        comparison.sets[how] += 1
        if how != "same":
            differing.append(key)
    _documents(comparison, {key[0] for key in heads[0]}, {key[0] for key in heads[1]})
    compared = differing[:most_sets]
    comparison.left_out = len(differing) - len(compared)
    for batch in _batches(compared):
        _compare_sets(comparison, [(heads[0].get(key), heads[1].get(key)) for key in batch])
    return comparison


def _heads(release: Release) -> dict[Key, Head]:
    rows = FrozenSet.objects.filter(release=release, is_evidence=False).order_by()
    columns = ("document_id", "name", "annotation_set_id", "revision")
    return {(row["document_id"], row["name"]): row for row in rows.values(*columns)}


def _how_of_sets(first: Head | None, second: Head | None) -> str:
    if first is None or second is None:
        return "added" if first is None else "removed"
    return "same" if first == second else "changed"


def _options(first: Release, second: Release) -> list[str]:
    """Return the names of options that differ, except name and notes, which usually do."""
    before, after = _flat(first.options), _flat(second.options)
    names = sorted(before.keys() | after.keys())
    return [name for name in names if before.get(name) != after.get(name) and name not in ("name", "notes")]


def _flat(options: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in options.items():
        if isinstance(value, dict):
            values |= _flat(value, f"{prefix}{name}.")
        else:
            values[prefix + name] = value
    return values


def _documents(comparison: Comparison, first: set[int], second: set[int]) -> None:
    for how, keys in (("added", second - first), ("removed", first - second)):
        comparison.documents[how] = len(keys)
        names = Document.objects.filter(pk__in=sorted(keys)[:MOST_EXAMPLES]).order_by("position", "id")
        comparison.documents_named[how] = list(names.values_list("external_id", flat=True))
    comparison.documents["both"] = len(first & second)


def _batches(keys: Sequence[Key]) -> Iterator[list[Key]]:
    rest = iter(keys)
    while batch := list(islice(rest, SETS_AT_ONCE)):
        yield batch


def _compare_sets(comparison: Comparison, pairs: Sequence[Sides]) -> None:
    # Each release by itself, because the same set may have another revision in each.
    contents = [contents_of([head for pair in pairs if (head := pair[side])]) for side in (0, 1)]
    keys = {head["document_id"] for pair in pairs for head in pair if head}
    documents = dict(Document.objects.filter(pk__in=keys).order_by().values_list("id", "external_id"))
    texts = _texts(keys) if len(comparison.examples) < MOST_EXAMPLES else {}
    for one, other in pairs:
        before = contents[0][one["annotation_set_id"]] if one else NOTHING
        after = contents[1][other["annotation_set_id"]] if other else NOTHING
        head = other or one or {}
        for how, span, details in _span_differences(before[0], after[0]):
            comparison.spans[how, span["label"]] += 1
            if texts and comparison.spans[how, span["label"]] <= MOST_OF_A_KIND:
                name = documents[head["document_id"]]
                text = _covered(texts[head["document_id"]], span)
                where = (head["document_id"], head["name"], head["annotation_set_id"])
                comparison.examples.append(Example(how, name, *where, span["label"], text, details))
        for how, relation in _relation_differences(before[1], after[1]):
            comparison.relations[how, relation["label"]] += 1


def _texts(keys: set[int]) -> dict[int, str]:
    return dict(Document.objects.filter(pk__in=keys).order_by().values_list("id", "text"))


def _covered(text: str, span: SpanRecord) -> str:
    words = " … ".join(text[start:end] for start, end in span["fragments"])
    return words if len(words) <= SHOWN_CHARACTERS else f"{words[:SHOWN_CHARACTERS]}…"


def _span_differences(
    before: Sequence[SpanRecord], after: Sequence[SpanRecord]
) -> Iterator[tuple[str, SpanRecord, Sequence[str]]]:
    """Yield added, changed and removed spans, each with what was changed."""
    first, second = {span["id"]: span for span in before}, {span["id"]: span for span in after}
    for key, span in second.items():
        if key not in first:
            yield "added", span, ()
        elif details := tuple(_changes(first[key], span)):
            yield "changed", span, details
    for key, span in first.items():
        if key not in second:
            yield "removed", span, ()


def _changes(one: SpanRecord, other: SpanRecord) -> Iterator[str]:
    if one["label"] != other["label"]:
        yield f"label was {one['label']}"
    if [list(fragment) for fragment in one["fragments"]] != [list(fragment) for fragment in other["fragments"]]:
        yield "boundaries"
    names = sorted(one["attributes"].keys() | other["attributes"].keys())
    yield from (name for name in names if one["attributes"].get(name) != other["attributes"].get(name))
    if one["note"] != other["note"]:
        yield "note"


def _relation_differences(
    before: Sequence[RelationRecord], after: Sequence[RelationRecord]
) -> Iterator[tuple[str, RelationRecord]]:
    first, second = ({relation["id"]: relation for relation in relations} for relations in (before, after))
    yield from (("added", relation) for key, relation in second.items() if key not in first)
    yield from (("removed", relation) for key, relation in first.items() if key not in second)
    yield from (("changed", relation) for key, relation in second.items() if key in first and first[key] != relation)
