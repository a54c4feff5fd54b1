import csv
import io
import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from annotator.agreement import services
from annotator.agreement.models import AgreementReport
from annotator.agreement.scope import Scope
from annotator.agreement.selectors.reports import latest_report, report_summaries
from annotator.corpus.spans.models import AnnotationSet
from annotator.platform.jobs import services as jobs
from tests.notation import make_spans

pytestmark = pytest.mark.django_db(transaction=True)

TEXT, SPANS = make_spans(
    "The minister[Speaker] said [it <b>rained</b>](Claim kind=fact), said [it did](Claim kind=fact)."
)


def url(name, *args):
    return reverse(f"agreement:{name}", args=["news", *args])


def measure(project):
    report = services.start_report(project, started_by=None, now=timezone.now(), own_process=True)
    jobs.run_here(services.job_of(report))
    report.refresh_from_db()
    services.finish_gamma(report)
    return report


@pytest.fixture
def documents(project, ada, ben, make_document, make_set):
    """Two documents on which Ben marks the article too, takes a claim for a hedge, and misses the other."""
    made = []
    for number in range(2):
        document = make_document(f"{TEXT}{'!' * number}", title=f"Document {number}")
        make_set(document, ada, SPANS, state="submitted", revision=3)
        speaker, rained, _ = SPANS
        wider = {**speaker, "fragments": [[0, 12]]}
        make_set(document, ben, [wider, {**rained, "label": "Hedge"}], state="submitted", revision=2)
        made.append(document)
    return made


@pytest.fixture
def report(documents, project):
    return measure(project)


def text_of(response):
    return " ".join(response.content.decode().split())


def test_every_figure_leads_to_the_disagreements_behind_it(report, page, viewer):
    client = page(viewer)
    body = client.get(url("latest")).content.decode()
    listed = url("disagreements", report.pk)

    for query in ("label=Claim", "one=ada&amp;another=ben", "kind=label&amp;label=Claim&amp;other=Hedge", "document="):
        assert f'href="{listed}?{query}' in body
    assert client.get(f"{listed}?kind=label&label=Claim&other=Hedge").content.decode().count("data-open") == 2


def test_patterns_lead_to_their_disagreements(report, documents, page, viewer):
    body = text_of(page(viewer).get(url("patterns", report.pk)))

    assert "it &lt;b&gt;rained&lt;/b&gt;" in body
    assert "An article (a, an, the)" in body
    listed = url("disagreements", report.pk)
    for query, found in (
        ("boundary=article&amp;side=start", 2),
        ("kind=label&amp;label=Hedge", 2),
        (f"document={documents[0].pk}&amp;place=0-{len(TEXT)}", 3),
    ):
        assert f'href="{listed}?{query}"' in body
        answer = page(viewer).get(f"{listed}?{query.replace('&amp;', '&')}").content.decode()
        assert answer.count("data-open") == found
    assert page(viewer).get(f"{listed}?boundary=article&side=end").content.decode().count("data-open") == 0
    assert "two annotators always disagree with each other equally often" in body
    assert "<b>rained" not in body


def test_the_meeting_draft_is_escaped_markdown(report, page, viewer):
    response = page(viewer).get(url("draft", report.pk))
    draft = response.content.decode()

    assert response["Content-Type"].startswith("text/markdown")
    assert "- **Claim or Hedge?** Annotators chose both labels for the same text 2 times." in draft
    assert (
        "**Does the span include an article (a, an, the)?** Boundaries differ by this 2 times at the start (Speaker 2)."
        in draft
    )
    assert "\\<b\\>rained" in draft


def test_json_has_everything_to_repeat_a_report(report, documents, page, viewer):
    response = page(viewer).get(url("json", report.pk))

    record = json.loads(response.getvalue())
    assert response.streaming
    assert response["Content-Disposition"].startswith("attachment")
    assert [(each["annotator"], each["revision"]) for each in record["sets"]] == [("ada", 3), ("ben", 2)] * 2
    assert record["sets"][0]["sha256"] == documents[0].sha256
    assert record["settings"]["interval"]["least_documents"] == 10
    assert record["result"] == report.result


