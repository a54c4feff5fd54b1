"""The format CoNLL: CoNLL-2003, and for reading CoNLL-U and other column files."""

import re

from annotator.formats.conll.columns import START, header_of
from annotator.formats.conll.conll_2012 import is_conll_2012
from annotator.formats.conll.read import read_conll
from annotator.formats.conll.token_tables import token_table
from annotator.formats.conll.write import write_conll
from annotator.formats.incoming import Head
from annotator.formats.interface import Format

ENDINGS = (".conll", ".conllu", ".conllup", ".iob", ".iob2", ".bio")
_CONLL_U = re.compile(r"1(?:-\d+)?\t[^\t]*(?:\t[^\t]*){8}\Z", re.ASCII)
_LINE = re.compile(r"\S+(?:[ \t]+\S+)*[ \t]+(?:[BIESUL]-\S+|O)[ \t]*\r?\Z")


def _sniff(head: Head) -> float:
    if head.text.startswith(START) or is_conll_2012(head.text):
        return 0.95
    rows = (line.removesuffix("\r") for line in head.text.split("\n")[:200] if line[:1] not in ("", "#", "\r"))
    if _CONLL_U.match(next(rows, "")):
        return 0.95
    if token_table(head.text) is not None:
        return 0.95
    names = header_of(head.text.split("\n")[:50])
    if names and "text" not in map(str.lower, names) and "\t" in head.text.split("\n", 1)[0]:
        return 0.9
    lines = [line for line in head.text.split("\n")[:50] if line.strip() and not line.startswith("#")][:-1]
    if len(lines) < 2 or not all(_LINE.match(line) for line in lines):
        return 0.9 if head.name.lower().endswith(ENDINGS) else 0.0
    return 0.9 if len({len(line.split()) for line in lines}) == 1 else 0.0


FORMAT = Format(
    "CoNLL (columns)",
    ENDINGS,
    _sniff,
    read=read_conll,
    write=write_conll,
    unit="token",
    archive=True,
    single=True,
    set_per_record=True,
    lost=(
        "The white space between tokens, and so the offsets.",
        "Ids, titles and meta of documents, and ids of spans.",
        "Revision, state, schema and guideline version of sets.",
    ),
)
