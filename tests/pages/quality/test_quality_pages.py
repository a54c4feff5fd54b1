import pytest
from django.urls import reverse

from annotator.corpus.spans.models import AnnotationSet, SetPurpose, Span
from annotator.quality.models import Admission, GoldDocument, QualityPlan
from projects.models import Membership
from tests.unit.quality.conftest import GOLD, TEXT

pytestmark = pytest.mark.django_db

SETTINGS = {
    "is_required": "on", "least_overlap": "80", "least_exact": "", "opens_work": "on", "feedback": "after",
    "check_every": "", "pause_message": "",
}  # fmt: skip


def url(name, *args):
    return reverse(f"quality:{name}", args=args)


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def gold(project, make_document, make_set):
    """Return two adjudicated documents."""
    documents = [make_document(f"{TEXT} {number}.") for number in range(2)]
    for document in documents:
        make_set(document, "gold", GOLD, kind="adjudicated", state="adjudicated")
    return documents


def test_lead_sets_up_a_qualification_that_an_annotator_works_through(
    project, lead, ada, gold, page, api, make_document, make_set
):
    leads, adas = page(lead), page(ada)
    refused = leads.post(url("overview", "news"), SETTINGS | {"least_overlap": ""})
    assert refused.status_code == 422
    assert "Set a threshold for at least one measure." in text_of(refused)
    leads.post(url("overview", "news"), SETTINGS)
    purposes = {f"purpose-{gold[0].pk}": "qualification", f"purpose-{gold[1].pk}": "practice"}
    leads.post(url("documents", "news"), purposes)
    assert GoldDocument.objects.count() == 2

    opened = adas.post(reverse("assignments:next", args=["news"]))
    own = AnnotationSet.objects.get(annotator=ada)
    assert opened["Location"] == reverse("editor:edit", args=[own.pk])
    assert adas.get(opened["Location"]).status_code == 200
    assert adas.get(url("feedback", own.pk)).status_code == 404
    rained = GOLD[1]["fragments"][0]
    Span.objects.create(annotation_set=own, uid="own-1", label="Claim", start=rained[0], end=rained[1] - 2)
    api(ada).post(f"/api/v1/annotation-sets/{own.pk}/submit/", {}, format="json")
    own.refresh_from_db()
    assert own.state == "submitted"

    shown = text_of(adas.get(url("feedback", own.pk)))
    assert "0 spans are as adjudicated." in shown
    assert shown.count('class="version__text"') == 6
    mine = text_of(adas.get(url("mine", "news")))
    assert "at least 9 more documents are needed" in mine
    paused = adas.post(reverse("assignments:next", args=["news"]), follow=True)
    assert "at least 9 more documents are needed" in text_of(paused)

    overview = text_of(leads.get(url("overview", "news")))
    assert "Has to qualify" in overview
    assert "1 document, at least 9 more documents" in overview
    member = Membership.objects.get(user=ada).pk
    assert "0.50" in text_of(leads.get(url("member", "news", member)))
    leads.post(url("admission", "news", member), {"action": "open"})
    assert Admission.objects.get(user=ada).opened_by == lead
    assert "qualification,,overlap,1,4,0.5" in leads.get(url("csv", "news")).content.decode()
    results = api(lead).get("/api/v1/projects/news/quality/results/").json()
    assert [row["annotator"] for row in results] == ["ada", "ben"]
    assert results[0]["qualification"]["counts_as_data"] is False

    editor = reverse("editor:edit", args=[make_set(make_document("Osk left."), ada).pk])
    link = f'<a href="{url("mine", "news")}">Practise'
    assert link in text_of(adas.get(editor))
    practice = adas.post(url("practice", "news"))
    assert link not in text_of(adas.get(editor))
    assert practice.status_code == 302
    assert AnnotationSet.objects.get(annotator=ada, purpose="practice").document == gold[1]


def test_feedback_shows_the_rule_behind_the_decision(project, lead, ada, make_document, make_set, page):
    from annotator.adjudication import services
    from annotator.adjudication.units.versions import AcceptanceRule, DecisionKind
    from tests.conftest import NOW

    document = make_document(TEXT)
    make_set(document, "A", GOLD, state="submitted")
    adjudication = services.start(document, by=lead, now=NOW, rule=AcceptanceRule.OFF)
    for unit in adjudication.units.order_by("id"):
        adjudication.refresh_from_db()
        choice = services.Choice(
            unit=unit.pk, kind=DecisionKind.TAKE, source=0, reason="missed", section="Speakers", note="Names count."
        )
        services.decide(adjudication, choice, base_revision=adjudication.revision, by=lead, now=NOW)
    adjudication.refresh_from_db()
    services.complete(adjudication, base_revision=adjudication.revision, by=lead, now=NOW)
    QualityPlan.objects.create(project=project)
    own = make_set(document, ada, GOLD[:1], state="submitted", purpose=SetPurpose.PRACTICE)

    shown = text_of(page(ada).get(url("feedback", own.pk)))

    assert "1 span is as adjudicated." in shown
    assert "Guidelines: Speakers. <strong>Missed.</strong> Names count." in shown


def test_others_see_neither_settings_nor_results(project, ada, ben, viewer, stranger, gold, make_set, page, api):
    own = make_set(gold[0], ada, [], state="submitted", purpose=SetPurpose.CHECK)

    for user in (ada, viewer, stranger):
        assert page(user).get(url("overview", "news")).status_code == 404
        assert api(user).get("/api/v1/projects/news/quality/results/").status_code == 404
    # A hidden check is neither named nor explained to its annotator.
    assert page(ada).get(url("feedback", own.pk)).status_code == 404
    assert "Gold check" not in page(ada).get(url("mine", "news")).content.decode()
    assert page(ben).get(url("feedback", own.pk)).status_code == 404
