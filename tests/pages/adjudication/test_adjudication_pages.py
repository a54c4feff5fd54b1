"""Pages of adjudication as plain forms."""

import pytest

from annotator.adjudication.board.contents import read_board
from annotator.adjudication.models import Adjudication, ProjectRule
from projects.models import Membership
from projects.roles import Role
from projects.selectors import current_guideline
from tests.notation import make_spans
from tests.pages.adjudication.conftest import decide, open_unit

pytestmark = pytest.mark.django_db


def test_document_goes_from_queue_to_adjudicated(page, lead, document, here):
    client = page(lead)
    assert document.title in client.get("/projects/news/adjudication/").content.decode()
    assert "Start adjudication" in client.get(here).content.decode()

    client.post(f"{here}start/")
    content = client.get(here).content.decode()
    assert "Location 1 of 1:" in content
    assert "&lt;b&gt;hard" in content
    assert decide(client, here).status_code == 302
    client.post(f"{here}settle/", {"revision": Adjudication.objects.get().revision})

    assert "Adjudicated</strong> by lena" in client.get(here).content.decode()
    assert document.title not in client.get("/projects/news/adjudication/").content.decode()
    assert document.title in client.get("/projects/news/adjudication/?show=settled").content.decode()


def test_decisions_to_expect_are_counted_on_request_in_a_long_document(page, lead, here, monkeypatch):
    monkeypatch.setattr("annotator.adjudication.pages.desk.MOST_SPANS", 1)
    client = page(lead)

    before, counted = (client.get(f"{here}{query}").content.decode() for query in ("?at=9", "?count=yes&at=9"))
    assert '<a href="?count=yes&amp;at=9">Count expected decisions</a>' in before
    assert "Annotators who must agree" not in before
    assert "Annotators who must agree" in counted


def test_refused_completion_counts_locations(begun, here):
    answer = begun.post(f"{here}settle/", {"revision": Adjudication.objects.get().revision})

    assert (answer.status_code, "1 location is not decided yet." in answer.content.decode()) == (409, True)


def test_names_are_hidden_in_blind_projects(page, lead, here):
    client = page(lead)
    client.post("/projects/news/adjudication/rule/", {"rule": "off", "blind": "on"})
    client.post(f"{here}start/")

    content = client.get(here).content.decode().split('id="work"')[1]

    assert (ProjectRule.objects.get().rule, ProjectRule.objects.get().blind) == ("off", True)
    assert "ada" not in content
    assert "Choose the version of A" in content


def test_stale_decision_is_answered_with_later_decisions(begun, page, here, make_user, project):
    other = make_user("odo")
    Membership.objects.create(project=project, user=other, role=Role.ADJUDICATOR, joined_at=project.created_at)
    seen = Adjudication.objects.get().revision
    unit = open_unit()
    page(other).post(f"{here}units/{unit}/", {"revision": seen, "choice": "none", "note": "No claim"})

    answer = begun.post(f"{here}units/{unit}/", {"revision": seen, "choice": "take:1", "note": "my note"})

    content = answer.content.decode()
    assert answer.status_code == 409
    assert "odo: none of these" in content
    assert 'value="my note"' in content
    assert read_board(Adjudication.objects.get()).by_id[unit].decision.kind == "none"


def test_page_shows_decisions_of_others_since(begun, page, here, make_document, make_set, lead, ada):
    unit = open_unit()
    answer = begun.get(f"{here}?unit={unit}&since=0")
    assert "Others have made decisions" not in answer.content.decode()
    adjudication = Adjudication.objects.get()
    adjudication.decisions.update(by=ada)

    assert "Others have made decisions" in begun.get(f"{here}?unit={unit}&since=0").content.decode()


@pytest.mark.parametrize(
    ("mode", "steps", "expected"),
    [
        ("edited", ["end:1:0"], ["it rained <"]),
        ("edited", ["start:1:0"], ["rained"]),
        ("split", [], ["it", "rained"]),
        ("merged", [], ["Ada said it rained"]),
    ],
)
def test_spans_are_edited_step_by_step(begun, here, document, mode, steps, expected):
    unit = open_unit()
    draft = begun.get(f"{here}units/{unit}/edit/?mode={mode}").context["draft"]
    given = {"mode": mode, "label": "Claim", "revision": Adjudication.objects.get().revision}
    for step in [*steps, "save"]:
        fields = {"fragments": draft["fragments"], "at": draft["at"], "partner": draft["partner"] or "", "step": step}
        answer = begun.post(f"{here}units/{unit}/edit/", given | fields)
        draft = answer.context["draft"] if answer.context else draft

    adjudication = Adjudication.objects.get()
    claims = adjudication.annotation_set.spans.filter(label="Claim").order_by("start")
    assert [document.text[span.start : span.end] for span in claims] == expected
    assert adjudication.decisions.filter(kind=mode, is_current=True).exists()


def test_new_label_shows_its_attributes(begun, here):
    unit = open_unit()
    given = {"mode": "edited", "label": "Denial", "fragments": "9-18", "step": "label", "revision": 1, "note": "kept"}

    content = begun.post(f"{here}units/{unit}/edit/", given).content.decode()

    assert 'name="attribute-target"' in content
    assert 'value="kept"' in content


