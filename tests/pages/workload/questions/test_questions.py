"""Questions: who sees them, mentions, published answers, the inbox, digests."""

import pytest
from django.core import mail
from django.core.management import call_command

from annotator.site.inbox.models import InboxState
from annotator.site.inbox.selectors import inbox_count, inbox_of
from annotator.workload.assignments.models import Skip
from annotator.workload.assignments.services import next_document, return_set
from annotator.workload.questions import selectors, services
from annotator.workload.questions.models import Question
from annotator.workload.questions.services import Subject
from projects.services import publish_guideline
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
URL, API = "/projects/news/questions/", "/api/v1/projects/news/questions/"


@pytest.fixture
def asked(project, make_document, make_set, ada):
    """Return a question of Ada about a passage."""
    document = make_document("Ada said it rained.")
    make_set(document, ada)
    subject = Subject(document, passage=(4, 8), label="Claim")
    return services.ask(project, by=ada, text="Is this a claim?", subject=subject, now=NOW)


def test_question_is_between_its_author_and_the_leads(page, asked, lead, ada, ben):
    address = f"/questions/{asked.pk}/"
    assert asked.quote == "said"
    assert "Is this a claim?" in page(lead).get(URL).content.decode()
    assert "Is this a claim?" not in page(ben).get(URL).content.decode()
    assert page(ben).get(address).status_code == page(ben).post(address, {"action": "resolve"}).status_code == 404
    assert (inbox_count(lead, now=NOW), inbox_count(ada, now=NOW)) == (1, 0)

    page(lead).post(address, {"action": "comment", "text": "Yes. @ben, look here, too."})
    assert (inbox_count(lead, now=NOW), inbox_count(ada, now=NOW), inbox_count(ben, now=NOW)) == (0, 1, 1)
    assert "look here, too" in page(ben).get(address).content.decode()
    assert inbox_count(ben, now=NOW) == 0
    page(ada).post(address, {"action": "comment", "text": "And here?"})
    assert [question.pk for question in inbox_of(lead, now=NOW).unanswered] == [asked.pk]
    page(ada).post(address, {"action": "resolve"})
    asked.refresh_from_db()
    assert (asked.resolved_by, asked.waits_for_lead) == (ada, False)
    assert (
        "may not do this" in page(ada).post(address, {"action": "publish", "answer": "x"}, follow=True).content.decode()
    )


def test_annotators_mention_leads_only(project, lead, ada, ben):
    question = services.ask(project, by=ada, text="@ben @lena what now?", subject=Subject(), now=NOW)
    assert set(question.readers.values_list("user__username", flat=True)) == {"ada", "lena"}


def test_published_answer_shows_neither_who_asked_nor_where(page, asked, lead, ada, ben):
    values = {"action": "publish", "answer": "<b>Always</b>, see above.", "label": "Claim", "rule": "Rules"}
    page(lead).post(f"/questions/{asked.pk}/", values)
    shown = page(ben).get(URL).content.decode()
    assert "&lt;b&gt;Always&lt;/b&gt;" in shown
    for hidden in ("<bdi>ada</bdi>", "<q>", "Document 1"):
        assert hidden not in shown
    assert "Always" in page(ben).get("/projects/news/guidelines/").content.decode()
    assert "Always" in page(ada).get(f"/annotation-sets/{asked.document.annotation_sets.get().pk}/").content.decode()
    page(lead).patch(f"/api/v1/questions/{asked.pk}/", {"is_published": False}, "application/json")
    assert selectors.published_answers(asked.project) == []
    own = asked.document.annotation_sets.get().pk
    assert f'value="{own}"' in page(ada).get(f"/annotation-sets/{own}/questions/", follow=True).content.decode()
    assert page(ben).get(f"/annotation-sets/{own}/questions/").status_code == 404


def test_api_asks_comments_and_refuses_what_may_not_be_seen(api, asked, project, lead, ada, ben):
    mine = (
        api(ada).post(API, {"text": "Why?", "document": asked.document_id, "start": 0, "end": 3}, format="json").json()
    )
    assert (mine["quote"], mine["asked_by"]) == ("Ada", "ada")
    assert api(ben).post(API, {"text": "Why?", "document": asked.document_id}, format="json").status_code == 404
    wrong = {"text": "Why?", "document": asked.document_id, "start": 3, "end": 300}
    assert api(ada).post(API, wrong, format="json").json()["errors"][0]["pointer"] == "/start"
    comments = f"/api/v1/questions/{mine['id']}/comments/"
    assert api(lead).post(comments, {"text": "Because."}, format="json").status_code == 201
    assert [row["text"] for row in api(ada).get(comments).json()] == ["Because."]
    assert api(ben).get(comments).status_code == 404
    assert api(ada).patch(f"/api/v1/questions/{mine['id']}/", {"answer": "x"}, format="json").status_code == 404
    assert len(api(lead).get(f"{API}?which=unanswered").json()["results"]) == 1
    assert Question.objects.count() == 2


def test_inbox_lists_what_waits_for_each_person(page, api, project, make_document, lead, ada, now):
    make_document()
    assignment = next_document(project, user=ada, now=now).assignment
    annotation_set = assignment.annotation_set
    type(annotation_set).objects.filter(pk=annotation_set.pk).update(state="submitted", revision=1)
    annotation_set.refresh_from_db()
    return_set(annotation_set, note="Hedges are missing.", by=lead, now=now)
    publish_guideline(project, "# New rules", by=lead, now=now.replace(year=2027))
    Skip.objects.create(document=make_document(), annotator=ada, reason="not_news", created_at=now)
    body = page(ada).get("/inbox/").content.decode()
    assert all(words in body for words in ("Returned to you", "Document 1", "New guidelines"))
    assert '<span class="badge badge--warning">2</span>' in body
    assert "1 skipped document" in page(lead).get("/inbox/").content.decode()
    for user in (ada, lead):
        waiting = inbox_of(user, now=now)
        listed = (waiting.unread, waiting.unanswered, waiting.returned, waiting.guidelines)
        assert inbox_count(user, now=now) == sum(map(len, listed)) + sum(row.total for row in waiting.projects) > 0
    InboxState.objects.create(user=ada, guidelines_seen_at=now.replace(year=2028))
    assert api(ada).get("/api/v1/inbox/").json()["guidelines"] == []
    assert api(ada).get("/api/v1/inbox/").json()["returned"] == [annotation_set.pk]


def test_digest_is_sent_once_to_those_who_want_it(asked, lead, page, settings, capsys):
    settings.EMAIL_ENABLED = True
    type(lead).objects.filter(pk=lead.pk).update(email="lena@example.org")
    call_command("send_digests", "--dry-run")
    assert capsys.readouterr().out == "lena: Questions that wait for a lead: 1\n"
    for _ in range(2):
        call_command("send_digests")
    assert [message.to for message in mail.outbox] == [["lena@example.org"]]
    assert "Questions that wait for a lead: 1" in mail.outbox[0].body
    page(lead).post("/inbox/", {"digest": "off"})
    services.ask(asked.project, by=asked.asked_by, text="More?", subject=Subject(), now=NOW)
    call_command("send_digests")
    assert len(mail.outbox) == 1
