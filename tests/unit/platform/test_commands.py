"""Every command prints one JSON object with `--json`."""

import json
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command, get_commands, load_command_class
from django.core.management.base import CommandError

from annotator.platform.commands import ProblemCommand

OURS = sorted(
    name
    for name, app in get_commands().items()
    if import_module(app).__name__.split(".")[0] in ("annotator", "projects") and apps.is_installed(app)
)


@pytest.mark.parametrize("name", OURS)
def test_every_command_has_json(name):
    command = load_command_class(get_commands()[name], name)
    parser = command.create_parser("manage.py", name)

    assert isinstance(command, ProblemCommand)
    assert "--json" in parser.format_help()


def test_there_are_commands():
    assert {"import_documents", "create_release", "backup", "serve"} <= set(OURS)


@pytest.mark.django_db
def test_result_is_one_object(project, lead, capsys, tmp_path):
    calls = [
        ("create_user", "eva", "--generate"),
        ("close_account", "eva"),
        ("create_token", "lena"),
        ("create_project", "more", "--lead", "lena"),
        ("check_log", "news"),
        ("free_slots", "news"),
        ("link_names", "news"),
        ("delete_project", "more", "--confirm", "more", "--dry-run"),
        ("delete_project", "more", "--confirm", "more"),
        ("export_person", "lena", str(tmp_path / "lena.jsonl")),
    ]
    results = []
    for call in calls:
        call_command(*call, "--json")
        results.append(json.loads(capsys.readouterr().out))

    assert [result.get("deleted") for result in results[-3:-1]] == [False, True]
    assert (results[1]["is_active"], results[3]["slug"], results[4]["damaged"]) == (False, "more", 0)
    with pytest.raises(CommandError, match="There is no project"):
        call_command("check_log", "nowhere", "--json")
