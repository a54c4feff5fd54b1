"""The division of the documents of a release into splits, made without reading its spans."""

import sys
from collections.abc import Callable, Iterator, Sequence

from django.db.models import Count, F, TextField, Value

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.selectors import replay
from annotator.datasets.releases.models import FrozenDocument, FrozenSet, Release
from annotator.datasets.releases.options import ReleaseOptions
from annotator.datasets.splits.requests import SplitItem, SplitPlan, SplitRequest, values_that_keep_together
from annotator.datasets.splits.rule_1.planner import SplitPlanner
from annotator.platform.snapshots import read_snapshot
from annotator.problems import InvalidInput

BATCH = 200


def plan_of(
    release: Release, options: ReleaseOptions, keys: Sequence[int], *, advance: Callable[[int], None]
) -> SplitPlan | None:
    """Return the split of each document, or None for a release without splits.

    `advance` is called with the number of further documents read. Only sketches of the texts are kept in memory. Raise
    `InvalidInput` if the release whose splits are to be kept has none.
    """
    if options.splits is None:
        return None
    planner = SplitPlanner(options.splits)
    labels = _labels(release)
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        for item in _items(batch, options.splits, labels):
            planner.add(item)
        advance(len(batch))
    return planner.plan(None if options.like is None else splits_of(release, options.like))


def splits_of(release: Release, number: int) -> dict[str, str]:
    """Return the split of each document of an earlier release of the same project, by its id."""
    rows = FrozenDocument.objects.filter(release__project=release.project_id, release__number=number).order_by()
    splits = {name: split for name, split in rows.values_list("document__external_id", "split") if split}
    if not splits:
        raise InvalidInput(
            f"Release {number} has no splits that can be kept.",
            errors=[{"pointer": "/splits/like", "detail": "Give the number of a release with splits."}],
        )
    return splits


def _items(keys: Sequence[int], request: SplitRequest, labels: dict[int, dict[str, int]]) -> Iterator[SplitItem]:
    # Most of the data are texts, and only the search for near-duplicates needs them.
    text = F("text") if request.near_duplicates else Value("", output_field=TextField())
    rows = Document.objects.filter(pk__in=keys).order_by("id").annotate(needed_text=text)
    for key, name, text_of_row, meta in rows.values_list("id", "external_id", "needed_text", "meta"):
        together = values_that_keep_together(meta, request.together)
        yield SplitItem(name, text_of_row, together, labels.pop(key, {}))


def _labels(release: Release) -> dict[int, dict[str, int]]:
    """Return how many spans of each label the released sets of each document have."""
    sets = FrozenSet.objects.filter(release=release, is_evidence=False).order_by()
    labels: dict[int, dict[str, int]] = {}
    with read_snapshot():
        same = sets.filter(revision=F("annotation_set__revision"), annotation_set__spans__isnull=False)
        counts = same.values_list("document_id", "annotation_set__spans__label").annotate(count=Count("id"))
        for document, label, count in counts.iterator(chunk_size=5000):
            own = labels.setdefault(document, {})
            own[sys.intern(label)] = own.get(label, 0) + count
        changed = sets.exclude(revision=F("annotation_set__revision"))
        for key, document, revision in list(changed.values_list("annotation_set_id", "document_id", "revision")):
            own = labels.setdefault(document, {})
            for span in replay(AnnotationSet(pk=key), revision=revision).spans.values():
                own[span.label] = own.get(span.label, 0) + 1
    return labels
