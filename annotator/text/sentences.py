"""Sentences of a text, for moving and selecting by sentence, and for windows and rows of exported data.

A sentence ends after `.`, `!`, `?` or `…` (with the quotation marks and brackets that close there) when white space
follows and what comes next does not go on in lower case. A full stop ends none

- after a title or another abbreviation that needs a word after it (`Dr. Ito`, `e.g. Oslo`, `z. B. Oslo`, `Mio. Euro`);
- after an abbreviation or initials that may end a sentence (`U.S.`, `Corp.`, `Sept.`), unless a word follows that
  begins sentences (`She`, `The`);
- before a number after a word that announces one (`No. 5`, `vol. 2`, `para. 7`);
- in a numeral at the beginning (`1. DEFINITIONS`), and in German ordinals (`3. Mai`, `am 3. Tag`).

Ideographic full stops need no white space. A line break always ends a sentence: headlines and interview turns have no
full stop. The abbreviations are English and German, with some French, Spanish, Italian and Dutch ones.
This is version 2; releases of layout 1 have a copy of version 1.
"""

import re
from collections.abc import Iterator

import regex

from annotator.text.tokens import Range

_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
# A sentence can end only where one of these is found; looking for them first costs less than looking for ends.
_POSSIBLE_END = re.compile(r"[\s。！？｡](?:(?<=[。！？｡])|(?<=[^\w\s,;:]\s))")
_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_CLOSING = r"[\p{Pe}\p{Pf}\"'’”»]"
_OPENING = r"[\p{Ps}\p{Pi}\"'‘“«¿¡]"
_END = regex.compile(
    rf"(?: [。！？｡]+ {_CLOSING}* | [.!?…؟۔।]+ {_CLOSING}* (?= \s+ {_OPENING}* [^\p{{Ll}}\s] ) ) \s*",
    regex.VERSION1 | regex.VERBOSE,
)
_LAST_WORD = regex.compile(r"(?r)[\p{L}\p{M}.]+")
_LETTER_BEFORE = regex.compile(r"(?<![\p{L}.])\p{Ll}\.\s*$")
_NEXT_WORD = regex.compile(rf"\s*{_OPENING}*([\p{{L}}\p{{M}}'’]+|\p{{Nd}})")
_NUMERAL = regex.compile(r"[(\[]?(?:\p{Nd}{1,3}(?:\.\p{Nd}{1,3})*|[IVXLC]{1,7}|[ivxlc]{1,5}|\p{L})")
_NUMBER = regex.compile(r"(?<![\p{L}\p{N}.,:/-])\p{Nd}{1,2}$")
_LOOK_BACK = 24

_TITLES = """
    Mr Mrs Ms Mx Dr Prof Rev Hon Gov Sen Rep Gen Col Maj Capt Cmdr Lt Sgt Cpl Pvt Adm Insp Supt Det Pres Amb
    Messrs Mt Ft St Ste vs v cf viz al e.g i.e eg ie Ch Sec approx est Ave Blvd Rd
    Hr Fr Frl Dipl Ing Mag Mio Mrd Tsd Nr Str bzw ca evtl ggf inkl exkl vgl sog zzgl geb gest verh Abs Abt Aufl Bd Bhf
    Kap Tel Hrsg Hg u.a z.B d.h i.d.R u.U v.a o.g s.o s.u
    M MM Mme Mlle Mgr Sra Srta Dña Ud Uds Sig Dott Avv dhr mevr bijv drs
"""
_MAY_END = """
    Sr Jr Inc Ltd Corp Co Bros Jan Feb Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri
    Dept Univ Assn Dist etc a.m p.m A.M P.M Ph.D usw ecc enz Mär Okt Dez Jh
"""
# Ordinary words or letters, unless a number follows: "No. The fall …", but "No. 5".
_BEFORE_NUMBERS_LIST = """
    no nos art arts fig figs vol vols mar p pp c para paras par sec secs ch chap cl app ann ex eq eqs ed pt pts
    nr núm pág s f ff cap abs anm bl
"""
_BEFORE_NUMBERS = frozenset(_BEFORE_NUMBERS_LIST.split())
_TITLE_SET, _MAY_END_SET = frozenset(_TITLES.split()), frozenset(_MAY_END.split())
# Words that begin sentences and no names, so that a full stop before them ends one even after an abbreviation.
_STARTERS_LIST = """
    The She He It They We This That These Those There Then Thus His Her Its Their Our Your My You Who What When
    Where Why How While If As After Before Because But And Or Yet So Nor Nothing None Neither Both Each
    Every Some Many Most Few Several Another Other Others Although Though However Moreover Instead
    Still Also Even Only Once Since Until Unless Under Over With Without Within From For To By At In On Of Not
    Now Here Such Police Officials Der Die Das Ein Eine Er Sie Es Wir Ich Ihr Dies Diese Dieser Dieses Doch Aber
    Und Denn Dann Nun Nach Vor Mit Bei Im Am Zum Zur Auf Aus Für Als Wenn Weil Während Auch Nur Noch Nicht Kein
    Keine Nichts
"""
_STARTERS = frozenset(_STARTERS_LIST.split()) | {"Nobody", "Meanwhile"}  # wording: words of texts
_ORDINAL_NOUNS_LIST = """
    Januar Jänner Februar Feber März April Mai Juni Juli August September Oktober November Dezember Jan Feb Mär
    Apr Jun Jul Aug Sep Sept Okt Nov Dez Jahrhundert Jahrhunderts Jahrtausend Lebensjahr Geburtstag Jahrestag
    Todestag Platz Mal Tag Tage Woche Monat Quartal Halbjahr Jahr Klasse Stock Etage Spieltag Liga Runde Bezirk
    Weltkrieg Senat Kammer Auflage Kapitel Absatz Teil Band Minute Stunde Stelle Bundestag
    Legislaturperiode Wahlperiode
"""
_ORDINAL_NOUNS = frozenset(_ORDINAL_NOUNS_LIST.split())
_BEFORE_ORDINALS_LIST = """
    der die das dem den des am vom zum zur im ab bis seit und oder jeder jede jedes jeden ihr ihre ihren ihrem
    sein seine seinen seinem unser unsere auf
"""
_BEFORE_ORDINALS = frozenset(_BEFORE_ORDINALS_LIST.split())


