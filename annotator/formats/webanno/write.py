"""Writing WebAnno TSV 3, also for INCEpTION: a line for each token, a column for each feature.

Offsets count UTF-16 units.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise, takewhile
from typing import NamedTuple

from annotator.formats.file_names import FileNames, Identifiers
from annotator.formats.loss_reasons import reason
from annotator.formats.outgoing import ATTRIBUTES, NOTE, RELATIONS, ExportContext, ExportDocument, LossTracker, Piece
from annotator.formats.records import RelationRecord, SetRecord, SpanRecord
from annotator.formats.webanno.version_3 import HEADER
from annotator.text.offsets import Utf16Offsets
from annotator.text.rules import TextRules
from annotator.text.tokens import split_tokens

SPAN, RELATION = "webanno.custom.Span", "webanno.custom.Relation"


LABEL, NOTE_FEATURE = "label", "note"


_RESERVED = re.compile(r"[\\\[\]|_;*]|->")


_CONTROLS = {"\t": r"\t", "\n": r"\n", "\r": r"\r", "\f": r"\f", "\b": r"\b"}


# Names of features may not have what separates them in the header.
_UNFIT = re.compile(r"[\s|#=]+")


_LOST = re.compile(r"[\t\r\n\f\x08]")


class Token(NamedTuple):
    """A token: its number in the file, such as 2-1, and its location in the text."""

    place: str
    start: int
    end: int


class Fragment(NamedTuple):
    """One fragment of a span, with its number in the file."""

    number: int
    start: int
    end: int
    span: SpanRecord


def write_webanno(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield a file for each set, in the folders that WebAnno's own archives have."""
    folders, files = FileNames(), FileNames()
    for export in documents:
        tracker = LossTracker(export, context.losses, carried={ATTRIBUTES, NOTE, RELATIONS})
        folder = folders.of(export.document["id"])
        if folder != export.document["id"]:
            tracker.add_loss("", "", "id", reason("id_is_folder_name", folder))
        for annotator, record in export.sets.items():
            name = files.of(annotator)
            if name != annotator:
                tracker.add_loss(annotator, "", "annotator", reason("file_name", name))
            lines = _File(export.document["text"], annotator, record, tracker, context.rules).lines()
            yield f"annotation/{folder}.txt/{name}.tsv", "".join(lines).encode()


