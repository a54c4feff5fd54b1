"""Every reader with hostile files, in a process with 1 GB of memory: it reads or refuses them, in bounded time.

A valid file of the format is changed at random: huge and negative numbers, cut and repeated parts, deep nesting, lone
surrogates, other encodings; compressed files are changed inside as well. Each is detected, converted and checked as an
import does it. `READER_SECONDS` sets the time for each format; the default is ten minutes. `READER_FIRST_CASE` sets
where the numbers of the cases begin, so that a second run tries other files; a case is always the same file.
Formats whose packages are missing are left out: run it where `make formats` was run.
"""

import io
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import ZipFile

import pytest
from django.conf import settings

from annotator.formats.extras import missing_packages
from annotator.formats.incoming import HEAD_BYTES, Head, Source
from annotator.formats.registry import FORMATS, SIDE_FILES, detect_format
from annotator.problems import Problem
from tests.formats import SCHEMA, entry, relation, span, write

pytestmark = pytest.mark.soak

SECONDS = float(os.environ.get("READER_SECONDS", "600"))
FIRST_CASE = int(os.environ.get("READER_FIRST_CASE", "0"))
MOST_MEMORY = 1 << 30
LONGEST_READ = 10.0
MORE = {
    "conll": [
        'Sentence #,Word,POS,Tag\r\nSentence: 1,Mira,NNP,B-per\r\n,"a, b",NN,O\r\nSentence: 2,Rome,NNP,B-geo\r\n',
        "#begin document (a); part 000\na 0 0 Mira N * - - - - (PER* (V* (1\na 0 1 Holt N * - - - - *) *) 1)|(2)\n",
    ]
}
"""Kinds of files that a format reads and does not write."""
ARCHIVE = "archive"
NUMBERS = [b"2000000000", b"-1", b"0", b"99999999999999999999", b"1e308", b"NaN", b"4294967296", b"1.5", b"\xd9\xa1"]
PIECES = [b"\0", b"\\ud800", b"\xed\xa0\x80", b"\xff\xfe", b"\xef\xbb\xbf", b"[" * 5000, b'{"a":' * 5000, b"\t" * 3000,
          b"\n\n", b"\r", b'"', b"&#xD800;", b"\xf0\x9f\x99\x82", b"|" * 2000, b"<x>" * 2000, b"9" * 5000,
          b"<!-- -->" * 200, b":" * 3000, b"a:b " * 1000, b" \n" * 2000]  # fmt: skip
ENCODINGS = ["utf-16", "utf-16-le", "utf-32", "latin-1", "utf-8-sig"]
READABLE = [key for key, recipe in FORMATS.items() if recipe.is_readable and not missing_packages(recipe)]
# What we do not write: the smallest files that have everything the reader looks at.
UNWRITTEN = {
    "text": "Ada said it rained.\n\nBen denied it.\n",
    "html": (
        "<html><head><title>Rain</title><meta charset=utf-8></head><body><article><h1>Rain</h1>"
        "<p>Ada said that it rained in the whole of the town on Monday.</p>"
        "<p>Ben denied it in a letter to the paper.</p>"
        "</article></body></html>"
    ),
    "label-studio-table": (
        'id,text,label,annotator\n1,"Ada said it rained.","[{""start"": 0, ""end"": 3, ""text"": ""Ada"", '
        '""labels"": [""Speaker""]}]",ada\n'
    ),
    "spacy-training": (
        '{"classes": ["Speaker"], "annotations": [["Ada said it rained.", {"entities": [[0, 3, "Speaker"], '
        '[4, 18, "Claim"]]}], null]}'
    ),
}


