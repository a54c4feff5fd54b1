"""Attributes of the document: agreement between annotators, and adjudication where they differ."""

import pytest

from annotator.adjudication import services
from annotator.adjudication.board.document_units import document_units
from annotator.adjudication.models import Step
from annotator.adjudication.problems import AttributeDecided, NothingToUndo, UndecidedUnits
from annotator.agreement import services as agreement
from annotator.agreement.scope import Scope
from annotator.corpus.spans.models import AnnotationSet, Change, SetState
from annotator.corpus.spans.selectors import find_damage
from annotator.platform.jobs import services as jobs
from projects.models import SchemaVersion

pytestmark = pytest.mark.django_db
DOCUMENT_ATTRIBUTES = [
    {"id": "genre", "name": "Genre", "choices": [{"id": "news", "name": "News"}, {"id": "op-ed"}]},
    {"id": "topics", "type": "multiple", "choices": [{"id": "war"}, {"id": "money"}]},
    {"id": "score", "type": "number"},
]


@pytest.fixture
def answered(project, make_document, make_set, ada, ben):
    """Two documents with the answers of two annotators; they differ on the first."""
    version = SchemaVersion.objects.get(project=project)
    version.definition = version.definition | {"document_attributes": DOCUMENT_ATTRIBUTES}
    version.save(update_fields=["definition"])
    answers = [
        ({"genre": "news", "topics": ["war"], "score": 1}, {"genre": "op-ed", "topics": ["war"]}),
        ({"genre": "news", "topics": ["war", "money"]}, {"genre": "news", "topics": ["money", "war"]}),
    ]
    documents = []
    for number, pair in enumerate(answers):
        documents.append(make_document(f"Ada said no {number}.\n"))
        for user, values in zip((ada, ben), pair, strict=True):
            make_set(documents[-1], user, state=SetState.SUBMITTED, document_attributes=values)
    return documents


def test_agreement_is_measured_by_attribute_and_leads_to_documents(answered, page, api, lead):
    rows = api(lead).get("/api/v1/projects/news/document-attribute-agreement/").json()
    shown = page(lead).get("/projects/news/agreement/document/").content.decode()

    assert [(row["attribute"], row["documents"], row["same_value"], row["differing"]) for row in rows] == [
        ("genre", 2, 0.5, 1),
        ("topics", 2, 1.0, 0),
        ("score", 0, None, 0),
    ]
    assert rows[0]["alpha"] == pytest.approx(0.0)
    assert (rows[1]["alpha"], rows[2]["alpha"]) == (1.0, None)
    assert "Where annotators differ on Genre" in shown
    assert "<q>News</q>" in shown
    assert "not available" in shown.lower()
    assert "agreement/document/" in page(lead).get("/projects/news/agreement/").content.decode()


def test_report_keeps_what_was_answered(answered, page, lead, project, now):
    """Later answers do not change it, nor does one that arrived while it was measured; names are hidden."""
    report = agreement.start_report(project, started_by=lead, now=now, scope=Scope(blind=True), own_process=True)
    assert jobs.run_here(report.job).state == "done"
    report.refresh_from_db()
    stored = report.result["document_attributes"]
    assert [(row["attribute"], row["documents"], row["same_value"]["value"], row["differing"]) for row in stored] == [
        ("genre", 2, 0.5, 1), ("topics", 2, 1.0, 0), ("score", 0, None, 0),
    ]  # fmt: skip
    (listed,) = stored[0]["listed"]
    names, values = zip(*sorted(listed["answers"]), strict=True)
    assert (listed["document"], names, set(values)) == (
        answered[0].pk, ("Annotator 1", "Annotator 2"), {"News", "op-ed"},
    )  # fmt: skip

    own = AnnotationSet.objects.get(document=answered[0], name="ada")
    payload = {"span_id": "", "before": {"attributes": {"genre": "news"}}, "after": {"attributes": {"genre": "op-ed"}}}
    Change.objects.create(
        annotation_set=own, revision=1, change_id="late", kind="update_span", payload=payload, created_at=now
    )
    own.revision, own.document_attributes = 1, own.document_attributes | {"genre": "op-ed"}
    own.save()
    agreement.finish_report(report, now=now)

    assert report.result["document_attributes"] == stored
    address = f"/projects/news/agreement/{report.pk}/"
    shown = page(lead).get(address).content.decode()
    assert "<q>News</q>" in shown
    assert "<bdi>ada</bdi>" not in shown
    table = page(lead).get(f"{address}report.csv?part=document-attributes").getvalue().decode()
    assert "document_attribute,genre,,,same_value,0.5,,,,2" in table
    assert "Where annotators differ" not in page(lead).get("/projects/news/agreement/document/").content.decode()