class _File:
    def __init__(self, text: str, annotator: str, record: SetRecord, tracker: LossTracker, rules: TextRules) -> None:
        self._text = text
        self._units = Utf16Offsets(text)
        self._tracker = tracker
        self._annotator = annotator
        spans = list(tracker.spans(annotator, record))
        relations = tracker.relations(annotator, record)
        boundaries = [boundary for span in spans for fragment in span["fragments"] for boundary in fragment]
        self._sentences = _sentences(text, boundaries, rules)
        tokens = [token for sentence in self._sentences for token in sentence[1]]
        places = [(start, end, span) for span in spans for start, end in span["fragments"]]
        fragments = [Fragment(number, *place) for number, place in enumerate(places, 1)]
        self._at: dict[str, list[int]] = defaultdict(list)
        self._first: dict[int, str] = {}
        for fragment in fragments:
            self._locate(fragment, tokens)
        features = Identifiers(_UNFIT, (LABEL, NOTE_FEATURE))
        # The features of an attribute; two features are our own.
        self._names = {
            name: features.of(f"{name}_" if name in (LABEL, NOTE_FEATURE) else name)
            for name in sorted({name for span in spans for name in span["attributes"]})
        }
        for name, feature in self._names.items():
            if feature != name:
                tracker.add_loss(annotator, "", f"attribute {name}", reason("feature_name", feature))
        # The same for every token of the fragment; most tokens have none.
        self._cells_of = {
            fragment.number: self._features(fragment) for fragment in fragments if fragment.number in self._first
        }
        self._relations = self._by_target(relations, fragments)

    def lines(self) -> Iterator[str]:
        """Yield the lines of the file, with line ends."""
        yield f"#FORMAT={HEADER} 3.3\n#T_SP={'|'.join([SPAN, LABEL, *self._names.values(), NOTE_FEATURE])}\n"
        yield f"#T_RL={RELATION}|{LABEL}|BT_{SPAN}\n\n"
        bare = "\t".join("_" * (len(self._names) + 4)) + "\t\n"
        to_utf16 = self._units.to_utf16
        for sentence, tokens in self._sentences:
            yield f"\n#Text={_escaped_text(sentence)}\n"
            for token in tokens:
                covered = self._text[token.start : token.end]
                cells = self._cells(token)
                beside = "\t".join(cells) + "\t\n" if cells else bare
                yield f"{token.place}\t{to_utf16(token.start)}-{to_utf16(token.end)}\t{covered}\t{beside}"

    def _locate(self, fragment: Fragment, tokens: Sequence[Token]) -> None:
        """Remember the tokens of a fragment."""
        first = bisect_right(tokens, fragment.start, key=lambda token: token.end)
        under = list(takewhile(lambda token: token.start < fragment.end, islice(tokens, first, None)))
        if not under:
            self._tracker.add_loss(self._annotator, fragment.span["id"], "span", reason("white_space"))
            return
        if (under[0].start, under[-1].end) != (fragment.start, fragment.end):
            self._tracker.add_loss(self._annotator, fragment.span["id"], "edges", reason("token_edges"))
        self._first[fragment.number] = under[0].place
        for token in under:
            self._at[token.place].append(fragment.number)

    def _by_target(
        self, relations: Iterable[RelationRecord], fragments: Iterable[Fragment]
    ) -> dict[str, list[tuple[str, str]]]:
        """Return the two cells of each relation by the first token of its target."""
        number_of: dict[str, int] = {}
        for fragment in fragments:
            if fragment.number in self._first:
                number_of.setdefault(fragment.span["id"], fragment.number)
        cells: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for relation in relations:
            source, target = number_of.get(relation["from"]), number_of.get(relation["to"])
            if source is None or target is None:
                self._tracker.add_loss(self._annotator, relation["id"], RELATIONS, reason("span_lost"))
            else:
                base = f"{self._first[source]}[{source}_{target}]"
                cells[self._first[target]].append((_escaped(relation["label"]), base))
        return cells

    def _cells(self, token: Token) -> list[str]:
        """Return the cells of a token; none without spans, because relations start where their spans do."""
        numbers = self._at.get(token.place)
        if not numbers:
            return []
        spans = [self._cells_of[number] for number in numbers]
        cells = spans[0] if len(spans) == 1 else ["|".join(column) for column in zip(*spans, strict=True)]
        relations = self._relations.get(token.place, ())
        return [*cells, _joined(label for label, _ in relations), _joined(base for _, base in relations)]

    def _features(self, fragment: Fragment) -> list[str]:
        """Return the cells for label, attributes and note of a fragment."""
        span = fragment.span
        values = [(name, span["attributes"].get(name)) for name in self._names]
        rest = [self._feature(fragment, name, value) for name, value in [*values, (NOTE, span["note"])]]
        return [_value(span["label"], fragment), *rest]

    def _feature(self, fragment: Fragment, name: str, value: str | None) -> str:
        if value and _LOST.search(value):
            self._tracker.add_loss(self._annotator, fragment.span["id"], name, reason("line_breaks"))
            value = _LOST.sub(" ", value)
        return _value(value or "", fragment)


def _sentences(text: str, boundaries: Iterable[int], rules: TextRules) -> list[tuple[str, list[Token]]]:
    """Return the sentences, each with the text up to the next one, and their tokens."""
    starts = [start for start, _ in rules.sentences(text)]
    starts = [0, *starts[1:], len(text)] if starts else [0, len(text)]
    tokens = list(split_tokens(text, boundaries, rules.tokens))
    made: list[tuple[str, list[Token]]] = []
    at = 0
    for number, (start, end) in enumerate(pairwise(starts), 1):
        own: list[Token] = []
        while at < len(tokens) and tokens[at][0] < end:
            own.append(Token(f"{number}-{len(own) + 1}", *tokens[at]))
            at += 1
        made.append((text[start:end], own))
    return made


def _value(value: str, fragment: Fragment) -> str:
    return f"{_escaped(value) if value else '*'}[{fragment.number}]"


def _joined(values: Iterable[str]) -> str:
    return "|".join(values) or "_"


def _escaped(value: str) -> str:
    return _RESERVED.sub(lambda match: "\\" + match.group(), value)


def _escaped_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\")
    for control, written in _CONTROLS.items():
        escaped = escaped.replace(control, written)
    return escaped
