"""WebAnno TSV 3, also of INCEpTION: a token a line, a column a feature. Offsets count UTF-16 units, as Java does."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise, takewhile
from typing import NamedTuple

from annotator.formats.file_names import FileNames
from annotator.formats.loss_reasons import reason
from annotator.formats.outgoing import ATTRIBUTES, NOTE, RELATIONS, ExportContext, ExportDocument, LossTracker, Piece
from annotator.formats.records import RelationRecord, SetRecord, SpanRecord
from annotator.formats.webanno.read import HEADER
from annotator.text.offsets import Utf16Offsets
from annotator.text.rules import TextRules
from annotator.text.tokens import split_tokens

SPAN, RELATION = "webanno.custom.Span", "webanno.custom.Relation"


LABEL, NOTE_FEATURE = "label", "note"


_RESERVED = re.compile(r"[\\\[\]|_;*]|->")


_CONTROLS = {"\t": r"\t", "\n": r"\n", "\r": r"\r", "\f": r"\f", "\b": r"\b"}


_LOST = re.compile(r"[\t\r\n\f\x08]")


class Token(NamedTuple):
    """A token: its place in the file, such as 2-1, and in the text."""

    place: str
    start: int
    end: int


class Part(NamedTuple):
    """One fragment of a span, with the number that tells it from others in the file."""

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
        edges = [edge for span in spans for fragment in span["fragments"] for edge in fragment]
        self._sentences = _sentences(text, edges, rules)
        tokens = [token for sentence in self._sentences for token in sentence[1]]
        places = [(start, end, span) for span in spans for start, end in span["fragments"]]
        parts = [Part(number, *place) for number, place in enumerate(places, 1)]
        self._at: dict[str, list[int]] = defaultdict(list)
        self._first: dict[int, str] = {}
        for part in parts:
            self._lay(part, tokens)
        self._names = sorted({name for span in spans for name in span["attributes"]} - {LABEL, NOTE_FEATURE})
        # The same on every token that the part lies on; most tokens have none.
        self._cells_of = {part.number: self._features(part) for part in parts if part.number in self._first}
        self._relations = self._by_target(relations, parts)

    def lines(self) -> Iterator[str]:
        """Yield the lines of the file, each with its end."""
        yield f"#FORMAT={HEADER} 3.3\n#T_SP={'|'.join([SPAN, LABEL, *self._names, NOTE_FEATURE])}\n"
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

    def _lay(self, part: Part, tokens: Sequence[Token]) -> None:
        """Note on which tokens a part lies."""
        first = bisect_right(tokens, part.start, key=lambda token: token.end)
        under = list(takewhile(lambda token: token.start < part.end, islice(tokens, first, None)))
        if not under:
            self._tracker.add_loss(self._annotator, part.span["id"], "span", reason("white_space"))
            return
        if (under[0].start, under[-1].end) != (part.start, part.end):
            self._tracker.add_loss(self._annotator, part.span["id"], "edges", reason("token_edges"))
        self._first[part.number] = under[0].place
        for token in under:
            self._at[token.place].append(part.number)

    def _by_target(
        self, relations: Iterable[RelationRecord], parts: Iterable[Part]
    ) -> dict[str, list[tuple[str, str]]]:
        """Return the two cells of each relation by the token at which its target begins."""
        number_of: dict[str, int] = {}
        for part in parts:
            if part.number in self._first:
                number_of.setdefault(part.span["id"], part.number)
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
        """Return the cells of a token; none when nothing lies on it: relations begin where their spans do."""
        numbers = self._at.get(token.place)
        if not numbers:
            return []
        spans = [self._cells_of[number] for number in numbers]
        cells = spans[0] if len(spans) == 1 else ["|".join(column) for column in zip(*spans, strict=True)]
        relations = self._relations.get(token.place, ())
        return [*cells, _joined(label for label, _ in relations), _joined(base for _, base in relations)]

    def _features(self, part: Part) -> list[str]:
        """Return label, attributes and note of a part as they stand on each of its tokens."""
        span = part.span
        values = [(name, span["attributes"].get(name)) for name in self._names]
        rest = [self._feature(part, name, value) for name, value in [*values, (NOTE, span["note"])]]
        return [_value(span["label"], part), *rest]

    def _feature(self, part: Part, name: str, value: str | None) -> str:
        if value and _LOST.search(value):
            self._tracker.add_loss(self._annotator, part.span["id"], name, reason("line_breaks"))
            value = _LOST.sub(" ", value)
        return _value(value or "", part)


def _sentences(text: str, edges: Iterable[int], rules: TextRules) -> list[tuple[str, list[Token]]]:
    """Return the sentences, each with what stands before the next one, and their tokens."""
    starts = [start for start, _ in rules.sentences(text)]
    starts = [0, *starts[1:], len(text)] if starts else [0, len(text)]
    tokens = list(split_tokens(text, edges, rules.tokens))
    made: list[tuple[str, list[Token]]] = []
    at = 0
    for number, (start, end) in enumerate(pairwise(starts), 1):
        own: list[Token] = []
        while at < len(tokens) and tokens[at][0] < end:
            own.append(Token(f"{number}-{len(own) + 1}", *tokens[at]))
            at += 1
        made.append((text[start:end], own))
    return made


def _value(value: str, part: Part) -> str:
    return f"{_escaped(value) if value else '*'}[{part.number}]"


def _joined(values: Iterable[str]) -> str:
    return "|".join(values) or "_"


def _escaped(value: str) -> str:
    return _RESERVED.sub(lambda match: "\\" + match.group(), value)


def _escaped_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\")
    for control, written in _CONTROLS.items():
        escaped = escaped.replace(control, written)
    return escaped