def test_page_says_what_quality_control_left_out(report, documents, page, viewer, make_set, make_user):
    assert "quality control" not in page(viewer).get(url("report", report.pk)).content.decode().split("<main")[1]
    for name in ("eve", "kim"):
        make_set(documents[0], make_user(name), state="submitted", purpose="check")

    content = " ".join(page(viewer).get(url("report", report.pk)).content.decode().split())
    assert "2 annotation sets for quality control, of 2 people, are not part of it" in content


def test_csv_has_every_figure_and_no_formula(report, page, viewer):
    AgreementReport.objects.filter(pk=report.pk).update(
        result={**report.result, "relations": [{**report.result["pairs"][0]["overall"], "label": "=1+1"}]}
    )

    rows = list(csv.DictReader(io.StringIO(page(viewer).get(url("csv", report.pk)).getvalue().decode())))

    found = {(row["section"], row["label"], row["measure"]): row["value"] for row in rows}
    assert float(found["label", "Speaker", "overlap_f1"]) == 1
    assert found["label", "Denial", "overlap_f1"] == ""
    assert ("overall", "", "gamma") in found
    assert ("relation", "'=1+1", "overlap_f1") in found


@pytest.mark.parametrize(
    ("part", "section"),
    [("labels", "label"), ("gamma", "overall"), ("pairs", "pair"), ("people", "against_others"), ("tokens", "tokens"),
     ("confusion", "aligned"), ("documents", "document"), ("batches", "batch"), ("disagreements", "disagreement")],
)  # fmt: skip
def test_each_part_can_be_downloaded_by_itself(report, page, viewer, part, section):
    client = page(viewer)

    rows = list(csv.DictReader(io.StringIO(client.get(f"{url('csv', report.pk)}?part={part}").getvalue().decode())))
    record = json.loads(client.get(f"{url('json', report.pk)}?part={part}").getvalue())

    sections = {row["section"] for row in rows}
    assert sections >= {section, "report", "setting", "set"}
    assert ("tokens" in sections) == (part == "tokens")
    assert record["settings"]["interval"]["least_documents"] == 10
    assert len(record["sets"]) == 4
    assert set(record["result"]) < set(report.result)
    assert client.get(f"{url('csv', report.pk)}?part=nonsense").status_code == 404


def test_the_filtered_list_can_be_downloaded(report, documents, page, viewer):
    client = page(viewer)

    whole = list(csv.DictReader(io.StringIO(client.get(url("disagreements-csv", report.pk)).getvalue().decode())))
    lines = client.get(f"{url('disagreements-jsonl', report.pk)}?kind=boundary").getvalue().splitlines()

    assert len(whole) == 6
    assert {(row["first"], row["second"]) for row in whole} == {("ada", "ben")}
    boundary = json.loads(lines[0])
    assert [boundary[side][0]["text"] for side in ("first_version", "second_version")] == ["minister", "The minister"]
    assert (boundary["document"], boundary["start_difference"]) == (documents[0].external_id, "article")
    assert len(lines) == 2


def test_a_batch_leads_to_its_disagreements(report, documents, page, viewer, make_document):
    client = page(viewer)
    batch = report.result["batches"][0]["at"]

    assert client.get(url("disagreements", report.pk), {"batch": batch}).content.decode().count("data-open") == 6
    elsewhere = client.get(url("disagreements", report.pk), {"batch": "2001-01-01T00:00:00+00:00"})
    assert elsewhere.content.decode().count("data-open") == 0
    for wrong in ("x", "2001-01-01", "0001-01-01T00:00:00+14:00"):
        assert client.get(url("disagreements", report.pk), {"batch": wrong}).content.decode().count("data-open") == 6