@pytest.mark.parametrize(
    "fields", [{"choice": "take:9"}, {"choice": "nonsense"}, {"choice": "take:x"}, {"revision": "x"}, {"reason": "odd"}]
)
def test_invalid_decision_is_refused_with_the_page(begun, here, fields):
    answer = decide(begun, here, **fields)

    assert answer.status_code == 422
    assert "Location 1 of 1" in answer.content.decode()


@pytest.mark.parametrize("at", ["9", "at-boundary-9-18", "9-18"])
def test_location_in_the_address_opens_its_unit(begun, here, at):
    assert "Claim" in begun.get(f"{here}?at={at}").content.decode().split("unit-heading")[2]


def test_undo_redirects_to_the_unit(begun, here):
    unit = open_unit()
    decide(begun, here)

    answer = begun.post(f"{here}undo/", {"revision": Adjudication.objects.get().revision})

    assert answer.headers["Location"] == f"{here}?unit={unit}"
    assert open_unit() == unit
    assert begun.post(f"{here}undo/", {"revision": Adjudication.objects.get().revision}).status_code == 409


def test_only_leads_add_examples_to_guidelines(begun, page, here, project, make_user):
    other = make_user("odo")
    Membership.objects.create(project=project, user=other, role=Role.ADJUDICATOR, joined_at=project.created_at)
    unit = open_unit()
    decide(begun, here)

    assert page(other).post(f"{here}units/{unit}/pin/").status_code == 404
    begun.post(f"{here}units/{unit}/pin/")

    assert "## Examples" in current_guideline(project).text
    assert "since version 2" in begun.get(f"{here}?unit={unit}").content.decode()


def test_annotator_sees_feedback_on_own_annotations_only(begun, page, here, ada, ben, document):
    decide(begun, here, choice="take:0", note="Because of it")
    begun.post(f"{here}settle/", {"revision": Adjudication.objects.get().revision})
    names = ["ada", "ben"]
    sets = {name: document.annotation_sets.get(name=name) for name in names}
    pages = {
        name: page(user).get(f"/annotation-sets/{sets[name].pk}/feedback/")
        for name, user in zip(names, [ada, ben], strict=True)
    }
    contents = {name: answer.content.decode() for name, answer in pages.items()}

    assert sum("Because of it" in content for content in contents.values()) == 1
    assert "ben" not in contents["ada"]
    assert page(ben).get(f"/annotation-sets/{sets['ada'].pk}/feedback/").status_code == 404


def test_overruled_annotations_are_listed(begun, here):
    assert "No document has been adjudicated" in begun.get("/projects/news/adjudication/reversals/").content.decode()
    decide(begun, here, reason="boundary")
    begun.post(f"{here}settle/", {"revision": Adjudication.objects.get().revision})

    content = begun.get("/projects/news/adjudication/reversals/").content.decode()

    assert "Wrong boundary" in content
    assert "Agreement with the adjudicated sets" in content


def test_viewers_and_annotators_cannot_adjudicate(page, viewer, ada, here):
    for user in (viewer, ada):
        assert page(user).get(here).status_code == 404
        assert page(user).post(f"{here}start/").status_code == 404
        assert page(user).get("/projects/news/adjudication/").status_code == 404


def test_updates_from_annotators_are_applied(begun, here, document, ben):
    decide(begun, here)
    annotation_set = document.annotation_sets.get(name="ben")
    annotation_set.spans.filter(label="Speaker").delete()
    annotation_set.revision = 2
    annotation_set.save()
    refusal = begun.post(f"{here}settle/", {"revision": Adjudication.objects.get().revision})
    assert refusal.status_code == 409
    assert "Apply updates" in refusal.content.decode()

    begun.post(f"{here}refresh/")

    content = begun.get(here).content.decode()
    assert "changed since it was decided" in content
    assert "Speaker" in content


def test_equal_versions_are_shown_once(page, lead, make_document, make_set, ada, ben):
    text, spans = make_spans("Ada[Speaker] spoke.")
    document = make_document(text)
    for author in (ada, ben, "C"):
        make_set(document, author, spans, state="submitted", revision=1)
    make_set(document, "D", [], state="submitted", revision=1)
    client, here = page(lead), f"/documents/{document.pk}/adjudication/"

    client.post(f"{here}start/", {"rule": "exact", "blind": "no"})
    answer = client.get(here)

    lanes = answer.context["unit"].lanes
    assert [(lane.name, lane.annotators, lane.of) for lane in lanes] == [("C, ada, ben", 3, 4), ("D", 1, 4)]
    content = " ".join(answer.content.decode().split())
    assert 'data-key="a c d"' in content or 'data-key="a b c"' in content
    assert "3 of 4" in content
    assert "it was adjudicated" not in content
    assert decide(client, here, choice=f"take:{lanes[0].position}").status_code == 302
    assert Adjudication.objects.get().annotation_set.spans.count() == 1


def test_pages_say_how_many_annotators_have_finished(page, lead, document, here, make_user, make_set, project):
    cleo = make_user("cleo")
    Membership.objects.create(project=project, user=cleo, role=Role.ANNOTATOR, joined_at=document.created_at)
    make_set(document, cleo, [])
    client = page(lead)

    assert "2 of 3 have finished" in client.get(f"/projects/{project.slug}/adjudication/").content.decode()
    assert "2 of 3 annotators have finished." in client.get(here).content.decode()
