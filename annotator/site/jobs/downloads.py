"""The report of a job as a file, line by line so that memory does not grow with it."""

import csv
import io
from collections.abc import Iterator

import orjson

from annotator.platform.jobs.models import Job
from annotator.platform.jobs.selectors import lines_of

COLUMNS = ("level", "where", "message")
AT_ONCE = 1000
# What programs for tables would carry out instead of showing it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_report(job: Job) -> Iterator[bytes]:
    """Yield the lines as CSV with a heading; a cell that a program would calculate begins with an apostrophe."""
    yield _row(COLUMNS)
    for line in lines_of(job).values_list(*COLUMNS).iterator(chunk_size=AT_ONCE):
        yield _row(f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in line)


def json_report(job: Job) -> Iterator[bytes]:
    """Yield one JSON object: state, result, problem and all lines."""
    head = {"job": job.pk, "kind": job.kind, "state": job.state, "started": job.created_at, "finished": job.finished_at}
    head |= {"result": job.result, "problem": job.problem}
    yield orjson.dumps(head)[:-1] + b',"report":['
    separator = b"\n"
    for line in lines_of(job).values(*COLUMNS).iterator(chunk_size=AT_ONCE):
        yield separator + orjson.dumps(line)
        separator = b",\n"
    yield b"\n]}\n"


def _row(cells: "Iterator[str] | tuple[str, ...]") -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerow(list(cells))
    return buffer.getvalue().encode()
