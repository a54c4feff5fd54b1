"""The authors of annotation sets: users of the site, and names in files or of models that no account has."""

from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet, SetKind
from annotator.platform.accounts.models import User
from projects.models import Project

AUTHOR = Coalesce("annotator__username", "member__username", "name")
"""The name of the author of a set: deleted users, and people whose name is not linked, by the name of their set."""
AUTHOR_KIND = Case(When(member__isnull=False, then=Value(SetKind.ANNOTATOR.value)), default=F("kind"))
"""The kind of the sets of a person; those of an outside name that is linked are the member's."""
MANY_DOCUMENTS = 2_000


def authors_of(project: Project, condition: Q = Q()) -> set[tuple[str, str]]:  # noqa: B008 - it is not changed
    """Return the kinds and names of the authors of those sets of a project that meet a condition.

    In a large project a user has thousands of sets, of which the first is enough: each user is looked up. In a small
    project on a large site, all sets are read, which takes less than to search the other work of each user for one.
    """
    sets = AnnotationSet.objects.filter(condition, document__project=project).order_by()
    users: set[tuple[str, str]] = set()
    if Document.objects.filter(project=project)[:MANY_DOCUMENTS].count() == MANY_DOCUMENTS:
        own = sets.filter(kind=SetKind.ANNOTATOR, annotator=OuterRef("pk"))
        names = User.objects.filter(Exists(own)).order_by("id").values_list("username", flat=True)
        users = {(SetKind.ANNOTATOR.value, name) for name in names}
        # Only sets of the kind `annotator` have an account.
        sets = sets.filter(annotator=None)
    pairs = sets.annotate(author_kind=AUTHOR_KIND, author=AUTHOR).values_list("author_kind", "author")
    return users.union(pairs.distinct())
