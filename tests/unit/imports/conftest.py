"""What the tests of imports share."""

import io
import json
import zipfile
from dataclasses import fields

import pytest
from django.utils import timezone

from annotator.corpus.spans.selectors import RELATION_COLUMNS, SPAN_COLUMNS
from annotator.imports.options import ImportOptions
from annotator.imports.services import start_import
from annotator.imports.uploads import IncomingFile
from annotator.platform.jobs.services import run_here

SPEAKER = {"id": "s1", "label": "Speaker", "fragments": [[0, 3]], "attributes": {"kind": "person", "canonical": "Ada"}}
CLAIM = {"id": "s2", "label": "Claim", "fragments": [[4, 8], [9, 11]], "attributes": {}}
SAYS = {"id": "r1", "label": "attributed-to", "from": "s2", "to": "s1"}
WISHES = {field.name for field in fields(ImportOptions)}
WORK = {"spans": [SPEAKER, CLAIM], "relations": [SAYS]}


def line(text="Ada said no.", **members):
    """One line of JSONL."""
    return json.dumps({"text": text} | members).encode() + b"\n"


def packed(files, **fields):
    """A zip archive; fields are set on each of its members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            member = zipfile.ZipInfo(name)
            for field, value in fields.items():
                setattr(member, field, value)
            archive.writestr(member, data)
    return buffer.getvalue()


@pytest.fixture(autouse=True)
def uploads_folder(settings, tmp_path):
    """A folder of uploads for each test."""
    settings.UPLOADS_DIR = tmp_path / "uploads"
    return settings.UPLOADS_DIR


@pytest.fixture
def start(project):
    """Return a function that starts an import of files, given by name, for whoever runs it."""

    def start(files, **given):
        incoming = [IncomingFile(name, [data]) for name, data in files.items()]
        wishes = {name: given.pop(name) for name in WISHES & given.keys()}
        given = {"project": project, "started_by": None, "now": timezone.now(), "own_process": True} | given
        return start_import(given.pop("project"), files=incoming, options=ImportOptions(**wishes), **given)

    return start


@pytest.fixture
def take_in(start):
    """Return a function that imports files and returns the job as it ended."""
    return lambda files, **options: run_here(start(files, **options))


def report(job):
    """The report of a job as (level, where, message)."""
    return list(job.lines.order_by("id").values_list("level", "where", "message"))


def work_of(annotation_set):
    """The spans and relations of a set by id, as they stand in the rows."""
    spans = {row[0]: row for row in annotation_set.spans.order_by("id").values_list(*SPAN_COLUMNS)}
    return spans, set(annotation_set.relations.order_by("id").values_list(*RELATION_COLUMNS))