def test_a_week_leads_to_its_disagreements(documents, project, page, viewer):
    sets = AnnotationSet.objects.filter(document=documents[0])
    sets.update(submitted_at=datetime(2026, 3, 8, 23, 30, tzinfo=UTC))
    AnnotationSet.objects.exclude(pk__in=sets).update(submitted_at=datetime(2026, 3, 9, 0, 30, tzinfo=UTC))
    report, client = measure(project), page(viewer)

    weeks = [week["at"] for week in report.result["weeks"]]
    body = text_of(client.get(url("latest")))
    filtered = [client.get(url("disagreements", report.pk), {"week": week, "apart": "ben"}) for week in weeks]
    listed = [client.get(url("disagreements", report.pk), {"week": week}) for week in (*weeks, "9999-12-31T00:00Z")]

    assert weeks == ["2026-03-02T00:00:00+00:00", "2026-03-09T00:00:00+00:00"]
    assert [answer.content.decode().count("data-open") for answer in listed] == [3, 3, 6]
    assert "Submitted in the week from 2026-03-02" in text_of(listed[0])
    assert all(f"{url('disagreements', report.pk)}?{urlencode({'week': week})}" in body for week in weeks)
    assert all('name="week"' in answer.content.decode() for answer in listed[:2])
    assert 'name="apart" value="ben"' in filtered[0].content.decode()


def test_two_reports_are_compared(report, documents, project, page, viewer, ben, make_document, make_set):
    make_set(make_document("Another text."), "A", [{**SPANS[0], "fragments": [[0, 4]]}])
    AnnotationSet.objects.filter(annotator=ben, document=documents[0]).update(state="open")
    later = measure(project)

    body = text_of(page(viewer).get(f"{url('against', report.pk)}?with={later.pk}"))

    assert "2 documents, 2 annotators, 10 spans" in body
    assert "1 document, 2 annotators, 5 spans" in body
    assert "±0.00" in body
    assert page(viewer).get(f"{url('against', report.pk)}?with=nonsense").status_code == 404


def test_an_outdated_report_lists_the_changed_sets(report, documents, page, viewer, ben):
    AnnotationSet.objects.filter(annotator=ben, document=documents[0]).update(revision=5)

    body = text_of(page(viewer).get(url("latest")))

    assert "<bdi>Document 0</bdi>, ben: revision 2, now 5" in body


def test_the_filters_of_a_report_are_shown(documents, page, lead):
    client = page(lead)
    client.post(url("measure"), {"labels": ["Claim"], "documents": "document-1\n", "blind": "on"})
    report = AgreementReport.objects.get()
    jobs.run_here(services.job_of(report))

    assert "There is no agreement report yet" in text_of(client.get(url("latest")))
    body = text_of(client.get(f"/projects/news/agreement/{report.pk}/"))

    assert "Filters: labels: Claim; 1 selected document; names hidden." in body
    assert "limited report" in body
    assert "Annotator 1" in body
    assert "ada: " not in body


@pytest.mark.parametrize(
    "wrong", [{"labels": ["x"]}, {"documents": "x"}, {"since": "2026-02-02", "until": "2026-01-01"}]
)
def test_invalid_filters_are_explained(documents, page, lead, wrong):
    response = page(lead).post(url("measure"), wrong)

    assert response.status_code == 422
    assert not AgreementReport.objects.exists()


def test_reports_without_stored_disagreements_are_shown(report, page, viewer):
    kept = ("documents", "annotators", "labels", "overall", "pairs", "attributes", "relations", "left_out")
    AgreementReport.objects.filter(pk=report.pk).update(result={name: report.result[name] for name in kept})
    client = page(viewer)

    assert "made before disagreements were stored" in text_of(client.get(url("latest")))
    for name in ("disagreements", "patterns", "csv", "json"):
        assert client.get(url(name, report.pk)).status_code == 200


def test_the_only_annotator_is_named(project, ada, make_document, make_set, page, lead):
    make_set(make_document(TEXT), ada, SPANS, state="submitted")

    assert "ada is the only annotator with finished documents" in text_of(page(lead).post(url("measure")))


