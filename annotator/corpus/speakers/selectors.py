"""Reading the registry, and what the mentions of documents name."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, Span
from annotator.corpus.speakers.mentions.names import EXACT, LONGEST_KEY, PART, folded
from annotator.corpus.speakers.mentions.resolution import (
    Decisions,
    EntryFacts,
    Mention,
    Resolution,
    lookup_keys,
    resolve_document,
)
from annotator.corpus.speakers.models import MentionDecision, SpeakerChange, SpeakerEntry, SpeakerKey
from annotator.problems import NotFound
from annotator.text.folding import fold
from projects.models import Project

SPEAKER = "Speaker"
"""The label of mentions."""
CANONICAL = "canonical"
"""The attribute in which annotators give the name of a speaker."""
KEYS_AT_ONCE = 500
DOCUMENTS_AT_ONCE = 40
MOST_DOCUMENTS_SCANNED = 400
MOST_OFFERED = 200
LONGEST_MENTION = 300
MOST_WORDS = 5_000
LONGEST_RUN = 4
"""In words: longer names of institutions are not offered in the editor."""
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")


def entries_of(project: Project, *, words: str = "", kind: str = "") -> QuerySet[SpeakerEntry]:
    """Return the entries of a project by name: those whose names have the words, and of a kind."""
    entries = SpeakerEntry.objects.filter(project=project, is_removed=False, merged_into=None)
    if words:
        key = folded(words)
        keys = SpeakerKey.objects.filter(
            Q(key__startswith=EXACT + key) | Q(key__startswith=PART + key), project=project
        )
        entries = entries.filter(Q(name__icontains=words) | Q(pk__in=keys.values("entry")))
    if kind:
        entries = entries.filter(kind=kind)
    return entries.order_by("name", "id")


def get_entry(project: Project, entry_id: int) -> SpeakerEntry:
    """Return an entry of a project, or raise `NotFound`; of a merged entry, the one that it is a part of."""
    entry = SpeakerEntry.objects.filter(project=project, pk=entry_id).select_related("merged_into").first()
    seen: set[int] = set()
    while entry is not None and entry.merged_into is not None and entry.pk not in seen:
        seen.add(entry.pk)
        entry = entry.merged_into
    if entry is None or entry.is_removed:
        raise NotFound(_("The speaker registry has no such entry, or no longer."))
    return entry


def changes_of(project: Project) -> QuerySet[SpeakerChange]:
    """Return the history of a registry, newest first."""
    changes = SpeakerChange.objects.filter(project=project).select_related("made_by", "undone_by").defer("payload")
    return changes.order_by("-made_at", "-id")


def get_change(project: Project, change_id: int) -> SpeakerChange:
    """Return a step of the history of a project, or raise `NotFound`."""
    change = SpeakerChange.objects.filter(project=project, pk=change_id).select_related("project").first()
    if change is None:
        raise NotFound(_("The history of this speaker registry has no such step."))
    return change


def registry_state(project: Project) -> str:
    """Return a text that differs whenever the registry has changed; "" while it never was."""
    counts = SpeakerChange.objects.filter(project=project).aggregate(last=Max("id"), undone=Count("undone_at"))
    return f"{counts['last']}.{counts['undone']}" if counts["last"] else ""


def facts(entry: SpeakerEntry) -> EntryFacts:
    """Return what resolving needs to know of an entry."""
    return EntryFacts(entry.pk, entry.name, entry.kind, entry.role, entry.affiliation)


def entries_by_key(project: Project, keys: Iterable[str]) -> dict[str, list[EntryFacts]]:
    """Return the entries of each key."""
    wanted = sorted(set(keys))
    found: dict[str, list[EntryFacts]] = defaultdict(list)
    columns = ("entry__name", "entry__kind", "entry__role", "entry__affiliation")
    for begin in range(0, len(wanted), KEYS_AT_ONCE):
        rows = SpeakerKey.objects.filter(project=project, key__in=wanted[begin : begin + KEYS_AT_ONCE])
        # Sorted here: asked for an order, SQLite walks all keys of the project in that order.
        for key, pk, *values in sorted(rows.order_by().values_list("key", "entry_id", *columns)):
            found[key].append(EntryFacts(pk, *values))
    return found


def resolve_mention(project: Project, words: str, *, document: Document | None = None) -> Resolution:
    """Return what the words of a mention name, by the registry and by what was decided about the document."""
    mention = Mention(words[:LONGEST_MENTION], 0, len(words))
    entries = entries_by_key(project, lookup_keys(mention))
    decisions = decisions_of(project, [document.pk]).get(document.pk, Decisions()) if document else Decisions()
    own = Decisions(decisions.by_words, {})
    return resolve_document("", [mention], entries, own)[0]


def decisions_of(project: Project, documents: Collection[int]) -> dict[int, Decisions]:
    """Return what people decided about the mentions of documents."""
    rows = MentionDecision.objects.filter(project=project, document__in=documents, is_removed=False)
    merged = {pk: facts(entry) for pk, entry in _merged_entries(project).items()}
    by_document: dict[int, tuple[dict[str, EntryFacts | None], dict[tuple[int, int], EntryFacts | None]]] = {}
    for row in rows.select_related("entry").order_by("id"):
        entry = row.entry
        if entry is not None and entry.is_removed:
            continue
        known = None if entry is None else merged.get(entry.pk, facts(entry))
        words, places = by_document.setdefault(row.document_id, ({}, {}))
        if row.start is None or row.end is None:
            words[row.words] = known
        else:
            places[row.start, row.end] = known
    return {pk: Decisions(*pair) for pk, pair in by_document.items()}


def _merged_entries(project: Project) -> dict[int, SpeakerEntry]:
    """Return for each merged entry the one that it is a part of in the end."""
    rows = SpeakerEntry.objects.filter(project=project, merged_into__isnull=False).order_by("id")
    into = {row.pk: row.merged_into_id for row in rows}
    ends: dict[int, int] = {}
    for pk in into:
        end, steps = pk, 0
        while into.get(end) is not None and steps <= len(into):
            end, steps = into[end] or end, steps + 1
        ends[pk] = end
    targets = SpeakerEntry.objects.in_bulk(set(ends.values()))
    return {pk: targets[end] for pk, end in ends.items()}


@dataclass(frozen=True)
class MentionGroup:
    """Mentions of a document that are decided as one: with the same words, or a pronoun at its place."""

    document: Document
    resolution: Resolution
    count: int


def mentions_of(documents: Sequence[Document]) -> dict[int, list[Mention]]:
    """Return the mentions in the finished sets of documents, each place once, in the order of the text."""
    texts = {document.pk: document.text for document in documents}
    sets = AnnotationSet.objects.filter(lifecycle.gold_sets() | lifecycle.sets_for_agreement(), document__in=texts)
    rows = Span.objects.filter(annotation_set__in=sets, label=SPEAKER).order_by("start", "end", "id")
    names: dict[int, dict[tuple[int, int], set[str]]] = defaultdict(lambda: defaultdict(set))
    for document, start, end, attributes in rows.values_list(
        "annotation_set__document_id", "start", "end", "attributes"
    ):
        name = str(attributes.get(CANONICAL, "")).strip()
        names[document][start, end] |= {name} if name else set()
    return {
        document: [
            Mention(_words(texts[document], start, end), start, end, next(iter(given)) if len(given) == 1 else "")
            for (start, end), given in places.items()
        ]
        for document, places in names.items()
    }


def _words(text: str, start: int, end: int) -> str:
    return " ".join(text[start:end].split())[:LONGEST_MENTION]


def resolve_documents(
    project: Project, documents: Sequence[Document], mentions: Mapping[int, Sequence[Mention]]
) -> dict[int, list[Resolution]]:
    """Return what the mentions of documents name, by the key of the document."""
    keys = {key for rows in mentions.values() for mention in rows for key in lookup_keys(mention)}
    entries = entries_by_key(project, keys)
    decisions = decisions_of(project, list(mentions))
    return {
        document.pk: resolve_document(
            document.text, mentions[document.pk], entries, decisions.get(document.pk, Decisions())
        )
        for document in documents
        if document.pk in mentions
    }


@dataclass(frozen=True)
class MentionPlace:
    """A mention that a person decides about."""

    document: Document
    words: str
    start: int
    end: int


def mention_place(project: Project, document_id: int, start: int, end: int) -> MentionPlace:
    """Return a place of a document of a project, or raise `NotFound`."""
    document = Document.objects.filter(project=project, pk=document_id).first()
    if document is None or not start < end <= document.length:
        raise NotFound(_("The project has no such document, or the document no such place."))
    return MentionPlace(document, _words(document.text, start, end), start, end)


@dataclass(frozen=True)
class OpenMentions:
    """Mentions that wait for a person; `next_position` is where to go on, None when all documents were read."""

    groups: Sequence[MentionGroup]
    next_position: int | None


def open_mentions(project: Project, *, since: int = 0, document: int | None = None, most: int = 20) -> OpenMentions:
    """Return mentions that wait for a decision, reading documents by position until there are enough of them."""
    groups: list[MentionGroup] = []
    for read, batch in enumerate(_batches(project, since, document)):
        resolutions = resolve_documents(project, batch, mentions_of(batch))
        for read_document in batch:
            groups += _open_groups(read_document, resolutions.get(read_document.pk, []))
            if len(groups) >= most:
                return OpenMentions(groups, read_document.position + 1)
        if (read + 1) * DOCUMENTS_AT_ONCE >= MOST_DOCUMENTS_SCANNED:
            return OpenMentions(groups, batch[-1].position + 1)
    return OpenMentions(groups, None)


def _batches(project: Project, since: int, document: int | None) -> Iterator[list[Document]]:
    documents = Document.objects.filter(project=project, position__gte=since).order_by("position", "id")
    if document is not None:
        documents = documents.filter(pk=document)
    while batch := list(documents[:DOCUMENTS_AT_ONCE]):
        yield batch
        last = batch[-1]
        documents = documents.filter(Q(position__gt=last.position) | Q(position=last.position, pk__gt=last.pk))


def _open_groups(document: Document, resolutions: Sequence[Resolution]) -> list[MentionGroup]:
    """Return the open mentions of a document: of those with the same words the first, but each pronoun."""
    is_open = [resolution for resolution in resolutions if resolution.is_open]
    counts = Counter(folded(resolution.mention.words) for resolution in is_open)
    groups, seen = [], set()
    for resolution in is_open:
        words = folded(resolution.mention.words)
        if not resolution.new_name:  # a pronoun
            groups.append(MentionGroup(document, resolution, 1))
        elif words not in seen:
            seen.add(words)
            groups.append(MentionGroup(document, resolution, counts[words]))
    return groups


def names_in_text(project: Project, text: str) -> list[str]:
    """Return the names of entries that a text seems to mention, for the fields of the editor."""
    if not SpeakerKey.objects.filter(project=project).exists():
        return []
    words = [match.group() for match in islice(_WORD.finditer(text), MOST_WORDS)]
    keys: set[str] = set()
    for place, word in enumerate(words):
        if not word[:1].islower():
            keys.add(PART + fold(word))
            keys.update(EXACT + folded(" ".join(words[place : place + size])) for size in range(1, LONGEST_RUN + 1))
    entries = entries_by_key(project, (key for key in keys if len(key) <= LONGEST_KEY))
    return sorted({entry.name for found in entries.values() for entry in found})[:MOST_OFFERED]
