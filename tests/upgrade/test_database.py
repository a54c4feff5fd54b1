"""A database of commit 00811ce opens: stored data is read, open work continues, every export has the same bytes.

`answers.py` asks a site on that database everything; `data/answers.json.gz` holds the answers of 00811ce itself and
never changes. Members whose words may change are listed in `PROSE`.
"""

import csv
import fcntl
import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.conf import settings

from tests.upgrade.answers import PROSE

DATA = Path(__file__).with_name("data")
BEFORE: dict[str, Any] = json.loads(gzip.decompress(DATA.joinpath("answers.json.gz").read_bytes()))
# Rows of the CSV table of a report that did not exist in the earlier version.
MEASURE_COLUMN, ADDED_FIGURES, ADDED_SECTIONS = 4, {"token_f1"}, {"location", "differs_from_most", "week"}
INTERVAL = slice(6, 8)
# At 00811ce these sets were closed unfinished when an adjudicated set was adopted or imported, and were exported.
# They are open again.
UNFINISHED = {"crane cleo", "rope ben", "rope cleo"}
# What describes a file as a whole, and differs when anything in it does.
OF_FILES = {"bytes", "lines", "sha256", "size"}
# The columns of a table that were filled in the first row of each annotation set.
OF_DOCUMENTS = {"title", "meta", "text"}
OFFSETS = {"start", "end"}


def is_form_only(before: Any, now: Any) -> bool:
    return bool((before, now) == (405, 302))


def has_fewer_losses(before: Any, now: Any) -> bool:
    """Return whether the count of losses of brat differs only in origins and ids."""
    kept = {name: count for name, count in before["by_what"].items() if name not in ("origin", "id")}
    found = dict(now["by_what"])
    return bool(0 < found.pop("id") <= before["by_what"]["id"] and found == kept and now["file"] == before["file"])


def has_no_origins(before: Any, now: Any) -> bool:
    """Return whether losses are the same without the origins of spans."""
    kept = {name: count for name, count in before["by_what"].items() if name != "origin"}
    return bool({name: now[name] for name in before} == before | {"by_what": kept, "all": sum(kept.values())})


def has_ids(before: Any, now: Any) -> bool:
    """Return whether the tasks of Label Studio are the same bytes without their ids."""
    members = now["members"] | {"tasks.json": now["members"].get("tasks.json without ids")}
    return _differs_as_a_file_only(before, now | {"members": members})


def has_texts(before: Any, now: Any) -> bool:
    """Return whether tables differ only in what each set had once, and in offsets of sets without spans."""
    delimiter = "\t" if "\t" in before["data"]["lines"][0] else ","
    tables = [
        list(csv.reader([f"{line}\n" for line in answer["data"]["lines"]], delimiter=delimiter))
        for answer in (before, now)
    ]
    same_widths = [len(row) == len(new) for row, new in zip(*tables, strict=True)]
    same_cells = [
        cell == other or (cell == "" and (column in OF_DOCUMENTS or (column in OFFSETS and other == "0")))
        for row, new in zip(*tables, strict=True)
        for column, cell, other in zip(tables[0][0], row, new, strict=False)
    ]
    return all(same_widths + same_cells) and _differs_as_a_file_only(before["manifest"], now["manifest"])


def _differs_as_a_file_only(before: Any, now: Any) -> bool:
    changes = _changes(before, now, "")
    without_losses = (line for line in changes if "losses" not in line.partition(":")[0].split(" > "))
    losses = [answer.get("manifest", answer)["losses"] for answer in (before, now)]
    return has_no_origins(*losses) and all(
        line.partition(":")[0].rpartition(" > ")[2] in OF_FILES for line in without_losses
    )


class Accepted(NamedTuple):
    """Answers that differ on purpose: where, in what way, and why."""

    where: str
    is_meant: Callable[[Any, Any], bool]
    reason: str


