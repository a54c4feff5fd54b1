"""What gamma of a report takes, and what of it is computed within the budget. Reads counts only."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from annotator.agreement.models import DocumentAgreement, Measurement, ReportedSet
from annotator.measures.gamma_estimate import LEAST_SAMPLES, estimated_seconds

BUDGET = 8.0
"""Seconds of one core for alignments and random continua together, as estimated."""
LEAST_DRAWS = 12
MOST_PLANNED = 2_000
"""Gamma of more documents uses up the budget, so that its time is known without looking at them."""
READ_AT_ONCE = 500
SAMPLING_SEED = 20_261_122
LEAST_SAMPLED = 2


@dataclass(frozen=True)
class SizedDocument:
    """A document of a report: its id, length, measurement, annotators and spans of all of them."""

    id: int
    length: int
    measurement: int
    annotators: int
    spans: int

    @property
    def seconds(self) -> float:
        """About how long one alignment takes."""
        return estimated_seconds(self.spans, self.annotators)


@dataclass(frozen=True)
class GammaPlan:
    """What is computed: documents, of which some are known from before, and draws of random continua (0: for all)."""

    documents: Sequence[SizedDocument]
    documents_of_report: int
    known: Mapping[int, Any]
    draws: int
    seconds: float


def plan_gamma(report_id: int) -> GammaPlan:
    """Return what gamma of a report takes, and what is computed within the budget."""
    documents = _sized_documents(report_id)
    known = _stored_alignments([document.measurement for document in documents])
    new = [document.seconds for document in documents if document.measurement not in known]
    sample = documents
    if sum(new) > BUDGET / 2:
        share = BUDGET / 2 / sum(new)
        size = min(len(documents), max(LEAST_SAMPLED, round(len(documents) * share)))
        chosen = random.Random(SAMPLING_SEED).sample(range(len(documents)), size)  # noqa: S311 - a sample, no secret
        sample = [documents[index] for index in sorted(chosen)]
    aligned = sum(document.seconds for document in sample if document.measurement not in known)
    one_round = sum(document.seconds for document in sample)
    rounds = max(2, -(-LEAST_SAMPLES // max(len(sample), 1)))
    left = max(BUDGET - aligned, BUDGET / 2)
    draws, seconds = 0, aligned + rounds * one_round
    if rounds * one_round > left:
        spans = sum(document.spans for document in sample)
        # A document is drawn in proportion to its spans, so that large ones cost more than their share.
        per_draw = sum(document.seconds * document.spans for document in sample) / max(spans, 1)
        draws = max(LEAST_DRAWS, int(left / per_draw))
        seconds = aligned + draws * per_draw
    return GammaPlan(sample, len(documents), known, draws, seconds)


def about_seconds(report_id: int) -> float:
    """Return about how long gamma of a report takes."""
    documents = DocumentAgreement.objects.filter(report=report_id).order_by()
    return BUDGET if documents[: MOST_PLANNED + 1].count() > MOST_PLANNED else plan_gamma(report_id).seconds


def _sized_documents(report_id: int) -> list[SizedDocument]:
    sets = ReportedSet.objects.filter(report=report_id).order_by()
    annotators = dict(sets.values_list("annotation_set__document").annotate(sets=Count("id", distinct=True)))
    spans = dict(sets.values_list("annotation_set__document").annotate(spans=Count("annotation_set__spans")))
    rows = DocumentAgreement.objects.filter(report=report_id).order_by("document_id")
    return [
        SizedDocument(document_id, length, measurement, annotators.get(document_id, 0), spans.get(document_id, 0))
        for document_id, length, measurement in rows.values_list("document_id", "document__length", "measurement_id")
    ]


def _stored_alignments(measurements: Sequence[int]) -> dict[int, Any]:
    known: dict[int, Any] = {}
    for first in range(0, len(measurements), READ_AT_ONCE):
        rows = Measurement.objects.filter(pk__in=measurements[first : first + READ_AT_ONCE], gamma__isnull=False)
        known.update(rows.order_by("id").values_list("id", "gamma"))
    return known
