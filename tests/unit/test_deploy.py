"""The files for containers and systemd name what exists: settings, files, commands; and nothing runs as root."""

import getpass
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

DEPLOY = settings.BASE_DIR / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text("utf-8")
COMPOSE = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in DEPLOY.glob("compose.*.yaml")}
DOCUMENTED = set(
    re.findall(r"^\| `([A-Z_]+)`", (settings.BASE_DIR / "docs/operators/settings.md").read_text(), re.MULTILINE)
)
# Of other programs, or of Python itself.
OTHERS = {"BASE", "PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "BIND"}


def sites(compose):
    """Return the services of a file that run the site."""
    return [service for service in compose["services"].values() if service.get("image") == "annotator"]


def test_copied_files_exist_and_are_not_ignored():
    copied = re.findall(r"^COPY (?!--from)(\S+)", CONTAINERFILE, re.MULTILINE)
    kept = (settings.BASE_DIR / "deploy/Containerfile.dockerignore").read_text("utf-8").splitlines()

    assert len(copied) == 6
    assert all((settings.BASE_DIR / path).exists() and f"!{path}" in kept for path in copied)
    assert (settings.BASE_DIR / ".containerignore").read_text("utf-8").splitlines() == kept


def test_container_runs_without_root_and_checks_its_health():
    lines = CONTAINERFILE.splitlines()

    assert lines.index("USER annotator") < lines.index('CMD ["serve"]')
    assert '"/healthz/live/"' in CONTAINERFILE.replace("'", '"')
    for compose in COMPOSE.values():
        for service in sites(compose):
            assert (service["cap_drop"], service["read_only"]) == (["ALL"], True)


def test_settings_are_documented():
    given = set(re.findall(r"\b([A-Z][A-Z_]+)=", CONTAINERFILE)) - OTHERS
    for compose in COMPOSE.values():
        for service in sites(compose):
            given |= set(service["environment"])

    assert given <= DOCUMENTED


def test_commands_exist():
    commands = {word for compose in COMPOSE.values() for service in sites(compose)
                for word in service.get("command", ["serve"])[:1]}  # fmt: skip

    assert commands == {"serve", "run_worker"}
    assert commands <= set(get_commands())
    assert "manage.py serve" in (DEPLOY / "annotator.service").read_text("utf-8")


@pytest.mark.parametrize("name", ["POSTGRES_PASSWORD", "REDIS_PASSWORD", "SECRET_KEY", "PUBLIC_URL"])
def test_secrets_have_no_default(name):
    text = (DEPLOY / "compose.postgresql.yaml").read_text("utf-8")

    # podman-compose takes neither an empty message nor an empty default.
    assert f"${{{name}:?set it in deploy/.env}}" in text
    assert not re.search(r":[-?]\}", text)
    assert not re.search(rf"{name}=\S", (DEPLOY / "example.env").read_text("utf-8"))


def test_secrets_are_read_in_the_container():
    """Compose would write the value of a single `$` into the command, where others can read it."""
    text = (DEPLOY / "compose.postgresql.yaml").read_text("utf-8")

    assert re.findall(r"\$+[A-Z]\w+", text) == ["$$REDIS_PASSWORD"]


def test_commands_are_run_with_the_settings_of_the_service(tmp_path):
    (tmp_path / "deploy").mkdir()
    shutil.copy(DEPLOY / "manage", tmp_path / "deploy")
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nenv -0\nprintf "%s|" "$PWD" "$@"\n')
    python.chmod(0o755)
    options = {"bucket_name": "a b", "quoted": "it's $HOME"}
    given = {"SHARED_STORAGE_OPTIONS": json.dumps(options), "DATABASE_URL": 'postgres://a:b%20c@db/x?y="z"'}
    # As systemd 252 reads them.
    written = {"ONE": r"a\\b\c", "TWO": r'"a\"b \x \\ $HOME"', "THREE": r"'a\\b \"c\"'", "FOUR ": "  a b  "}
    read = {"ONE": r"a\bc", "TWO": r'a"b \x \ $HOME', "THREE": r"a\\b \"c\"", "FOUR": "a b"}
    lines = ["# a comment", "", *(f"{name}={value}" for name, value in (given | written).items()), 'BIND="127.0.0.1"']
    (tmp_path / "settings").write_text("\n".join(lines))  # the last line does not end

    environment = {"ANNOTATOR_SETTINGS": str(tmp_path / "settings"), "ANNOTATOR_USER": getpass.getuser()}
    output = subprocess.run(
        [tmp_path / "deploy/manage", "create_user", "lena of the desk"],
        env={"PATH": os.environ["PATH"]} | environment, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip

    *variables, rest = output.split("\0")
    seen = dict(variable.split("=", 1) for variable in variables)
    expected = given | read | {"BIND": "127.0.0.1", "VAR_DIR": "/var/lib/annotator"}
    assert expected == {name: seen[name] for name in expected}
    assert rest == f"{Path(tmp_path).resolve()}|manage.py|create_user|lena of the desk|"


def test_systemd_does_not_start_again_after_a_wrong_setting(tmp_path):
    done = subprocess.run(
        [sys.executable, settings.BASE_DIR / "manage.py", "serve"],
        env={"PORT": "0", "VAR_DIR": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, len(done.stderr.splitlines())) == (os.EX_CONFIG, 1)
    assert "RestartPreventExitStatus=CONFIG" in (DEPLOY / "annotator.service").read_text("utf-8")
