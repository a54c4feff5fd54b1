"""Reading CoNLL-2003, CoNLL-U and other column files: one token per line, its tags in other columns.

The text is composed from its tokens: joined by a space, sentences by a line feed. CoNLL-U says where no space follows,
or gives the text of the sentence. Tags may be IOB1, IOB2, BIOES or BILOU.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from annotator.formats.conll.columns import (
    START,
    Columns,
    cells_of,
    columns_in,
    first_rows,
    guess_columns,
    is_comment,
    is_tag,
    read_choice,
    stacked_tags,
    without_header,
)
from annotator.formats.conll.conll_2012 import is_conll_2012, read_conll_2012
from annotator.formats.conll.plain_tags import add_plain_tags, plain_columns
from annotator.formats.conll.sentences import Placed, Token, place_tokens
from annotator.formats.conll.token_tables import TokenTable, token_table
from annotator.formats.incoming import LONGEST_ID, IncomingDocument, IncomingFiles, ReadResult, UnreadableFile
from annotator.formats.set_builder import SetBuilder
from annotator.formats.split_names import SPLIT, split_of_file
from annotator.formats.tokens import TaggedToken, add_tagged_tokens
from annotator.text.digest import text_digest

DEFAULT_ANNOTATOR = "conll"
SAMPLE_LINES = 2_000
_DOCUMENT, _TEXT = "newdoc", "text"


class Comment(NamedTuple):
    """A comment such as `# text = Ada left.`, by name and value."""

    name: str
    value: str


@dataclass(slots=True)
class Sentence:
    """A sentence: the text that a comment gives, "" for none, and its tokens."""

    text: str = ""
    tokens: list[Token] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    """The sentences of one document, the line where it begins, and its id in the file."""

    first: int
    identifier: str = ""
    sentences: list[Sentence] = field(default_factory=lambda: [Sentence()])
    problems: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether it has no tokens."""
        return not any(sentence.tokens for sentence in self.sentences)


def read_conll(incoming: IncomingFiles) -> Iterator[ReadResult]:
    """Yield a document for each part that begins with -DOCSTART- or `# newdoc`, or for the whole file.

    The documents of a table of tokens are those that a column names.
    """
    text, choice = incoming.only_text(), incoming.options.get("columns", "")
    if not choice and is_conll_2012(text):
        yield from read_conll_2012(incoming, text)
        return
    table = token_table(text)
    if table is not None and table.is_chosen(choice):
        columns, names = table.columns(choice), table.names
        parts = _table_parts(table, columns)
        plain = plain_columns((row.cells for row in table.rows()), columns.tags)
    else:
        lines, names = without_header([line.removesuffix("\r") for line in text.split("\n")])
        if not any(line.strip() and not line.startswith(START) for line in lines):
            yield ReadResult("line 1", problems=("The document has no tokens.",))
            return
        columns = read_choice(choice, columns_in(lines)) if choice else guess_columns(lines, names)
        parts = _parts(lines, columns)
        plain = plain_columns((columns.cells(line) for line in lines if line.strip()), columns.tags)
    notes = list(_notes(names, plain, is_sentences=table is not None and table.documents_are_sentences))
    number = 0
    for part in parts:
        if not part.is_empty or part.problems:
            number += 1
            read = _document(incoming, part, columns, plain, number)
            yield replace(read, notes=(*read.notes, *notes)) if number == 1 else read
    if not number:
        yield ReadResult("line 1", problems=("The document has no tokens.",))


