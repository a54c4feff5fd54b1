"""The table of documents: filters, columns, order, pages, actions on many documents, saved views, downloads."""

import json

import pytest

from annotator.agreement.models import AgreementReport, Disagreement, DocumentAgreement, Measurement
from annotator.corpus.documents import search
from annotator.corpus.documents.models import DeletedDocument, Document, DocumentTag, Tag
from annotator.corpus.spans.models import Exclusion
from annotator.datasets.exports.models import Export
from annotator.site.work_table.choice import read_choice
from annotator.site.work_table.models import SavedView
from annotator.site.work_table.selectors import keys_in_order
from annotator.workload.assignments.models import Assignment
from annotator.workload.assignments.services import create_round, next_document
from annotator.workload.assignments.services.plans import ensure_plans
from annotator.workload.timing.models import ActiveTime
from tests.conftest import NOW
from tests.notation import make_spans

pytestmark = pytest.mark.django_db
URL, API = "/projects/news/documents/", "/api/v1/projects/news/work-table/"


@pytest.fixture
def titles(page, lead):
    """Return a function that returns the titles in the table under some query."""

    def shown(query, user=lead):
        return [row.document.title for row in page(user).get(f"{URL}?{query}").context["table"].rows]

    return shown


@pytest.fixture
def worked(project, make_document, make_set, lead, ada, ben):
    """Return three documents: one with two submitted sets and a measured agreement, one begun, one without work."""
    text, spans = make_spans("Ada[Speaker] said [it rained](Claim kind=fact).")
    both, begun, free = (
        make_document(text, title=title, meta={"source": source})
        for title, source in (("Both", "tass"), ("Begun", "=bbc"), ("Free", "tass"))
    )
    for user in (ada, ben):
        make_set(both, user, spans, state="submitted", revision=2)
    ActiveTime.objects.create(annotation_set=both.annotation_sets.get(name="ada"), seconds=90, words=4, reported_at=NOW)
    make_set(begun, ada, spans, revision=1)
    report = AgreementReport.objects.create(project=project, created_at=NOW, measured_at=NOW, result={})
    measurement = Measurement.objects.create(document=both, key="k", tally={})
    DocumentAgreement.objects.create(report=report, document=both, measurement=measurement, overlap_f1=0.5)
    Disagreement.objects.create(
        measurement=measurement, first="ada", second="ben", kind="label", start=0, end=3, words="ada", detail={}
    )
    ensure_plans(project)
    return both, begun, free


def test_columns_show_what_belongs_to_each_document(page, lead, viewer, worked):
    columns = "&".join(f"column={name}" for name in ("state", "people", "labels", "minutes", "disagreements"))
    body = " ".join(page(lead).get(f"{URL}?{columns}&column=meta.source").content.decode().split())
    assert "<bdi>Claim</bdi> 2, <bdi>Speaker</bdi> 2" in body
    assert '<td class="number">1.5</td>' in body
    assert "<td><bdi>=bbc</bdi></td>" in body
    rows = {row["title"]: row for row in page(lead).get(f"{API}?{columns}&column=slots").json()["rows"]}
    assert rows["Both"]["state"] == "submitted"
    assert rows["Both"]["slots"] == {"taken": 0, "submitted": 2, "limit": 2}
    assert rows["Both"]["disagreements"] == 1
    assert (rows["Begun"]["state"], rows["Free"]["state"]) == ("begun", "unassigned")
    assert "minutes" not in page(viewer).get(f"{API}?{columns}").json()["rows"][0]


def test_attributes_of_the_document_are_columns_and_are_searched(page, lead, titles, worked):
    both, begun, _free = worked
    both.annotation_sets.filter(name="ada").update(document_attributes={"genre": "news", "topics": ["war", "money"]})
    both.annotation_sets.filter(name="ben").update(document_attributes={"genre": "news"})
    begun.annotation_sets.update(document_attributes={"genre": "op-ed"})
    columns = "column=document.genre&column=document.topics"
    assert "<bdi>news (2)</bdi>" in page(lead).get(f"{URL}?{columns}").content.decode()
    rows = page(lead).get(f"{API}?{columns}").json()["rows"]
    assert rows[0]["document"] == {"genre": {"news": 2}, "topics": {"war, money": 1}}
    download = b"".join(page(lead).get(f"{URL}download/csv/?{columns}").streaming_content).decode().splitlines()
    assert download[1].endswith(',Both,news (2),"war, money (1)"')
    assert titles("q=document.genre:news") == titles("q=document.topics:money") == ["Both"]
    assert titles("q=-document.genre:news&archive=all") == ["Begun", "Free"]


