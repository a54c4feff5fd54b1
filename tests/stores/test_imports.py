"""Imports by real processes: a worker killed between and within chunks, and another that continues."""

import json
from functools import partial

import pytest

from tests.stores.installation import descendants, kill
from tests.waiting import wait_for

pytestmark = pytest.mark.stores

DOCUMENTS, SPANS = 3_000, 4


@pytest.fixture
def file(tmp_path):
    """A file whose import takes some seconds."""
    path = tmp_path / "corpus.jsonl"
    with path.open("w") as out:
        for number in range(DOCUMENTS):
            spans = [{"id": f"s{at}", "label": "Claim", "fragments": [[4 * at, 4 * at + 3]]} for at in range(SPANS)]
            text = f"Ada said no, {number} times. " * 10
            out.write(json.dumps({"id": f"d{number}", "text": text, "annotator": "A", "spans": spans}) + "\n")
    return path


def count(installation, table):
    return installation.rows(f"SELECT count(*) FROM {table}")[0][0]


def test_import_of_killed_workers_continues_and_stores_everything_once(installation, file):
    job = installation.scene("start_import", file)
    progress = f"SELECT progress_done, state, attempt FROM jobs_job WHERE id = {job}"

    def has_come_to(attempt, stored):
        done, _, attempts = installation.rows(progress)[0]
        return attempts == attempt and done > 0 and count(installation, "documents_document") >= stored

    for attempt, stored in enumerate((0, 200), start=1):  # during the checks, then in the middle
        worker = installation.start("run_worker")
        wait_for(partial(has_come_to, attempt, stored), why=lambda: installation.log)
        for pid in [worker.pid, *descendants(worker.pid)]:
            kill(pid)
        worker.wait()
        installation.expire_lease(job)
        assert count(installation, "documents_document") < DOCUMENTS

    installation.start("run_worker")
    wait_for(lambda: installation.rows(progress)[0][1] in ("done", "failed"), why=lambda: installation.log)

    state, attempt, result = installation.rows(f"SELECT state, attempt, result FROM jobs_job WHERE id = {job}")[0]
    summary = json.loads(result) if isinstance(result, str) else result
    assert (state, attempt, summary["documents"], summary["spans"]) == ("done", 3, DOCUMENTS, DOCUMENTS * SPANS)
    tables = {"documents_document": DOCUMENTS, "spans_annotationset": DOCUMENTS, "spans_change": DOCUMENTS,
              "spans_span": DOCUMENTS * SPANS}  # fmt: skip
    assert {table: count(installation, table) for table in tables} == tables
    assert list((installation.folder / "uploads").iterdir()) == []
