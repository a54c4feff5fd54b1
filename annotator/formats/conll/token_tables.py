"""Tables of tokens, CSV or TSV: the first row names the columns, and one of them names sentences or documents.

Kaggle's NER corpus is such a table (`Sentence #,Word,POS,Tag`), and so is what pandas writes. A sentence or document
may be named in each of its rows or only in the first. A table that names no documents has one for each sentence.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from annotator.formats.conll.columns import (
    MOST_GUESSED,
    TOKEN_NAMES,
    Columns,
    guess_from_cells,
    is_tag,
    read_choice,
    separator_of_choice,
)
from annotator.formats.incoming import LONGEST_LINE, UnreadableFile

SENTENCE_NAMES = frozenset(
    f"{noun}{number}"
    for noun in ("sentence", "sent")
    for number in ("", "id", "idx", "index", "no", "nr", "num", "number")
)
DOCUMENT_NAMES = frozenset(
    [f"{noun}{name}" for noun in ("document", "doc", "article") for name in ("", "id", "no", "nr", "name", "number")]
    + ["file", "filename", "fileid"]
)
_OTHER_TABLES = frozenset(["text", "start", "end"])
_NO_LETTERS = re.compile(r"[^a-z]")


class TableRow(NamedTuple):
    """A row: its line, its cells, the document that begins here (None for no new one), and whether a sentence does."""

    line: int
    cells: list[str]
    document: str | None
    begins_sentence: bool


@dataclass(frozen=True, slots=True)
class TokenTable:
    """A table of tokens, read again for each pass, because the rows of a large one would fill the memory.

    `sentence` and `document` are the columns that name them.
    """

    text: str
    separator: str
    names: Sequence[str]
    sentence: int | None
    document: int | None

    @property
    def documents_are_sentences(self) -> bool:
        """Whether each sentence is a document, because the table names no documents."""
        return self.document is None and self.sentence is not None

    def rows(self) -> Iterator[TableRow]:
        """Yield the rows; the names of sentence and document are filled in where the row above had them."""
        reader = self._reader()
        next(reader)
        named = self.document if self.document is not None else self.sentence
        document, sentence, after_gap = "", "", False
        line = reader.line_num + 1
        try:
            for cells in reader:
                if any(cells):
                    before = (document, sentence)
                    document, sentence = _filled(cells, named, document), _filled(cells, self.sentence, sentence)
                    is_new = document != before[0]
                    begins = after_gap or is_new or sentence != before[1]
                    yield TableRow(line, cells, document if is_new else None, begins)
                after_gap = not any(cells)
                line = reader.line_num + 1
        except csv.Error as error:
            raise UnreadableFile(f"The table cannot be read near line {reader.line_num}: {error}.") from error

    def columns(self, choice: str = "") -> Columns:
        """Return the columns as guessed, or as chosen; raise `UnreadableFile` when the choice is not valid."""
        if choice:
            return read_choice(choice, lambda _: len(self.names))
        sentences: list[list[list[str]]] = [[]]
        for row in islice(self.rows(), MOST_GUESSED):
            if row.begins_sentence:
                sentences.append([])
            if len(row.cells) == len(self.names):
                sentences[-1].append(row.cells)
        return guess_from_cells(self.separator, [rows for rows in sentences if rows], self.names)

    def is_chosen(self, choice: str) -> bool:
        """Return whether a choice of columns means this table; with another separator it means lines."""
        return not choice or separator_of_choice(choice) == self.separator

    def first_rows(self, most: int) -> list[list[str]]:
        """Return the names and the first rows, as the preview shows them."""
        return list(islice(self._reader(), most))

    def _reader(self) -> Any:
        # Column files with tabs hold quotation marks as tokens.
        lines = io.StringIO(self.text, newline="")
        csv.field_size_limit(LONGEST_LINE)
        if self.separator == "\t":
            return csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True)
        return csv.reader(lines, delimiter=self.separator, strict=True)


def token_table(text: str) -> TokenTable | None:
    """Return the table of tokens that a text or its beginning is; None for other tables and column files."""
    first = text.split("\n", 1)[0]
    separator = max("\t,;", key=first.count)
    table = TokenTable(text, separator, (), None, None)
    try:
        names = [name.strip() for name in next(table._reader(), [])]  # noqa: SLF001 - its own class
    except csv.Error:
        return None
    lower = [name.lower() for name in names]
    if not TOKEN_NAMES & set(lower) or _OTHER_TABLES & set(lower) or any(map(is_tag, names)):
        return None
    sentence = next((index for index, name in enumerate(lower) if _NO_LETTERS.sub("", name) in SENTENCE_NAMES), None)
    document = next((index for index, name in enumerate(lower) if _NO_LETTERS.sub("", name) in DOCUMENT_NAMES), None)
    if sentence is None and document is None:
        return None
    return TokenTable(text, separator, names, sentence, document)


def _filled(cells: list[str], column: int | None, before: str) -> str:
    """Return what a column names for a row, and write it into its cell."""
    if column is None or column >= len(cells):
        return before
    cells[column] = cells[column].strip() or before
    return cells[column]