def test_filters_combine_and_wrong_ones_are_refused(titles, page, lead, ada, worked, project):
    Document.objects.filter(title="Free").update(is_archived=True)
    DocumentTag.objects.create(tag=Tag.objects.create(project=project, name="hard"), document=worked[1])
    assert titles("state=begun&person=ada") == ["Begun"]
    assert titles("label=Claim") == ["Both", "Begun"]
    assert titles("label=Claim&q=meta.source%3Atass") == ["Both"]
    assert titles("tag=hard") == ["Begun"]
    assert titles("q=-tag%3Ahard&archive=all&round=none") == ["Both", "Free"]
    assert titles("archive=only") == ["Free"]
    assert page(lead).get(f"{URL}?state=nonsense").status_code == 422
    assert page(ada).get(URL).status_code == page(ada).get(API).status_code == 404


@pytest.mark.parametrize("name", ["position", "title", "external_id", "length", "priority", "slots"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_pages_follow_each_order_without_gaps(make_document, project, lead, name, sign):
    for number in range(7):
        make_document("x" * (1 + number % 3), title=f"T{number % 2}")
    ensure_plans(project)
    choice, seen, after = read_choice({"sort": sign + name}), [], None
    while keys := keys_in_order(project, choice, user=lead, after=after, most=2):
        seen += keys
        after = keys[-1]
    assert sorted(seen) == sorted(Document.objects.values_list("pk", flat=True))
    assert seen == keys_in_order(project, choice, user=lead, most=50)


@pytest.mark.stores
def test_orders_by_metadata_and_by_spans_of_a_label(make_document, make_set, project, page, lead, ada, titles):
    values = {"ten": 10, "nine": 9, "b": "b", "B": "B", "true": True, "null": None, "float": 9.5}
    for title, value in values.items():
        make_document("x", title=title, meta={"a b.c": value})
    claims = make_document(make_spans("x[Claim] y[Claim]")[0], title="claims")
    make_set(claims, ada, make_spans("x[Claim] y[Claim]")[1])

    def every_page(sort):
        seen, after = [], None
        while keys := keys_in_order(project, read_choice({"sort": [sort]}), user=lead, after=after, most=2):
            seen += keys
            after = keys[-1]
        names = dict(Document.objects.values_list("pk", "title"))
        return [names[key] for key in seen]

    assert every_page("meta.a b.c") == ["nine", "float", "ten", "B", "b", "true", "null", "claims"]
    assert every_page("-meta.a b.c") == ["true", "b", "B", "ten", "float", "nine", "claims", "null"]
    assert every_page("-label.Claim")[0] == every_page("label.Claim")[-1] == "claims"
    downloaded = page(lead).get(f"{API}?sort=meta.a b.c&file=jsonl").getvalue().decode().splitlines()
    assert [json.loads(line)["title"] for line in downloaded][:3] == ["nine", "float", "ten"]
    assert len(titles("sort=-label.Claim")) == len(values) + 1


def test_order_of_agreement_lists_measured_documents(titles, worked):
    assert titles("sort=agreement") == ["Both"]


def test_actions_change_chosen_documents_or_all_of_the_filter(page, project, lead, viewer, ada, worked):
    both, begun, free = worked
    client = page(lead)
    pilot = create_round(project, now=NOW, name="Pilot")
    client.post(URL, {"document": [both.pk, free.pk], "action": "tag", "tag": "hard"})
    assert set(DocumentTag.objects.values_list("document", flat=True)) == {both.pk, free.pk}
    client.post(f"{URL}?state=unassigned", {"all": "yes", "action": "assign", "annotator": "ada"})
    assert Assignment.objects.get().document_id == free.pk
    client.post(URL, {"document": [begun.pk], "action": "plan", "to_round": pilot.pk, "priority": "3"})
    assert begun.plan.priority == 3
    done = page(lead).post(
        f"{API}actions/", {"action": "untag", "tag": "hard", "filters": {"tag": "hard"}}, "application/json"
    )
    assert done.json()["changed"] == 2
    assert not Tag.objects.exists()
    answer = client.post(URL, {"document": [both.pk, free.pk], "action": "adjudicate"}, follow=True)
    assert "Started the adjudication of 1 document." in answer.content.decode()
    assert "1 document cannot be adjudicated" in answer.content.decode()
    client.post(URL, {"document": [both.pk], "action": "export"})
    assert Export.objects.get().options["documents"] == [both.pk]
    client.post(URL, {"document": [begun.pk], "action": "exclude", "reason": "Advertisement"})
    assert Exclusion.objects.get().document_id == begun.pk
    assert "Choose documents first." in client.post(URL, {"action": "archive"}, follow=True).content.decode()
    assert page(viewer).post(URL, {"document": [both.pk], "action": "archive"}).status_code == 404


def test_archived_document_is_not_assigned(page, project, lead, ada, make_document):
    archived, other = make_document("One."), make_document("Two.")
    page(lead).post(URL, {"document": [archived.pk], "action": "archive"})
    assert next_document(project, user=ada, now=NOW).assignment.document_id == other.pk
    answer = page(lead).post(
        f"{API}actions/", {"action": "assign", "annotator": "ben", "documents": [archived.pk]}, "application/json"
    )
    assert (answer.json()["changed"], answer.json()["refused"]) == (0, 1)
    page(lead).post(f"{URL}?archive=only", {"all": "yes", "action": "restore"})
    assert not Document.objects.filter(is_archived=True).exists()


def test_views_are_saved_shared_and_deleted(page, lead, viewer, worked):
    page(lead).post(f"{URL}views/?state=begun&column=state", {"name": "To do", "shared": "yes"})
    view = SavedView.objects.get()
    assert view.choice == {"state": "begun", "column": ["state"]}
    assert "?state=begun&amp;column=state" in page(viewer).get(URL).content.decode()
    assert page(viewer).post(f"{URL}views/{view.pk}/delete/").status_code == 404
    created = page(viewer).post(f"{API}views/", {"name": "Mine", "choice": {"sort": "-title"}}, "application/json")
    assert created.json()["choice"] == {"sort": "-title"}
    assert page(viewer).post(f"{API}views/", {"name": "x", "is_shared": True}, "application/json").status_code == 404
    assert page(viewer).delete(f"{API}views/{created.json()['id']}/").status_code == 204
    page(lead).post(f"{URL}views/{view.pk}/delete/")
    assert not SavedView.objects.exists()


def test_downloads_hold_every_row(page, lead, worked):
    columns = "column=labels&column=meta.source&column=tags"
    answer = page(lead).get(f"{URL}download/csv/?{columns}")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert (
        lines[0] == "id,external_id,title,spans.Claim,spans.Cue,spans.Denial,spans.Hedge,spans.Speaker,meta.source,tags"
    )
    assert lines[2].endswith(",Begun,1,0,0,0,1,'=bbc,")
    answer = page(lead).get(f"{API}?file=jsonl&state=begun&{columns}")
    (line,) = b"".join(answer.streaming_content).decode().splitlines()
    assert json.loads(line)["labels"] == {"Claim": 1, "Speaker": 1}
    assert page(lead).get(f"{URL}download/xml/").status_code == 404


def test_only_documents_without_work_are_deleted(page, project, lead, ada, worked):
    both, begun, free = worked
    next_document(project, user=ada, now=NOW)
    assert Assignment.objects.get().document_id == free.pk
    search.index_documents(project, most=10)
    chosen = {"document": [both.pk, begun.pk, free.pk], "action": "delete"}
    assert "Give a reason" in page(lead).post(URL, chosen, follow=True).content.decode()
    body = page(lead).post(URL, chosen | {"reason": "Advertisement"}, follow=True).content.decode()
    assert "Deleted 1 document." in body
    assert "2 documents were not deleted" in body
    assert set(Document.objects.values_list("pk", flat=True)) == {both.pk, begun.pk}
    assert begun.annotation_sets.get().spans.count() == 2
    deleted = DeletedDocument.objects.get()
    assert (deleted.external_id, deleted.reason, deleted.deleted_by) == (free.external_id, "Advertisement", lead)
    assert not Assignment.objects.exists()
