"""Reading CoNLL-2012, as OntoNotes and LitBank's coreference have it: brackets say where spans begin and end.

A file begins with `#begin document (id); part 000`. The fourth column has the words, the eleventh the names in brackets
(`(PERSON*`, `*)`), the last one the mentions of coreference (`(12`, `12)`, `(12|(3)`), whose number is an attribute.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from annotator.formats.conll.sentences import Placed, Token, place_tokens
from annotator.formats.incoming import LONGEST_ID, IncomingDocument, IncomingFiles, ReadResult
from annotator.formats.set_builder import SetBuilder
from annotator.formats.split_names import SPLIT, split_of_file
from annotator.text.digest import text_digest

MENTION, CHAIN = "Mention", "chain"
"""The label of mentions of coreference, and the attribute with the number of what they refer to."""
WORD, NAMES, LEAST_COLUMNS = 3, 10, 12
_BEGIN = re.compile(r"#begin document \(?(?P<id>[^)\n]*)\)?(?:;\s*part\s+0*(?P<part>\d{1,12}))?", re.ASCII)
_NAMES = re.compile(r"(?P<open>(?:\([^()*|\s]+\*?)*+)\*?(?P<close>\)*)\Z")
_MENTION = re.compile(r"(?P<open>\()?(?P<chain>[^()|\s]+)(?P<close>\))?\Z")
_NOTHING = frozenset(["-", "_", "*", ""])


@dataclass(slots=True)
class Part:
    """One document: the line where it begins, its id, its sentences, and the spans in columns that are not read."""

    line: int
    identifier: str
    sentences: list[list[Token]] = field(default_factory=lambda: [[]])
    problems: list[str] = field(default_factory=list)
    others: int = 0


def is_conll_2012(text: str) -> bool:
    """Return whether a file is CoNLL-2012, by its beginning."""
    return text.lstrip("\ufeff\r\n \t").startswith("#begin document")


def read_conll_2012(incoming: IncomingFiles, text: str) -> Iterator[ReadResult]:
    """Yield a document for each part."""
    split = split_of_file(incoming.name)
    annotator = incoming.options.get("annotator") or ("conll" if split else incoming.stem)
    for part in _parts(text):
        if any(part.sentences) or part.problems:
            yield _document(part, annotator, {SPLIT: split} if split else {})


def _parts(text: str) -> Iterator[Part]:
    part = Part(1, "")
    for number, line in enumerate(text.split("\n"), 1):
        cells = line.split("\t") if "\t" in line else line.split()
        if begin := _BEGIN.match(line):
            yield part
            suffix = f"-part-{begin['part']}" if int(begin["part"] or 0) else ""
            part = Part(number, f"{begin['id'].strip()[: LONGEST_ID - 20]}{suffix}")
        elif not line.strip():
            part.sentences.append([])
        elif not line.startswith("#"):
            if len(cells) < LEAST_COLUMNS:
                part.problems.append(f"Line {number} has {len(cells)} columns; CoNLL-2012 has at least 12.")
                continue
            part.sentences[-1].append(Token(f"Line {number}", "", cells[WORD], [cells[NAMES], cells[-1]], ""))
            part.others += sum(cell.count("(") for cell in cells[NAMES + 1 : -1])
    yield part


def _document(part: Part, annotator: str, meta: dict[str, str]) -> ReadResult:
    location = f"line {part.line}"
    placed, texts, at = [], [], 0
    for sentence in filter(None, part.sentences):
        text, tokens = place_tokens("", sentence, at)
        placed.append(tokens)
        texts.append(text)
        at += len(text) + 1
    text = "\n".join(texts)
    if not text.strip():
        return ReadResult(location, problems=(*part.problems, "The document has no tokens."))
    builder = SetBuilder(text)
    for sentence_tokens in placed:
        _add_names(builder, sentence_tokens)
    _add_mentions(builder, [token for sentence_tokens in placed for token in sentence_tokens])
    if part.others:
        note = f"Spans in the columns of predicates were left out: {part.others:,}. Names and coreference are read."
        builder.leave_out("spans", "other_column", note, number=part.others)
    document = IncomingDocument(part.identifier, "", text, text_digest(text), meta, {annotator: builder.build()})
    return ReadResult(location, document, (*part.problems, *builder.problems), tuple(builder.notes))


def _add_names(builder: SetBuilder, tokens: Sequence[Placed]) -> None:
    """Add the names of a sentence, and what is wrong with its brackets as problems."""
    begun: list[tuple[str, Placed]] = []
    for one in tokens:
        cell = one.token.tags[0]
        match = _NAMES.match(cell) if cell not in _NOTHING else None
        if match is None:
            if cell not in _NOTHING:
                builder.problems.append(f"{_shown(one, cell)} is not a bracket such as (PERSON*, *) or (PERSON).")
            continue
        begun += [(name.rstrip("*"), one) for name in match["open"].split("(")[1:]]
        for _ in match["close"]:
            if begun:
                name, first = begun.pop()
                builder.add_span(None, name, [(first.start, one.end)])
            else:
                builder.problems.append(f"{_shown(one, cell)} ends a name that was not begun.")
    for name, first in begun:
        builder.refuse("spans", f"{_shown(first, name)} is not ended in its sentence.")


def _add_mentions(builder: SetBuilder, tokens: Sequence[Placed]) -> None:
    """Add the mentions of a document; of several mentions of a chain, the last to begin is the first to end."""
    begun: dict[str, list[Placed]] = defaultdict(list)
    for one in tokens:
        cell = one.token.tags[1]
        for part in cell.split("|") if cell not in _NOTHING else ():
            match = _MENTION.match(part)
            if match is None or not (match["open"] or match["close"]):
                builder.problems.append(f"{_shown(one, cell)} is not a bracket such as (12, 12) or (12).")
                continue
            chain = match["chain"]
            if match["open"]:
                begun[chain].append(one)
            if match["close"] and begun[chain]:
                ends = [(begun[chain].pop().start, one.end)]
                builder.add_span(None, MENTION, ends, attributes={CHAIN: chain})
            elif match["close"]:
                builder.problems.append(f"{_shown(one, cell)} ends a mention that was not begun.")
    for chain, firsts in begun.items():
        for first in firsts:
            builder.refuse("spans", f"{_shown(first, '(' + chain)} is not ended.")


def _shown(one: Placed, cell: str) -> str:
    return f"{one.token.location}: “{cell[:40]}”"
