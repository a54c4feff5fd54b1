"""Commands of operators: create_project, create_user, close_account."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from annotator.platform.accounts.models import User
from annotator.platform.accounts.selectors import find_token, find_user
from annotator.platform.accounts.services import create_token
from projects import selectors
from projects.models import Project
from projects.roles import Role

pytestmark = pytest.mark.django_db


def run(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def refusal(*arguments: str) -> str:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    return str(caught.value)


def test_a_project_from_the_template_with_a_lead(lead: User) -> None:
    output = run("create_project", "daily", "--template", "claims-attribution", "--lead", "lena", "--annotators", "3")

    project = Project.objects.get(slug="daily")
    assert output == "Created project “daily” at /projects/daily/\n"
    assert (selectors.role_in(project, lead), project.annotators_per_document) == (Role.LEAD, 3)


def test_without_a_lead_an_invitation_is_printed(client: Any) -> None:
    link = run("create_project", "daily").split()[-1]

    page = client.get(link.removeprefix("http://localhost:8000"))
    assert page.status_code == 200
    assert "Your role: <strong>Lead</strong>" in page.content.decode()


def test_schema_and_guidelines_from_files(tmp_path: Path) -> None:
    (tmp_path / "schema.json").write_text(json.dumps({"labels": [{"id": "Person"}]}))
    (tmp_path / "rules.md").write_text("# Mine", "utf-8")
    run("create_project", "daily", "--schema", f"{tmp_path}/schema.json", "--guidelines", f"{tmp_path}/rules.md")

    project = Project.objects.get()
    assert list(selectors.schema_of(selectors.current_schema(project)).labels) == ["Person"]
    assert selectors.current_guideline(project).text == "# Mine"


def test_errors_of_a_new_project_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"labels": [{"id": " a"}]}')

    assert refusal("create_project", "New One").startswith("Use lowercase letters")
    assert "manage.py create_user nobody" in refusal("create_project", "daily", "--lead", "nobody")
    assert "No such file" in refusal("create_project", "daily", "--schema", f"{tmp_path}/none.json")
    assert "Label “ a”, id: An id must have" in refusal("create_project", "daily", "--schema", f"{tmp_path}/bad.json")
    assert "not allowed with argument" in refusal("create_project", "daily", "--schema", "a", "--template", "b")
    assert "Templates: claims-attribution." in refusal("create_project", "daily", "--template", "other")
    assert not Project.objects.exists()


def test_an_address_in_use_is_refused(project: Project) -> None:
    output = refusal("create_project", "news")

    assert output == "The address “news” is already in use. Choose another one."


def test_an_account_with_a_generated_password_and_a_role(project: Project) -> None:
    output = run("create_user", "carol", "--generate", "--project", "news", "--role", "viewer")

    carol = find_user("carol")
    assert carol is not None
    assert carol.check_password(output.split("Password: ")[1].strip())
    assert selectors.role_in(project, carol) is Role.VIEWER


def test_an_account_with_a_password_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("a long way from home\n"))
    output = run("create_user", "carol", "--password-stdin")

    assert User.objects.get(username="carol").check_password("a long way from home")
    assert "a long way" not in output


def test_an_invalid_account_is_not_created(lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("short\n"))

    assert "“lena” is taken" in refusal("create_user", "lena", "--generate")
    assert "at least 10 characters" in refusal("create_user", "carol", "--password-stdin")
    assert "Add --generate or --password-stdin" in refusal("create_user", "carol")
    assert "no project “none”. No projects exist yet." in refusal(
        "create_user", "carol", "--generate", "--project", "none"
    )
    assert User.objects.count() == 1


def test_a_closed_account_can_neither_sign_in_nor_use_tokens(lead: User, now: Any, client: Any) -> None:
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    _, secret = create_token(lead, name="program", now=now)
    run("close_account", "lena")

    assert client.get("/account/").headers["Location"].startswith("/sign-in/")
    assert find_token(secret.encode(), now=now) is None
    assert "Reopened" in run("close_account", "lena", "--reopen")
    assert find_token(secret.encode(), now=now) is not None
    assert "no user “none”" in refusal("close_account", "none")


def test_database_that_cannot_be_used_is_refused_in_one_line(tmp_path: Path) -> None:
    """That commands create missing tables is proven by tests/unit/tools/test_corpora.py."""
    site = {"VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "annotator.settings"}
    refused = subprocess.run(
        [sys.executable, settings.BASE_DIR / "manage.py", "create_project", "weekly"],
        env=os.environ | site | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert refused.returncode == 1
    assert refused.stderr.startswith("CommandError: The database cannot be used: connection failed")
    assert refused.stderr.count("\n") == 1
