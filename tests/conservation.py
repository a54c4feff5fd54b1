"""Shared by tests of the law of conservation: files with a known number of spans, whole and damaged."""

import csv
import io
import json
import random
import re
import zipfile
from collections.abc import Callable
from html import escape
from pathlib import PurePosixPath
from typing import Any

from django.utils import timezone

from annotator.corpus.spans.models import Relation, Span
from annotator.formats.extras import missing_packages
from annotator.formats.outgoing import ExportDocument
from annotator.formats.registry import FORMATS, SIDE_FILES
from annotator.imports.options import ImportOptions
from annotator.imports.services import start_import
from annotator.imports.uploads import IncomingFile
from annotator.platform.jobs.models import Job, JobState
from annotator.platform.jobs.services import run_here
from annotator.problems import InvalidInput
from projects.models import Project
from tests.formats import write

READ_ONLY = ("text", "html", "spacy-training", "label-studio-table")
"""Formats that are only read: the files are written here as their programs write them."""
READABLE = [
    key
    for key, form in FORMATS.items()
    if form.is_readable and (form.write or key in READ_ONLY) and not missing_packages(form)
]
RECORDS = ("jsonl", "doccano", "label-studio", "prodigy", "spacy", "huggingface")
"""Formats whose files are JSON records with spans as objects."""


def written(key: str, documents: list[ExportDocument]) -> dict[str, bytes]:
    """Return the files of a format by name; formats that have no sets leave out the spans."""
    if key not in READ_ONLY:
        return write(key, documents)[0]
    if key in ("text", "html"):
        return {f"{document.document['id']}.{key[:4]}": _page(key, document) for document in documents}
    if key == "spacy-training":
        pairs = [
            [
                document.document["text"],
                {"entities": [[*span["fragments"][0], span["label"]] for span in work["spans"]]},
            ]
            for document in documents
            for work in document.sets.values()
        ]
        return {"": json.dumps(pairs).encode()}
    rows = io.StringIO(newline="")
    table = csv.writer(rows)
    table.writerow(["annotation_id", "annotator", "id", "label", "lead_time", "text"])
    for number, document in enumerate(documents, 1):
        for at, (name, work) in enumerate(document.sets.items()):
            text = document.document["text"]
            regions = [_region(span, text) for span in work["spans"]]
            table.writerow([number * 10 + at, name, number, json.dumps(regions) if regions else "", 1.5, text])
    return {"": rows.getvalue().encode()}


def _page(key: str, document: ExportDocument) -> bytes:
    text = document.document["text"]
    return (text if key == "text" else f"<html><body><article><p>{escape(text)}</p></article></body></html>").encode()


def _region(span: Any, text: str) -> dict[str, Any]:
    start, end = span["fragments"][0]
    return {"start": start, "end": end, "text": text[start:end], "labels": [span["label"]]}


def packed(key: str, documents: list[ExportDocument]) -> tuple[str, bytes]:
    """Return the name and the bytes of a file of a format, an archive when it consists of several."""
    return zipped(key, written(key, documents))


def zipped(key: str, files: dict[str, bytes]) -> tuple[str, bytes]:
    """Return the name and the bytes of the files of a format, an archive when there are several."""
    if set(files) == {""}:
        return f"file{FORMATS[key].endings[0]}", files[""]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return "files.zip", buffer.getvalue()


def spans_in(key: str, documents: list[ExportDocument]) -> int:
    """Return the number of spans that were written in a format."""
    if key in ("text", "html"):
        return 0
    return sum(len(record["spans"]) for document in documents for record in document.sets.values())


def damaged_bytes(data: bytes, chance: random.Random) -> bytes:
    """Return bytes with a piece removed, repeated or replaced."""
    at = chance.randrange(len(data) or 1)
    size = chance.choice((1, 1, 2, 20, 200))
    piece = data[at : at + size]
    return data[:at] + chance.choice((b"", piece * 2, bytes([chance.randrange(256)]), b"]\n")) + data[at + size :]


def damaged_record(data: bytes, chance: random.Random) -> bytes:
    """Return JSON or JSONL in which one span has lost its label or has wrong offsets."""
    is_array = data.lstrip().startswith(b"[")
    records = json.loads(data) if is_array else [json.loads(line) for line in data.splitlines()]
    spans = list(_spans(records))
    if spans:
        span = chance.choice(spans)
        kind, ends = chance.choice(("label", "offsets", "length")), next(_ends(span))
        if kind == "label":
            span.pop("labels", None)
            span["label"] = None
        elif isinstance(ends, list):
            ends[1] = 10**6 if kind == "offsets" else ends[0]
        else:
            start, end = [name for name in ends if name in ("start", "end", "start_offset", "end_offset")][:2]
            ends[end] = 10**6 if kind == "offsets" else ends[start]
    if is_array:
        return json.dumps(records).encode()
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def _spans(value: Any) -> Any:
    """Yield the objects that describe a span."""
    if isinstance(value, dict):
        if ("label" in value or "labels" in value) and any(
            name in value for name in ("start", "start_offset", "fragments")
        ):
            yield value
        for name, item in value.items():
            if name not in ("tokens", "head_span", "child_span", "data"):
                yield from _spans(item)
    elif isinstance(value, list):
        for item in value:
            yield from _spans(item)


