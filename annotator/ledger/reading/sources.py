"""What a ledger is read from: for each document its adjudicated set, else the sets that the view names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from django.db.models import Q, QuerySet

from annotator.corpus.authors import AUTHOR
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, Relation, SetKind, Span
from annotator.corpus.speakers.mentions.resolution import Decisions, Mention, lookup_keys, resolve_document
from annotator.corpus.speakers.selectors import decisions_of, entries_by_key
from annotator.ledger.reading.statements import SPEAKER, Reading, Support, read_document
from annotator.measures.alignment import Fragments, RelationContent, SetContent, SpanContent
from annotator.measures.consensus import drawn_relations, elect_relations, elect_spans
from projects.models import Project

ADJUDICATED = "adjudicated"
CONSENSUS = "consensus"
ONE_SET = "set:"
"""The beginning of the name of a view that reads the sets with one name."""


@dataclass(frozen=True)
class Source:
    """The sets from which one document is read, each with its revision."""

    document_id: int
    basis: str
    sets: Mapping[int, int]

    def as_json(self) -> dict[str, int]:
        """Return the revisions as stored: by id, as strings."""
        return {str(pk): revision for pk, revision in self.sets.items()}


def sources_exist(project: Project, view: str) -> bool:
    """Return whether the view can read any document."""
    return _sets_of_view(project, view).exists()


def find_sources(project: Project, view: str) -> dict[int, Source]:
    """Return the source of each document that the view can read, by the key of the document."""
    return {source.document_id: source for source in _sources(project, view)}


def differing_sources(
    project: Project, view: str, known: Mapping[int, tuple[str, str]]
) -> tuple[list[Source], set[int]]:
    """Return the sources that are not those known, and the known documents that have none.

    `known` has basis and revisions by document, the revisions as JSON. No source is kept that is known: with 10,000
    documents the garbage collector takes longer than all else.
    """
    gone, differing = set(known), []
    for source in _sources(project, view):
        gone.discard(source.document_id)
        basis, stored = known.get(source.document_id, ("", ""))
        sets = ",".join([f'"{pk}":{revision}' for pk, revision in source.sets.items()])
        if basis != source.basis or stored.replace(" ", "") != f"{{{sets}}}":
            differing.append(source)
    return differing, gone


def _sets_of_view(project: Project, view: str) -> QuerySet[AnnotationSet]:
    finished = lifecycle.gold_sets()
    sets = AnnotationSet.objects.filter(document__project=project)
    if view == CONSENSUS:
        finished |= lifecycle.sets_for_agreement()
    elif view.startswith(ONE_SET):
        sets = sets.annotate(author=AUTHOR)
        finished |= lifecycle.sets_for_agreement() & Q(author=view.removeprefix(ONE_SET))
    return sets.filter(finished)


Head = tuple[int, int, str, str, int]


def _sources(project: Project, view: str) -> Iterator[Source]:
    columns = ("document_id", "id", "kind", "name", "revision")
    heads = _sets_of_view(project, view).order_by("document_id", "id").values_list(*columns)
    for document_id, rows in groupby(heads.iterator(chunk_size=2000), key=itemgetter(0)):
        yield Source(document_id, *_basis_and_sets(list(rows)))


def _basis_and_sets(heads: Sequence[Head]) -> tuple[str, dict[int, int]]:
    gold = [head for head in heads if head[2] == SetKind.ADJUDICATED]
    if gold:
        return ADJUDICATED, {gold[-1][1]: gold[-1][4]}
    basis = heads[0][3] if len(heads) == 1 else CONSENSUS
    return basis, {pk: revision for _, pk, _, _, revision in heads}


@dataclass(frozen=True)
class SourceReading:
    """What the document of a source says, and the mentions of its speakers with their names by the registry."""

    source: Source
    reading: Reading
    mentions: Sequence[tuple[int, int, str, str, str]]


def read_sources(project: Project, sources: Sequence[Source], texts: Mapping[int, str]) -> Iterator[SourceReading]:
    """Yield what the documents of some sources say; texts by the key of the document."""
    contents = _contents([pk for source in sources for pk in source.sets])
    joined = {source.document_id: joined_content([contents[pk] for pk in source.sets]) for source in sources}
    mentions = {pk: mentions_of(texts[pk], content) for pk, (content, _support) in joined.items()}
    named = registered_names(project, mentions)
    for source in sources:
        pk = source.document_id
        content, support = joined[pk]
        names = {(mention.start, mention.end): name for mention, name in zip(mentions[pk], named[pk], strict=True)}
        rows = [
            (mention.start, mention.end, mention.words, mention.canonical, names[mention.start, mention.end])
            for mention in mentions[pk]
        ]
        yield SourceReading(source, read_document(texts[pk], content, support, names), rows)


def mentions_of(text: str, content: SetContent) -> list[Mention]:
    """Return the mentions of speakers in a set, each place once, in the order of the text."""
    by_place = {
        (span.start, span.end): span.attributes.get("canonical", "").strip()
        for span in content.spans
        if span.label == SPEAKER
    }
    return [
        Mention(" ".join(text[start:end].split()), start, end, canonical)
        for (start, end), canonical in sorted(by_place.items())
    ]


def registered_names(project: Project, mentions: Mapping[int, Sequence[Mention]]) -> dict[int, list[str]]:
    """Return for each mention of documents the name of the entry that it certainly names, else ""."""
    entries = entries_by_key(project, {key for rows in mentions.values() for row in rows for key in lookup_keys(row)})
    decisions = decisions_of(project, list(mentions))
    if not entries and not decisions:
        return {document: [""] * len(rows) for document, rows in mentions.items()}
    return {
        document: [
            resolution.entry.name if resolution.entry is not None else ""
            for resolution in resolve_document("", rows, entries, decisions.get(document, Decisions()))
        ]
        for document, rows in mentions.items()
    }


def joined_content(contents: list[SetContent]) -> tuple[SetContent, list[Support] | None]:
    """Return the consensus of several sets with its support; one set as it is."""
    if len(contents) == 1:
        return contents[0], None
    contents.sort(key=lambda content: ([_order(span) for span in content.spans], str(content.relations)))
    elected = elect_spans(contents)
    drawn = elect_relations(drawn_relations(contents, elected), len(contents))
    spans = [SpanContent(span.label, span.fragments, span.attributes) for span in elected]
    relations = [RelationContent(label, source, target) for label, source, target in drawn]
    return SetContent(spans, relations), [Support(len(span.supporters), len(contents)) for span in elected]


def _order(span: SpanContent) -> tuple[Fragments, str, list[tuple[str, str]]]:
    return span.fragments, span.label, sorted(span.attributes.items())


def _contents(set_ids: Sequence[int]) -> dict[int, SetContent]:
    """Return the spans and relations of sets, the spans in an order that depends on their content alone."""
    spans: dict[int, list[tuple[int, SpanContent]]] = {pk: [] for pk in set_ids}
    columns = ("annotation_set_id", "id", "label", "start", "end", "fragments", "attributes")
    for owner, pk, label, start, end, fragments, attributes in Span.objects.filter(
        annotation_set__in=set_ids
    ).values_list(*columns):
        places = tuple((low, high) for low, high in fragments) if fragments else ((start, end),)
        spans[owner].append((pk, SpanContent(label, places, attributes)))
    rows: dict[int, int] = {}
    for owned in spans.values():
        owned.sort(key=lambda pair: (*_order(pair[1]), pair[0]))
        rows.update((pk, row) for row, (pk, _) in enumerate(owned))
    relations: dict[int, list[RelationContent]] = {pk: [] for pk in set_ids}
    for owner, label, source, target in Relation.objects.filter(annotation_set__in=set_ids).values_list(
        "annotation_set_id", "label", "source_id", "target_id"
    ):
        relations[owner].append(RelationContent(label, rows[source], rows[target]))
    for arrows in relations.values():
        arrows.sort(key=lambda arrow: (arrow.label, arrow.source, arrow.target))
    return {pk: SetContent([span for _, span in owned], relations[pk]) for pk, owned in spans.items()}
