"""Input that makes no sense, or all too much of it, through a whole report: a sentence, never a wrong number."""

import pytest

from annotator.agreement import services
from annotator.agreement.models import AgreementReport, Disagreement, DocumentAgreement, Measurement
from annotator.agreement.pages.report_tables import report_view
from annotator.agreement.reports import measurements
from annotator.agreement.selectors import reports
from annotator.corpus.spans.models import AnnotationSet
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import JobState
from projects.models import SchemaVersion
from projects.selectors import current_schema, schema_of
from tests.conftest import SCHEMA
from tests.notation import make_spans

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.stores]

TEXT, SPANS = make_spans("Ada[Speaker] said [it rained](Claim kind=fact) and [it did](Claim kind=fact).")
SPANS_A_PERSON = 10_000


def measure(project, now):
    report = services.start_report(project, started_by=None, now=now, own_process=True)
    job = jobs.run_here(services.job_of(report))
    assert job.state == "done", job.problem
    report.refresh_from_db()
    return report


def label_row(report, label):
    return next(row for row in report.result["labels"] if row["label"] == label)


def sentences(report):
    schema = schema_of(current_schema(report.project))
    return str(report_view(figures := reports.figures_of(report), schema, figures.pairs))


def test_no_report_starts_without_two_annotators(project, now, make_document, make_set):
    with pytest.raises(services.NothingToCompare, match="no annotator has finished a document"):
        measure(project, now)
    make_set(make_document(TEXT), "A", SPANS)

    with pytest.raises(services.NothingToCompare, match="A is the only annotator with finished documents"):
        measure(project, now)

    assert not AgreementReport.objects.exists()


def test_annotators_without_a_shared_document_are_explained(project, now, make_document, make_set):
    make_set(make_document(TEXT), "A", SPANS)
    make_set(make_document(f"{TEXT} Again."), "B", SPANS)

    with pytest.raises(services.NothingToCompare, match="no document has annotation sets of two annotators"):
        measure(project, now)


def test_annotators_without_a_shared_document_are_no_pair(project, now, make_document, make_set):
    for number, names in enumerate(["AB", "CD"]):
        document = make_document(f"{TEXT} {number}")
        for name in names:
            make_set(document, name, SPANS)

    pairs = measure(project, now).result["pairs"]

    assert [(pair["first"], pair["second"]) for pair in pairs] == [("A", "B"), ("C", "D")]


def test_a_label_on_everything_leaves_alpha_undefined(project, now, make_document, make_set):
    everything = {**SPANS[1], "fragments": [[0, len(TEXT)]]}
    document = make_document(TEXT)
    for name in "AB":
        make_set(document, name, [everything])

    report = measure(project, now)

    claim = label_row(report, "Claim")
    assert (claim["alpha_tokens"]["value"], claim["alpha_tokens"]["undefined"]) == (None, "no_variation")
    assert claim["exact_f1"]["value"] == 1
    assert report.result["tokens"]["labels"][0]["cohen"]["undefined"] == "no_variation"
    assert "Not available" in sentences(report)


def test_a_label_of_one_annotator_has_zero_agreement(project, now, make_document, make_set):
    document = make_document(TEXT)
    make_set(document, "A", SPANS[:1])
    make_set(document, "B", SPANS[1:])

    report = measure(project, now)

    assert label_row(report, "Speaker")["overlap_f1"]["value"] == 0
    assert label_row(report, "Claim")["overlap_f1"]["value"] == 0
    assert label_row(report, "Hedge")["overlap_f1"]["undefined"] == "no_spans"


def test_a_renamed_label_is_left_out_and_counted(project, now, ben, ada, make_document, make_set):
    labels = [{**label, "id": "Voice"} if label["id"] == "Speaker" else label for label in SCHEMA["labels"]]
    renamed = {**SCHEMA, "labels": labels, "relations": [], "lint": [], "nesting": {}}
    newer = SchemaVersion.objects.create(project=project, number=2, definition=renamed, sha256="2" * 64, created_at=now)
    document = make_document(TEXT)
    make_set(document, ada, SPANS, state="submitted")
    theirs = make_set(document, ben, [{**SPANS[0], "label": "Voice"}, *SPANS[1:]], state="submitted")
    AnnotationSet.objects.filter(pk=theirs.pk).update(schema_version=newer)

    report = measure(project, now)

    result = report.result
    assert result["mixed_versions"] == {"documents": 1, "left_out": {"Speaker": 1, "Voice": 1}}
    assert label_row(report, "Voice")["exact_f1"]["undefined"] == "no_spans"
    assert label_row(report, "Claim")["exact_f1"]["value"] == 1
    assert not Disagreement.objects.exists()


