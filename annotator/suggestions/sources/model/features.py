"""What the model sees of each word: itself, its surroundings, quotation marks, and what the rules find. Pure.

A *column* is one property with a value for each word; a feature is a value of a column at a distance from the word.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from annotator.suggestions.sources.interface import Suggestion
from annotator.suggestions.sources.model.cue_words import CueWord, cue_words
from annotator.suggestions.sources.rules import lexicons
from annotator.suggestions.sources.rules.assembly import suggest as suggest_by_rules
from annotator.suggestions.sources.rules.reading import Reading
from annotator.suggestions.sources.rules.regions import boilerplate, turns
from annotator.suggestions.sources.rules.words import (
    ADVERBS,
    AUXILIARIES,
    CONJUNCTIONS,
    DAYS,
    DETERMINERS,
    OPENERS,
    PREPOSITIONS,
    PRONOUNS,
    QUOTATION_MARKS,
    Words,
)

_NO_CUE = CueWord("", "")
Codes = np.ndarray[tuple[int], np.dtype[np.int32]]

VERSION = 2
LONGEST_SEQUENCE = 300
_FARTHEST = 3
SHORT = 12
"""Lines of fewer words that end without a mark are taken as headlines."""
_NEAR = (-2, -1, 0, 1, 2)
_CLASSES = {
    word: name
    for name, words in (
        ("dt", DETERMINERS), ("in", PREPOSITIONS), ("op", OPENERS), ("cc", CONJUNCTIONS), ("aux", AUXILIARIES),
        ("rb", ADVERBS), ("day", DAYS), ("prp", PRONOUNS),
    )
    for word in words
}  # fmt: skip
# Distances at which each column is read, by version: models keep the columns that they were trained with.
_COLUMNS_1: Mapping[str, Sequence[int]] = {
    "word": _NEAR,
    "shape": (-1, 0, 1),
    "suffix": (-1, 0, 1),
    "prefix": (0,),
    "pair": (0, 1),
    "class": (-3, -2, -1, 0, 1, 2, 3),
    "classes": (-1, 0, 1),
    "cue list": (-2, -1, 0, 1, 2),
    "reply list": (-1, 0, 1),
    "speaker list": (-1, 0, 1),
    "verb": (-3, -2, -1, 0, 1, 2, 3),
    "quoted": (-1, 0, 1),
    "mark": (-2, -1, 0, 1, 2),
    "Claim": (-1, 0, 1),
    "Speaker": (-1, 0, 1),
    "Cue": (-1, 0, 1),
    "Denial": (-1, 0, 1),
    "Hedge": (-1, 0, 1),
    "rules": (-2, -1, 0, 1, 2),
    "rules and word": (0,),
    "rules and class": (0, 1),
    "place": (0,),
    "before verb": (0,),
    "after verb": (0,),
    "sentence": (0,),
    "side": (0,),
    "turn": (0,),
}
COLUMNS: Mapping[str, Sequence[int]] = {**_COLUMNS_1, "kind": (-2, -1, 0, 1, 2), "base": (0,)}
COLUMNS_BY_VERSION: Mapping[int, Mapping[str, Sequence[int]]] = {1: _COLUMNS_1, VERSION: COLUMNS}


class Codebook:
    """The values of columns as numbers, in all texts that share it: most memory would go to copies of strings."""

    def __init__(self) -> None:
        self.codes: dict[str, dict[str, int]] = {name: {} for name in COLUMNS}

    def coded(self, columns: Mapping[str, Sequence[str]]) -> dict[str, Codes]:
        """Return columns as numbers of their values."""
        return {
            name: np.array([codes.setdefault(value, len(codes)) for value in columns[name]], dtype=np.int32)
            for name, codes in self.codes.items()
        }


@dataclass(frozen=True)
class Table:
    """A text as columns of the codes of values by word, and where sequences end."""

    words: Words
    columns: Mapping[str, Codes]
    codebook: Codebook
    lengths: Sequence[int]


class _Everything:
    """A schema with all labels that the rules know, so that features do not depend on the labels of a project."""

    def __init__(self, *, is_narrow: bool) -> None:
        self.definition = {"boundaries": {"outer_quotation_marks": "out" if is_narrow else "in"}}
        self.labels = {name: _AnyLabel() for name in ("Claim", "Speaker", "Cue", "Denial", "Hedge")}
        self.relations: Mapping[str, object] = {}
        self.boundaries = None


class _AnyLabel:
    """A label without attributes whose spans may have several fragments."""

    discontinuous = True
    attributes: Mapping[str, object] = {}

    def default_attributes(self) -> dict[str, str]:
        return {}


@cache
def _schema(*, is_narrow: bool) -> _Everything:
    return _Everything(is_narrow=is_narrow)


def table_of(text: str, *, is_narrow: bool, codebook: Codebook | None = None) -> Table:
    """Return the columns of a text; texts of one training share a codebook."""
    reading = Reading(text)
    words = reading.words
    columns = dict(_word_columns(words))
    columns |= _list_columns(reading)
    columns |= _quotation_columns(reading)
    columns |= _rule_columns(reading, suggest_by_rules(text, _schema(is_narrow=is_narrow)).spans)
    columns["rules and word"] = [f"{rule}|{word}" for rule, word in zip(columns["rules"], words.lower, strict=True)]
    columns["rules and class"] = [
        f"{rule}|{kind}" for rule, kind in zip(columns["rules"], columns["class"], strict=True)
    ]
    columns |= _sentence_columns(reading, columns)
    codebook = codebook or Codebook()
    return Table(words, codebook.coded(columns), codebook, _sequence_lengths(words))


def _sequence_lengths(words: Words) -> list[int]:
    """Return the numbers of words of lines; long lines are cut between sentences, long sentences anywhere."""
    lengths: list[int] = []
    current = 0
    done = 0
    for first, last in words.sentences:
        begin = min(first, done)
        is_new_line = begin > 0 and "\n" in words.text[words.ends[begin - 1] : words.starts[begin]]
        if current and (is_new_line or current + last - begin > LONGEST_SEQUENCE):
            lengths.append(current)
            current = 0
        current += last - begin
        done = last
    current += len(words) - done
    lengths.append(current)
    return [
        piece
        for length in lengths
        for piece in ([LONGEST_SEQUENCE] * (length // LONGEST_SEQUENCE) + [length % LONGEST_SEQUENCE])
        if piece
    ]


def _shape(form: str) -> str:
    if form.isalpha():
        return "X" if form.isupper() else "Xx" if form[0].isupper() else "x"
    if form[0].isdigit():
        return "9"
    return "p" if not form[0].isalnum() else "m"


def _word_columns(words: Words) -> Iterator[tuple[str, list[str]]]:
    lower, forms = words.lower, words.forms
    yield "word", lower
    shapes = [_shape(form) for form in forms]
    yield "shape", shapes
    yield "suffix", [word[-3:] for word in lower]
    yield "prefix", [word[:4] for word in lower]
    yield "pair", [f"{first} {second}" for first, second in zip(["", *lower[:-1]], lower, strict=True)]
    kinds = [
        _CLASSES.get(word) or (form if shape == "p" else shape if shape != "x" else f"~{word[-2:]}")
        for word, form, shape in zip(lower, forms, shapes, strict=True)
    ]
    yield "class", kinds
    padded = ["", *kinds, ""]
    yield "classes", [" ".join(padded[index : index + 3]) for index in range(len(kinds))]
    punctuation = [form if shape == "p" else "" for form, shape in zip(forms, shapes, strict=True)]
    yield "mark", ["q" if form in QUOTATION_MARKS else form for form in punctuation]


def _list_columns(reading: Reading) -> dict[str, list[str]]:
    words = reading.words
    columns = {}
    for name, prefixes in (("cue list", ("cue",)), ("reply list", ("hedge", "denial")), ("speaker list", ("speaker",))):
        values = [""] * len(words)
        for entry in lexicons.matches(words, *prefixes):
            for index in range(entry.first, entry.last):
                values[index] = f"{'b' if index == entry.first else 'i'} {entry.lists[0]}"
        columns[name] = values
    verbs = reading.verbs
    columns["verb"] = ["v" if word in verbs else "" for word in words.lower]
    known = cue_words()
    pairs = [known.get(word, _NO_CUE) for word in words.lower]
    columns["kind"] = [pair.kind for pair in pairs]
    columns["base"] = [pair.base for pair in pairs]
    return columns


def _quotation_columns(reading: Reading) -> dict[str, list[str]]:
    words = reading.words
    values = [""] * len(words)
    for quotation in reading.quotations:
        kind = ("w" if quotation.is_whole else "p") + ("" if quotation.is_paired else "u")
        kind += "s" if quotation.is_single else ""
        first, last = words.from_offset(quotation.start), words.before_offset(quotation.end)
        for index in range(first, last):
            edge = "b" if index == first else "e" if index == last - 1 else "i"
            values[index] = f"{kind}{edge}"
    turn_values = ["o"] * len(words)
    for turn in turns(reading.text):
        for index in range(words.from_offset(turn.said[0]), words.before_offset(turn.said[1])):
            turn_values[index] = "q" if turn.is_question else "a"
    for start, end in boilerplate(reading.text):
        for index in range(words.from_offset(start), words.before_offset(end)):
            turn_values[index] = "x"
    return {"quoted": values, "turn": turn_values}


def _rule_columns(reading: Reading, spans: Sequence[Suggestion]) -> dict[str, list[str]]:
    words = reading.words
    columns = {name: [""] * len(words) for name in ("Claim", "Speaker", "Cue", "Denial", "Hedge")}
    for span in spans:
        values = columns[span.label]
        for number, (start, end) in enumerate(span.fragments):
            first, last = words.word_at(start), words.before_offset(end)
            for index in range(first, last):
                edge = ("b" if number == 0 else "c") if index == first else "i"
                values[index] = f"{edge}{'e' if index == last - 1 else ''} {round(span.score, 1)}"
    short = {"Claim": "C", "Speaker": "S", "Cue": "K", "Denial": "D", "Hedge": "H"}
    columns["rules"] = [
        " ".join(f"{short[name]}{value.split(' ')[0]}" for name, value in zip(columns, values, strict=True) if value)
        for values in zip(*columns.values(), strict=True)
    ]
    return columns


def _sentence_columns(reading: Reading, columns: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    words = reading.words
    count = len(words)
    place, before, after, pattern, side = ([""] * count for _ in range(5))
    is_cue = [bool(verb) or bool(cue) for verb, cue in zip(columns["verb"], columns["Cue"], strict=True)]
    for first, last in words.sentences:
        cues = [index for index in range(first, last) if columns["Cue"][index]]
        claims = any(columns["Claim"][index] for index in range(first, last))
        quoted = {columns["quoted"][index][:1] for index in range(first, last)} - {""}
        is_headline = last - first < SHORT and words.is_word(last - 1)
        shape = f"{min(len(cues), 3)}{'c' if claims else ''}{''.join(sorted(quoted))}{'h' if is_headline else ''}"
        distance = 99
        for index in range(first, last):
            distance = 0 if is_cue[index] else distance + 1
            after[index] = _bucket(distance)
            pattern[index] = shape
            side[index] = _side(cues, index, columns["quoted"][index])
            place[index] = "b" if index == first else "e" if index == last - 1 else "e2" if index == last - 2 else "i"
        distance = 99
        for index in range(last - 1, first - 1, -1):
            distance = 0 if is_cue[index] else distance + 1
            before[index] = _bucket(distance)
    return {"place": place, "before verb": before, "after verb": after, "sentence": pattern, "side": side}


def _bucket(distance: int) -> str:
    return (
        str(distance)
        if distance < 4
        else "5"
        if distance < 7
        else "9"
        if distance < 15
        else "f"
        if distance < 99
        else "n"
    )


def _side(cues: Sequence[int], index: int, quoted: str) -> str:
    if not cues:
        return f"n{quoted[:1]}"
    where = "b" if index < cues[0] else "a" if index > cues[-1] else "m"
    return f"{where}{quoted[:1]}"


class Vocabulary:
    """The numbers of features: a block of the table of weights for each column and distance."""

    def __init__(self, values: Mapping[str, Sequence[str]], *, version: int = VERSION) -> None:
        self.version = version
        self.columns = COLUMNS_BY_VERSION[version]
        self.values = {name: list(values[name]) for name in self.columns}
        self._numbers = {name: {value: number for number, value in enumerate(rows, 2)} for name, rows in values.items()}
        self._known: tuple[Codebook, Mapping[str, Codes]] | None = None
        self.offsets: dict[tuple[str, int], int] = {}
        self.size = 0
        for name, distances in self.columns.items():
            for distance in distances:
                self.offsets[name, distance] = self.size
                self.size += len(self.values[name]) + 2

    @classmethod
    def of(cls, tables: Sequence[Table], *, least: int, on_column: Callable[[], None] = lambda: None) -> "Vocabulary":
        """Return the values that stand often enough in some texts; `on_column` is called before each column."""
        values: dict[str, Sequence[str]] = {}
        codebook = tables[0].codebook
        for name in COLUMNS:
            on_column()
            codes = codebook.codes[name]
            counts = np.bincount(np.concatenate([table.columns[name] for table in tables]), minlength=len(codes))
            values[name] = sorted(value for value, code in codes.items() if counts[code] >= least)
        return cls(values)

    def rows(self, table: Table) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
        """Return the numbers of the features of each word; 0 of a block is an unknown value, 1 is out of the text."""
        count = len(table.words)
        columns = []
        by_code = self._numbers_by_code(table.codebook)
        for name, distances in self.columns.items():
            padded = np.ones(count + 2 * _FARTHEST, dtype=np.int32)
            padded[_FARTHEST : _FARTHEST + count] = by_code[name][table.columns[name]]
            for distance in distances:
                begin = _FARTHEST + distance
                columns.append(padded[begin : begin + count] + self.offsets[name, distance])
        return np.stack(columns, axis=1)

    def _numbers_by_code(self, codebook: Codebook) -> Mapping[str, Codes]:
        if self._known is None or self._known[0] is not codebook:
            by_code = {
                name: np.array([self._numbers[name].get(value, 0) for value in codes], dtype=np.int32)
                for name, codes in codebook.codes.items()
                if name in self.columns
            }
            self._known = codebook, by_code
        return self._known[1]
