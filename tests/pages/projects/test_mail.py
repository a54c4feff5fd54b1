"""E-mail over a real SMTP connection: invitations, verified addresses, new passwords; and the site without e-mail."""

import re

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command

from annotator.platform.jobs import runner
from annotator.platform.jobs.models import Job
from projects.models import Invitation
from projects.services.mailed_invitations import MOST_ADDRESSES, split_addresses
from tests.smtp import running_mail_server
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db
LINK = re.compile(r"https://annotate\.example\.org(/\S+)")
NEW_PASSWORD = "another horse battery"


@pytest.fixture
def mail(settings):
    """A mail server that the site uses."""
    with running_mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_ENABLED, settings.PUBLIC_URL = True, "https://annotate.example.org"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, False
        cache.clear()
        yield server


def link_in(mail, recipient, count=1):
    wait_for(lambda: len(mail.texts(recipient)) == count)
    return LINK.search(mail.texts(recipient)[-1])[1]


def invite(page, project, lead, addresses):
    response = page(lead).post(f"/projects/{project.slug}/people/invite/", {"emails": addresses, "role": "annotator"})
    if response.status_code != 302:
        return response
    runner.run(Job.objects.latest("id").pk)
    return Job.objects.latest("id")


def test_hundred_people_are_invited_over_one_connection_and_join(mail, project, lead, page):
    addresses = [f"person-{number}@example.org" for number in range(100)]
    mail.refused.add(addresses[7])

    job = invite(page, project, lead, ", ".join(addresses))

    assert (job.state, job.result["sent"], job.result["failed"], mail.connections) == ("done", 99, 1, 1)
    assert "550 no such mailbox" in job.lines.get().message
    assert Invitation.objects.filter(project=project, revoked_at=None).count() == 99
    assert not re.search(r"invitations/\w", str(job.params) + str(job.result))
    message = dict(mail.messages)[addresses[0]]
    assert message["Subject"] == "Invitation to “News”"
    joined = page().post(link_in(mail, addresses[0]), {"username": "new", "password": NEW_PASSWORD})
    assert joined.status_code == 302
    member = project.memberships.get(user__username="new")
    assert (member.role, member.user.email) == ("annotator", addresses[0])


def test_second_invitation_replaces_the_first(mail, project, lead, page):
    for _ in range(2):
        invite(page, project, lead, "zoe@example.org")
    first, second = (LINK.search(text)[1] for text in mail.texts("zoe@example.org"))

    assert page().get(first).status_code == 410
    assert page().get(second).status_code == 200


def test_wrong_addresses_are_named_and_nothing_is_sent(mail, project, lead, page):
    response = invite(page, project, lead, "zoe@example.org, nonsense")

    assert response.status_code == 422
    assert "“nonsense” is not an e-mail address." in response.content.decode()
    assert mail.messages == []
    with pytest.raises(Exception, match=f"1 to {MOST_ADDRESSES}"):
        split_addresses(" ".join(f"p{number}@example.org" for number in range(MOST_ADDRESSES + 1)))


def test_forgotten_password_is_replaced_once(mail, ada, page):
    ada.email = "ada@example.org"
    ada.save()
    anonymous = page()
    answers = [anonymous.post("/reset-password/", {"email": email}) for email in ("ADA@example.org", "x@example.org")]
    assert answers[0].content.replace(b"ADA@", b"x@") == answers[1].content or answers[0].status_code == 200
    link = link_in(mail, "ada@example.org")

    form = anonymous.get(link, follow=True)
    weak = anonymous.post(form.request["PATH_INFO"], {"new_password1": "short"})
    changed = anonymous.post(form.request["PATH_INFO"], {"new_password1": NEW_PASSWORD})

    assert link not in form.request["PATH_INFO"]
    assert (weak.status_code, changed.status_code) == (200, 302)
    ada.refresh_from_db()
    assert ada.check_password(NEW_PASSWORD)
    assert "has expired, has been used" in page().get(link, follow=True).content.decode()
    assert {to for to, _ in mail.messages} == {"ada@example.org"}


def test_address_is_stored_when_its_link_is_opened(mail, ada, ben, page):
    page(ada).post("/account/email/", {"email": "ada@example.org"})
    link = link_in(mail, "ada@example.org")
    ada.refresh_from_db()
    assert ada.email == ""

    page(ada).get(link)
    ada.refresh_from_db()
    assert ada.email == ""
    assert page(ben).post(link).status_code == 410
    assert page(ada).post(link).status_code == 302

    ada.refresh_from_db()
    assert ada.email == "ada@example.org"
    assert page(ada).post(link).status_code == 410
    page(ada).post("/account/email/", {"remove": "1"})
    ada.refresh_from_db()
    assert ada.email == ""


def test_unreachable_mail_server_is_reported_by_the_job(mail, project, lead, page, settings):
    settings.EMAIL_PORT = 1
    job = invite(page, project, lead, "zoe@example.org")

    assert (job.state, job.result["sent"]) == ("done", 0)
    assert "No e-mail was sent to zoe@example.org" in job.lines.get().message


def test_site_without_email_offers_links_only(project, lead, page):
    assert "Invite by e-mail" not in page(lead).get(f"/projects/{project.slug}/people/").content.decode()
    assert "by e-mail" not in page().get("/sign-in/").content.decode()
    assert page().get("/reset-password/").status_code == 404
    assert "Set EMAIL_URL" in invite(page, project, lead, "zoe@example.org").content.decode()


def test_pages_show_the_forms(mail, project, lead, page):
    assert "Send invitations" in page(lead).get(f"/projects/{project.slug}/people/").content.decode()
    assert "Set a new password by e-mail" in page().get("/sign-in/").content.decode()
    assert "E-mail address" in page(lead).get("/account/").content.decode()


def test_settings_of_mail_are_tried_by_a_command(mail, settings, capsys):
    call_command("sendtestemail", "lena@example.org")
    assert (len(mail.texts("lena@example.org")), "has accepted" in capsys.readouterr().out) == (1, True)
    mail.refused.add("lena@example.org")
    with pytest.raises(CommandError, match=r"No e-mail was sent: .*550"):
        call_command("sendtestemail", "lena@example.org")
    settings.EMAIL_ENABLED = False
    with pytest.raises(CommandError, match="Set EMAIL_URL"):
        call_command("sendtestemail", "lena@example.org")
