from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from annotator.agreement import services
from annotator.agreement.models import AgreementReport
from annotator.corpus.spans.changes import AddSpan, RemoveSpan
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.services import apply_changes
from annotator.corpus.spans.values import read_span
from annotator.platform.jobs import services as jobs
from tests.notation import make_spans

pytestmark = pytest.mark.django_db(transaction=True)

TEXT, SPANS = make_spans("Ada[Speaker] said [it <b>rained</b>](Claim kind=fact) and [it did](Claim kind=fact).")


def url(name, *args):
    return reverse(f"agreement:{name}", args=["news", *args])


def measure(project):
    report = services.start_report(project, started_by=None, now=timezone.now(), own_process=True)
    jobs.run_here(services.job_of(report))
    report.refresh_from_db()
    return report


@pytest.fixture
def document(project, ada, ben, make_document, make_set):
    """A document on which Ada and Ben differ in three ways."""
    document = make_document(TEXT, title="<script>alert(1)</script>")
    speaker, rained, did = SPANS
    start, end = rained["fragments"][0]
    make_set(document, ada, SPANS, state="submitted", revision=3)
    wider = {**rained, "fragments": [[start, end + 4]]}
    make_set(
        document, ben, [speaker, wider, {**did, "attributes": {"kind": "position"}}], state="submitted", revision=2
    )
    return document


@pytest.fixture
def report(document, project):
    return measure(project)


def text_of(response):
    return " ".join(response.content.decode().split())


def test_without_documents_the_page_says_what_is_missing(project, page, lead):
    body = text_of(page(lead).get(url("latest")))

    assert "There is nothing to compare yet" in body
    assert "Measure agreement" not in body


def test_documents_without_second_annotator_are_counted(project, ada, make_document, make_set, page, lead):
    make_set(make_document(TEXT), ada, SPANS, state="submitted")

    assert "1 document needs a second annotator." in text_of(page(lead).get(url("latest")))


def test_lead_starts_a_report_and_sees_its_job(document, page, lead):
    client = page(lead)
    assert "Measure agreement" in text_of(client.get(url("latest")))

    response = client.post(url("measure"))

    report = AgreementReport.objects.get()
    assert response.status_code == 302
    assert response.url == reverse("jobs:job", args=["news", report.job_id])
    assert "A report is being measured." in text_of(client.get(url("latest")))
    assert client.get(url("report", report.pk)).url == response.url


def test_measuring_with_nothing_to_compare_is_explained(project, page, lead):
    response = page(lead).post(url("measure"))

    assert response.status_code == 409
    assert "has been submitted by two annotators" in text_of(response)


def test_labels_are_described_before_the_table(report, page, viewer):
    body = text_of(page(viewer).get(url("latest")))

    assert "the other marks an overlapping “Claim” 100 % (4 of 4) of the time." in body
    assert "Same boundaries: 50 % (2 of 4). 4 spans, 1 document, 2 annotators." in body
    assert "Not available: there are no spans to compare." in body
    assert body.index("of the time") < body.index("Figures by label")


def test_outdated_report_is_marked(report, page, viewer, ada):
    AnnotationSet.objects.filter(annotator=ada).update(revision=4)

    body = text_of(page(viewer).get(url("latest")))

    assert "This report is out of date:" in body
    assert "1 annotation set changed." in body


def test_documents_are_listed_from_worst_to_best(report, page, viewer, project, make_document, make_set):
    worse = make_document("Another text.", title="Worse")
    make_set(worse, "A", [{**SPANS[0], "fragments": [[0, 4]]}])
    make_set(worse, "B")
    measure(project)

    body = text_of(page(viewer).get(url("latest")))

    assert body.index("Worse") < body.index("&lt;script&gt;")
    assert text_of(page(viewer).get(f"{url('latest')}?order=alpha&page=99")).count("Worse") == 1


def test_titles_and_texts_are_escaped_everywhere(report, document, page, viewer):
    client = page(viewer)

    for address in (url("latest"), url("side-by-side", report.pk, document.pk)):
        body = client.get(address).content.decode()
        assert "<script>alert" not in body
        assert "<b>rained" not in body


