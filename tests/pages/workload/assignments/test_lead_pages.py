"""Pages with which leads run the work: board, rounds, what waits, exclusions, members who leave."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, Exclusion, SetState
from annotator.workload.assignments import services
from annotator.workload.assignments.models import Assignment, DocumentPlan, Round, Skip
from projects.models import Membership
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def begin(project):
    """Return a function that assigns the next document to a user, with a change in it."""

    def next_document(user, *, submitted=False):
        assignment = services.next_document(project, user=user, now=NOW).assignment
        AnnotationSet.objects.filter(pk=assignment.annotation_set_id).update(revision=1)
        if submitted:
            lifecycle.submit(assignment.annotation_set, now=NOW)
        return assignment

    return next_document


def text_of(response):
    return " ".join(response.content.decode().split())


def test_board_of_a_title_reads_keys_in_order_without_the_documents(
    page, make_document, lead, django_assert_max_num_queries
):
    late, early = make_document("B.", title="Flood, day 2"), make_document("A.", title="Flood, day 1")
    make_document("C.", title="Drought")

    with django_assert_max_num_queries(60) as queries:
        body = text_of(page(lead).get("/projects/news/board/?search=flood"))

    assert body.index(late.title) < body.index(early.title)
    assert "Drought" not in body
    (keys,) = (
        query["sql"]
        for query in queries.captured_queries
        if "LIMIT 51" in query["sql"] and "assignments_documentplan" in query["sql"]
    )
    # Ordering by the key of a document would join all documents that match, each with its title and position.
    assert "JOIN" not in keys


def test_every_skipped_document_can_be_reached(page, make_document, project, lead, ada):
    documents = [make_document(f"Text {number}.", title=f"Skipped {number:02}") for number in range(25)]
    Skip.objects.bulk_create(
        Skip(document=document, annotator=ada, reason="other", created_at=NOW) for document in documents
    )
    client, address = page(lead), "/projects/news/waiting/"

    first, second = (text_of(client.get(f"{address}?skips={number}")) for number in (1, 2))

    assert [f"Skipped {number:02}" for number in range(25) if f"Skipped {number:02}" in first] == [
        f"Skipped {number:02}" for number in range(20)
    ]
    assert "Skipped 19" not in second
    assert "Skipped 24" in second
    assert "?skips=2" in first


def test_board_assigns_plans_and_excludes_in_bulk(page, make_document, project, lead, ada, ben):
    documents = [make_document(f"Text {number}.") for number in range(60)]
    client, address = page(lead), "/projects/news/board/"
    body = text_of(client.get(address))
    assert "60 documents" in body
    assert body.count('<td class="none">–</td>') == 50 * 5  # round, three people and others, which phones do not list
    assert "?after=50" in body
    assert "Document 51" in text_of(client.get(f"{address}?after=50"))

    client.post(f"{address}?state=unassigned", {"all": "yes", "action": "assign", "annotator": "ada"})
    assert Assignment.objects.filter(annotator=ada).count() == 60
    for user in ("lena", "ben"):
        keys = [documents[0].pk, documents[1].pk]
        answer = client.post(address, {"document": keys, "action": "assign", "annotator": user}, follow=True)
    assert "2 documents were not assigned" in text_of(answer)
    assert "0 documents" in text_of(client.get(f"{address}?state=full&search=document-9"))

    client.post(
        "/projects/news/rounds/", {"name": "Pilot", "annotators_per_document": 3, "priority": 1, "order": "fixed"}
    )
    pilot = Round.objects.get()
    client.post(address, {"document": [documents[2].pk], "action": "plan", "to_round": pilot.pk, "priority": "7"})
    assert DocumentPlan.objects.get(round=pilot).priority == 7
    assert "1 document" in text_of(client.get(f"{address}?round={pilot.pk}"))
    client.post(address, {"document": [documents[2].pk], "action": "withdraw", "annotator": "ada"})
    assert not Assignment.objects.filter(document=documents[2]).exists()
    client.post(address, {"document": [documents[2].pk], "action": "exclude", "reason": "Advertisement"})
    assert "Advertisement" in text_of(client.get("/projects/news/exclusions/"))
    assert "Give a reason" in text_of(
        client.post(address, {"document": [documents[3].pk], "action": "exclude"}, follow=True)
    )
    answer = client.post("/projects/news/exclusions/", {"document": documents[3].pk, "reason": " "})
    assert (answer.status_code, "Give a reason" in text_of(answer)) == (422, True)
    assert "(optional)" not in text_of(client.get("/projects/news/exclusions/"))


def test_round_is_changed_with_its_people(page, project, lead, ada, ben):
    pilot = services.create_round(project, now=NOW, name="Pilot")
    client, address = page(lead), f"/rounds/{pilot.pk}/"
    values = {"name": "Round 1", "annotators_per_document": 2, "priority": 0, "order": "seeded", "schema_version": 1}
    people = {f"all-{ada.pk}": "on", f"quota-{ben.pk}": "5"}
    assert client.post(address, values | people).headers["Location"] == "/projects/news/rounds/"
    pilot.refresh_from_db()
    assert (pilot.name, pilot.schema_version.number, pilot.is_open) == ("Round 1", 1, False)
    members = pilot.members.order_by("user__username").values_list("user__username", "annotates_all", "quota")
    assert list(members) == [("ada", True, None), ("ben", False, 5)]

    refused = client.post(address, values | {f"all-{user.pk}": "on" for user in (lead, ada, ben)})
    assert "3 people annotate every document" in text_of(refused)
    client.post(f"{address}delete/")
    assert not Round.objects.exists()


def test_waiting_work_is_approved_returned_freed_and_decided(page, make_document, project, lead, ada, ben):
    project.review_required = True
    project.save()
    for number in range(4):
        make_document(f"Text {number}.")
    client = page(lead)
    first, second = begin_two = [services.next_document(project, user=user, now=NOW).assignment for user in (ada, ben)]
    for assignment in begin_two:
        lifecycle.submit(assignment.annotation_set, now=NOW)
    skipped = services.next_document(project, user=ada, now=NOW).assignment
    page(ada).post(f"/assignments/{skipped.pk}/skip/", {"reason": "other", "note": "All Greek to me"})
    stuck = services.next_document(project, user=ada, now=NOW - timedelta(days=20)).assignment
    AnnotationSet.objects.filter(pk=stuck.annotation_set_id).update(changed_at=NOW - timedelta(days=20))

    body = text_of(client.get("/projects/news/waiting/"))
    assert all(words in body for words in ("Approve", "All Greek to me", "Free slot"))
    client.post(f"/annotation-sets/{first.annotation_set_id}/approve/")
    client.post(f"/annotation-sets/{second.annotation_set_id}/return/", {"note": "Speakers are missing."})
    assert AnnotationSet.objects.get(pk=first.annotation_set_id).awaits_review is False
    assert "Speakers are missing." in text_of(page(ben).get("/projects/news/work/"))
    client.post(f"/skips/{Skip.objects.get().pk}/decide/", {"decision": "excluded"})
    assert "All Greek to me" in Exclusion.objects.get().reason
    client.post(f"/assignments/{stuck.pk}/free/")
    assert not Assignment.objects.filter(pk=stuck.pk).exists()


def test_removing_a_member_shows_and_frees_their_work(page, make_document, begin, project, lead, ada):
    for number in range(2):
        make_document(f"Text {number}.")
    begin(ada, submitted=True)
    begin(ada)
    member = Membership.objects.get(project=project, user=ada)
    address = f"/projects/news/people/{member.pk}/leaving/"
    body = text_of(page(lead).get(address))
    assert "1 submitted set is kept and counts." in body
    assert "1 begun set is kept as unfinished" in body

    refused = page(lead).post(address, {"exclude": "on"})
    assert refused.status_code == 422
    assert Membership.objects.filter(pk=member.pk).exists()
    page(lead).post(address, {"exclude": "on", "reason": "Random clicks"})
    assert not Membership.objects.filter(pk=member.pk).exists()
    assert AnnotationSet.objects.filter(is_excluded=True).count() == 2


def test_unfinished_set_is_resumed_by_its_annotator(page, make_document, begin, project, ada):
    make_document()
    assignment = begin(ada)
    services.free_slot(assignment, reason="On leave", now=NOW)
    assert "On leave" in text_of(page(ada).get("/projects/news/work/"))
    answer = page(ada).post(f"/assignments/{assignment.pk}/resume/")
    assert answer.headers["Location"] == f"/annotation-sets/{assignment.annotation_set_id}/"


def test_free_slots_lists_and_frees(make_document, begin, project, ada, capsys):
    make_document()
    assignment = begin(ada)
    call_command("free_slots", "news", "--person", "ada", "--dry-run")
    assert "1 slot would be freed." in capsys.readouterr().out
    call_command("free_slots", "news", "--person", "ada", "--reason", "On leave")
    assignment.annotation_set.refresh_from_db()
    assert assignment.annotation_set.state == SetState.UNFINISHED


def test_excluded_work_is_said_on_every_page_that_leaves_it_out(page, make_document, begin, project, lead, ada):
    document = make_document()
    begin(ada, submitted=True)
    page(lead).post("/projects/news/exclusions/", {"document": document.pk, "reason": "Advertisement"})
    for address in ("agreement/", "adjudication/", "exports/", "releases/new/", "exclusions/"):
        assert "1 excluded document is left out." in text_of(page(lead).get(f"/projects/news/{address}")), address
    page(lead).post(f"/exclusions/{Exclusion.objects.get().pk}/lift/")
    assert "left out." not in text_of(page(lead).get("/projects/news/agreement/"))


def test_names_in_files_are_linked_and_unlinked(page, make_document, make_set, project, lead, ada, api):
    make_set(make_document(), "p.smith")
    address, api_address = "/projects/news/names/", "/api/v1/projects/news/outside-names/"
    assert page(ada).get(address).status_code == 404
    assert "choose a member" in text_of(page(lead).post(address, {"name": "p.smith"}, follow=True))

    shown = text_of(page(lead).post(address, {"name": "p.smith", "member": "member:ada"}, follow=True))
    assert "“p.smith” is linked to ada." in shown
    (listed,) = api(lead).get(api_address).json()
    assert (listed["name"], listed["member"], listed["annotation_sets"]) == ("p.smith", "ada", 1)
    again = api(lead).post(api_address, {"name": "p.smith", "member": "ada"})
    assert (again.status_code, again.json()["code"]) == (409, "name_link_changed")

    assert "own name again" in text_of(page(lead).post(f"/names/{listed['link']}/unlink/", follow=True))
    stranger = api(lead).post(api_address, {"name": "p.smith", "member": "sam"})
    assert (stranger.status_code, stranger.json()["errors"][0]["pointer"]) == (422, "/member")
    other = api(lead).post(api_address, {"name": "p.smith"})
    assert (other.status_code, other.json()["member"]) == (201, None)
    assert api(lead).post(f"/api/v1/outside-names/{other.json()['id']}/unlink/").json()["unlinked_by"] == "lena"
