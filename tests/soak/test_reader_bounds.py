"""Every reader with hostile files, in a process with 1 GB of memory: it reads or refuses them, in bounded time.

A valid file of the format is changed at random: huge and negative numbers, cut and repeated parts, deep nesting, lone
surrogates, other encodings. `READER_SECONDS` sets how long each format is tried; the default is ten minutes.
"""

import io
import json
import os
import random
import resource
import subprocess
import sys
import time
from pathlib import PurePosixPath

import pytest
from django.conf import settings

from annotator.formats.extras import missing_packages
from annotator.formats.incoming import Source
from annotator.formats.registry import FORMATS, SIDE_FILES
from annotator.problems import Problem
from tests.formats import entry, read, relation, span, write

pytestmark = pytest.mark.soak

SECONDS = float(os.environ.get("READER_SECONDS", "600"))
MOST_MEMORY = 1 << 30
LONGEST_READ = 10.0
NUMBERS = [b"2000000000", b"-1", b"0", b"99999999999999999999", b"1e308", b"NaN", b"4294967296", b"1.5", b"\xd9\xa1"]
PIECES = [b"\0", b"\\ud800", b"\xed\xa0\x80", b"\xff\xfe", b"\xef\xbb\xbf", b"[" * 5000, b'{"a":' * 5000, b"\t" * 3000,
          b"\n\n", b"\r", b'"', b"&#xD800;", b"\xf0\x9f\x99\x82", b"|" * 2000, b"<x>" * 2000, b"9" * 5000]  # fmt: skip
ENCODINGS = ["utf-16", "utf-16-le", "utf-32", "latin-1", "utf-8-sig"]
# HTML brings a package of its own, as installed by `make formats`.
READABLE = [key for key, recipe in FORMATS.items() if recipe.is_readable and not missing_packages(recipe)]


@pytest.mark.parametrize("key", READABLE)
def test_reader_stays_within_its_bounds(key: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak.test_reader_bounds", key, str(SECONDS)],
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=False, timeout=SECONDS + 120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    outcome = json.loads(done.stdout)

    assert outcome["faults"] == {}
    assert outcome["cases"] > 0


def read_all(key: str, files: dict[str, bytes]) -> None:
    """Read files with the reader of a format, by line where it reads by line only."""
    recipe = FORMATS[key]
    if recipe.read is not None:
        read(key, files)
        return
    assert recipe.read_lines is not None
    for name, data in files.items():
        for _ in recipe.read_lines(io.BytesIO(data), Source(name)):
            pass


def seeds(key: str) -> list[dict[str, bytes]]:
    """Return valid inputs of a format: written by us where we write it, else words."""
    if FORMATS[key].write is None:
        return [{"file": b"<p>Ada said it rained.</p>"}, {"file": b'[{"text": "Ada said.", "label": []}]'}]
    text = "Ada said it rained. Ben denied it.\n" * 4
    spans = [span("s1", "Speaker", (0, 3)), span("s2", "Claim", (9, 18), attributes={"kind": "fact"})]
    work = {"ada": {"spans": spans, "relations": [relation("r1", "said-by", "s2", "s1")]}}
    files, _ = write(key, [entry(text, work)])
    data = {name or "file": content for name, content in files.items()}
    if FORMATS[key].archive and not FORMATS[key].single:
        return [data]
    return [{name: content} for name, content in data.items() if PurePosixPath(name).name not in SIDE_FILES]


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


def main(key: str, seconds: float) -> None:
    """Read changed files of a format for some time and print the faults."""
    inputs = seeds(key)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    until, cases = time.monotonic() + seconds, 0
    faults: dict[str, str] = {}
    while time.monotonic() < until and len(faults) < 20:
        chooser = random.Random(cases)
        files = {name: changed(data, chooser) for name, data in chooser.choice(inputs).items()}
        began = time.process_time()
        try:
            read_all(key, files)
        except Problem:
            outcome = ""
        except BaseException as error:  # noqa: BLE001 - each is a fault of the reader, running out of memory included
            outcome = f"{type(error).__name__}: {str(error)[:200]}"
        else:
            outcome = ""
        if time.process_time() - began > LONGEST_READ:
            outcome = "took too long"
        if outcome:
            faults.setdefault(outcome, f"case {cases}")
        cases += 1
    print(json.dumps({"cases": cases, "faults": faults}))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