def test_ten_thousand_spans_per_annotator_are_compared(project, now, make_document, make_set):
    text = "word " * SPANS_A_PERSON
    document = make_document(text)
    places = [[5 * at, 5 * at + 4] for at in range(SPANS_A_PERSON)]
    spans = [{**SPANS[1], "id": f"s{at}", "fragments": [place]} for at, place in enumerate(places)]
    make_set(document, "A", spans)
    make_set(document, "B", [*spans[:-1], {**spans[-1], "label": "Hedge", "attributes": {}}])

    report = measure(project, now)
    services.finish_gamma(report)

    result = report.result
    assert result["overall"]["spans"] == 2 * SPANS_A_PERSON
    assert result["overall"]["exact_f1"]["value"] == pytest.approx(1 - 1 / SPANS_A_PERSON)
    assert result["gamma"]["value"] == pytest.approx(1, abs=0.001)
    assert Disagreement.objects.get().kind == "label"


def test_an_annotator_who_labels_every_word_is_named(project, now, make_document, make_set):
    document = make_document(TEXT)
    words = [(at, at + len(word)) for word in TEXT.split() for at in [TEXT.index(word)]]
    make_set(document, "A", [{**SPANS[1], "id": f"s{at}", "fragments": [[*place]]} for at, place in enumerate(words)])
    make_set(document, "B", SPANS[:1])

    report = measure(project, now)

    covering = report.result["covering"]
    assert [(row["name"], row["label"]) for row in covering] == [("A", "Claim")]
    assert 0.5 < covering[0]["share"] < 1


def test_positions_are_code_points_after_emoji(project, now, make_document, make_set):
    before = "🤷🏽‍♀️🇩🇪 "
    moved = [
        {**span, "fragments": [[start + len(before), end + len(before)] for start, end in span["fragments"]]}
        for span in SPANS
    ]
    document = make_document(before + TEXT)
    make_set(document, "A", moved)
    make_set(document, "B", moved[:-1])

    measure(project, now)

    found = Disagreement.objects.get()
    assert (found.words, found.start) == ("it did", len(before) + TEXT.index("it did"))


def test_measurements_of_a_cancelled_report_are_reused(sample_project, now, monkeypatch):
    whole = measure(sample_project, now).result
    AgreementReport.objects.all().delete()
    Measurement.objects.all().delete()
    monkeypatch.setattr("annotator.agreement.selectors.spans.DOCUMENTS_AT_ONCE", 2)
    monkeypatch.setattr("annotator.platform.jobs.context.PROGRESS_INTERVAL", 0)
    report = services.start_report(sample_project, started_by=None, now=now, own_process=True)
    original = measurements.measure_documents

    def somebody_cancels(*args):
        jobs.cancel(services.job_of(report), now=now)
        return original(*args)

    monkeypatch.setattr(measurements, "measure_documents", somebody_cancels)
    job = jobs.run_here(services.job_of(report))
    monkeypatch.setattr(measurements, "measure_documents", original)

    report.refresh_from_db()
    assert (job.state, report.result, report.measured_at) == (JobState.CANCELLED, None, None)
    assert reports.latest_report(sample_project) is None
    with pytest.raises(reports.ReportNotFinished):
        reports.figures_of(report)
    kept = Measurement.objects.count()
    again = measure(sample_project, now)
    assert again.result == whole
    assert again.job.result["reused"] == kept
    assert set(DocumentAgreement.objects.filter(report=report).values_list("measurement", flat=True)) <= set(
        DocumentAgreement.objects.filter(report=again).values_list("measurement", flat=True)
    )
