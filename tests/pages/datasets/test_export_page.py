"""The page on which a data set is exported."""

import pytest

from annotator.datasets import services
from annotator.datasets.models import Export
from annotator.datasets.options import ExportOptions
from annotator.jobs import services as jobs
from annotator.jobs.models import Job
from tests.notation import make_spans

URL = "/projects/news/exports/"


@pytest.fixture
def document(make_document, make_set):
    text, spans = make_spans("[Ada B.](Speaker kind=person) said so.\n")
    document = make_document(text)
    make_set(document, "A", spans)
    return document


def test_a_format_is_chosen_and_its_losses_are_counted_and_handed_out(page, lead, project, document):
    client = page(lead)
    assert '<option value="brat">brat standoff</option>' in client.get(URL).content.decode()

    answer = client.post(URL, {"view": "each", "layout": "document", "format": "doccano"})
    export = Export.objects.get()
    assert answer["Location"] == f"/projects/news/jobs/{export.job_id}/"
    Job.objects.update(own_process=True)
    jobs.run_here(services.job_of(export))

    html = client.get(URL).content.decode()
    assert f'<a href="/exports/{export.pk}/losses/" download>1 losses</a>' in html
    losses = client.get(f"/exports/{export.pk}/losses/")
    assert b'"what":"attributes"' in losses.getvalue()
    assert 'filename="news-each-doccano.zip.losses.json"' in losses["Content-Disposition"]
    data = client.get(f"/exports/{export.pk}/data/")
    assert (data["Content-Type"], data.getvalue()[:2]) == ("application/zip", b"PK")


def test_a_form_without_a_format_asks_for_jsonl(page, lead, project, document):
    page(lead).post(URL, {"view": "each", "layout": "set"})
    assert (Export.objects.get().options["format"], Export.objects.get().options["layout"]) == ("jsonl", "set")


@pytest.mark.parametrize("who", ["ada", "stranger"])
def test_losses_are_for_those_who_may_export(page, request, lead, project, document, who, now):
    export = services.start_export(project, options=ExportOptions(), started_by=lead, now=now, own_process=True)
    jobs.run_here(services.job_of(export))
    assert page(request.getfixturevalue(who)).get(f"/exports/{export.pk}/losses/").status_code == 404
    assert b'"all":0' in page(lead).get(f"/exports/{export.pk}/losses/").getvalue()
