"""Reading migrations: which sets they move, and which moved sets wait to be looked at again."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from annotator.corpus.relabelling.models import HandSpan, MigratedSet
from annotator.corpus.spans.models import AnnotationSet, SetKind, SetState
from annotator.platform.accounts.models import User
from annotator.platform.jobs.models import FINAL_STATES, Job
from annotator.problems import NotFound
from projects.models import Project, SchemaMigration
from projects.roles import Capability
from projects.selectors import projects_for

MIGRATION_JOB = "migrate_labels"


def migrations_of(project: Project) -> QuerySet[SchemaMigration]:
    """Return the migrations of a project, newest first."""
    rows = SchemaMigration.objects.filter(project=project).select_related("source", "target", "created_by")
    return rows.order_by("-id")


def get_migration(migration_id: int, *, user: User) -> SchemaMigration:
    """Return a migration of a project that a user manages, or raise `NotFound`."""
    managed = projects_for(user, capability=Capability.MANAGE).order_by()
    rows = SchemaMigration.objects.filter(pk=migration_id, project__in=managed)
    migration = rows.select_related("project", "source", "target").first()
    if migration is None:
        raise NotFound(_("There is no migration %(number)s, or you may not see it.") % {"number": migration_id})
    return migration


def sets_to_move(migration: SchemaMigration) -> QuerySet[AnnotationSet]:
    """Return the sets that still have the old version, by key, without those of documents being adjudicated.

    A decision of an adjudication holds annotations of its sources: they change once it is completed.
    """
    return _sets(migration).exclude(Exists(_open_adjudications()))


def sets_being_adjudicated(migration: SchemaMigration) -> QuerySet[AnnotationSet]:
    """Return the sets with the old version whose documents are being adjudicated."""
    return _sets(migration).filter(Exists(_open_adjudications()))


def _sets(migration: SchemaMigration) -> QuerySet[AnnotationSet]:
    sets = AnnotationSet.objects.filter(document__project=migration.project_id, schema_version=migration.source_id)
    return sets.order_by("id")


def _open_adjudications() -> QuerySet[AnnotationSet]:
    gold = AnnotationSet.objects.filter(kind=SetKind.ADJUDICATED, state=SetState.OPEN)
    return gold.filter(document=OuterRef("document"))


def review_queue(migration: SchemaMigration) -> QuerySet[MigratedSet]:
    """Return the moved sets that wait to be looked at again, those with spans to decide by hand first."""
    rows = MigratedSet.objects.filter(migration=migration, needs_review=True, reviewed_at=None, is_undone=False)
    related = rows.select_related("annotation_set__document").defer("annotation_set__document__text")
    return related.order_by("-by_hand", "id")


def hand_spans(migration: SchemaMigration) -> QuerySet[HandSpan]:
    """Return the spans of a migration whose labels are chosen by hand, decided or not, set by set."""
    rows = HandSpan.objects.filter(moved__migration=migration, moved__is_undone=False)
    return rows.order_by("moved", "id")


def running_job(migration: SchemaMigration) -> Job | None:
    """Return the job of a migration that is queued or running."""
    jobs = Job.objects.filter(kind=MIGRATION_JOB, project=migration.project_id, params__migration=migration.pk)
    return jobs.exclude(state__in=FINAL_STATES).order_by("-id").first()
