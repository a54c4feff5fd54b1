"""What a report would be without one annotator, document or label."""

import random
from dataclasses import replace

import pytest
from django.db.models import F

from annotator.agreement import services
from annotator.agreement.counting.statistics import MINIMUM_DOCUMENTS
from annotator.agreement.pages.names import SchemaNames
from annotator.agreement.pages.next_steps import LEAST_IN_WEEK, next_steps
from annotator.agreement.reports.label_figures import ReportFigure
from annotator.agreement.reports.report import AttributeFigures, CountFigures, read_report
from annotator.agreement.scope import Scope
from annotator.corpus.spans.models import AnnotationSet, Span
from annotator.platform.jobs import services as jobs
from projects.selectors import current_schema, schema_of
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
    heat_map = page(lead).get(f"/projects/{team.slug}/agreement/{report.pk}/pairs.svg").content.decode()
    assert heat_map.count("<rect") == 16
    of_d = [pair.overall.overlap_f1.value for pair in figures.pairs if "D" in (pair.first, pair.second)]
    assert all(f">{value:.2f}</text>" in heat_map for value in of_d)


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


def test_batches_and_attributes_that_lower_agreement_are_steps(team, now):
    figures = read_report(measure(team, now).result)
    batch, names = figures.batches[0], SchemaNames(schema_of(current_schema(team)))
    good = ReportFigure(0.9, None, None, None)
    poor = replace(
        batch, at="2026-03-01T10:00:00+00:00", overall=CountFigures(100, 100, good, ReportFigure(0.1, None, None, None))
    )
    fine = replace(poor, at="2026-02-01T10:00:00+00:00", overall=CountFigures(100, 100, good, good))
    attributes = tuple(
        AttributeFigures("Claim", name, 50, ReportFigure(share, None, None, None), good)
        for name, share in (("kind", 0.5), ("polarity", 1.0))
    )
    changed = replace(figures, without=(), batches=(fine, poor), attributes=attributes)

    steps = next_steps(changed, names, {})

    assert [step.sentence.split(",")[-1] for step in steps] == [
        " overlap F1 rises from 0.50 to 0.90.",
        " the share of equal attribute values rises from 0.75 to 1.00.",
    ]
    assert "batch=2026-03-01" in steps[0].query
    assert steps[1].query == "kind=attribute&label=Claim&attribute=kind"


def test_week_of_enough_documents_that_lowers_agreement_is_a_step(team, now):
    figures = read_report(measure(team, now).result)
    good, middle, poor = (ReportFigure(value, None, None, None) for value in (0.9, 0.7, 0.5))
    batch = replace(figures.batches[0], overall=CountFigures(200, 200, good, middle))
    fine = replace(batch, at="2026-03-02T00:00:00+00:00", overall=CountFigures(100, 100, good, good))
    lower = replace(fine, at="2026-03-09T00:00:00+00:00", overall=CountFigures(100, 100, good, poor))
    few = replace(lower, documents=LEAST_IN_WEEK - 1)
    names = SchemaNames(schema_of(current_schema(team)))

    found = [
        next_steps(replace(figures, without=(), batches=(batch,), weeks=(fine, week)), names, {})
        for week in (lower, few, batch)
    ]

    assert [[step.sentence for step in steps] for steps in found] == [
        ["Without the documents submitted in the week from 2026-03-09, overlap F1 rises from 0.70 to 0.90."],
        [],
        [],
    ]
    assert "week=2026-03-09" in found[0][0].query


def test_alpha_over_characters_has_a_value_for_all_labels(team, now):
    overall = read_report(measure(team, now).result).overall

    assert overall.alpha_code_points.low < overall.alpha_code_points.value < overall.alpha_code_points.high
    assert overall.alpha_code_points.value != overall.alpha_tokens.value


def test_tokens_can_be_what_is_between_white_space(team, now):
    usual = read_report(measure(team, now).result)
    started = services.start_report(team, started_by=None, now=now, own_process=True, scope=Scope(tokens="white_space"))
    jobs.run_here(services.job_of(started))
    started.refresh_from_db()

    figures = read_report(started.result)

    assert (started.is_limited, started.covers_everything) == (True, True)
    assert figures.tokens.items < usual.tokens.items
    assert figures.documents == usual.documents
    assert figures.overall.overlap_f1 == usual.overall.overlap_f1


def test_calibration_round_shows_the_change_on_the_same_documents(team, now, page, api, lead, viewer):
    before = measure(team, now)
    worse = AnnotationSet.objects.filter(name="B")
    Span.objects.filter(annotation_set__in=worse).delete()
    worse.update(revision=F("revision") + 1)
    after = measure(team, now)
    address, query = f"/projects/{team.slug}/quality/calibration/", f"?before={before.pk}&after={after.pk}"

    shown = " ".join(page(lead).get(address + query).content.decode().split())
    answer = api(lead).get(f"/api/v1/projects/{team.slug}/quality/calibration/{query}").json()

    assert "12 documents are in both reports." in shown
    assert f"/agreement/{before.pk}/patterns.md" in shown
    overall = next(row for row in answer["changes"] if (row["label"], row["figure"]) == ("", "overlap_f1"))
    assert overall["change"] < overall["high"] < 0
    assert overall["is_clear"]
    assert page(viewer).get(address).status_code == 404
    assert page(lead).get(f"{address}?before=x&after={after.pk}").status_code == 404
