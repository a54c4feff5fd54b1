"""The formats, one line each, and how a file is told to be of one of them."""

from pathlib import PurePath
from re import compile as compile_pattern

from annotator.formats import (
    brat,
    conll,
    docbin,
    doccano,
    html,
    huggingface,
    label_studio,
    parquet,
    prodigy,
    spacy_json,
    tables,
    uima,
    web_annotation,
    webanno,
)
from annotator.formats.jsonl import read_jsonl
from annotator.formats.plain_text import read_plain_text
from annotator.formats.reading import LONGEST_ID
from annotator.formats.recipes import Head, Recipe
from annotator.formats.sniffing import first_record

ARCHIVE_ENDING = ".zip"
_TEXT_ENDINGS = (".txt", ".text", ".md", "")
_UNFIT = compile_pattern("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def _sniff_jsonl(head: Head) -> float:
    record = first_record(head)
    if "text" in record and record.keys() & {"annotators", "annotator", "sha256", "meta"}:
        return 0.7
    return 0.4 if ending_of(head.name) in (".jsonl", ".ndjson") else 0.0


def _sniff_text(head: Head) -> float:
    return 0.3 if ending_of(head.name) in _TEXT_ENDINGS else 0.0


def ending_of(file_name: str) -> str:
    """Return the ending of a file's name in small letters."""
    return PurePath(file_name).suffix.lower()


RECIPES = {
    "jsonl": Recipe(
        "JSONL", (".jsonl", ".ndjson"), _sniff_jsonl, read_lines=read_jsonl, media_type="application/x-ndjson"
    ),
    "text": Recipe("plain text", _TEXT_ENDINGS, _sniff_text, read_lines=read_plain_text),
    "brat": brat.RECIPE,
    "doccano": doccano.RECIPE,
    "label-studio": label_studio.RECIPE,
    "conll": conll.RECIPE,
    "prodigy": prodigy.RECIPE,
    "web-annotation": web_annotation.RECIPE,
    "webanno": webanno.RECIPE,
    "csv": tables.CSV,
    "tsv": tables.TSV,
    "huggingface": huggingface.RECIPE,
    "parquet": parquet.RECIPE,
    "spacy": spacy_json.RECIPE,
    "docbin": docbin.RECIPE,
    "uima": uima.RECIPE,
    "html": html.RECIPE,
}
READABLE = tuple(key for key, recipe in RECIPES.items() if recipe.read or recipe.read_lines)
WRITABLE = ("jsonl", *(key for key, recipe in RECIPES.items() if recipe.write))
ENDINGS = (*sorted({end for recipe in RECIPES.values() for end in recipe.endings if end}), ARCHIVE_ENDING)


def recognise(head: Head) -> str | None:
    """Return the key in `RECIPES` of the format that a file most likely has; None when it looks like none.

    >>> recognise(Head("news.JSONL", b"")), recognise(Head("README", b"Read me.")), recognise(Head("a.png", b"PNG"))
    ('jsonl', 'text', None)
    """
    sure = {key: RECIPES[key].sniff(head) for key in READABLE}
    best = max(sure, key=lambda key: sure[key])
    return best if sure[best] > 0 else None


def stem_of(file_name: str) -> str:
    r"""Return the name of a file without folder and ending, fit to name a document.

    >>> stem_of("C:\\news\\article.one.txt")
    'article.one'
    """
    name = PurePath(file_name.replace("\\", "/")).name
    stem = PurePath(name).stem if ending_of(name) in ENDINGS else name
    return _UNFIT.sub("_", stem).strip()[:LONGEST_ID] or "document"