def test_contested_attributes_are_decided_before_completing(answered, page, lead, now):
    adjudication = services.start(answered[0], by=lead, now=now)
    gold = adjudication.annotation_set
    gold.refresh_from_db()
    assert gold.document_attributes == {"topics": ["war"]}
    assert [(unit.attribute.id, unit.is_contested, unit.is_decided) for unit in document_units(adjudication)] == [
        ("genre", True, False), ("topics", False, True), ("score", True, False),
    ]  # fmt: skip
    with pytest.raises(UndecidedUnits, match="Genre, score"):
        services.complete(adjudication, base_revision=adjudication.revision, by=lead, now=now)

    address = f"/documents/{answered[0].pk}/adjudication/"
    assert "None of these" in page(lead).get(address).content.decode()
    words = [version.words for version in document_units(adjudication)[0].versions]
    for attribute, version in (("genre", str(words.index("op-ed"))), ("score", "none")):
        assert page(lead).post(f"{address}document/", {"attribute": attribute, "version": version}).status_code == 302
    assert page(lead).post(f"{address}document/", {"attribute": "x", "version": "0"}).status_code == 422

    adjudication.refresh_from_db()
    services.complete(adjudication, base_revision=adjudication.revision, by=lead, now=now)
    gold.refresh_from_db()
    assert gold.document_attributes == {"genre": "op-ed", "topics": ["war"]}
    assert find_damage(gold) is None


def test_steps_with_an_id_are_made_once_and_others_are_asked(answered, page, lead, ada, now):
    adjudication = services.start(answered[0], by=lead, now=now)
    gold, address = adjudication.annotation_set, f"/documents/{answered[0].pk}/adjudication/"
    gold.refresh_from_db()
    seen, ids = gold.revision, [f"00000000-0000-4000-8000-00000000000{number}" for number in range(6)]

    def send(step, action, **values):
        answer = page(lead).post(f"{address}{step}/", values, HTTP_X_ACTION_ID=ids[action])
        adjudication.refresh_from_db()
        gold.refresh_from_db()
        return answer.status_code

    for action, attribute in ((0, "genre"), (0, "genre"), (1, "score"), (1, "score")):
        decided = {"attribute": attribute, "version": "none", "set_revision": seen, "near": "1"}
        assert send("document", action, **decided) == 302
    assert (gold.revision, gold.document_attributes) == (seen + 2, {"topics": ["war"]})
    services.decide_document(adjudication, "genre", version=0, by=ada, now=now)
    with pytest.raises(AttributeDecided, match="ada decided “Genre” since"):
        services.decide_document(adjudication, "genre", version=1, by=lead, now=now, base_revision=seen + 2)
    assert send("document", 2, attribute="genre", version="1", set_revision=seen) == 409

    revision = adjudication.revision
    assert send("settle", 3, revision=revision) == 302
    assert send("reopen", 4) == 302
    assert send("reopen", 4) == 302  # its answer was lost
    assert send("settle", 3, revision=revision) == 302  # so was that of the completion, which is not made again
    assert adjudication.state == "open"
    assert send("refresh", 5) == send("refresh", 5) == 302
    assert Step.objects.count() == 5  # a refused step is not recorded


def test_last_decision_about_the_document_is_undone_first(answered, page, lead, ada, now):
    """Undo goes back decision by decision; one whose answer was lost is made once."""
    adjudication = services.start(answered[0], by=lead, now=now)
    gold = adjudication.annotation_set
    with pytest.raises(NothingToUndo):  # what was accepted automatically is no decision
        services.undo(adjudication, base_revision=0, by=lead, now=now)
    for version in (0, 1, None):
        services.decide_document(adjudication, "genre", version=version, by=lead, now=now)
    values = [version.value for version in document_units(adjudication)[0].versions]

    def undo(action):
        sent = {"revision": adjudication.revision}
        url = f"/documents/{answered[0].pk}/adjudication/undo/"
        assert page(lead).post(url, sent, HTTP_X_ACTION_ID=f"00000000-0000-4000-8000-{action:012}").status_code == 302
        gold.refresh_from_db()
        unit = document_units(adjudication)[0]
        return unit.is_decided, unit.value

    assert [undo(1), undo(2), undo(2), undo(3)] == [
        (True, values[1]), (True, values[0]), (True, values[0]), (False, None),
    ]  # fmt: skip
    with pytest.raises(NothingToUndo):
        services.undo(adjudication, base_revision=0, by=lead, now=now)
    assert find_damage(gold) is None

    services.decide_document(adjudication, "genre", version=0, by=lead, now=now)
    services.decide_document(adjudication, "genre", version=1, by=ada, now=now)
    with pytest.raises(AttributeDecided, match="ada decided"):
        services.undo(adjudication, base_revision=0, by=lead, now=now)


def test_attributes_of_the_document_are_read_and_decided_over_the_api(answered, page, lead, ada, now):
    services.start(answered[0], by=lead, now=now)
    url = f"/api/v1/documents/{answered[0].pk}/adjudication/document/"
    shown = page(lead).get(url).json()
    genre = shown["attributes"][0]
    assert (genre["attribute"], genre["is_contested"], genre["is_decided"], genre["value"]) == (
        "genre", True, False, None,
    )  # fmt: skip
    values = [version["value"] for version in genre["versions"]]
    assert sorted(values) == ["news", "op-ed"]

    sent = {"attribute": "genre", "version": values.index("op-ed"), "set_revision": shown["set_revision"]}
    answer = page(lead).post(url, sent, "application/json")

    assert answer.status_code == 201
    assert answer.json()["attributes"][0]["value"] == "op-ed"
    assert page(lead).post(url, {"attribute": "genre", "version": None}, "application/json").status_code == 201
    assert page(lead).get(url).json()["attributes"][0]["is_decided"]
    assert page(lead).post(url, {"attribute": "genre", "version": 9}, "application/json").status_code == 422
    assert page(ada).get(url).status_code == 404
