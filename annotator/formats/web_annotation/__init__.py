"""The format W3C Web Annotation."""

from annotator.formats.incoming import Head
from annotator.formats.interface import Format
from annotator.formats.web_annotation.read import CONTEXT, ENDING, read_web_annotation
from annotator.formats.web_annotation.write import write_web_annotation


def _sniff(head: Head) -> float:
    return 0.95 if CONTEXT.split("://", 1)[1] in head.text[:5000] else 0.0


FORMAT = Format(
    "W3C Web Annotation",
    (ENDING,),
    _sniff,
    read=read_web_annotation,
    write=write_web_annotation,
    archive=True,
    lost=("Revision, state, schema and guideline version of sets.",),
)
