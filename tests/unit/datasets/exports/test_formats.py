"""Exports in the formats of other tools: archives, loss reports, same bytes, reimport."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import call_command

from annotator.corpus.spans.models import SetState
from annotator.datasets.exports import services
from annotator.datasets.exports.output.dataset import data_path, losses_path
from annotator.datasets.exports.serializers import parse_options
from annotator.formats.registry import FORMATS, WRITABLE
from annotator.imports.options import EqualTexts, ImportOptions
from annotator.imports.services import start_import
from annotator.imports.uploads import IncomingFile
from annotator.platform.jobs.models import JobState
from annotator.platform.jobs.services import run_here
from tests.notation import make_spans

# Those that need more than running does are tried where it is installed: `make consumers`.
KEYS = [pytest.param(key, marks=pytest.mark.consumers if FORMATS[key].needs else ()) for key in WRITABLE]
TEXT = "👩‍🚀 [Zoe\u0301](Speaker kind=person)\r\nsaid [قال [شيئا](Hedge) now](Claim kind=fact) 🎈.\n"


@pytest.fixture
def exported(project, now, make_document, make_set, ada, ben):
    """Return a function that exports the sets of two annotators in a format: the export and its bytes."""
    text, spans = make_spans(TEXT)
    document = make_document(text, external_id="b", title="Title", meta={"n": 1})
    for user in (ada, ben):
        make_set(document, user, spans, state=SetState.SUBMITTED)

    def export(**options):
        started = services.start_export(
            project, options=parse_options(options), started_by=None, now=now, own_process=True
        )
        ended = run_here(services.job_of(started))
        assert ended.state == JobState.DONE, ended.problem
        started.refresh_from_db()
        return started, data_path(services.directory_of(started)).read_bytes()

    return export


@pytest.mark.parametrize("key", KEYS)
def test_every_format_gives_same_bytes_for_same_data(exported, key):
    export, data = exported(format=key)
    assert exported(format=key)[1] == data
    assert export.sha256 == hashlib.sha256(data).hexdigest() == export.manifest["data"]["sha256"]
    assert (export.size, export.manifest["offsets"]["unit"]) == (len(data), FORMATS[key].unit)
    assert zipfile.is_zipfile(io.BytesIO(data)) is FORMATS[key].archive


@pytest.mark.parametrize("key", KEYS)
def test_exported_data_can_be_reimported(exported, make_project, now, key):
    export, data = exported(format=key)
    other = make_project("other")
    # CoNLL names documents after the file of each annotator.
    job = start_import(
        other,
        files=[IncomingFile(services.file_name(export), [data])],
        options=ImportOptions(equal_texts=EqualTexts.MERGE),
        started_by=None,
        now=now,
        own_process=True,
    )
    ended = run_here(job)
    assert ended.state == JobState.DONE, list(ended.lines.values_list("message", flat=True))
    (document,) = other.documents.all()
    sets = {one.name: one.spans.count() for one in document.annotation_sets.all()}
    assert sets == {"ada": 2, "ben": 2} if key == "conll" else {"ada": 3, "ben": 3}


@pytest.mark.parametrize("key", KEYS)
def test_loss_report_matches_the_manifest(exported, key):
    export, _ = exported(format=key)
    told = json.loads(losses_path(services.directory_of(export)).read_bytes())
    assert told["counts"]["all"] == len(told["losses"]) == export.manifest["losses"]["all"]
    assert export.manifest["losses"]["file"] == f"{services.file_name(export)}.losses.json"
    assert told["never_carried"] == list(FORMATS[key].lost)
    if key == "conll":
        assert told["counts"]["by_what"]["span"] == 2
        assert {"document", "annotator", "item", "what", "why"} == told["losses"][0].keys()


def test_archive_does_not_depend_on_time_or_place(exported):
    _, data = exported(format="brat")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
    assert {member.date_time for member in members} == {(1980, 1, 1, 0, 0, 0)}
    assert {member.compress_type for member in members} == {zipfile.ZIP_STORED}
    assert [member.filename for member in members] == sorted(member.filename for member in members)


def test_command_writes_data_manifest_and_losses(exported, project, tmp_path, capsys):
    _, data = exported(format="brat")
    out = Path(tmp_path) / "news.zip"
    call_command("export_dataset", "news", "--format", "brat", "--out", str(out))
    assert out.read_bytes() == data
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "news.zip",
        "news.zip.losses.json",
        "news.zip.losses.jsonl.gz",
        "news.zip.manifest.json",
    ]
    assert "news.zip.losses.json: " in capsys.readouterr().out
