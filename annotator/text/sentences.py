"""Sentences of a text, for moving and selecting by sentence.

A sentence ends after `.`, `!`, `?` or `…` (with the quotation marks and brackets that close there) when white space
follows and what comes next does not go on in lower case, unless the full stop belongs to an abbreviation or an initial.
Ideographic full stops need no white space. A line break always ends a sentence: headlines and interview turns have no
full stop. The rules are for English news and do little harm elsewhere.
"""

from collections.abc import Iterator

import regex

from annotator.text.tokens import Range

_LINE = regex.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_CLOSING = r"[\p{Pe}\p{Pf}\"'’”»]"
_OPENING = r"[\p{Ps}\p{Pi}\"'‘“«¿¡]"
_END = regex.compile(
    rf"(?: [。！？｡]+ {_CLOSING}* | [.!?…؟۔।]+ {_CLOSING}* (?= \s+ {_OPENING}* [^\p{{Ll}}\s] ) ) \s*",
    regex.VERSION1 | regex.VERBOSE,
)
_LAST_WORD = regex.compile(r"(?r)[\p{L}\p{M}.]+")
_ABBREVIATED = """
    Mr Mrs Ms Mx Dr Prof Rev Hon Gov Sen Rep Gen Col Maj Capt Cmdr Lt Sgt Cpl Pvt Adm Insp Supt Det Pres Amb
    Sr Jr St Ste Mt Ft vs v cf viz ca al e.g i.e Ch Sec approx est Inc Ltd Corp Co Bros Ave Blvd Rd
    Jan Feb Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri
"""
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())
# Ordinary words or letters, unless a number follows: "No. The fall …", but "No. 5".
_BEFORE_NUMBERS = frozenset({"No", "Nos", "Art", "Fig", "Vol", "Mar", "p", "pp", "c"})


def sentence_boundaries(text: str) -> list[Range]:
    r"""Return `(start, end)` of every sentence in code points, in order, without the white space around it.

    >>> text = "“Ours? No,” said Dr. Ito.\nShe left."
    >>> [text[start:end] for start, end in sentence_boundaries(text)]
    ['“Ours?', 'No,” said Dr. Ito.', 'She left.']
    """
    sentences = []
    for line in _LINE.finditer(text):
        for start, end in _sentences_of_line(text, line.start(), line.end()):
            piece = text[start:end]
            stripped = piece.strip()
            if stripped:
                first = start + len(piece) - len(piece.lstrip())
                sentences.append((first, first + len(stripped)))
    return sentences


def _sentences_of_line(text: str, start: int, line_end: int) -> Iterator[Range]:
    for match in _END.finditer(text, start, line_end):
        if not _is_abbreviation(text, start, match.start()):
            yield start, match.end()
            start = match.end()
    yield start, line_end


def _is_abbreviation(text: str, start: int, stop: int) -> bool:
    """Return whether the mark at `stop` is the full stop of an abbreviation or of an initial."""
    word = _LAST_WORD.search(text, max(start, stop - 20), stop)
    if text[stop] != "." or word is None or word.end() != stop:
        return False
    letters = word.group()
    if letters[-1].isupper() and (len(letters) == 1 or letters[-2] == "."):
        return True
    forms = {letters, letters[0].lower() + letters[1:]}
    known = _ABBREVIATIONS | _BEFORE_NUMBERS if text[stop + 1 : stop + 8].lstrip()[:1].isdecimal() else _ABBREVIATIONS
    return not forms.isdisjoint(known)
