"""Dealing the documents of a release out to splits, without reading its spans."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from django.db.models import Count

from annotator.documents.models import Document
from annotator.problems import InvalidInput
from annotator.releases.models import FrozenDocument, FrozenSet, Release
from annotator.releases.options import ReleaseOptions
from annotator.spans.models import AnnotationSet, Span
from annotator.spans.selectors import replay
from annotator.spans.snapshots import read_snapshot
from annotator.splits.planning import Dealing
from annotator.splits.requests import SplitItem, SplitPlan, values_that_keep_together

BATCH = 200


def plan_of(
    release: Release, options: ReleaseOptions, keys: Sequence[int], *, advance: Callable[[int], None]
) -> SplitPlan | None:
    """Return which document goes where, or None for a release without splits.

    `advance` gets how many more documents were read. Only sketches of the texts are held. Raises `InvalidInput` when
    the release whose splits are to be kept has none.
    """
    if options.splits is None:
        return None
    dealing = Dealing(options.splits)
    for start in range(0, len(keys), BATCH):
        for item in _items(release, keys[start : start + BATCH], options.splits.together):
            dealing.add(item)
        advance(len(keys[start : start + BATCH]))
    return dealing.plan(None if options.like is None else splits_of(release, options.like))


def splits_of(release: Release, number: int) -> dict[str, str]:
    """Return the split of each document of an earlier release of the same project, by its id."""
    rows = FrozenDocument.objects.filter(release__project=release.project_id, release__number=number).order_by()
    found = {name: split for name, split in rows.values_list("document__external_id", "split") if split}
    if not found:
        raise InvalidInput(
            f"Release {number} has no splits to keep to.",
            errors=[{"pointer": "/splits/like", "detail": "Give the number of a release that was built with splits."}],
        )
    return found


def _items(release: Release, keys: Sequence[int], together: Sequence[str]) -> Iterator[SplitItem]:
    with read_snapshot():
        labels = _labels(release, keys)
        rows = Document.objects.filter(pk__in=keys).order_by("id")
        documents = list(rows.values_list("id", "external_id", "text", "meta"))
    for key, name, text, meta in documents:
        yield SplitItem(name, text, values_that_keep_together(meta, together), labels.get(key, {}))


def _labels(release: Release, keys: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
    """How many spans of each label the sets that leave have over each document."""
    rows = FrozenSet.objects.filter(release=release, document_id__in=keys, is_evidence=False).order_by()
    heads = list(rows.values_list("annotation_set_id", "document_id", "revision", "annotation_set__revision"))
    same = {key: document for key, document, frozen, now in heads if frozen == now}
    spans = Span.objects.filter(annotation_set__in=same).order_by()
    counted = spans.values_list("annotation_set_id", "label").annotate(count=Count("id"))
    labels: dict[int, dict[str, int]] = {}
    for key, label, count in counted:
        own = labels.setdefault(same[key], {})
        own[label] = own.get(label, 0) + count
    for key, document, frozen, now in heads:
        if frozen != now:
            own = labels.setdefault(document, {})
            for span in replay(AnnotationSet(pk=key), revision=frozen).spans.values():
                own[span.label] = own.get(span.label, 0) + 1
    return labels