ACCEPTED = [
    Accepted(
        r"(harbour|harbour as ada|wharf) > (?!/api/)[^>]+", is_form_only,
        "An address that accepts only forms leads to the page with the form, for people who reload or sign in there.",
    ),
    Accepted(
        r'exports > [^>]*"format": "brat"[^>]* > manifest > losses', has_fewer_losses,
        "The loss report of brat says once for each set that ids were replaced, and not that spans were imported.",
    ),
    Accepted(
        r'exports > [^>]*"format": "(doccano|conll|webanno|spacy)"[^>]* > manifest > losses', has_no_origins,
        "That a span was imported is no loss: formats without origins lose nothing that people marked.",
    ),
    Accepted(
        r'exports > [^>]*"format": "label-studio"[^>]*', has_ids,
        "Tasks and annotations have ids, without which the converter of Label Studio stops.",
    ),
    Accepted(
        r'exports > [^>]*"format": "[ct]sv"[^>]*', has_texts,
        "Tables have title, metadata and text on every row, so that a row can be used by itself, and whole numbers.",
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def now() -> dict[str, Any]:
    """The answers of the running code, asked for once by all test processes."""
    shared = Path(os.environ["ANNOTATOR_TEST_DIR"])
    kept = shared / "upgrade-answers.json"
    with (shared / "upgrade.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            asked = subprocess.run(
                [sys.executable, "-W", "ignore", "-m", "tests.upgrade.answers"],
                cwd=settings.BASE_DIR, capture_output=True, check=False, encoding="utf-8",
            )  # fmt: skip
            assert asked.returncode == 0, asked.stderr[-5000:]
            kept.write_text(asked.stdout, "utf-8")
    answers: dict[str, Any] = json.loads(kept.read_text("utf-8"))
    return answers


def test_stored_data_is_read_as_before(now):
    sections = ("people", "harbour", "harbour as ada", "wharf", "wharf report", "wharf adjudication", "logs")

    assert_unchanged(sections, now)


def test_queued_jobs_run_to_their_end(now):
    assert now["waiting jobs"]["after"] == ["done", "done"]
    assert_unchanged(["waiting jobs"], now)


def test_exports_have_the_same_bytes(now):
    assert_unchanged(["exports"], now)


def test_releases_are_verified_and_rebuilt_with_the_same_bytes(now):
    assert [(release["build"], release["verify"], release["fails"]) for release in now["releases"].values()] == [
        ("done", "done", False)
    ] * 4
    assert_unchanged(["releases"], now)


def test_new_report_has_the_same_figures_and_intervals_from_ten_documents_on(now):
    before, after = (answers["new report"]["table"] for answers in (BEFORE, now))
    rows = [row for row in after if row[MEASURE_COLUMN] not in ADDED_FIGURES and row[0] not in ADDED_SECTIONS]
    # Over characters there was an alpha for each label only.
    rows = [row for row in rows if (row[0], row[MEASURE_COLUMN]) != ("overall", "alpha_code_points")]

    assert len(after) > len(rows)
    assert list(map(without_interval, rows)) == list(map(without_interval, before))
    assert {tuple(row[INTERVAL]) for row in after if row[0] == "overall"} == {("", "")}


def test_import_annotation_and_adjudication_continue(now):
    assert_unchanged(["import", "work", "adjudication"], now)


def test_only_unfinished_sets_of_adopted_documents_change_state(now):
    before = BEFORE["wharf sets"]

    assert {name for name in before if now["wharf sets"][name] != before[name]} == UNFINISHED
    assert {now["wharf sets"][name] for name in UNFINISHED} == {"open"}


@pytest.mark.parametrize("view", ["each", "all"])
def test_only_unfinished_sets_of_adopted_documents_leave_exports(now, view):
    before, after = (exported_sets(answers, view) for answers in (BEFORE, now))

    assert before.keys() >= UNFINISHED
    assert after == {name: before[name] for name in before.keys() - UNFINISHED}


def test_adjudicated_export_of_adopted_documents_has_the_same_bytes(now):
    key = json.dumps({"view": "adjudicated"})

    assert now["wharf exports"][key]["data"] == BEFORE["wharf exports"][key]["data"]


def exported_sets(answers: dict[str, Any], view: str) -> dict[str, Any]:
    """Return the annotation sets in an export of the project “wharf”, by document and name."""
    lines = answers["wharf exports"][json.dumps({"view": view})]["data"]["lines"]
    documents = [json.loads(line) for line in lines if line]
    return {
        f"{document['id']} {name}": annotations
        for document in documents
        for name, annotations in document["annotators"].items()
    }


def without_interval(row: list[str]) -> list[str]:
    """Return a row about all labels without its interval, for which the project has too few documents."""
    return [*row[: INTERVAL.start], *row[INTERVAL.stop :]] if row[0] == "overall" else row


def assert_unchanged(sections: Sequence[str], now: dict[str, Any]) -> None:
    """Fail with the first twenty answers that differ from before in a way that is not accepted."""
    lines = [line for section in sections for line in _changes(BEFORE[section], now.get(section), section)]

    assert not lines, "\n".join([f"{len(lines)} answers have changed:", *lines[:20]])


def _changes(before: Any, now: Any, where: str) -> Iterator[str]:
    """Yield each value that differs; objects may have more members, sentences may have other words."""
    if before != now and any(re.fullmatch(one.where, where) and one.is_meant(before, now) for one in ACCEPTED):
        return
    if isinstance(before, dict) and isinstance(now, dict):
        yield from (f"{where}: {name!r} is missing" for name in before if name not in now)
        for name in (name for name in before if name in now and name not in PROSE):
            yield from _changes(before[name], now[name], f"{where} > {name}")
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for place, (value, other) in enumerate(zip(before, now, strict=True)):
            yield from _changes(value, other, f"{where} > {place}")
    elif before != now:
        yield f"{where}: {before!r:.300} has become {now!r:.300}"