def _ends(span: dict[str, Any]) -> Any:
    yield from span.get("fragments", ())
    yield span


def import_file(project: Project, name: str, data: bytes, key: str, **options: Any) -> Job | None:
    """Import a file with new labels added; None when it is refused before the job starts."""
    given = ImportOptions(format=key, new_labels="add", **options)
    try:
        job = start_import(
            project,
            files=[IncomingFile(name, [data])],
            options=given,
            started_by=None,
            now=timezone.now(),
            own_process=True,
        )
    except InvalidInput:
        return None
    return run_here(job)


def assert_conserved(job: Job | None, project: Project) -> dict[str, Any]:
    """Assert that items found are items stored and left out, and that a loss is never silent; return the balance."""
    spans = Span.objects.filter(annotation_set__document__project=project).count()
    if job is None:
        assert spans == 0
        return {}
    if job.state == JobState.FAILED:
        assert (spans, bool(job.problem)) == (0, True)
        return {}
    assert job.state == JobState.DONE
    assert job.result is not None
    items: dict[str, Any] = job.result["items"]
    stored = {"spans": spans, "relations": Relation.objects.filter(annotation_set__document__project=project).count()}
    for kind, number in stored.items():
        assert items["stored"][kind] == number
    for kind, number in items["found"].items():
        assert number == items["stored"][kind] + sum(items["left_out"].get(kind, {}).values()), kind
    assert job.result["incomplete"] == (bool(items["lost"]) and not job.params["allow_losses"])
    return items


def damaged_lines(data: bytes, chance: random.Random) -> bytes:
    """Return a text file in which a few lines are removed, repeated, moved or have other digits."""
    lines = data.split(b"\n")
    for _ in range(chance.randint(1, 3)):
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        kind = chance.randrange(4)
        if kind == 0 and len(lines) > 1:
            del lines[at]
        elif kind == 1:
            lines.insert(other, lines[at])
        elif kind == 2:
            lines[at], lines[other] = lines[other], lines[at]
        else:
            lines[at] = re.sub(
                rb"\d", lambda _: str(chance.randrange(10)).encode(), lines[at], count=chance.randint(1, 4)
            )
    return b"\n".join(lines)


def count_spans(key: str, files: dict[str, bytes]) -> int | None:
    """Return the number of spans in files that we wrote, without the readers; None when that is not clear."""
    counters: dict[str, Callable[[str], int]] = {
        "brat": _in_brat, "conll": _in_conll, "csv": _in_table, "tsv": _in_table, "webanno": _in_webanno,
        "uima": _in_uima,
    }  # fmt: skip
    count = counters.get(key, _in_records if key in RECORDS else None)
    if count is None:
        return None
    try:
        return sum(count(data.decode()) for name, data in files.items() if PurePosixPath(name).name not in SIDE_FILES
                   and not name.endswith((".conf", ".txt", ".xml")))  # fmt: skip
    except (ValueError, KeyError):  # no JSON any more, or the first row of a table is no longer the first
        return None


def _in_records(text: str) -> int:
    is_array = text.lstrip().startswith("[")
    return sum(
        1
        for _ in _spans(
            json.loads(text) if is_array else [json.loads(line) for line in text.split("\n") if line.strip()]
        )
    )


def _in_brat(text: str) -> int:
    return sum(bool(re.match(r"T\d*\t", line)) for line in text.split("\n"))


def _in_conll(text: str) -> int:
    """Return the number of tags that begin a span."""
    number, before = 0, "O"
    for line in text.split("\n"):
        tag = line.split()[-1] if line.strip() and not line.startswith(("#", "-DOCSTART-")) else "O"
        number += tag[:1] in "BU" or (tag[:1] in "IL" and (before == "O" or before[2:] != tag[2:]))
        before = tag
    return number


def _in_table(text: str) -> int:
    delimiter = "\t" if "\t" in text.split("\n", 1)[0] else ","
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    located = [row for row in rows if row["label"] or row["span"] or {row["start"], row["end"]} - {"", "0"}]
    # Rows without the id of a span are spans of their own.
    return len({(*(row[name] for name in ("id", "text", "annotator")), row["span"] or at)
                for at, row in enumerate(located)})  # fmt: skip


def _in_webanno(text: str) -> int:
    layer = next((line for line in text.split("\n") if line.startswith("#T_SP=")), "")
    columns = max(1, layer.count("|"))
    cells = [
        cell for line in text.split("\n") if re.match(r"\d+-\d+", line) for cell in line.split("\t")[3 : 3 + columns]
    ]
    return len({number for cell in cells for number in re.findall(r"(?<!\\)\[(\d+)\](?=\||\Z)", cell)})


def _in_uima(text: str) -> int:
    return len(re.findall(r"<\w+:Span ", text))
