"""The format UIMA CAS: XMI, and CAS JSON for reading."""

from annotator.formats.incoming import Head
from annotator.formats.interface import Format
from annotator.formats.uima.read import read_uima
from annotator.formats.uima.write import TYPES, write_uima


def _sniff(head: Head) -> float:
    if head.text.lstrip().startswith("{") and ('"%TYPES"' in head.text or '"%FEATURE_STRUCTURES"' in head.text):
        return 0.97
    return 0.95 if "http://www.omg.org/XMI" in head.text[:5000] else 0.0


FORMAT = Format(
    "UIMA CAS",
    (".xmi",),
    _sniff,
    read=read_uima,
    write=write_uima,
    unit="utf-16-code-unit",
    archive=True,
    single=True,
    side_files=(TYPES, TYPES.lower()),
    lost=("Titles and meta of documents.", "Revision, state, schema and guideline version of sets."),
)
