"""Deletion of documents with everything that belongs to them.

Reports keep their figures, built releases their archives; both say which documents are gone. Of a deleted document its
id, title, digest, length and the numbers of its sets and spans are kept, never its text.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import router, transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from annotator.adjudication.models import Adjudication
from annotator.agreement.models import AgreementReport, DocumentAgreement
from annotator.corpus.documents.models import DeletedDocument, Document, Tag
from annotator.corpus.spans.exclusions import LONGEST_REASON
from annotator.corpus.spans.models import AnnotationSet, Change, Relation, Span
from annotator.corpus.suggestions.models import SuggestionRun
from annotator.datasets.releases.models import FrozenDocument, Release
from annotator.ledger import propositions
from annotator.ledger.models import Ledger, LedgerEntry
from annotator.platform.accounts.models import User
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import FINAL_STATES, Job
from annotator.problems import FieldError, InvalidInput
from annotator.site.removal.document_rows import count_rows, rows_of_documents
from annotator.site.removal.services import ProjectBusy, ReleasesAtStake
from annotator.workload.assignments.models import Assignment
from annotator.workload.assignments.services import tallies
from annotator.workload.questions.models import Question
from projects.models import Project

DELETE_JOB = "delete_documents"
MOST_AT_ONCE = 20
"""Up to so many documents are deleted by the request itself, more by a job."""
MOST_DELETED = 20_000
DELETED_IN_A_TRANSACTION = 20
BUSY_KINDS = (
    *("import_documents", "measure_agreement", "measure_gamma", "export_dataset", "build_release", "check_release"),
    *("draft_release", "migrate_labels", "update_ledger", "suggest_spans", "evaluate_suggestions", "train_model"),
    "ask_language_model",
    DELETE_JOB,
)
"""Jobs that read or write the work of documents in several steps."""
COUNTED = (
    (gettext_noop("Annotation sets"), AnnotationSet),
    (gettext_noop("Spans"), Span),
    (gettext_noop("Relations"), Relation),
    (gettext_noop("Entries of change logs"), Change),
    (gettext_noop("Assignments"), Assignment),
    (gettext_noop("Suggestion runs"), SuggestionRun),
    (gettext_noop("Questions"), Question),
    (gettext_noop("Adjudications"), Adjudication),
)
READ_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Stakes:
    """What is deleted with documents, by name, and which reports and releases have measured or frozen some of them."""

    documents: int
    counts: Sequence[tuple[str, int]]
    reports: int
    releases: Sequence[Release]


def stakes_of(project: Project, keys: Sequence[int]) -> Stakes:
    """Return what would be deleted with documents of a project."""
    totals: Counter[str] = Counter()
    reports: set[int] = set()
    for begin in range(0, len(keys), READ_AT_ONCE):
        some = keys[begin : begin + READ_AT_ONCE]
        for name, table in COUNTED:
            totals[name] += count_rows(table, some)
        measured = DocumentAgreement.objects.filter(document__in=some).order_by()
        reports.update(measured.values_list("report", flat=True).distinct())
    return Stakes(
        documents=len(keys),
        counts=[(_(name), totals[name]) for name, _table in COUNTED],
        reports=len(reports),
        releases=_releases_with(project, keys),
    )


def _releases_with(project: Project, keys: Sequence[int]) -> list[Release]:
    found: set[int] = set()
    for begin in range(0, len(keys), READ_AT_ONCE):
        frozen = FrozenDocument.objects.filter(document__in=keys[begin : begin + READ_AT_ONCE]).order_by()
        found.update(frozen.values_list("release", flat=True).distinct())
    return list(Release.objects.filter(project=project, pk__in=found).order_by("-number", "-id"))


def start_deletion(
    project: Project,
    keys: Sequence[int],
    *,
    confirmed: int | None,
    reason: str,
    with_releases: bool,
    by: User | None,
    now: datetime,
    own_process: bool = False,
) -> Job | None:
    """Delete documents, or start the job that does: few are deleted when this returns None.

    `confirmed` must be their number. Raises `InvalidInput`, `ReleasesAtStake` and `ProjectBusy`, with nothing deleted.
    """
    _check_input(keys, confirmed, reason)
    _check_releases(project, keys, with_releases=with_releases)
    _check_idle(project)
    if len(keys) <= MOST_AT_ONCE and not own_process:
        delete_documents(project, keys, reason=reason, by=by, now=now)
        return None
    params = {"documents": list(keys), "reason": reason}
    return jobs.start(DELETE_JOB, project_id=project.pk, params=params, started_by=by, now=now, own_process=own_process)


def _check_input(keys: Sequence[int], confirmed: int | None, reason: str) -> None:
    errors: list[FieldError] = []
    if not reason or len(reason) > LONGEST_REASON:
        detail = _("Give a reason of at most %(limit)s characters: it is kept with the id of each deleted document.")
        errors.append({"pointer": "/reason", "detail": detail % {"limit": LONGEST_REASON}})
    if confirmed != len(keys):
        detail = _("Type %(count)s, the number of documents, to confirm.") % {"count": len(keys)}
        errors.append({"pointer": "/confirmed", "detail": detail})
    if len(keys) > MOST_DELETED:
        detail = _("At most %(most)s documents are deleted at once. Choose fewer.") % {"most": f"{MOST_DELETED:,}"}
        errors.append({"pointer": "/documents", "detail": detail})
    if errors:
        raise InvalidInput(errors[0]["detail"], errors=errors)


def _check_releases(project: Project, keys: Sequence[int], *, with_releases: bool) -> None:
    for release in _releases_with(project, keys):
        if not release.is_built:
            detail = _("Release %(number)s is not built yet and contains some of them. Build or discard it first.")
            raise ReleasesAtStake(detail % {"number": release.number})
        if not with_releases:
            detail = _(
                "Release %(number)s contains some of the documents. Its archive stays, but cannot be built again. "
                "Confirm this, or choose other documents."
            )
            raise ReleasesAtStake(detail % {"number": release.number})


def _check_idle(project: Project) -> None:
    if Job.objects.filter(project=project, kind__in=BUSY_KINDS).exclude(state__in=FINAL_STATES).exists():
        raise ProjectBusy(
            _("A background job of this project is queued or running. Cancel it, or wait until it has ended.")
        )


def delete_documents(
    project: Project, keys: Sequence[int], *, reason: str, by: User | None, now: datetime
) -> Counter[str]:
    """Delete documents with everything that belongs to them, some in each transaction; return what was deleted."""
    deleted: Counter[str] = Counter()
    for begin in range(0, len(keys), DELETED_IN_A_TRANSACTION):
        deleted += delete_some(project, keys[begin : begin + DELETED_IN_A_TRANSACTION], reason=reason, by=by, now=now)
    return deleted


@transaction.atomic
def delete_some(
    project: Project, keys: Collection[int], *, reason: str, by: User | None, now: datetime
) -> Counter[str]:
    """Delete a few documents, those that are still there, in one transaction; return what was deleted."""
    locked = Document.objects.select_for_update().filter(project=project, pk__in=keys).defer("text", "meta")
    documents = list(locked.order_by("id"))
    here = [document.pk for document in documents]
    sets = AnnotationSet.objects.select_for_update(of=("self",)).filter(document__in=here).order_by("id")
    set_ids = list(sets.values_list("pk", flat=True))
    deleted = _record(project, documents, reason=reason, by=by, now=now)
    ledgers = _sharing_entries(project, here)
    tallies.forget_sets(project, set_ids)
    for rows in rows_of_documents(here):
        # All that refers to these rows was deleted before them; Django would look for it again, row by row.
        rows._raw_delete(router.db_for_write(rows.model))  # noqa: SLF001 - there is no other way past its collector
    Tag.objects.filter(project=project, documents=None).delete()
    for ledger, entries in ledgers:
        propositions.rebuild(ledger, entries)
    return deleted


def _record(
    project: Project, documents: Sequence[Document], *, reason: str, by: User | None, now: datetime
) -> Counter[str]:
    """Record what is known of documents once they are gone, and let no later report build on sums that contain them."""
    keys = [document.pk for document in documents]
    used: dict[int, dict[str, list[int]]] = defaultdict(dict)
    for table, name, owner in ((DocumentAgreement, "reports", "report"), (FrozenDocument, "releases", "release")):
        rows = table.objects.filter(document__in=keys).order_by(owner)
        for document, number in rows.values_list("document", owner):
            used[document].setdefault(name, []).append(number)
    AgreementReport.objects.filter(project=project, sums__isnull=False).update(sums=None)
    sets = _counts(AnnotationSet, "document", keys)
    spans = _counts(Span, "annotation_set__document", keys)
    DeletedDocument.objects.bulk_create(
        DeletedDocument(
            project=project,
            external_id=document.external_id,
            title=document.title,
            sha256=document.sha256,
            length=document.length,
            sets=sets.get(document.pk, 0),
            spans=spans.get(document.pk, 0),
            used_by=used.get(document.pk, {}),
            reason=reason,
            deleted_by=by,
            deleted_at=now,
        )
        for document in documents
    )
    return Counter(documents=len(documents), sets=sum(sets.values()), spans=sum(spans.values()))


def _counts(table: type[AnnotationSet] | type[Span], path: str, keys: Sequence[int]) -> dict[int, int]:
    rows = table.objects.filter(**{f"{path}__in": keys}).order_by().values_list(path)
    return dict(rows.annotate(count=Count("id")))


def _sharing_entries(project: Project, keys: Sequence[int]) -> list[tuple[Ledger, list[int]]]:
    """Return the ledgers that have documents, each with the entries of others that share propositions with them."""
    ledgers = []
    for ledger in Ledger.objects.filter(project=project, documents__document__in=keys).order_by("id").distinct():
        own = LedgerEntry.objects.filter(ledger_document__ledger=ledger, ledger_document__document__in=keys).order_by()
        sharing = LedgerEntry.objects.filter(proposition__in=own.values("proposition")).exclude(pk__in=own.values("pk"))
        ledgers.append((ledger, list(sharing.order_by("id").values_list("pk", flat=True))))
    return ledgers


def deletion_sentence(deleted: Counter[str]) -> str:
    """Return what was deleted as a sentence."""
    message = ngettext(
        "Deleted %(count)s document with %(sets)s annotation sets and %(spans)s spans.",
        "Deleted %(count)s documents with %(sets)s annotation sets and %(spans)s spans.",
        deleted["documents"],
    )
    names = ("sets", "spans")
    return message % {"count": f"{deleted['documents']:,}", **{name: f"{deleted[name]:,}" for name in names}}
