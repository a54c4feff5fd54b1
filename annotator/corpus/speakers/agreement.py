"""Agreement on who speaks, apart from agreement on where the mentions are.

Speaker spans of two annotators are compared where they are the same mention: each span with the one that overlaps it
most. A span names the entry of its canonical name, else the entry that its words name by themselves. Alpha is
Krippendorff's for nominal values, over the mentions that both annotators named.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from annotator.corpus.authors import AUTHOR
from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, Span
from annotator.corpus.speakers.mentions.names import folded
from annotator.corpus.speakers.mentions.resolution import Decisions, EntryFacts, Mention, lookup_keys, resolve_document
from annotator.corpus.speakers.selectors import CANONICAL, SPEAKER, entries_by_key
from annotator.measures.figures import Figure
from annotator.measures.krippendorff import Coincidences
from projects.models import Project

DOCUMENTS_AT_ONCE = 100
MOST_DIFFERENCES = 50


@dataclass(frozen=True)
class NamedMention:
    """A Speaker span of an annotator, and whom it names: the key of an entry, a folded name, or "" for no one."""

    start: int
    end: int
    words: str
    who: int | str
    name: str


@dataclass(frozen=True)
class Difference:
    """A mention that two annotators gave to different speakers."""

    document_id: int
    document: str
    words: str
    first: str
    second: str
    first_name: str
    second_name: str


@dataclass(frozen=True)
class WhoAgreement:
    """How often annotators name the same speaker where both marked the mention.

    `mentions` are pairs of spans of two annotators, `named` those that both named, `same` those of one speaker.
    """

    mentions: int
    named: int
    same: int
    alpha: Figure
    pairs: Mapping[tuple[str, str], tuple[int, int]]
    differences: Sequence[Difference]


def agreement_on_who(project: Project) -> WhoAgreement:
    """Return the agreement on who speaks over all documents that two or more annotators have finished."""
    total, named, same = 0, 0, 0
    coincidences = Coincidences()
    pairs: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    differences: list[Difference] = []
    for document, layers in _documents(project):
        for first, second in combinations(sorted(layers), 2):
            for one, other in _same_mentions(layers[first], layers[second]):
                total += 1
                if not one.who or not other.who:
                    continue
                named += 1
                is_same = one.who == other.who
                same += is_same
                pairs[first, second][0] += is_same
                pairs[first, second][1] += 1
                coincidences += Coincidences(1, 2, 2.0 * is_same, dict(Counter((one.who, other.who))))
                if not is_same and len(differences) < MOST_DIFFERENCES:
                    differences.append(
                        Difference(document.pk, str(document), one.words, one.name, other.name, first, second)
                    )
    shares = {pair: (counts[0], counts[1]) for pair, counts in sorted(pairs.items())}
    return WhoAgreement(total, named, same, coincidences.alpha, shares, differences)


def _same_mentions(
    first: Sequence[NamedMention], second: Sequence[NamedMention]
) -> Iterator[tuple[NamedMention, NamedMention]]:
    """Yield the spans of two annotators that are one mention: one to one, the greatest overlap first."""
    shared = [
        (min(one.end, other.end) - max(one.start, other.start), row, column)
        for row, one in enumerate(first)
        for column, other in enumerate(second)
        if one.start < other.end and other.start < one.end
    ]
    rows, columns = set(), set()
    for _, row, column in sorted(shared, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            yield first[row], second[column]


def _documents(project: Project) -> Iterator[tuple[Document, dict[str, list[NamedMention]]]]:
    sets = AnnotationSet.objects.filter(lifecycle.sets_for_agreement(), document__project=project)
    authors: dict[int, dict[int, str]] = defaultdict(dict)
    for document_id, pk, author in sets.annotate(author=AUTHOR).values_list("document_id", "id", "author"):
        authors[document_id][pk] = author
    keys = sorted(document for document, owners in authors.items() if len(set(owners.values())) > 1)
    for begin in range(0, len(keys), DOCUMENTS_AT_ONCE):
        documents = Document.objects.in_bulk(keys[begin : begin + DOCUMENTS_AT_ONCE])
        owners = {pk: (document, author) for document in documents for pk, author in authors[document].items()}
        spans = _spans(documents, owners)
        entries = entries_by_key(project, _keys(spans))
        for pk in sorted(documents):
            yield documents[pk], {author: _named(rows, entries) for author, rows in spans[pk].items()}


def _spans(
    documents: Mapping[int, Document], owners: Mapping[int, tuple[int, str]]
) -> dict[int, dict[str, list[Mention]]]:
    found: dict[int, dict[str, list[Mention]]] = {pk: {} for pk in documents}
    for document, author in owners.values():
        found[document][author] = []
    rows = Span.objects.filter(annotation_set__in=list(owners), label=SPEAKER).order_by("start", "end", "id")
    for owner, start, end, attributes in rows.values_list("annotation_set_id", "start", "end", "attributes"):
        document, author = owners[owner]
        words = " ".join(documents[document].text[start:end].split())
        found[document][author].append(Mention(words, start, end, str(attributes.get(CANONICAL, "")).strip()))
    return found


def _keys(spans: Mapping[int, Mapping[str, Sequence[Mention]]]) -> Iterable[str]:
    return {key for layers in spans.values() for rows in layers.values() for row in rows for key in lookup_keys(row)}


def _named(mentions: Sequence[Mention], entries: Mapping[str, Sequence[EntryFacts]]) -> list[NamedMention]:
    named = []
    for mention in mentions:
        words = mention.canonical or mention.words
        alone = Mention(words, mention.start, mention.end, mention.canonical)
        entry = resolve_document("", [alone], entries, Decisions())[0].entry
        who: int | str = entry.pk if entry is not None else folded(mention.canonical)
        name = entry.name if entry is not None else mention.canonical
        named.append(NamedMention(mention.start, mention.end, mention.words, who, name))
    return named
