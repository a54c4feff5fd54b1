"""The columns of CoNLL, CoNLL-U and other column files: how they are separated, and what each of them holds.

Without a choice of the person who imports, columns are guessed from the first rows. A choice is JSON:
`{"separator": "tab", "token": 2, "tags": [3, 4]}`, columns counted from 1.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import orjson

from annotator.formats.conll.plain_tags import holds_plain_tags
from annotator.formats.incoming import UnreadableFile
from annotator.formats.tokens import TAG

START = "-DOCSTART-"
SEPARATORS = {"tab": "\t", "space": " ", "comma": ",", "semicolon": ";", "bar": "|"}
"""Separators by the names that a choice of columns uses; a space stands for any number of spaces and tabs."""
TOKEN_NAMES = frozenset(["tok", "token", "tokens", "word", "words", "form"])
MOST_GUESSED = 2_000
_SPACES = re.compile(r"[ \t]+")
_NUMBER = re.compile(r"\d+(?:[-.]\d+)?\Z", re.ASCII)
_CHUNKS = frozenset(["NP", "VP", "PP", "ADVP", "ADJP", "SBAR", "PRT", "CONJP", "INTJ", "LST", "UCP"])
CONLL_U_COLUMNS = 10


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns hold, by index. `number` counts the tokens of a sentence, `misc` has features of CoNLL-U.

    `other_tags` are columns with tags that are not read, because it is unclear whose they are; their spans are counted.
    """

    separator: str
    count: int
    token: int
    tags: tuple[int, ...]
    number: int | None = None
    misc: int | None = None
    other_tags: tuple[int, ...] = ()

    def cells(self, line: str) -> list[str]:
        """Return the cells of a line."""
        return cells_of(line, self.separator)

    def as_choice(self) -> dict[str, Any]:
        """Return the choice that reads files like this one in the same way."""
        name = next(name for name, separator in SEPARATORS.items() if separator == self.separator)
        return {"separator": name, "token": self.token + 1, "tags": [column + 1 for column in self.tags]}


def cells_of(line: str, separator: str) -> list[str]:
    r"""Return the cells of a line; where a tab separates, cells are cut at tabs only.

    >>> cells_of("\tO", "\t"), cells_of("a  b\tO ", " ")
    (['', 'O'], ['a', 'b', 'O'])
    """
    if separator == " ":
        return _SPACES.split(line.strip(" \t"))
    if separator == "\t":
        return line.split("\t")
    # The token itself may be the separator.
    is_token = line.startswith(separator)
    return [separator, *line.removeprefix(separator).split(separator)[1:]] if is_token else line.split(separator)


def header_of(lines: Sequence[str]) -> list[str]:
    """Return the names of the columns when the first row has them; empty when it is a token with its tags.

    One of the names is that of the tokens, none is a tag, and most do not occur again in their own column.
    """
    rows = [row for sentence in _sentences(lines[:MOST_GUESSED]) for row in sentence]
    separator = next((sign for sign in ("\t", ",", ";") if rows and sign in rows[0]), " ")
    names, *others = [cells_of(row, separator) for row in rows] or [[]]
    if not others or not any(name.lower() in TOKEN_NAMES for name in names) or any(map(is_tag, names)):
        return []
    later = [{row[index] for row in others if index < len(row)} for index in range(len(names))]
    repeated = sum(name in cells for name, cells in zip(names, later, strict=True))
    return names if 2 * repeated < len(names) else []


def without_header(lines: list[str]) -> tuple[list[str], list[str]]:
    """Return the lines of a file, with an empty line for the names of the columns, and these names."""
    names = header_of(lines)
    if not names:
        return lines, []
    first = next(index for index, line in enumerate(lines) if line.strip() and not is_comment(line))
    return [*lines[:first], "", *lines[first + 1 :]], names


def guess_columns(lines: Iterable[str], names: Sequence[str] = ()) -> Columns:
    """Return the columns of a file by its first rows; raise `UnreadableFile` when no line has two columns.

    `names` are those in a first row that is left out of the lines.
    """
    sentences = _sentences(lines)
    rows = [row for sentence in sentences for row in sentence]
    separator = _guess_separator(rows)
    return guess_from_cells(
        separator, [[cells_of(row, separator) for row in sentence] for sentence in sentences], names
    )


def guess_from_cells(separator: str, cells: Sequence[Sequence[Sequence[str]]], names: Sequence[str] = ()) -> Columns:
    """Return the columns by the cells of the first rows, sentence by sentence."""
    if not cells:
        raise UnreadableFile("The table has no rows.")
    count = _common_count([len(row) for sentence in cells for row in sentence])
    cells = [[row for row in sentence if len(row) == count] for sentence in cells]
    columns = [list(column) for column in zip(*(row for sentence in cells for row in sentence), strict=True)]
    number = 0 if count > 2 and _counts_tokens(cells) else None
    named = next((index for index, name in enumerate(names[:count]) if name.lower() in TOKEN_NAMES), None)
    return _with_tags(separator, columns, number, named)


