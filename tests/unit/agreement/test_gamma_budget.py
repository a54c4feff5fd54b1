"""Gamma within a budget: samples, draws, and alignments that are known from before."""

import numpy as np
import pytest

from annotator.agreement import services
from annotator.agreement.models import Measurement
from annotator.agreement.reports import gamma as gamma_reports
from annotator.agreement.reports import gamma_plan
from annotator.measures import bootstrap, candidates
from annotator.measures.gamma import gamma
from annotator.measures.gamma_estimate import estimated_seconds
from annotator.measures.jackknife import of_sample
from annotator.measures.units import Annotation, Document, Units
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.context import CancelRequested
from annotator.platform.jobs.registry import find_kind
from tests.unit.agreement.conftest import measure

pytestmark = pytest.mark.django_db


def test_next_report_knows_the_alignments_of_unchanged_documents(sample_project, now, monkeypatch):
    first = measure(sample_project, now).result["gamma"]
    assert not Measurement.objects.filter(gamma=None).exists()
    seen = []
    monkeypatch.setattr(
        gamma_reports,
        "gamma",
        lambda documents, **options: seen.append(options["known"]) or gamma(documents, **options),
    )

    second = measure(sample_project, now).result["gamma"]

    assert len(seen[0]) == 6
    assert second == first


def test_plan_draws_and_samples_beyond_the_budget(sample_project, now, monkeypatch):
    report = measure(sample_project, now)
    assert gamma_plan.plan_gamma(report.pk).draws == 0
    Measurement.objects.update(gamma=None)
    monkeypatch.setattr(gamma_plan, "BUDGET", 0.004)

    plan = gamma_plan.plan_gamma(report.pk)

    assert plan.draws >= gamma_plan.LEAST_DRAWS
    assert 2 <= len(plan.documents) < plan.documents_of_report == 6


@pytest.fixture
def documents():
    chance = np.random.default_rng(4)
    made = []
    for _ in range(12):
        starts = np.sort(chance.integers(0, 900, 30))
        layers = {}
        for name in "ABCD":
            moved = starts + chance.integers(-2, 3, 30) * (chance.random(30) < 0.4)
            rows = [
                (int(chance.integers(0, 3)), [(int(max(at, 0)), int(max(at, 0)) + 12)])
                for at in moved[chance.random(30) < 0.9]
            ]
            layers[name] = Annotation(Units.from_spans(rows))
        made.append(Document(1000, np.arange(1000), np.arange(1, 1001), layers))
    return made


def test_draws_agree_with_samples_of_all_documents(documents):
    whole = gamma(documents, labels=3)

    drawn = gamma(documents, labels=3, draws=40)

    error = 4 * (whole.standard_error**2 + drawn.standard_error**2) ** 0.5
    assert drawn.gamma.value == pytest.approx(whole.gamma.value, abs=error)
    assert drawn.gamma_cat.value == pytest.approx(whole.gamma_cat.value, abs=0.05)
    assert (drawn.samples, drawn.draws) == (0, 40)
    assert 0 < drawn.standard_error < 0.05


def test_interval_of_a_sample_holds_gamma_of_all_documents(documents):
    whole = gamma(documents, labels=3)
    sample = gamma(documents[:8], labels=3, moments=whole.moments)

    low, high = of_sample(sample.rows[:, :2], bootstrap.gamma, documents=12, own_error=sample.standard_error)
    nearly_all = of_sample(whole.rows[:, :2], bootstrap.gamma, documents=12)

    assert low < whole.gamma.value < high < low + 0.2
    assert nearly_all == pytest.approx((whole.gamma.value, whole.gamma.value))
    assert of_sample(sample.rows[:3, :2], bootstrap.gamma, documents=12) is None


def test_too_many_tuples_of_many_annotators_give_an_approximate_value(monkeypatch):
    rows = [(at % 3, [(10 * at, 10 * at + 25)]) for at in range(12)]
    layers = {
        name: Annotation(Units.from_spans([(label, [(start + step, end + step)]) for label, [(start, end)] in rows]))
        for step, name in enumerate("ABCD")
    }
    document = Document(1000, np.arange(1000), np.arange(1, 1001), layers)
    exact = gamma([document], labels=3)
    monkeypatch.setattr(candidates, "MOST_TUPLES", 200)

    approximate = gamma([document], labels=3)

    assert (exact.is_exact, approximate.is_exact) == (True, False)
    assert approximate.rows[0, 0] >= exact.rows[0, 0]
    assert approximate.gamma.is_defined


def test_estimate_grows_with_annotators():
    estimates = [estimated_seconds(100, annotators) for annotators in range(2, 12)]

    assert estimates == sorted(estimates)


def test_gamma_can_be_cancelled_while_it_runs(sample_project, now):
    report = services.start_report(sample_project, started_by=None, now=now, own_process=True)
    jobs.run_here(services.job_of(report))
    report.refresh_from_db()
    steps = []

    def cancel():
        steps.append(1)
        if len(steps) == 3:
            raise CancelRequested

    with pytest.raises(CancelRequested):
        services.finish_gamma(report, on_step=cancel)

    report.refresh_from_db()
    assert "gamma" not in report.result
    assert find_kind(services.GAMMA_JOB).is_long(services.job_of(report))
