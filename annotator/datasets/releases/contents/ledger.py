"""The spans from which the ledger of a release is read."""

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.corpus.spans.lifecycle import INDEPENDENT_KINDS
from annotator.corpus.spans.models import SetKind
from annotator.corpus.speakers.mentions.resolution import Mention
from annotator.datasets.exports.options import ExportOptions
from annotator.datasets.releases.contents.frozen import FrozenRecord
from annotator.datasets.transforms.consensus import voter_of
from annotator.datasets.transforms.transformation import ATTRIBUTE_POINT
from annotator.formats.records import SetRecord, SpanRecord
from annotator.ledger.reading.sources import ADJUDICATED, CONSENSUS, joined_content, mentions_of
from annotator.ledger.reading.statements import Support
from annotator.measures.alignment import SetContent


@dataclass(frozen=True)
class LedgerContent:
    """The spans of a document from which its ledger is read; `sets` are those that it was made of, by name."""

    basis: str
    sets: Sequence[str]
    content: SetContent
    support: Sequence[Support] | None


def ledger_content(record: FrozenRecord, options: ExportOptions) -> LedgerContent | None:
    """Return what the ledger of a release reads: the adjudicated set, else the consensus of the annotators
    whose sets are released.

    Labels and attributes that are not released are not read. None when no set of the document is released.
    """
    released = sorted(record.sets.keys() - record.evidence)
    gold = [name for name in released if record.kinds[name] == SetKind.ADJUDICATED]
    chosen = gold[-1:] or [name for name in released if record.kinds[name] in INDEPENDENT_KINDS] or released
    if not chosen:
        return None
    contents = [voter_of(name, _selected(record.sets[name], options)).seen for name in chosen]
    content, support = joined_content(contents)
    basis = ADJUDICATED if gold else chosen[0] if len(chosen) == 1 else CONSENSUS
    return LedgerContent(basis, chosen, content, support)


def _selected(work: SetRecord, options: ExportOptions) -> SetRecord:
    """Return a set with the labels and attributes that are released, and the relations between its spans."""
    if options.labels is None and options.attributes is None:
        return work
    spans = [
        {**span, "attributes": _released_attributes(span, options)}
        for span in work["spans"]
        if options.labels is None or span["label"] in options.labels
    ]
    kept = {span["id"] for span in spans}
    relations = [relation for relation in work["relations"] if {relation["from"], relation["to"]} <= kept]
    return {**work, "spans": spans, "relations": relations}  # type: ignore[typeddict-item]  # spans are records, too


def _released_attributes(span: SpanRecord, options: ExportOptions) -> dict[str, str]:
    if options.attributes is None:
        return dict(span["attributes"])
    label = span["label"] + ATTRIBUTE_POINT
    return {
        name: value
        for name, value in span["attributes"].items()
        if {name, label + name}.intersection(options.attributes)
    }


def mentions_in(record: FrozenRecord, options: ExportOptions) -> list[Mention]:
    """Return the mentions of speakers from which the ledger of a release names them."""
    chosen = ledger_content(record, options)
    return [] if chosen is None else mentions_of(record.document["text"], chosen.content)