def read_choice(given: str, count_of: Callable[[str], int]) -> Columns:
    """Return the columns that a person chose; raise `UnreadableFile` when the choice is not valid.

    `count_of` returns how many columns the file has with a separator.
    """
    try:
        choice = orjson.loads(given)
        separator = SEPARATORS[choice.get("separator", "tab")]
        token, tags = int(choice["token"]) - 1, tuple(int(column) - 1 for column in choice["tags"])
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        names = ", ".join(SEPARATORS)
        raise UnreadableFile(
            'The columns cannot be used. Give them like {"separator": "tab", "token": 2, "tags": [3, 4]}, counted '
            f"from 1; the separator is one of {names}."
        ) from error
    count = count_of(separator)
    if not 0 <= token < count or not all(0 <= column < count for column in tags):
        raise UnreadableFile(f"Token and tags were chosen outside the columns of the file, which has {count}.")
    return Columns(separator, count, token, tags)


def first_rows(lines: Iterable[str], most: int) -> list[str]:
    """Return the first rows of a file, without comments and empty lines."""
    return [row for sentence in _sentences(lines) for row in sentence][:most]


def columns_in(lines: Iterable[str]) -> Callable[[str], int]:
    """Return the number of columns that most lines have, as a function of the separator."""
    rows = [row for sentence in _sentences(lines) for row in sentence]
    return lambda separator: _common_count([len(cells_of(row, separator)) for row in rows]) if rows else 0


def separator_of_choice(given: str) -> str:
    """Return the separator of a choice of columns; "" when it is not valid."""
    try:
        return SEPARATORS[orjson.loads(given).get("separator", "tab")]
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError):
        return ""


def is_tag(cell: str) -> bool:
    """Return whether a cell holds a tag, or several that are stacked."""
    return TAG.match(cell) is not None


def stacked_tags(cell: str) -> list[str]:
    """Return the tags of a cell, which bars may separate.

    >>> stacked_tags("B-ORG|B-LOC"), stacked_tags("B-a|b")
    (['B-ORG', 'B-LOC'], ['B-a|b'])
    """
    parts = cell.split("|")
    return parts if all(map(is_tag, parts)) else [cell]


def is_comment(line: str) -> bool:
    """Return whether a line begins like a comment; in files without numbers it may be a token."""
    return line.startswith("#")


def _sentences(lines: Iterable[str]) -> list[list[str]]:
    """Return the first rows of a file, sentence by sentence, without comments."""
    sentences: list[list[str]] = [[]]
    rows = 0
    for line in lines:
        if not line.strip(" \t\r") or line.startswith(START):
            sentences.append([])
        elif not is_comment(line):
            sentences[-1].append(line.removesuffix("\r"))
            rows += 1
            if rows == MOST_GUESSED:
                break
    return [sentence for sentence in sentences if sentence]


def _guess_separator(rows: Sequence[str]) -> str:
    if 2 * sum("\t" in row for row in rows) > len(rows):
        return "\t"
    if any(len(cells_of(row, " ")) > 1 for row in rows):
        return " "
    for separator in (",", ";", "|"):
        if rows and all(separator in row and is_tag(row.rsplit(separator, 1)[1]) for row in rows):
            return separator
    example = f" The first line is “{rows[0][:60]}”." if rows else ""
    raise UnreadableFile(
        f"No line has two columns, separated by a tab or spaces.{example} Choose the separator and the columns, or "
        "another format."
    )


def _common_count(widths: Sequence[int]) -> int:
    return max(set(widths), key=lambda width: (widths.count(width), width))


def _counts_tokens(sentences: Sequence[Sequence[Sequence[str]]]) -> bool:
    """Return whether the first column counts the tokens of every sentence."""
    for rows in sentences:
        if not all(_NUMBER.match(row[0]) for row in rows) or (rows and not rows[0][0].startswith(("0", "1"))):
            return False
        numbers = [int(row[0]) for row in rows if row[0].isdecimal()]
        if any(second != first + 1 for first, second in pairwise(numbers)):
            return False
    return True


def _with_tags(
    separator: str, columns: Sequence[Sequence[str]], number: int | None, named_token: int | None
) -> Columns:
    """Return the columns with those that hold tags; `named_token` is the column of tokens by its name."""
    count = len(columns)
    tagged = [index for index in range(count) if index != number and all(map(is_tag, columns[index]))]
    # Chunks are no spans of interest where another column has them.
    labels = {index: {cell[2:] for cell in columns[index]} - {""} for index in tagged}
    named = [index for index in tagged if not (labels[index] and labels[index] <= _CHUNKS)] or tagged
    token = next((index for index in range(count) if index != number and index not in tagged), 0)
    token = token if named_token is None else named_token
    if number is not None and count == CONLL_U_COLUMNS:
        return Columns(separator, count, 1, tuple(named), number, misc=count - 1)
    if not named:
        plain = [index for index in range(count) if holds_plain_tags(columns[token], columns[index])]
        tags = tuple(plain) if named_token is not None and plain else (count - 1,)
        return Columns(separator, count, token, tags, number)
    if number is not None:
        return Columns(separator, count, token, tuple(named), number)
    if _are_layers([labels[index] for index in named]):
        return Columns(separator, count, token, tuple(named), number)
    last = max((index for index in named if labels[index]), default=named[-1])
    others = tuple(index for index in named if index != last)
    return Columns(separator, count, token, (last,), number, other_tags=others)


def _are_layers(labels: Sequence[set[str]]) -> bool:
    """Return whether columns are layers of one annotation, spans within spans: each shares a label with another.

    >>> _are_layers([{"PER", "ORG"}, {"PER"}, {"ORG"}, set()]), _are_layers([{"PER"}, {"Claim"}])
    (True, False)
    """
    named = [own for own in labels if own]
    return len(named) > 1 and all(any(own & other for other in named if other is not own) for own in named)
