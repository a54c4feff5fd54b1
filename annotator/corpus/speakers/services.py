"""Changing the registry: entries, what mentions name, and the names that annotators gave."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, Span
from annotator.corpus.speakers import selectors
from annotator.corpus.speakers.history import DECISION, ENTRY, Write, new_uid, record, undo
from annotator.corpus.speakers.mentions.names import folded, is_pronoun, names_in
from annotator.corpus.speakers.mentions.resolution import EntryFacts
from annotator.corpus.speakers.models import EntryKind, MentionDecision, SpeakerChange, SpeakerEntry
from annotator.corpus.speakers.problems import NameTaken
from annotator.platform.accounts.models import User
from annotator.problems import InvalidInput
from projects.models import Project

__all__ = ["undo"]
NO_VALUES: Mapping[str, Any] = {
    "name": "", "kind": "", "role": "", "affiliation": "", "outside_id": "", "aliases": [], "is_removed": False,
    "merged_into": "",
}  # fmt: skip
MOST_ALIASES = 500
DOCUMENTS_AT_ONCE = 200


class Scope(StrEnum):
    """Which mentions a decision is about."""

    PLACE = "place"
    DOCUMENT = "document"
    EVERYWHERE = "everywhere"


def add_entry(project: Project, values: Mapping[str, Any], *, by: User | None, now: datetime) -> SpeakerEntry:
    """Add an entry; raises `NameTaken` when another one has its name."""
    check_name(project, values["name"])
    uid = new_uid()
    write = Write(ENTRY, uid, {**NO_VALUES, **values, "aliases": _aliases(values)})
    record(project, SpeakerChange.Kind.ADD, values["name"], [write], by=by, now=now)
    return SpeakerEntry.objects.get(project=project, uid=uid)


def edit_entry(entry: SpeakerEntry, values: Mapping[str, Any], *, by: User | None, now: datetime) -> SpeakerEntry:
    """Change an entry. A name that is given up stays an alias, because annotations may have it."""
    name = values.get("name", entry.name)
    if folded(name) != folded(entry.name):
        check_name(entry.project, name)
    aliases = values.get("aliases", entry.aliases)
    renamed = [entry.name] if name != entry.name else []
    write = Write(ENTRY, entry.uid, {**values, "aliases": _aliases({"name": name, "aliases": [*aliases, *renamed]})})
    detail = f"{entry.name} → {name}" if renamed else name
    record(entry.project, SpeakerChange.Kind.EDIT, detail, [write], by=by, now=now)
    entry.refresh_from_db()
    return entry


def remove_entry(entry: SpeakerEntry, *, by: User | None, now: datetime) -> SpeakerChange:
    """Remove an entry: its mentions are open again."""
    write = Write(ENTRY, entry.uid, {"is_removed": True})
    return record(entry.project, SpeakerChange.Kind.REMOVE, entry.name, [write], by=by, now=now)


def merge_entries(entry: SpeakerEntry, into: SpeakerEntry, *, by: User | None, now: datetime) -> SpeakerChange:
    """Make an entry a part of another one, which takes its names; facts that the other lacks are taken, too."""
    if entry.pk == into.pk or entry.project_id != into.project_id:
        raise InvalidInput(_("Choose another entry of this registry to merge into."))
    taken = {
        name: getattr(entry, name)
        for name in ("kind", "role", "affiliation", "outside_id")
        if getattr(entry, name) and not getattr(into, name)
    }
    aliases = _aliases({"name": into.name, "aliases": [*into.aliases, entry.name, *entry.aliases]})
    writes = [
        Write(ENTRY, into.uid, {**taken, "aliases": aliases}),
        Write(ENTRY, entry.uid, {"merged_into": into.uid}),
    ]
    return record(into.project, SpeakerChange.Kind.MERGE, f"{entry.name} → {into.name}", writes, by=by, now=now)


def split_entry(
    entry: SpeakerEntry, *, name: str, aliases: Sequence[str], by: User | None, now: datetime
) -> SpeakerEntry:
    """Move some aliases of an entry, and the decisions about mentions with these words, to a new entry."""
    moved = {folded(alias) for alias in (name, *aliases)}
    unknown = [alias for alias in aliases if alias not in entry.aliases]
    if unknown or not moved & {folded(alias) for alias in entry.aliases}:
        raise InvalidInput(_("Choose aliases of “%(name)s” that belong to the new entry.") % {"name": entry.name})
    check_name(entry.project, name, besides=entry)
    uid = new_uid()
    decisions = MentionDecision.objects.filter(entry=entry, is_removed=False, words__in=moved).order_by("id")
    kept = [alias for alias in entry.aliases if folded(alias) not in moved]
    new_values = {"name": name, "kind": entry.kind, "aliases": _aliases({"name": name, "aliases": aliases})}
    writes = [
        Write(ENTRY, entry.uid, {"aliases": kept}),
        Write(ENTRY, uid, {**NO_VALUES, **new_values}),
        *(Write(DECISION, decision.uid, {"entry": uid}) for decision in decisions),
    ]
    record(entry.project, SpeakerChange.Kind.SPLIT, f"{entry.name} → {name}", writes, by=by, now=now)
    return SpeakerEntry.objects.get(project=entry.project, uid=uid)


def check_name(project: Project, name: str, *, besides: SpeakerEntry | None = None) -> None:
    """Raise `NameTaken` when an entry has this name, and `InvalidInput` for a name without letters."""
    if not folded(name):
        raise InvalidInput(_("A name needs letters."), errors=[{"pointer": "/name", "detail": _("Enter a name.")}])
    same = selectors.entries_by_key(project, [f"={folded(name)}"]).get(f"={folded(name)}", [])
    named = [entry for entry in same if folded(entry.name) == folded(name) and (not besides or entry.pk != besides.pk)]
    if named:
        raise NameTaken(
            _("“%(name)s” is the name of an entry already. Change that entry, or add a word that tells them apart.")
            % {"name": named[0].name}
        )


def _aliases(values: Mapping[str, Any]) -> list[str]:
    """Return the aliases of an entry, each once and in order, without its own name."""
    seen, aliases = {values["name"]}, []
    for alias in values.get("aliases", ()):
        words = " ".join(str(alias).split())
        if folded(words) and words not in seen:
            seen.add(words)
            aliases.append(words)
    return aliases[:MOST_ALIASES]


def default_scope(words: str, entry: EntryFacts | None) -> Scope:
    """Return what a decision with one key is about: a pronoun at its place, a description or a given name in its
    document, and any other name everywhere, so that a metonym is confirmed once.

    >>> [str(default_scope(words, None)) for words in ("she", "the spokesman", "The Kremlin")]
    ['place', 'document', 'document']
    """
    if is_pronoun(words):
        return Scope.PLACE
    if entry is None:
        return Scope.DOCUMENT
    head = folded(words)
    last = words.rsplit(maxsplit=1)[-1]
    is_description = last[:1].islower() and not names_in(words)
    is_part_of_a_name = entry.kind in ("", EntryKind.PERSON) and len(head.split()) == 1
    return Scope.DOCUMENT if is_description or is_part_of_a_name else Scope.EVERYWHERE


def resolve(
    project: Project,
    place: selectors.MentionPlace,
    *,
    entry: SpeakerEntry | None,
    scope: Scope | None,
    by: User | None,
    now: datetime,
    kind: str = "",
    new_name: str = "",
) -> SpeakerChange:
    """Decide what a mention names: an entry, a new entry with `new_name`, or no one who belongs into the registry."""
    writes: list[Write] = []
    uid, name = (entry.uid, entry.name) if entry is not None else ("", "–")
    if new_name:
        check_name(project, new_name)
        uid, name = new_uid(), new_name
    known = EntryFacts(0, name, entry.kind if entry is not None else kind) if uid else None
    scope = scope or default_scope(place.words, known)
    if scope == Scope.EVERYWHERE and (is_pronoun(place.words) or not uid):
        raise InvalidInput(_("A pronoun, and words that name no one, are decided in a document only."))
    is_alias = scope == Scope.EVERYWHERE and folded(place.words) != folded(name)
    if new_name:
        aliases = _aliases({"name": name, "aliases": [place.words] if is_alias else []})
        writes.append(Write(ENTRY, uid, {**NO_VALUES, "name": name, "kind": kind, "aliases": aliases}))
    elif is_alias and entry is not None:
        aliases = _aliases({"name": name, "aliases": [*entry.aliases, place.words]})
        writes.append(Write(ENTRY, uid, {"aliases": aliases}))
    if scope != Scope.EVERYWHERE and not (new_name and folded(place.words) == folded(name)):
        writes.append(_decision(place, uid, at_place=scope == Scope.PLACE))
    detail = f"“{place.words}” → {name}"
    return record(project, SpeakerChange.Kind.RESOLVE, detail, writes, by=by, now=now)


def _decision(place: selectors.MentionPlace, entry_uid: str, *, at_place: bool) -> Write:
    words = folded(place.words)[:330]
    known = MentionDecision.objects.filter(document=place.document, is_removed=False)
    at = {"start": place.start, "end": place.end} if at_place else {"words": words, "start": None}
    row = known.filter(**at).order_by("id").first()
    values = {
        "document": place.document.external_id,
        "words": words,
        "start": place.start if at_place else None,
        "end": place.end if at_place else None,
        "entry": entry_uid,
        "is_removed": False,
    }
    return Write(DECISION, row.uid if row is not None else new_uid(), values)


@dataclass(frozen=True)
class NewEntry:
    """An entry that would be made from the names that annotators gave: its aliases, and how many mentions have it."""

    name: str
    kind: str
    aliases: Sequence[str]
    mentions: int


def entries_from_annotations(project: Project) -> list[NewEntry]:
    """Return the entries that the registry lacks for the canonical names in finished sets, the most frequent first.

    The words of mentions become aliases where they are names, and where they stand for one name only.
    """
    counts: Counter[str] = Counter()
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    words: dict[str, set[str]] = defaultdict(set)
    owners: dict[str, set[str]] = defaultdict(set)
    spelling: dict[str, Counter[str]] = defaultdict(Counter)
    for name, kind, mention in _canonical_mentions(project):
        key = folded(name)
        counts[key] += 1
        kinds[key][kind] += 1
        spelling[key][name] += 1
        words[key].add(mention)
        owners[folded(mention)].add(key)
    known = selectors.entries_by_key(project, [f"={key}" for key in counts])
    return [
        NewEntry(
            _most_common(spelling[key]),
            kind if (kind := _most_common(kinds[key])) in EntryKind.values else "",
            sorted(
                {
                    word
                    for word in words[key]
                    if folded(word) != key
                    and len(owners[folded(word)]) == 1
                    and default_scope(word, _UNKNOWN) == Scope.EVERYWHERE
                }
            ),
            count,
        )
        for key, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        if key and f"={key}" not in known
    ]


_UNKNOWN = EntryFacts(0, "")


def _most_common(counts: Counter[str]) -> str:
    return min(counts, key=lambda name: (-counts[name], name))


def _canonical_mentions(project: Project) -> Iterable[tuple[str, str, str]]:
    """Yield the name, the kind and the words of each mention that annotators named, a few documents at a time."""
    finished = lifecycle.gold_sets() | lifecycle.sets_for_agreement()
    keys = list(Document.objects.filter(project=project).order_by("id").values_list("id", flat=True))
    for begin in range(0, len(keys), DOCUMENTS_AT_ONCE):
        batch = keys[begin : begin + DOCUMENTS_AT_ONCE]
        sets = AnnotationSet.objects.filter(finished, document__in=batch)
        rows = list(
            Span.objects.filter(annotation_set__in=sets, label=selectors.SPEAKER)
            .exclude(attributes__canonical=None)
            .order_by("id")
            .values_list("annotation_set__document_id", "start", "end", "attributes")
        )
        texts = dict(Document.objects.filter(pk__in={row[0] for row in rows}).values_list("id", "text"))
        for document, start, end, attributes in rows:
            name = " ".join(str(attributes.get(selectors.CANONICAL, "")).split())[:300]
            if name:
                yield name, str(attributes.get("kind", "")), " ".join(texts[document][start:end].split())[:300]


def add_from_annotations(project: Project, names: Iterable[str], *, by: User | None, now: datetime) -> int:
    """Add the entries for chosen names that annotators gave; return how many."""
    chosen = set(names)
    writes = [
        Write(ENTRY, new_uid(), {**NO_VALUES, "name": new.name, "kind": new.kind, "aliases": list(new.aliases)})
        for new in entries_from_annotations(project)
        if new.name in chosen
    ]
    if writes:
        detail = ngettext("%(count)s entry", "%(count)s entries", len(writes)) % {"count": f"{len(writes):,}"}
        record(project, SpeakerChange.Kind.CANONICAL, detail, writes, by=by, now=now)
    return len(writes)
