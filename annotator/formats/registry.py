"""The formats, one line each, and how the format of a file is detected."""

from pathlib import PurePath
from re import compile as compile_pattern

from annotator.formats import (
    brat,
    conll,
    docbin,
    doccano,
    html,
    huggingface,
    jsonl,
    label_studio,
    parquet,
    plain_text,
    prodigy,
    spacy_json,
    spacy_training,
    tables,
    uima,
    web_annotation,
    webanno,
)
from annotator.formats.archives import ENDING as ARCHIVE_ENDING
from annotator.formats.archives import OWN_SIDE_FILES
from annotator.formats.incoming import LONGEST_ID, Head, ending_of
from annotator.formats.json_files import records_in

FORMATS = {
    "jsonl": jsonl.FORMAT,
    "text": plain_text.FORMAT,
    "brat": brat.FORMAT,
    "doccano": doccano.FORMAT,
    "label-studio": label_studio.FORMAT,
    "conll": conll.FORMAT,
    "prodigy": prodigy.FORMAT,
    "web-annotation": web_annotation.FORMAT,
    "webanno": webanno.FORMAT,
    "csv": tables.CSV,
    "tsv": tables.TSV,
    "huggingface": huggingface.FORMAT,
    "parquet": parquet.FORMAT,
    "spacy": spacy_json.FORMAT,
    "docbin": docbin.FORMAT,
    "uima": uima.FORMAT,
    "html": html.FORMAT,
    "label-studio-table": label_studio.TABLE,
    "spacy-training": spacy_training.FORMAT,
}
READABLE = tuple(key for key, format_ in FORMATS.items() if format_.is_readable)
WRITABLE = tuple(key for key, format_ in FORMATS.items() if format_.write)
ENDINGS = (*sorted({ending for format_ in FORMATS.values() for ending in format_.endings if ending}), ARCHIVE_ENDING)
SIDE_FILES = frozenset(OWN_SIDE_FILES).union(*(format_.side_files for format_ in FORMATS.values()))
"""Names of files that lie beside the data in archives and hold no documents."""

CERTAIN = 0.9
"""The confidence from which the first record alone tells the format."""
_UNFIT = compile_pattern("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def detect_format(head: Head) -> str | None:
    """Return the key in `FORMATS` of the format that a file most likely has; None when no format fits.

    >>> [detect_format(head) for head in (Head("news.JSONL", b""), Head("README", b"Read me."), Head("a.png", b"PNG"))]
    ['jsonl', 'text', None]
    """
    confidence = {key: FORMATS[key].sniff(head) for key in READABLE}
    for record in records_in(head) if max(confidence.values()) < CERTAIN else ():
        confidence |= {key: max(confidence[key], FORMATS[key].sniff(record)) for key in READABLE}
    best = max(confidence, key=lambda key: confidence[key])
    return best if confidence[best] > 0 else None


def stem_of(file_name: str) -> str:
    r"""Return the name of a file without folder and ending, fit to name a document.

    >>> stem_of("C:\\news\\article.one.txt")
    'article.one'
    """
    name = PurePath(file_name.replace("\\", "/")).name
    stem = PurePath(name).stem if ending_of(name) in ENDINGS else name
    return _UNFIT.sub("_", stem).strip()[:LONGEST_ID] or "document"
