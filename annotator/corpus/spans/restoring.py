"""Bringing a set back to how it was at an earlier revision."""

from datetime import datetime
from uuid import uuid4

from annotator.corpus.spans import selectors
from annotator.corpus.spans.difference import difference
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.services import Applied, apply_changes
from annotator.corpus.spans.snapshots import read_snapshot
from annotator.platform.accounts.models import User


def restore(annotation_set: AnnotationSet, *, revision: int, author: User, now: datetime) -> Applied:
    """Make the content of an earlier revision the present one, by further changes: the log only grows.

    Raises what saving raises, `StaleRevision` among it when somebody changes the set at the same moment, and
    `InvalidInput` for a revision that the set has not had.
    """
    with read_snapshot():
        annotation_set.refresh_from_db(fields=["revision", "state"])
        present, wanted = selectors.state_of_rows(annotation_set), selectors.state_at(annotation_set, revision)
    return apply_changes(
        annotation_set,
        difference(present, wanted, new_id=lambda: str(uuid4())),
        base_revision=annotation_set.revision,
        sha256=annotation_set.document.sha256,
        author=author,
        now=now,
    )
