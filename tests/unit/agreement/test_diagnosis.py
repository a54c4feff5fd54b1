"""What a report would be without one annotator, document or label."""

import random

import pytest

from annotator.agreement import services
from annotator.agreement.counting.statistics import MINIMUM_DOCUMENTS
from annotator.agreement.reports.report import read_report
from annotator.agreement.scope import Scope
from annotator.platform.jobs import services as jobs
from tests.notation import make_spans
from tests.unit.agreement.conftest import measure

pytestmark = pytest.mark.django_db

SENTENCE = "Ada[Speaker] said [it rained hard](Claim) and left, perhaps[Hedge], in May. "
POOR = "[Ada said](Claim) it rained[Speaker] hard and left, perhaps, in May[Hedge]. "


@pytest.fixture
def team(project, make_document, make_set):
    """Twelve documents of four annotators, of whom D annotates at random and C is careless now and then."""
    chance = random.Random(3)
    for number in range(12):
        lines = 3 + number % 4
        text, _ = make_spans(SENTENCE * lines)
        document = make_document(text, title=f"Report {number}")
        for name, care in (("A", 0.95), ("B", 0.95), ("C", 0.85), ("D", 0.15)):
            marked = "".join(SENTENCE if chance.random() < care else POOR for _ in range(lines))
            make_set(document, name, make_spans(marked)[1])
    return project


def test_bad_annotator_is_named_first(team, now, page, lead):
    report = measure(team, now)
    figures = read_report(report.result)

    first = figures.without[0]

    assert (first.kind, first.name) == ("annotator", "D")
    assert first.alpha > figures.overall.alpha_tokens.value + 0.1
    content = " ".join(page(lead).get(f"/projects/{team.slug}/agreement/").content.decode().split())
    steps = content.split("What to look at first")[1].split("</ol>")[0]
    assert "Without the annotator “D”, alpha rises from" in steps.split("</li>")[0]
    assert f"See {first.disagreements} disagreements" in steps
    assert "apart=D" in steps


def test_alpha_without_an_annotator_is_that_of_the_others(team, now):
    without = {part.name: part for part in read_report(measure(team, now).result).without if part.kind == "annotator"}
    limited = services.start_report(
        team, started_by=None, now=now, own_process=True, scope=Scope(annotators=("A", "B", "C"))
    )
    jobs.run_here(services.job_of(limited))
    limited.refresh_from_db()

    others = read_report(limited.result)

    assert without["D"].alpha == pytest.approx(others.overall.alpha_tokens.value)
    assert without["D"].overlap_f1 == pytest.approx(others.overall.overlap_f1.value)


def test_headline_figures_have_intervals(team, now):
    figures = read_report(measure(team, now).result)

    assert figures.documents >= MINIMUM_DOCUMENTS
    alpha = figures.overall.alpha_tokens
    assert alpha.low < alpha.value < alpha.high
    for pair in figures.pairs:
        assert pair.kappa.low < pair.kappa.value < pair.kappa.high
        assert pair.overall.overlap_f1.low < pair.overall.overlap_f1.value < pair.overall.overlap_f1.high
