"""Every bad file of the collection gives one clear message and changes nothing."""

import gzip
import importlib.util
import json
from pathlib import Path

import pytest

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet, Span
from annotator.platform.jobs.models import Job, JobState
from annotator.problems import InvalidInput
from projects.models import SchemaVersion
from tests.unit.imports.conftest import report

FOLDER = Path(__file__).parents[2] / "data" / "bad_files"
INDEX = json.loads((FOLDER / "index.json").read_text("utf-8"))
BESIDE = {"index.json", "make.py", "README.md", "__pycache__"}


@pytest.fixture(scope="module")
def made():
    """The files as the script makes them."""
    spec = importlib.util.spec_from_file_location("make_bad_files", FOLDER / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.FILES


def upload(name):
    """A file by its name as somebody sends it."""
    data = (FOLDER / name).read_bytes()
    return {name.removesuffix(".gz"): gzip.decompress(data) if name.endswith(".gz") else data}


def stored():
    return [model.objects.count() for model in (Document, AnnotationSet, Span, SchemaVersion)]


@pytest.mark.parametrize("name", INDEX)
def test_bad_file_gives_one_message_and_changes_nothing(project, take_in, uploads_folder, name):
    before = stored()
    expected = INDEX[name]
    for preview in (True, False):
        if expected["where"] is None:
            with pytest.raises(InvalidInput) as refused:
                take_in(upload(name), preview=preview)
            assert [error["detail"] for error in refused.value.errors] == [expected["says"]]
            assert Job.objects.count() == 0
        else:
            job = take_in(upload(name), preview=preview)
            assert job.state == (JobState.DONE if preview else JobState.FAILED)
            first = next(message for level, _, message in report(job) if level == "error")
            # A preview speaks of all that the schema lacks together, name by name.
            assert first == expected["says"] or (
                preview and (expected["says"] in first or first.startswith(("Unknown ", "The label ")))
            )
        assert stored() == before
        assert not uploads_folder.is_dir() or list(uploads_folder.iterdir()) == []


def test_index_and_script_list_every_file(made):
    kept = {path.name for path in FOLDER.iterdir()} - BESIDE
    assert kept == INDEX.keys() == made.keys()
    assert len(kept) >= 100


@pytest.mark.parametrize("name", [name for name in INDEX if not name.endswith((".gz", ".zip", ".xlsx"))])
def test_stored_files_match_the_script(made, name):
    content = made[name]
    data = content if isinstance(content, bytes) else content.encode("utf-16" if "utf-16" in name else "utf-8")
    assert (FOLDER / name).read_bytes() == data


def test_messages_are_readable_sentences():
    for name, told in INDEX.items():
        assert 10 < len(told["says"]) < 320, name
        assert told["says"].endswith("."), name
        assert "None" not in told["says"], name
        assert "Error" not in told["says"], name


def test_file_beyond_the_bounds_is_refused_and_others_are_imported(take_in, settings):
    settings.IMPORT_MEMORY_MB = 32
    greedy = b'{"annotations": [' + b"[]," * 2_000_000 + b"[]]}"
    files = {"greedy.json": greedy, "good.ann.json": b'[["Ada said no.", {"entities": []}]]'}

    job = take_in(files, format="spacy-training")

    assert (job.state, job.result["documents"], job.result["refused_files"]) == (JobState.DONE, 1, 1)
    level, where, message = report(job)[0]
    assert (level, where) == ("error", "greedy.json")
    assert message.startswith("Reading “greedy.json” was stopped: it needs more than 32 MB of memory.")
    assert "IMPORT_MEMORY_MB" in message


@pytest.mark.parametrize("skip_bad", [False, True])
def test_file_read_in_place_is_bounded_in_time(take_in, settings, skip_bad):
    settings.IMPORT_CPU_SECONDS = 0

    job = take_in({"long.jsonl": b'{"text": "Ada said no."}\n' * 3}, skip_bad=skip_bad)

    words = "Reading “long.jsonl” was stopped: it takes more than 0 seconds of processor time."
    said = job.problem["detail"] if skip_bad else report(job)[0][2]
    assert (job.state, said[: len(words)]) == (JobState.FAILED, words)
    assert "IMPORT_CPU_SECONDS" in said
