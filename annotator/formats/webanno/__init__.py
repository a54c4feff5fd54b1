"""The format WebAnno TSV 3."""

from annotator.formats.incoming import Head
from annotator.formats.interface import Format
from annotator.formats.webanno.read import HEADER, read_webanno
from annotator.formats.webanno.write import write_webanno


def _sniff(head: Head) -> float:
    return 1.0 if head.text.lstrip().startswith(f"#FORMAT={HEADER} 3") else 0.0


FORMAT = Format(
    "WebAnno TSV 3",
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