@pytest.mark.parametrize("key", [*READABLE, ARCHIVE])
def test_reader_stays_within_its_bounds(key: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak.test_reader_bounds", key, str(SECONDS)],
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=False, timeout=SECONDS * 2 + 600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    outcome = json.loads(done.stdout)

    assert outcome["faults"] == {}
    assert outcome["cases"] > 0


def seeds(key: str) -> list[dict[str, bytes]]:
    """Return valid inputs of a format: written by us where we write it."""
    if key == ARCHIVE:
        return [{"file.zip": zipped(seeds("brat")[0])}, {"file.zip": zipped(seeds("csv")[0])}]
    if key in UNWRITTEN:
        return [{"file": UNWRITTEN[key].encode()}]
    text = "Ada said it rained. Ben denied it.\n" * 4
    spans = [span("s1", "Speaker", (0, 3)), span("s2", "Claim", (9, 18), attributes={"kind": "fact"})]
    work = {"ada": {"spans": spans, "relations": [relation("r1", "said-by", "s2", "s1")]}}
    files, _ = write(key, [entry(text, work)])
    data = {name or "file": content for name, content in files.items()}
    if FORMATS[key].archive and not FORMATS[key].single:
        return [data]
    own = [{name: content} for name, content in data.items() if PurePosixPath(name).name not in SIDE_FILES]
    return own + [{"file": other.encode()} for other in MORE.get(key, ())]


def zipped(files: dict[str, bytes]) -> bytes:
    """Return files as a zip archive."""
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def changed(data: bytes, chooser: random.Random) -> bytes:
    """Return hostile bytes made of valid ones."""
    for _ in range(chooser.randint(1, 6)):
        at = chooser.randrange(len(data) + 1)
        end = min(len(data), at + chooser.randint(1, 40))
        kind = chooser.randrange(6)
        if kind == 0:
            digits = [index for index, byte in enumerate(data) if 48 <= byte <= 57]
            if digits:
                at = chooser.choice(digits)
                data = data[:at] + chooser.choice(NUMBERS) + data[at + 1 :]
        elif kind == 1:
            data = data[:at] + chooser.choice(PIECES) + data[at:]
        elif kind == 2:
            data = data[:at] + data[end:]
        elif kind == 3:
            data = data[:end] + data[at:end] * chooser.choice([1, 2, 500]) + data[end:]
        elif kind == 4:
            data = data[:at]
        elif chooser.random() < 0.2:
            data = data.decode("utf-8", "replace").encode(chooser.choice(ENCODINGS), "replace")
    return data[: 1 << 20]


def changed_inside(key: str, data: bytes, chooser: random.Random) -> bytes:
    """Return a compressed file whose content is hostile, in half of the cases; other files are changed as they are."""
    if chooser.random() < 0.5:
        if key == "docbin":
            return zlib.compress(changed(zlib.decompress(data), chooser), 1)
        if key == "parquet":
            return changed_rows(data, chooser)
        if key == ARCHIVE:
            with ZipFile(io.BytesIO(data)) as archive:
                members = {name: archive.read(name) for name in archive.namelist()}
            names = ["../up", "a" * 70_000, "x\0y", "C:\\z", "a/../b"]
            return zipped(
                {
                    (chooser.choice(names)[:65_000] if chooser.random() < 0.1 else name): changed(content, chooser)
                    for name, content in members.items()
                }
            )
    return changed(data, chooser)


def changed_rows(data: bytes, chooser: random.Random) -> bytes:
    """Return a Parquet file whose rows hold hostile values; the file as it is when no table can hold them."""
    import pyarrow
    from pyarrow import parquet

    rows = json.dumps(
        parquet.ParquetFile(io.BytesIO(data), pre_buffer=False).read(use_threads=False).to_pylist()
    ).encode()
    out = io.BytesIO()
    try:
        parquet.write_table(pyarrow.Table.from_pylist(json.loads(changed(rows, chooser))), out)
    except (ValueError, RecursionError, TypeError, AttributeError, UnicodeError, pyarrow.ArrowException, OverflowError):
        return data
    return out.getvalue()


def importer(folder: Path) -> Callable[[str, dict[str, bytes]], Any]:
    """Return a function that detects, converts and checks files as an import with a preview does."""
    import django

    django.setup()
    from annotator.imports.mapping.unknown_names import UnknownNames
    from annotator.imports.options import ImportOptions
    from annotator.imports.run.checks import QuickCheck, check_line
    from annotator.imports.run.conversion import Conversion
    from projects.schema_reader import read_schema

    schema = read_schema(SCHEMA)

    def run(key: str, files: dict[str, bytes]) -> None:
        is_archive = key == ARCHIVE or len(files) > 1
        name, data = ("file.zip", zipped(files)) if len(files) > 1 else next(iter(files.items()))
        detect_format(Head(name, data[:HEAD_BYTES]))
        path, out = folder / "0", folder / "0.jsonl"
        path.write_bytes(data)
        options = ImportOptions(preview=True, format="auto" if key == ARCHIVE else key)
        conversion = Conversion(path, name, ARCHIVE if is_archive else key, options, schema, UnknownNames(schema))
        for _ in conversion.run(out):
            pass
        read_lines, quick = FORMATS["jsonl"].read_lines, QuickCheck(schema)
        with out.open("rb") as stream:
            for line in read_lines(stream, Source("file")):  # type: ignore[misc]
                check_line(line, schema, quick)

    return run


def main(key: str, seconds: float) -> None:
    """Import changed files of a format for some time and print the faults."""
    inputs = seeds(key)
    with tempfile.TemporaryDirectory() as folder:
        run = importer(Path(folder))
        run(key, inputs[0])  # loads the packages of the format
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        until, case, longest, cpu = time.monotonic() + seconds, FIRST_CASE, 0.0, time.process_time()
        faults: dict[str, str] = {}
        while time.monotonic() < until and len(faults) < 20:
            chooser = random.Random(case)
            files = {name: changed_inside(key, data, chooser) for name, data in chooser.choice(inputs).items()}
            began = time.process_time()
            outcome = ""
            try:
                run(key, files)
            except Problem:
                pass
            except BaseException as error:  # noqa: BLE001 - each is a fault of the reader, running out of memory included
                outcome = f"{type(error).__name__}: {str(error)[:200]}"
            took = time.process_time() - began
            longest = max(longest, took)
            if took > LONGEST_READ:
                outcome = "took too long"
            if outcome:
                faults.setdefault(outcome, f"case {case}")
            case += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    figures = {"cases": case - FIRST_CASE, "longest": round(longest, 2), "peak_megabytes": peak, "faults": faults}
    print(json.dumps(figures | {"cpu_seconds": round(time.process_time() - cpu)}))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
    # The other pools of Arrow reserve a gigabyte of addresses at once.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    main(sys.argv[1], float(sys.argv[2]))
