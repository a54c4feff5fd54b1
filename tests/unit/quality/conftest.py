"""Gold documents of a project, and people who annotate them."""

from collections.abc import Callable

import pytest

from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, SetPurpose, Span
from annotator.platform.accounts.models import User
from annotator.quality import services
from annotator.workload.assignments import services as assignments
from projects.models import Project
from tests.conftest import NOW, MakeDocument, MakeSet
from tests.notation import make_spans

TEXT, GOLD = make_spans("Ada[Speaker] said [it rained](Claim kind=fact), and Ben[Speaker] denied it.")


@pytest.fixture
def make_gold(
    project: Project, make_document: MakeDocument, make_set: MakeSet
) -> Callable[[int, SetPurpose], list[int]]:
    """Return a function that makes adjudicated documents and uses them for a purpose."""

    def make(count: int, purpose: SetPurpose) -> list[int]:
        documents = [make_document(f"{TEXT} {purpose} {number}.") for number in range(count)]
        for document in documents:
            make_set(document, "gold", GOLD, kind="adjudicated", state="adjudicated")
        keys = [document.pk for document in documents]
        services.set_gold(project, dict.fromkeys(keys, purpose))
        return keys

    return make


@pytest.fixture
def annotate_next(project: Project) -> Callable[..., AnnotationSet]:
    """Return a function that gets the next document of a person and submits it, with or without its spans."""

    def annotate(user: User, *, well: bool = True) -> AnnotationSet:
        annotation_set = assignments.next_document(project, user=user, now=NOW).assignment.annotation_set
        for span in GOLD if well else []:
            ((start, end),) = span["fragments"]
            Span.objects.create(
                annotation_set=annotation_set, uid=span["id"], label=span["label"], start=start, end=end,
                attributes=span["attributes"],
            )  # fmt: skip
        AnnotationSet.objects.filter(pk=annotation_set.pk).update(revision=1)
        return lifecycle.submit(annotation_set, now=NOW)

    return annotate
