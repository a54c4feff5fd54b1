"""The format WebAnno TSV 3, and version 2 for reading."""

from annotator.formats.incoming import Head
from annotator.formats.interface import Format
from annotator.formats.webanno.read import read_webanno
from annotator.formats.webanno.version_2 import is_version_2
from annotator.formats.webanno.version_3 import HEADER
from annotator.formats.webanno.write import write_webanno


def _sniff(head: Head) -> float:
    if head.text.lstrip().startswith(f"#FORMAT={HEADER} 3"):
        return 1.0
    return 0.95 if is_version_2(head.text) else 0.0


FORMAT = Format(
    "WebAnno TSV",
    (".tsv",),
    _sniff,
    read=read_webanno,
    write=write_webanno,
    unit="utf-16-code-unit",
    archive=True,
    single=True,
    lost=(
        "Titles and meta of documents.",
        "Ids of spans and relations: spans are numbered.",
        "Revision, state, schema and guideline version of sets.",
    ),
)
