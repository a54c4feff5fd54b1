"""The division of the documents of a release into splits, made without reading its spans."""

from collections.abc import Callable, Iterator, Sequence

from django.db.models import F, TextField, Value

from annotator.corpus.documents.models import Document
from annotator.corpus.documents.selectors import batches_of
from annotator.datasets.releases.contents.source import LabelCounts, ReleaseSource
from annotator.datasets.releases.models import FrozenDocument
from annotator.datasets.releases.options import ReleaseOptions
from annotator.datasets.splits.blind_test import with_blind_test
from annotator.datasets.splits.requests import SplitItem, SplitPlan, SplitRequest, values_that_keep_together
from annotator.datasets.splits.rule_1.planner import SplitPlanner
from annotator.problems import InvalidInput
from projects.models import Project


def plan_of(
    source: ReleaseSource, options: ReleaseOptions, keys: Sequence[int], *, advance: Callable[[int], None]
) -> SplitPlan | None:
    """Return the split of each document, or None for a release without splits.

    `advance` is called with the number of further documents read. Only sketches of the texts are kept in memory. Raise
    `InvalidInput` if the release whose splits are to be kept has none.
    """
    if options.splits is None:
        return None
    planner = SplitPlanner(options.splits)
    labels = source.labels()
    for batch in batches_of(keys):
        for item in _items(batch, options.splits, labels):
            planner.add(item)
        advance(len(batch))
    earlier = {} if options.like is None else splits_of(source.project, options.like)
    plan = planner.plan(earlier)
    if not options.splits.blind_test:
        return plan
    blind_keys = source.blind()
    return with_blind_test(plan, [name for name, key in source.documents() if key in blind_keys], earlier)


def splits_of(project: Project, number: int) -> dict[str, str]:
    """Return the split of each document of a release of a project, by its id."""
    rows = FrozenDocument.objects.filter(release__project=project, release__number=number).order_by()
    splits = {name: split for name, split in rows.values_list("document__external_id", "split") if split}
    if not splits:
        raise InvalidInput(
            f"Release {number} has no splits that can be kept.",
            errors=[{"pointer": "/splits/like", "detail": "Give the number of a release with splits."}],
        )
    return splits


def _items(keys: Sequence[int], request: SplitRequest, labels: LabelCounts) -> Iterator[SplitItem]:
    # Most of the data are texts, and only the search for near-duplicates needs them.
    text = F("text") if request.near_duplicates else Value("", output_field=TextField())
    rows = Document.objects.filter(pk__in=keys).order_by("id").annotate(needed_text=text)
    for key, name, text_of_row, meta in rows.values_list("id", "external_id", "needed_text", "meta"):
        together = values_that_keep_together(meta, request.together)
        yield SplitItem(name, text_of_row, together, labels.pop(key, {}))
