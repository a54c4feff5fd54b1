from datetime import UTC, date, datetime, timedelta

import pytest

from annotator.agreement import services
from annotator.agreement.models import AgreementReport, Disagreement, DocumentAgreement, Measurement
from annotator.agreement.scope import Scope
from annotator.agreement.selectors import reports
from annotator.corpus.spans.models import AnnotationSet, Span
from annotator.platform.jobs import services as jobs
from projects.models import SchemaVersion
from tests.conftest import SCHEMA
from tests.notation import make_spans

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.stores]

TEXT, SPANS = make_spans("Ada[Speaker] said [it rained](Claim kind=fact) and [it did](Claim kind=fact).")


def measure(project, now, **scope):
    report = services.start_report(project, started_by=None, now=now, scope=Scope(**scope), own_process=True)
    job = jobs.run_here(services.job_of(report))
    assert job.state == "done", job.problem
    report.refresh_from_db()
    return report


@pytest.fixture
def documents(project, ada, ben, make_document, make_set, now):
    """Two documents of two imports; Ada and Ben submitted the first, A and B came in with the second."""
    first, second = make_document(TEXT), make_document(f"{TEXT} Again.", created_at=now + timedelta(days=2))
    make_set(first, ada, SPANS, state="submitted", revision=3, submitted_at=now)
    make_set(first, ben, SPANS[:2], state="submitted", revision=2, submitted_at=now)
    for name in "AB":
        make_set(second, name, SPANS, created_at=now + timedelta(days=2))
    return [first, second]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ({}, ["ada", "ben", "A", "B"]),
        ({"annotators": ("ada", "ben")}, ["ada", "ben"]),
        ({"until": date(2026, 11, 22)}, ["ada", "ben"]),
        ({"since": date(2026, 11, 23)}, ["A", "B"]),
        ({"batch": datetime(2026, 11, 24, 12, tzinfo=UTC)}, ["A", "B"]),
    ],
)
def test_a_report_counts_the_sets_in_its_scope(documents, project, now, scope, expected):
    report = measure(project, now, **scope)

    assert sorted(reports.sets_of(report).values_list("author", flat=True)) == sorted(expected)
    assert not reports.staleness(report).is_stale


def test_documents_and_labels_can_be_filtered(documents, project, now):
    report = measure(project, now, documents=(documents[0].pk,), labels=("Speaker",))

    result = report.result
    assert (result["documents"], [row["label"] for row in result["labels"]]) == (1, ["Speaker"])
    assert result["overall"]["spans"] == 2


def test_suggested_spans_can_be_left_out(documents, project, now):
    Span.objects.filter(label="Claim").update(origin="rules")

    assert measure(project, now).result["overall"]["spans"] == 11
    assert measure(project, now, suggestions=False).result["overall"]["spans"] == 4


def test_a_scope_without_comparable_documents_is_explained(documents, project, now):
    with pytest.raises(services.NothingToCompare, match="Use fewer filters"):
        measure(project, now, annotators=("ada",))


def test_only_changed_documents_are_measured_again(documents, project, now, ada):
    first = measure(project, now)
    AnnotationSet.objects.filter(annotator=ada).update(revision=4)

    second = measure(project, now)

    assert second.job.result["reused"] == 1
    measured = [
        dict(DocumentAgreement.objects.filter(report=each).values_list("document", "measurement"))
        for each in (first, second)
    ]
    assert measured[0][documents[1].pk] == measured[1][documents[1].pk]
    assert measured[0][documents[0].pk] != measured[1][documents[0].pk]
    assert Measurement.objects.count() == 3


def test_a_report_of_unchanged_sets_has_the_same_figures(documents, project, now):
    first, second = measure(project, now), measure(project, now)

    assert first.result == second.result
    assert Disagreement.objects.count() == 1
    assert second.job.result["reused"] == 2


def test_blind_reports_keep_their_aliases(documents, project, now, make_set):
    first = measure(project, now, blind=True)
    make_set(documents[1], "C", SPANS, created_at=now)
    second = measure(project, now, blind=True)

    names = [row["name"] for row in first.result["annotators"]]
    assert names == ["Annotator 1", "Annotator 2", "Annotator 3", "Annotator 4"]
    assert first.aliases.items() < second.aliases.items()
    assert second.aliases["C"] == "Annotator 5"
    people = set(Disagreement.objects.values_list("first", flat=True))
    assert all(name.startswith("Annotator") for name in people)


def test_schema_versions_are_compared_on_what_they_share(documents, project, now, ben):
    labels = [label for label in SCHEMA["labels"] if label["id"] != "Speaker"]
    without_speaker = {**SCHEMA, "labels": labels, "relations": [], "lint": [], "nesting": {}}
    newer = SchemaVersion.objects.create(
        project=project, number=2, definition=without_speaker, sha256="2" * 64, created_at=now
    )
    AnnotationSet.objects.filter(annotator=ben).update(schema_version=newer)

    result = measure(project, now, documents=(documents[0].pk,)).result

    assert result["mixed_versions"] == {"documents": 1, "left_out": {"Speaker": 2}}
    assert result["overall"]["spans"] == 3


def test_an_annotator_who_labels_everything_is_named(project, make_document, make_set, now):
    document = make_document(TEXT)
    everything = {**SPANS[1], "id": "all", "fragments": [[0, len(TEXT)]]}
    make_set(document, "A", [everything])
    make_set(document, "B", SPANS[:2])

    covering = measure(project, now).result["covering"]

    assert covering == [{"name": "A", "label": "Claim", "share": 1.0}]


def test_gamma_comes_with_its_settings(documents, project, now):
    report = measure(project, now)
    services.finish_gamma(report)
    gamma = report.result["gamma"]

    assert 0 < gamma["value"] < 1
    assert (gamma["documents"], gamma["documents_of_report"]) == (2, 2)
    assert gamma["settings"]["sampler"] in ("pygamma", "rotation")


def test_tokens_are_judged_by_the_usual_coefficients(documents, project, now):
    tokens = measure(project, now, documents=(documents[0].pk,)).result["tokens"]

    claim = tokens["labels"][0]
    # Of 8 tokens Ada marks 4 as claims, Ben 2 of these: observed 6/8; Cohen expects 1/2, Fleiss (3/8)² + (5/8)².
    assert tokens["items"] == 8
    assert claim["cohen"]["value"] == pytest.approx(0.5)
    assert claim["fleiss"]["value"] == pytest.approx((6 / 8 - 34 / 64) / (1 - 34 / 64))
    # AC1: chance is 2 * 3/8 * 5/8.
    assert claim["ac1"]["value"] == pytest.approx((6 / 8 - 30 / 64) / (1 - 30 / 64))


def test_adding_only_changes_gives_the_whole_sum(documents, project, now, ada, make_document, make_set):
    measure(project, now)
    AnnotationSet.objects.filter(annotator=ada).update(revision=4)
    Span.objects.filter(annotation_set__annotator=ada, label="Speaker").delete()
    extra = make_document("Another text.")
    for name in "AB":
        make_set(extra, name, [{**SPANS[0], "fragments": [[0, 7]]}])

    by_difference = measure(project, now).result
    AgreementReport.objects.update(sums=None)
    from_scratch = measure(project, now).result

    assert by_difference == from_scratch
