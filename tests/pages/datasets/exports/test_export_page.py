"""The page on which a data set is exported."""

import gzip
import json

import pytest

from annotator.datasets.exports import services
from annotator.datasets.exports.models import Export
from annotator.datasets.exports.options import ExportOptions
from annotator.datasets.exports.serializers import parse_options
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import Job
from tests.notation import make_spans

URL = "/projects/news/exports/"


@pytest.fixture
def document(make_document, make_set):
    text, spans = make_spans("[Ada B.](Speaker kind=person) said so.\n")
    document = make_document(text)
    make_set(document, "A", spans)
    return document


def test_losses_of_selected_format_can_be_downloaded(page, lead, project, document):
    client = page(lead)
    assert '<option value="brat">brat standoff</option>' in client.get(URL).content.decode()

    answer = client.post(URL, {"view": "each", "layout": "document", "format": "doccano"})
    export = Export.objects.get()
    assert answer["Location"] == f"/projects/news/jobs/{export.job_id}/"
    Job.objects.update(own_process=True)
    jobs.run_here(services.job_of(export))

    html = client.get(URL).content.decode()
    assert f'<a href="/exports/{export.pk}/losses/" download>1 loss<span' in html
    losses = client.get(f"/exports/{export.pk}/losses/")
    (reason,) = json.loads(losses.getvalue())["reasons"]
    assert (reason["what"], reason["why"], reason["count"]) == ("attributes", "The format has no attributes.", 1)
    assert [example["item"] for example in reason["examples"]] == ["s1"]
    complete = client.get(f"/exports/{export.pk}/losses/all/")
    assert json.loads(gzip.decompress(complete.getvalue()))["items"] == ["s1"]
    assert 'filename="news-each-doccano.zip.losses.json"' in losses["Content-Disposition"]
    data = client.get(f"/exports/{export.pk}/data/")
    assert (data["Content-Type"], data.getvalue()[:2]) == ("application/zip", b"PK")


def test_form_without_format_exports_jsonl(page, lead, project, document):
    page(lead).post(URL, {"view": "each", "layout": "set"})
    assert (Export.objects.get().options["format"], Export.objects.get().options["layout"]) == ("jsonl", "set")


@pytest.mark.parametrize("who", ["ada", "stranger"])
def test_loss_report_needs_permission_to_export(page, request, lead, project, document, who, now):
    export = services.start_export(project, options=ExportOptions(), started_by=lead, now=now, own_process=True)
    jobs.run_here(services.job_of(export))
    assert page(request.getfixturevalue(who)).get(f"/exports/{export.pk}/losses/").status_code == 404
    assert json.loads(page(lead).get(f"/exports/{export.pk}/losses/").getvalue())["counts"]["all"] == 0


CHOICES = {"view": "each", "format": "span-ner"}


def test_preview_shows_first_rows_without_exporting(page, lead, project, document):
    answer = page(lead).post(URL, CHOICES | {"action": "preview", "without_attributes": "on"})
    html = answer.content.decode()

    assert answer.status_code == 200
    assert "&quot;label&quot;: &quot;Speaker&quot;" in html
    assert "attributes <strong>1</strong>" in html
    assert not Export.objects.exists()


def test_preview_of_markup_is_text(page, lead, project, make_document, make_set):
    make_set(make_document("<script>alert(1)</script>\n"), "A")

    html = page(lead).post(URL, CHOICES | {"action": "preview"}).content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert" not in html


def test_empty_preview_is_explained(page, lead, project, document):
    html = page(lead).post(URL, CHOICES | {"action": "preview", "view": "adjudicated"}).content.decode()

    assert "nothing of the first documents would be exported" in html


def test_every_choice_of_the_form_becomes_an_option(page, lead, project, document):
    chosen = {
        "view": "consensus", "format": "jsonl", "layout": "set", "pseudonyms": "on", "labels": ["Claim", "Hedge"],
        "attributes": ["Claim.kind"], "without_notes": "on", "without_negatives": "on",
        "quotation_marks": "out", "nested": "inner", "discontinuous": "parts", "window": "0",
    }  # fmt: skip
    page(lead).post(URL, chosen)

    options = parse_options(Export.objects.get().options)
    assert options == ExportOptions(
        view="consensus", layout="set", pseudonyms=True, labels=("Claim", "Hedge"), attributes=("Claim.kind",),
        notes=False, negatives=False, quotation_marks="out", nested="inner", discontinuous="parts", window=0,
    )  # fmt: skip
    html = page(lead).get(URL).content.decode()
    assert html.count("<details") == html.count('<details class="form__more">') == 3
    assert (
        "Consensus, JSONL, one line per annotation set, Claim, Hedge, attributes Claim.kind, without quotation marks"
        in html
    )


def test_invalid_option_is_shown_beside_its_field(page, lead, project, document):
    answer = page(lead).post(URL, CHOICES | {"guideline": "on", "window": "99"})
    html = answer.content.decode()
    other = page(lead).post(URL, CHOICES | {"guideline": "on"}).content.decode()

    assert answer.status_code == 422
    assert "less than or equal to 20" in html
    assert "Guidelines can only be added to chat." in other
    both = page(lead).post(URL, CHOICES | {"attributes": ["Claim.kind"], "without_attributes": "on"})
    assert "Clear the selection, or include them" in both.content.decode()
    assert not Export.objects.exists()
