"""The format spaCy 2 training data, which NER Annotator writes as well."""

from annotator.formats.incoming import Head
from annotator.formats.interface import Format
from annotator.formats.spacy_training.read import read_training_data

_BEGINNINGS = ('{"classes"', '{"annotations"', "[[", "[null", '["')


def _sniff(head: Head) -> float:
    text = "".join(head.text[:20_000].split())
    if text.startswith("[{") and '"paragraphs":[' in text[:2_000]:
        return 0.92
    return 0.92 if text.startswith(_BEGINNINGS) and ('{"entities":' in text or '"annotations":[' in text) else 0.0


FORMAT = Format("spaCy 2 training data (NER Annotator)", (".json", ".jsonl"), _sniff, read=read_training_data)
