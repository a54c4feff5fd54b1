"""The report of a job as a file, streamed so that memory use does not grow with its size."""

import csv
import io
from collections.abc import Iterable, Iterator

import orjson

from annotator.platform.jobs.models import Job
from annotator.platform.jobs.selectors import lines_of, result_of
from annotator.text.spreadsheet import without_formula

COLUMNS = ("level", "where", "message")
CHUNK = 1000


def csv_report(job: Job) -> Iterator[bytes]:
    """Yield the lines as CSV with a header; an apostrophe is put before cells that a spreadsheet would execute."""
    yield _row(COLUMNS)
    for line in lines_of(job).values_list(*COLUMNS).iterator(chunk_size=CHUNK):
        yield _row(map(without_formula, line))


def json_report(job: Job) -> Iterator[bytes]:
    """Yield one JSON object with state, result, problem and all lines."""
    head = {"job": job.pk, "kind": job.kind, "state": job.state, "started": job.created_at, "finished": job.finished_at}
    head |= {"result": result_of(job), "problem": job.problem}
    yield orjson.dumps(head)[:-1] + b',"report":['
    separator = b"\n"
    for line in lines_of(job).values(*COLUMNS).iterator(chunk_size=CHUNK):
        yield separator + orjson.dumps(line)
        separator = b",\n"
    yield b"\n]}\n"


def _row(cells: Iterable[object]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerow(list(cells))
    return buffer.getvalue().encode()
