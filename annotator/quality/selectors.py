"""Reading quality control: plans, gold documents, and the results of people against adjudicated sets."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import orjson
from django.db.models import Exists, OuterRef, QuerySet

from annotator.agreement.models import AgreementReport
from annotator.agreement.reports.paired import PairedComparison, compare_pairwise
from annotator.agreement.selectors.reports import figures_of, statistics_of_shared_documents
from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, SetPurpose, Span
from annotator.measures import span_f1
from annotator.measures.matching import exact_matching, greedy_matching
from annotator.measures.units import FloatArray, Fragments, Units
from annotator.platform.accounts.models import User
from annotator.platform.bulk_rows import driver_rows
from annotator.quality.models import Admission, FeedbackTime, GoldDocument, QualityPlan
from annotator.quality.verdicts import Drift, Judged, Verdict, deciding, drift, judge, measured, together
from annotator.workload.assignments.models import Skip
from projects.models import Membership, Project
from projects.roles import Role
from projects.selectors import members_of

MEASURES = ("overlap", "exact")
RECENT_CHECKS = 20
"""How many of the latest gold checks of a person count for the verdict and the alert."""


def plan_of(project: Project) -> QualityPlan:
    """Return how a project checks its annotators; nothing is checked when it was never set."""
    return QualityPlan.objects.filter(project=project).order_by("id").first() or QualityPlan(project=project)


def gold_candidates(project: Project) -> QuerySet[Document]:
    """Return the documents with a complete adjudicated set: each can serve as gold."""
    # An index has the adjudicated sets: the database begins with these.
    gold = AnnotationSet.objects.filter(lifecycle.gold_sets()).order_by().values("document")
    documents = Document.objects.filter(pk__in=gold, project=project, is_excluded=False)
    return documents.defer("text", "meta").order_by("position", "id")


def gold_documents(project: Project) -> Mapping[int, str]:
    """Return the purpose of each gold document in use, by document."""
    return dict(GoldDocument.objects.filter(project=project).order_by("id").values_list("document", "purpose"))


def admission_of(project: Project, user: User) -> Admission | None:
    """Return whether documents are assigned to a person, if that was ever decided."""
    return Admission.objects.filter(project=project, user=user).order_by("id").first()


def must_qualify(project: Project, user: User, plan: QualityPlan) -> bool:
    """Return whether a person has to qualify before documents are assigned to them: annotators without admission."""
    is_annotator = Membership.objects.filter(project=project, user=user, role=Role.ANNOTATOR).exists()
    return plan.is_required and is_annotator and _is_closed(admission_of(project, user))


def _is_closed(admission: Admission | None) -> bool:
    return admission is None or not admission.is_open


def tested_sets(project: Project, user: User, purpose: str) -> QuerySet[AnnotationSet]:
    """Return the sets that a person made for a purpose, in order of time."""
    return _tested_sets(project).filter(annotator=user, purpose=purpose)


def _tested_sets(project: Project) -> QuerySet[AnnotationSet]:
    # The first condition names the index of these few sets.
    sets = AnnotationSet.objects.exclude(purpose=SetPurpose.DATA).filter(document__project=project)
    return sets.select_related("document").defer("document__text", "document__meta").order_by("created_at", "id")


def next_gold(project: Project, user: User, purpose: str) -> int | None:
    """Return the next gold document that a person has neither annotated nor skipped."""
    rows = GoldDocument.objects.filter(project=project, purpose=purpose, document__is_excluded=False)
    own = AnnotationSet.objects.filter(document=OuterRef("document"), annotator=user)
    skipped = Skip.objects.filter(document=OuterRef("document"), annotator=user)
    gold = AnnotationSet.objects.filter(lifecycle.gold_sets(), document=OuterRef("document"))
    rows = rows.filter(Exists(gold), ~Exists(own), ~Exists(skipped)).order_by("id")
    return rows.values_list("document", flat=True).first()


@dataclass(frozen=True)
class TestedDocument:
    """A submitted set with the counts by label: spans of both and matched pairs, by measure; "" for all labels."""

    annotation_set: AnnotationSet
    rows: Mapping[tuple[str, str], tuple[float, float]]

    def f1(self, measure: str) -> float | None:
        """Return F1 of all labels on this document."""
        spans, matched = self.rows.get(("", measure), (0.0, 0.0))
        return 2 * matched / spans if spans else None


def tested_documents(sets: Iterable[AnnotationSet]) -> list[TestedDocument]:
    """Compare submitted sets with the adjudicated ones, in the same order; documents without one are left out."""
    submitted = [own for own in sets if own.state in lifecycle.FINISHED_STATES]
    if not submitted:
        return []
    documents = [own.document_id for own in submitted]
    golds = AnnotationSet.objects.filter(lifecycle.gold_sets(), document__in=documents).order_by("-id")
    gold_of = {document: key for key, document in golds.values_list("id", "document")}
    spans = _spans_of([own.pk for own in submitted] + list(gold_of.values()))
    labels = sorted({label for own in spans.values() for label, _ in own})
    numbers = {label: number for number, label in enumerate(labels)}
    units = {key: Units.from_spans([(numbers[label], edges) for label, edges in own]) for key, own in spans.items()}
    nothing = Units.from_spans([])
    return [
        TestedDocument(own, _rows(units.get(own.pk, nothing), units.get(gold_of[own.document_id], nothing), labels))
        for own in submitted
        if own.document_id in gold_of
    ]


Labelled = list[tuple[str, Fragments]]


def _spans_of(set_ids: Sequence[int]) -> dict[int, Labelled]:
    rows = Span.objects.filter(annotation_set__in=set_ids).order_by("annotation_set", "start", "end", "id")
    spans: dict[int, Labelled] = {}
    columns = rows.values_list("annotation_set", "label", "start", "end", "fragments")
    for key, label, start, end, fragments in driver_rows(columns):
        spans.setdefault(key, []).append((label, orjson.loads(fragments) if fragments else [(start, end)]))
    return spans


def _rows(own: Units, gold: Units, labels: Sequence[str]) -> dict[tuple[str, str], tuple[float, float]]:
    """The counts of all labels together, and of those that one of the two sets has."""
    rows = {}
    # Only spans with equal labels match, so that the pairs of all labels are those of each label together.
    for measure, match in (("overlap", greedy_matching), ("exact", exact_matching)):
        counts = span_f1.counts_by_label(own, gold, match(own, gold), labels=len(labels))
        for name, count in zip(["", *labels], [sum(counts, span_f1.MatchCounts()), *counts], strict=True):
            if not name or count.first + count.second:
                rows[name, measure] = float(count.first + count.second), float(count.matched)
    return rows


@dataclass(frozen=True)
class LabelResult:
    """The figures of a label, by measure; "" for all labels together."""

    label: str
    figures: Mapping[str, Judged]


@dataclass(frozen=True)
class Results:
    """The results of a person for a purpose; `more` is how many more documents are needed at least.

    `failing` and `undecided` are the labels for which the verdict is not that the person passes, where labels decide.
    """

    documents: Sequence[TestedDocument]
    overall: LabelResult
    labels: Sequence[LabelResult]
    verdict: Verdict
    more: int | None
    drift: Drift | None
    failing: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()


def results_of(plan: QualityPlan, user: User, purpose: str, *, since: datetime | None = None) -> Results:
    """Return the results of a person against the thresholds of a plan; of gold checks, those of the latest ones."""
    sets = tested_sets(plan.project, user, purpose)
    if since is not None:
        sets = sets.filter(created_at__gt=since)
    return _results(plan, purpose, tested_documents(sets))


def _results(plan: QualityPlan, purpose: str, documents: Sequence[TestedDocument]) -> Results:
    recent = documents[-RECENT_CHECKS:] if purpose == SetPurpose.CHECK else documents
    thresholds = {"overlap": plan.least_overlap, "exact": plan.least_exact}
    overall = _label_result("", recent, thresholds)
    names = sorted({label for document in recent for label, _ in document.rows} - {""})
    labels = [_label_result(name, recent, thresholds) for name in names]
    deciding_labels = [row for row in labels if plan.by_label and all(map(deciding, row.figures.values()))]
    judged = [figure for row in (overall, *deciding_labels) for figure in row.figures.values()]
    known = [each.more for each in judged if each.verdict is Verdict.UNKNOWN]
    enough = [more for more in known if more is not None]
    return Results(
        documents,
        overall,
        labels,
        together(judged) if recent else Verdict.UNKNOWN,
        max(enough) if enough and len(enough) == len(known) else None,
        drift(_matrix("", "overlap", documents)),
        failing=_labels_with(Verdict.FAILS, deciding_labels),
        undecided=_labels_with(Verdict.UNKNOWN, deciding_labels),
    )


def _labels_with(verdict: Verdict, rows: Sequence[LabelResult]) -> tuple[str, ...]:
    return tuple(row.label for row in rows if together(list(row.figures.values())) is verdict)


def _matrix(label: str, measure: str, documents: Sequence[TestedDocument]) -> FloatArray:
    rows = [document.rows.get((label, measure), (0.0, 0.0)) for document in documents]
    return np.array(rows, dtype=np.float64).reshape(-1, 2)


def _label_result(
    label: str, documents: Sequence[TestedDocument], thresholds: Mapping[str, float | None]
) -> LabelResult:
    return LabelResult(
        label,
        {name: judge(measured(_matrix(label, name, documents)), thresholds[name]) for name in MEASURES},
    )


@dataclass(frozen=True)
class PersonStatus:
    """A member who annotates, with results and admission."""

    membership: Membership
    admission: Admission | None
    must_qualify: bool
    qualification: Results
    checks: Results


def people(plan: QualityPlan) -> list[PersonStatus]:
    """Return the members with annotations for qualification or checks, and all annotators, by name."""
    members = list(members_of(plan.project))
    sets = list(_tested_sets(plan.project).filter(annotator__in=[row.user_id for row in members]))
    names = {own.annotator_id for own in sets}
    return _statuses(plan, [row for row in members if row.role == Role.ANNOTATOR or row.user_id in names], sets)


def status_of(plan: QualityPlan, membership: Membership) -> PersonStatus:
    """Return the status of a member."""
    [status] = _statuses(plan, [membership], _tested_sets(plan.project).filter(annotator=membership.user))
    return status


def _statuses(
    plan: QualityPlan, memberships: Sequence[Membership], sets: Iterable[AnnotationSet]
) -> list[PersonStatus]:
    """Return the status of members, from the sets that all of them made for qualification or checks."""
    admissions = {row.user_id: row for row in Admission.objects.filter(project=plan.project).order_by("-id")}
    tested: dict[tuple[int | None, str], list[TestedDocument]] = defaultdict(list)
    for document in tested_documents(sets):
        tested[document.annotation_set.annotator_id, document.annotation_set.purpose].append(document)
    return [
        PersonStatus(
            row,
            admissions.get(row.user_id),
            plan.is_required and row.role == Role.ANNOTATOR and _is_closed(admissions.get(row.user_id)),
            _results(plan, SetPurpose.QUALIFICATION, tested[row.user_id, SetPurpose.QUALIFICATION]),
            _results(plan, SetPurpose.CHECK, tested[row.user_id, SetPurpose.CHECK]),
        )
        for row in memberships
    ]


def count_alerts(projects: Iterable[int]) -> int:
    """Return for how many people gold checks failed without a decision of a lead since."""
    return alerts().filter(project__in=list(projects)).count()


def alerts() -> QuerySet[Admission]:
    """Return the admissions of people whose gold checks failed without a decision of a lead since."""
    return Admission.objects.filter(alerted_at__isnull=False)


def shows_feedback(annotation_set: AnnotationSet, plan: QualityPlan) -> bool:
    """Return whether the annotator of a set may see how it differs from the adjudicated set."""
    if annotation_set.state not in lifecycle.FINISHED_STATES or annotation_set.annotator is None:
        return False
    if annotation_set.purpose == SetPurpose.PRACTICE:
        return True
    if annotation_set.purpose == SetPurpose.CHECK:
        return plan.tells_checks
    if annotation_set.purpose != SetPurpose.QUALIFICATION or plan.feedback == FeedbackTime.NEVER:
        return False
    is_over = next_gold(plan.project, annotation_set.annotator, SetPurpose.QUALIFICATION) is None
    return plan.feedback == FeedbackTime.AFTER_EACH or is_over


def calibration(before: AgreementReport, after: AgreementReport) -> PairedComparison:
    """Return how agreement changed from one report to the other on the documents of both."""
    labels = [row.label for row in figures_of(after).labels]
    return compare_pairwise(statistics_of_shared_documents(before, after), labels)