def test_refused_filters_come_back_as_typed(documents, page, lead):
    answer = page(lead).post(url("measure"), {"labels": ["Claim"], "documents": " no-such \n", "since": "2026-01-02"})

    body = answer.content.decode()
    assert answer.status_code == 422
    assert "This project has no document no-such." in text_of(answer)
    assert " no-such " in body
    assert 'value="2026-01-02"' in body


def test_limited_report_is_never_the_official_one(report, documents, project, page, lead):
    client = page(lead)
    limited = services.start_report(
        project, started_by=None, now=timezone.now(), own_process=True, scope=Scope(labels=("Claim",))
    )
    jobs.run_here(services.job_of(limited))

    official = latest_report(project)
    assert official == report
    assert "result" in official.get_deferred_fields()  # most pages need its number only
    assert [summary.id for summary in report_summaries(report)] == [report.pk]
    assert [summary.id for summary in report_summaries(limited)] == [limited.pk]
    assert "Open the official report" not in text_of(client.get(url("latest")))
    body = text_of(client.get(f"/projects/news/agreement/{limited.pk}/"))
    assert "Open the official report" in body
    download = client.get(f"/projects/news/agreement/{limited.pk}/report.csv")
    assert "-limited.csv" in download.headers["Content-Disposition"]


def test_gamma_is_measured_by_a_job_of_its_own(documents, project, page, lead):
    client = page(lead)
    client.post(url("measure"), {"without_gamma": "on"})
    report = AgreementReport.objects.get()
    jobs.run_here(services.job_of(report))
    assert "Gamma was not measured for this report" in text_of(client.get(url("latest")))
    client.post(f"/projects/news/agreement/{report.pk}/gamma/")
    report.refresh_from_db()
    assert "Gamma is being measured" in text_of(client.get(url("latest")))

    jobs.cancel(report.gamma_job, now=timezone.now())
    assert "Measure gamma" in text_of(client.get(url("latest")))
    client.post(f"/projects/news/agreement/{report.pk}/gamma/")
    report.refresh_from_db()
    jobs.run_here(report.gamma_job)

    assert "Gamma: 0." in text_of(client.get(url("latest")))
    assert client.post(f"/projects/news/agreement/{report.pk}/gamma/").status_code == 302


def test_every_picture_and_the_trend_can_be_downloaded(report, project, page, viewer):
    import xml.etree.ElementTree as ElementTree

    from annotator.agreement.pages.pictures import PICTURES

    second, client = measure(project), page(viewer)
    text = "{http://www.w3.org/2000/svg}text"
    drawn = {name: ElementTree.fromstring(client.get(url(name, second.pk)).content) for name in PICTURES}
    written = {name: [part.text for part in root.iter(text)] for name, root in drawn.items()}
    trend = list(csv.reader(io.StringIO(client.get(url("trend-csv", second.pk)).content.decode())))

    assert "no span" in written["confusion"]
    # Two annotators have no heat map of pairs, and one import no line.
    assert written["pairs"] == ["Not available: nothing to draw."]
    assert written["distribution"][:1] == ["2"]
    assert drawn["trend"].attrib["aria-label"].startswith("Overlap F1 by report: ")
    assert [row[0] for row in trend] == ["report", str(report.pk), str(second.pk)]
    assert "Overlap F1 by report" in text_of(client.get(f"/projects/news/agreement/{second.pk}/"))


def test_forest_plot_is_on_the_page_and_a_picture_of_its_own(report, page, viewer):
    import xml.etree.ElementTree as ElementTree

    picture = page(viewer).get(url("forest", report.pk))
    shown = text_of(page(viewer).get(f"/projects/news/agreement/{report.pk}/"))

    assert picture["Content-Type"].startswith("image/svg+xml")
    root = ElementTree.fromstring(picture.content)
    titles = [title.text for title in root.iter("{http://www.w3.org/2000/svg}title")]
    assert titles[-1].startswith("All labels: 0.")
    assert len(titles) == len(set(titles)) > 1
    assert all(title in shown for title in titles)
    assert "style=" not in picture.content.decode()