def sentence_boundaries(text: str) -> list[Range]:
    r"""Return `(start, end)` of every sentence in code points, in order, without the white space around it.

    >>> text = "“Ours? No,” said Dr. Ito.\nShe left."
    >>> [text[start:end] for start, end in sentence_boundaries(text)]
    ['“Ours?', 'No,” said Dr. Ito.', 'She left.']
    """
    if not _BREAK.search(text) and not _POSSIBLE_END.search(text):
        stripped = text.strip()
        first = len(text) - len(text.lstrip())
        return [(first, first + len(stripped))] if stripped else []
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
    if _POSSIBLE_END.search(text, start, line_end):
        for match in _END.finditer(text, start, line_end):
            if not _goes_on(text, start, match):
                yield start, match.end()
                start = match.end()
    yield start, line_end


def _goes_on(text: str, start: int, end: "regex.Match[str]") -> bool:
    """Return whether the sentence from `start` goes on after a possible end, because its full stop is none."""
    stop = end.start()
    if text[stop] != "." or text[stop + 1 : stop + 2] in (".", "…"):
        return False
    found = _NEXT_WORD.match(text, end.end())
    following = found[1] if found else ""
    so_far = text[start:stop].lstrip()
    if len(so_far) < _LOOK_BACK and _NUMERAL.fullmatch(so_far):
        return True
    word = _LAST_WORD.search(text, max(start, stop - _LOOK_BACK), stop)
    if word is None or word.end() != stop:
        return _is_ordinal(so_far, following)
    return _is_abbreviated(word.group(), text[start : word.start()], following)


def _is_ordinal(so_far: str, following: str) -> bool:
    """Return whether a full stop belongs to a German ordinal number, such as “3. Mai” or “am 3. Tag”."""
    number = _NUMBER.search(so_far)
    if number is None:
        return False
    before = so_far[: number.start()].split()
    is_announced = bool(before) and before[-1].lower() in _BEFORE_ORDINALS and following not in _STARTERS
    return following in _ORDINAL_NOUNS or (is_announced and following[:1].isupper())


def _is_abbreviated(letters: str, before: str, following: str) -> bool:
    """Return whether the full stop after `letters` is that of an abbreviation within a sentence."""
    forms = {letters, letters[0].lower() + letters[1:]}
    if not forms.isdisjoint(_TITLE_SET):
        return True
    if following[:1].isdecimal() and letters.lower() in _BEFORE_NUMBERS:
        return True
    is_letter = len(letters) == 1 or letters[-2] == "."
    if is_letter and _LETTER_BEFORE.search(before):  # the second part of “z. B.”
        return True
    if not forms.isdisjoint(_MAY_END_SET) or is_letter:
        return following not in _STARTERS
    return False
