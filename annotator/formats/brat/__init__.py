"""The format brat standoff."""

import re

from annotator.formats.brat.read import read_brat
from annotator.formats.brat.write import write_brat
from annotator.formats.incoming import Head
from annotator.formats.interface import Format

_LINE = re.compile(r"T\d+\t\S+ \d+ \d+(;\d+ \d+)*\t")


def _sniff(head: Head) -> float:
    if head.name.lower().endswith(".ann"):
        return 0.9
    return 0.6 if _LINE.match(head.text) else 0.0


FORMAT = Format(
    "brat standoff",
    (".ann",),
    _sniff,
    read=read_brat,
    write=write_brat,
    archive=True,
    side_files=("annotation.conf", "visual.conf"),
    lost=(
        "Titles and meta of documents.",
        "Revision, state, schema and guideline version of sets.",
        "Ids of relations that brat would not have made.",
    ),
)