def test_side_by_side_marks_and_lists_disagreements(report, document, page, viewer):
    body = text_of(page(viewer).get(url("side-by-side", report.pk, document.pk)))

    assert "1 identical span." in body
    assert 'id="side-1-1"' in body
    assert 'href="#disagreement-1"' in body
    assert "<strong>Boundary</strong>" in body
    assert "<strong>Attribute</strong>" in body
    assert "Kind: fact" in body
    assert "position" in body


def test_side_by_side_shows_measured_and_current_revisions(project, ada, ben, make_document, make_set, page, viewer):
    document = make_document(TEXT)
    make_set(document, ben, SPANS, state="submitted")
    own = make_set(document, ada)
    spans = [read_span(span, "") for span in SPANS]
    work = {"sha256": document.sha256, "author": ada, "now": timezone.now()}
    apply_changes(own, [AddSpan(str(uuid4()), span) for span in spans], base_revision=0, **work)
    AnnotationSet.objects.filter(pk=own.pk).update(state="submitted")
    report = measure(project)
    AnnotationSet.objects.filter(pk=own.pk).update(state="open")
    apply_changes(own, [RemoveSpan(str(uuid4()), spans[0])], base_revision=3, **work)
    here, client = url("side-by-side", report.pk, document.pk), page(viewer)

    then, now = text_of(client.get(here)), text_of(client.get(f"{here}?now=1"))

    assert "ada’s annotations have changed since the report: revision 3 was measured, revision 4 is current." in then
    assert "3 identical spans." in then
    assert "2 identical spans." in now
    assert "Show the measured revisions" in now


def test_any_two_of_three_sets_are_compared(document, project, make_set, page, viewer):
    third = make_set(document, "Clara", SPANS[:1])
    report = measure(project)
    client = page(viewer)
    address = url("side-by-side", report.pk, document.pk)

    chosen = text_of(client.get(f"{address}?first={third.pk}&second=999"))

    assert '<th scope="col">Clara</th> <th scope="col">ada</th>' in chosen
    assert f'<option value="{third.pk}" selected>Clara</option>' in chosen
    same = text_of(client.get(f"{address}?first={third.pk}&second={third.pk}"))
    assert '<th scope="col">Clara</th> <th scope="col">ada</th>' in same


def test_three_annotators_are_shown_as_a_matrix(document, project, make_set, page, viewer):
    make_set(document, "Clara", SPANS[:1])
    measure(project)

    assert "Overlap F1 of every pair of annotators" in text_of(page(viewer).get(url("latest")))


def test_every_figure_leads_to_its_definition(report, page, viewer):
    client = page(viewer)
    body = client.get(url("latest")).content.decode()
    explained = client.get(url("measures")).content.decode()

    for anchor in ("overlap", "exact", "unlabelled", "alpha-tokens", "alpha-code-points", "attributes", "kappa"):
        assert f'href="{url("measures")}#{anchor}"' in body
        assert f'id="{anchor}"' in explained


def test_earlier_reports_can_be_opened(report, project, page, viewer):
    measure(project)

    body = text_of(page(viewer).get(url("latest")))

    assert url("report", report.pk) in body
    assert page(viewer).get(url("report", report.pk)).status_code == 200


@pytest.mark.parametrize("who", ["ada", "stranger"])
def test_annotators_and_strangers_find_nothing(report, document, page, request, who):
    client = page(request.getfixturevalue(who))

    addresses = [url("latest"), url("measures"), url("report", report.pk), url("side-by-side", report.pk, document.pk)]
    assert [client.get(address).status_code for address in addresses] == [404] * 4
    assert client.post(url("measure")).status_code == 404


def test_viewers_cannot_measure(report, page, viewer):
    assert "Update report" not in text_of(page(viewer).get(url("latest")))
    assert page(viewer).post(url("measure")).status_code == 404


def test_a_report_of_another_project_is_not_found(report, document, page, stranger):
    address = reverse("agreement:side-by-side", args=["elsewhere", report.pk, document.pk])

    assert page(stranger).get(address).status_code == 404
    assert page(stranger).get(reverse("agreement:report", args=["elsewhere", report.pk])).status_code == 404


def test_a_document_outside_the_report_is_not_found(report, make_document, page, viewer):
    other = make_document("Another text.")

    assert page(viewer).get(url("side-by-side", report.pk, other.pk)).status_code == 404
