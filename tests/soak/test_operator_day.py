"""A day in the life of an operator, as docs/operators tells it, with real PostgreSQL, Redis, nginx and SMTP.

Install, invite a hundred people by mail, watch, back up, crash, restore on the other database, upgrade.
"""

import gzip
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from tests.smtp import running_mail_server
from tests.stores.installation import PYTHON, Installation, descendants, kill
from tests.stores.nginx import HOST, ask, start_sample
from tests.upgrade.test_database import DATA
from tests.waiting import LONG, wait_for
from tools.services.postgresql import running_postgresql
from tools.services.redis_server import running_redis

pytestmark = pytest.mark.soak

PEOPLE = 100
PASSWORD = "correct horse battery"
METRICS_TOKEN = "a-token-for-the-metrics-of-a-test"
LINK = re.compile(rf"https://{HOST}(/invitations/\S+)")


@pytest.fixture
def servers():
    """The addresses of PostgreSQL and Redis, and the mail server."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # PostgreSQL does not run as root; its user has to reach the folder.
        folder.chmod(0o755)
        with running_postgresql(folder) as database, running_redis(folder) as broker, running_mail_server() as mail:
            yield database, broker, mail


@pytest.fixture
def make_site(tmp_path):
    """Return a function that makes an empty installation with further settings."""
    made = []

    def make(name, **settings):
        site = Installation(tmp_path / name, empty=True, on_sqlite=True)
        site.environment |= settings
        made.append(site)
        return site

    yield make
    for site in made:
        site.close()


def command(site, *arguments, words=""):
    """Run a command that reads words from standard input; return what it printed."""
    process = subprocess.run(
        [PYTHON, "manage.py", *arguments], env=site.environment, input=words, capture_output=True, text=True,
        timeout=LONG * 5, check=False,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    return process.stdout


def serve(site):
    process = site.start("serve")
    before = site.log.count("The worker is ready")
    wait_for(lambda: site.log.count("The worker is ready") > before, why=lambda: site.log)
    return process


def stop(process):
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(LONG) == 0


def exported(site, slug):
    out = site.folder / "exported.jsonl"
    site.manage("export_dataset", slug, "--out", str(out))
    return out.read_bytes()


def crash_while_saving(site, stop_file, web):
    """Kill web processes and worker while people save; return how many saves were acknowledged."""
    saving = subprocess.Popen(
        [PYTHON, "-m", "tests.stores.scenes", "save_until", str(stop_file)],
        env=site.environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with psycopg.connect(site.environment["DATABASE_URL"], autocommit=True) as connection:
        count = "SELECT count(*) FROM spans_change"
        wait_for(lambda: connection.execute(count).fetchone()[0] > 50)
        for pid in descendants(web.pid):
            kill(pid)
        stored = connection.execute(count).fetchone()[0]
        wait_for(lambda: connection.execute(count).fetchone()[0] > stored)
    stop_file.touch()
    return json.loads(saving.communicate(timeout=LONG)[0])


def test_day_of_an_operator(servers, make_site, tmp_path):
    database, broker, mail = servers
    site = make_site(
        "site", DATABASE_URL=database, REDIS_URL=broker, PUBLIC_URL=f"https://{HOST}", METRICS_TOKEN=METRICS_TOKEN,
        EMAIL_URL=f"smtp://127.0.0.1:{mail.port}", LOG_FORMAT="json",
    )  # fmt: skip

    # Run: the first account, the first project, the proxy.
    command(site, "create_user", "lena", "--password-stdin", words=f"{PASSWORD}\n")
    command(site, "create_project", "news", "--lead", "lena")
    web = site.start("serve")
    wait_for(lambda: "The worker is ready" in site.log, why=lambda: site.log)
    proxy, port = start_sample(tmp_path, site.port)
    try:
        wait_for(lambda: ask(port, "/healthz/ready/")[0] == 200, why=lambda: site.log)

        # Mail: a hundred invitations, each with a link of its own.
        addresses = [f"person{number}@example.org" for number in range(PEOPLE)]
        mail.refused.add(addresses[7])
        command(site, "invite_people", "news", words="\n".join(addresses))
        links = {LINK.search(text)[1] for address in addresses for text in mail.texts(address)}
        assert len(links) == PEOPLE - 1
        assert {ask(port, link)[0] for link in sorted(links)[:5]} == {200}

        # Watch: health and metrics, for those who have the token only.
        bearer = {"Authorization": f"Bearer {METRICS_TOKEN}"}
        assert ask(port, "/metrics")[0] == 404
        status, _, metrics = ask(port, "/metrics", headers=bearer)
        assert (status, b"annotator_workers 1" in metrics) == (200, True), metrics

        # Crash while people save: everything that was acknowledged is there, and the site comes back by itself.
        site.scene("make_annotators", 5)
        saved = crash_while_saving(site, tmp_path / "stop", web)
        wait_for(lambda: ask(port, "/healthz/ready/")[0] == 200, why=lambda: site.log)
        states = site.scene("compare_rows_and_log").values()
        assert all(state["same"] for state in states)
        assert sum(len(state["changes"]) for state in states) == saved
    finally:
        proxy.terminate()
        proxy.wait(LONG)
    stop(web)
    for line in site.log.splitlines():
        if line.startswith("{"):
            assert json.loads(line)["level"] != "critical"

    # Back up, and restore on the other database.
    backup = tmp_path / "site.backup"
    site.manage("backup", str(backup))
    site.manage("restore", str(backup), "--check")
    other = make_site("other")
    other.manage("restore", str(backup))
    assert exported(other, "load") == exported(site, "load")
    assert " 0 damaged" in other.manage("check_log", "load")
    web = serve(other)
    stop(web)


def test_upgrade_of_an_earlier_site_and_its_move_to_postgresql(servers, make_site, tmp_path):
    database, broker, _ = servers
    old = make_site("old")
    connection = sqlite3.connect(old.folder / "annotator.sqlite3")
    connection.executescript(gzip.decompress((DATA / "database.sql.gz").read_bytes()).decode())
    connection.close()
    shutil.copytree(DATA / "site", old.folder, dirs_exist_ok=True)

    web = serve(old)
    stop(web)
    assert "No planned migration operations" in old.manage("migrate", "--plan")
    assert " 0 damaged" in old.manage("check_log", "harbour")
    backup = tmp_path / "old.backup"
    old.manage("backup", str(backup))
    new = make_site("new", DATABASE_URL=database, REDIS_URL=broker)
    new.manage("restore", str(backup))

    assert exported(new, "harbour") == exported(old, "harbour")
    assert " 0 damaged" in new.manage("check_log", "harbour")
