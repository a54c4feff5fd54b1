"""Whether the rows of an annotation set are what its log says."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Max

from annotator.corpus.spans import selectors
from annotator.corpus.spans.models import AnnotationSet, Change
from annotator.corpus.spans.snapshots import read_snapshot
from annotator.corpus.spans.values import ChangeError


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with a set, in words; `repairable` when its log is sound, so that the rows can be made from it."""

    detail: str
    repairable: bool


def find_damage(annotation_set: AnnotationSet) -> Damage | None:
    """Compare log, revision and rows of a set, as they stand at one moment; None when all is well."""
    with read_snapshot():
        annotation_set.refresh_from_db(fields=["revision"])
        log = Change.objects.filter(annotation_set=annotation_set)
        counted = log.aggregate(entries=Count("id"), last=Max("revision"))
        entries, last = counted["entries"], counted["last"] or 0
        if last != entries:
            return Damage(f"the log has {entries} entries and ends at revision {last}", repairable=False)
        try:
            replayed = selectors.replay(annotation_set)
        except ChangeError as error:
            return Damage(f"the log cannot be replayed: {error}", repairable=False)
        rows = selectors.state_of_rows(annotation_set)
    if rows.spans != replayed.spans:
        return Damage(_difference("span", rows.spans, replayed.spans), repairable=True)
    if rows.relations != replayed.relations:
        return Damage(_difference("relation", rows.relations, replayed.relations), repairable=True)
    if annotation_set.revision != entries:
        return Damage(f"it is at revision {annotation_set.revision}, its log at {entries}", repairable=True)
    return None


def _difference(what: str, rows: Mapping[str, object], log: Mapping[str, object]) -> str:
    missing, extra = sorted(log.keys() - rows.keys()), sorted(rows.keys() - log.keys())
    other = sorted(key for key in log.keys() & rows.keys() if log[key] != rows[key])
    parts = [("without a row", missing), ("not in the log", extra), ("not as in the log", other)]
    return "; ".join(f"{len(keys)} {what}s {words} (such as {keys[0]})" for words, keys in parts if keys)