def sample_rows(text: str, choice: str, *, most: int = 3) -> tuple[list[list[str]], dict[str, Any]]:
    """Return the cells of the first rows of a file, and its columns as guessed or as chosen; empty for neither."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    rows = first_rows(lines, most)
    try:
        # The last line of the beginning of a file may be cut.
        table = token_table("\n".join(lines[:SAMPLE_LINES][:-1]))
        if table is not None and table.is_chosen(choice):
            return table.first_rows(most), table.columns(choice).as_choice()
        lines, names = without_header(lines)
        columns = read_choice(choice, columns_in(lines)) if choice else guess_columns(lines, names)
    except UnreadableFile:
        return [cells_of(row, " ") for row in rows], {}
    return [columns.cells(row) for row in rows], columns.as_choice()


def _table_parts(table: TokenTable, columns: Columns) -> Iterator[Part]:
    part = Part(2)
    for row in table.rows():
        if row.document is not None:
            yield part
            part = Part(row.line, row.document)
        elif row.begins_sentence:
            part.sentences.append(Sentence())
        _add_row(part, columns, row.cells, row.line)
    yield part


def _parts(lines: list[str], columns: Columns) -> Iterator[Part]:
    part = Part(1)
    for number, line in enumerate(lines, 1):
        if line.startswith(START):
            yield part
            part = Part(number)
        elif not line.strip(" \t"):
            part.sentences.append(Sentence())
        elif (comment := _comment(line, columns)) is not None:
            if comment.name.startswith(_DOCUMENT):
                yield part
                part = Part(number, comment.value)
            elif comment.name == _TEXT:
                part.sentences[-1].text = comment.value
        else:
            _add_row(part, columns, columns.cells(line), number)
    yield part


def _comment(line: str, columns: Columns) -> Comment | None:
    """Return the comment in a line; None when it is a token."""
    if not is_comment(line):
        return None
    cells = columns.cells(line)
    is_token = cells == ["#"] or (len(cells) == columns.count and any(is_tag(cells[column]) for column in columns.tags))
    if columns.number is None and is_token:
        return None
    name, _, value = line.lstrip("#").partition("=")
    return Comment(name.strip(), value.strip())


def _add_row(part: Part, columns: Columns, cells: list[str], number: int) -> None:
    location = f"Line {number}"
    if len(cells) == 1 and columns.separator == " ":
        part.sentences[-1].tokens.append(
            Token(location, "", cells[0], ["O"] * len(columns.tags + columns.other_tags), "")
        )
        return
    # Files with spaces between their columns may leave out columns between the token and its tag.
    tagged = (*columns.tags, *columns.other_tags)
    ragged = columns.separator == " " and columns.number is None and len(tagged) == 1
    if len(cells) != columns.count and not ragged:
        own = "1 column" if len(cells) == 1 else f"{len(cells)} columns"
        part.problems.append(f"{location} has {own} instead of {columns.count}.")
        return
    last = len(cells) - 1
    tags = [cells[last if len(cells) != columns.count else column] for column in tagged]
    misc = cells[columns.misc] if columns.misc is not None else ""
    own_number = cells[columns.number] if columns.number is not None else ""
    part.sentences[-1].tokens.append(Token(location, own_number, cells[min(columns.token, last)], tags, misc))


def _document(
    incoming: IncomingFiles, part: Part, columns: Columns, plain: Mapping[int, bool], number: int
) -> ReadResult:
    """Return the document of a part; `plain` are the columns with plain tags, and whether these are numbered."""
    location = f"line {part.first}"
    placed, text = _composed(part)
    if not text.strip():
        return ReadResult(location, problems=(*part.problems, "The document has no tokens."))
    builder = SetBuilder(text)
    prefixed = [index for index, column in enumerate(columns.tags) if column not in plain]
    for index, column in enumerate(columns.tags):
        if column in plain:
            add_plain_tags(builder, placed, index, is_numbered=plain[column])
    for tokens in placed:
        for tagged in _layers(tokens, prefixed):
            add_tagged_tokens(builder, tagged)
    _count_other_tags(builder, text, placed, columns)
    _count_brackets(builder, placed)
    split = split_of_file(incoming.name)
    annotator = incoming.options.get("annotator") or (DEFAULT_ANNOTATOR if split else incoming.stem)
    identifier = part.identifier[:LONGEST_ID] or f"{incoming.stem[: LONGEST_ID - 20]}-{number}"
    meta = {SPLIT: split} if split else {}
    document = IncomingDocument(identifier, "", text, text_digest(text), meta, {annotator: builder.build()})
    return ReadResult(location, document, (*part.problems, *builder.problems), tuple(builder.notes))


def _composed(part: Part) -> tuple[list[list[Placed]], str]:
    """Return the tokens of each sentence with their locations, and the text."""
    placed, texts, at = [], [], 0
    for sentence in part.sentences:
        if sentence.tokens:
            text, tokens = place_tokens(sentence.text, sentence.tokens, at)
            placed.append(tokens)
            texts.append(text)
            at += len(text) + 1
    return placed, "\n".join(texts)


def _layers(tokens: list[Placed], indexes: Iterable[int], *, features: bool = True) -> Iterator[list[TaggedToken]]:
    """Yield the tokens of a sentence once for each of the tags, or each feature of CoNLL-U that holds tags."""
    for index in indexes:
        stacks = [stacked_tags(one.token.tags[index]) for one in tokens]
        for tags in _unstacked(stacks) if any(stack[1:] for stack in stacks) else [[stack[0] for stack in stacks]]:
            yield _tagged(tokens, tags)
    names = dict.fromkeys(name for one in tokens if features for name in one.token.tagged_features)
    for name in names:
        yield _tagged(tokens, [one.token.tagged_features.get(name, "O") for one in tokens])


def _unstacked(stacks: list[list[str]]) -> Iterator[list[str]]:
    """Yield the tags of a sentence once for each label, because spans of several labels are stacked in a cell."""
    labels = dict.fromkeys(tag[2:] for stack in stacks for tag in stack if tag != "O")
    for label in labels:
        yield [next((tag for tag in stack if tag[2:] == label), "O") for stack in stacks]


def _tagged(tokens: list[Placed], tags: list[str]) -> list[TaggedToken]:
    pairs = zip(tokens, tags, strict=True)
    return [TaggedToken(one.start, one.end, tag, one.token.location) for one, tag in pairs]


def _count_other_tags(builder: SetBuilder, text: str, placed: list[list[Placed]], columns: Columns) -> None:
    """Count the spans in columns of tags that are not read."""
    others = SetBuilder(text)
    first = len(columns.tags)
    for tokens in placed:
        for tagged in _layers(tokens, range(first, first + len(columns.other_tags)), features=False):
            add_tagged_tokens(others, tagged)
    if number := others.items.found["spans"]:
        read, others_named = _listed(columns.tags), _listed(columns.other_tags)
        note = (
            f"Only the tags in {read} were read. Spans in {others_named} were left out: {number:,}. Choose the columns."
        )
        builder.leave_out("spans", "other_column", note, number=number)


def _count_brackets(builder: SetBuilder, placed: list[list[Placed]]) -> None:
    """Report the mentions of coreference that CoNLL-U has in brackets."""
    number = sum(one.token.mentions for tokens in placed for one in tokens)
    if number:
        note = (
            f"Mentions of entities in brackets (Entity=) were left out: {number:,}. Only tags such as B-PER are read."
        )
        builder.leave_out("spans", "unsupported", note, number=number)


def _notes(names: Sequence[str], plain: Mapping[int, bool], *, is_sentences: bool) -> Iterator[str]:
    """Yield what was assumed about the columns of a file."""
    if names:
        yield f"The first line names the columns ({', '.join(names)[:120]}) and was not read as a token."
    if is_sentences:
        yield "The table names no documents: each of its sentences is one."
    if simple := [column for column, is_numbered in plain.items() if not is_numbered]:
        yield f"The tags in {_listed(simple)} have no B- and I-: neighbouring tokens with the same tag are one span."
    if numbered := [column for column, is_numbered in plain.items() if is_numbered]:
        yield f"The numbers of the tags in {_listed(numbered)}, such as .3, tell spans apart. They are not kept."


def _listed(columns: Collection[int]) -> str:
    """Return columns by number, such as "columns 2, 3"."""
    noun = "column" if len(columns) == 1 else "columns"
    return f"{noun} {', '.join(str(column + 1) for column in sorted(columns))}"
