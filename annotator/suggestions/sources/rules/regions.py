"""Regions of a text: interview turns, and boilerplate in which nothing is suggested. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_LINE = re.compile(r"[^\n\r]+")
_TURN = re.compile(
    r"(?P<name>(?:[^\W\d_][\w.’'\-]*)(?:[ .][^\W\d_][\w.’'\-]*){0,3})"
    r"(?P<mark>:|\.(?=\s+[A-Z“\"]))[ \t]+\S"
)
_QUESTION = re.compile(r"(?:Q|Question|Interviewer|Reporter|Moderator)\b", re.IGNORECASE)
_BOILERPLATE = re.compile(
    r"(?:home\s*(?:»|>|/|\|)|share (?:this|on)\b|follow (?:us|@)|leave a (?:comment|reply)|this site uses\b|"
    r"subscribe\b|"
    r"sign up\b|related (?:articles|stories|posts)|read more\b|all rights reserved|copyright\b|©|advertisement\b|"
    r"posted in\b|filed under\b|tags?:|click here|photo(?:graph)?(?: credit)?:|image credit|getty\b|"
    r"your email address|learn how your comment|log in\b|print this|skip to\b|cookie)",
    re.IGNORECASE,
)
_LONGEST_BOILERPLATE = 160


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of an interview: the name before it, and what is said, in code points."""

    name: tuple[int, int]
    said: tuple[int, int]
    is_question: bool


def turns(text: str) -> Sequence[Turn]:
    r"""Return the turns of an interview; none unless two names, or one name twice, begin lines.

    A paragraph without a name belongs to the turn before it.

    >>> [text[t.said[0]:t.said[1]] for text in ["Q: Why?\nA: Because.\nQ: Oh?\nA: Yes."] for t in turns(text)]
    ['Why?', 'Because.', 'Oh?', 'Yes.']
    """
    if text.count(":") < 4:
        return []
    lines = [(line.start(), line.end(), _TURN.match(text, line.start(), line.end())) for line in _LINE.finditer(text)]
    counts = Counter(
        match["name"].lower().replace(" ", "") for _start, _end, match in lines if match and match["mark"] == ":"
    )
    repeated = {name for name, count in counts.items() if count > 1}
    if len(repeated) < 2:
        return []
    found: list[Turn] = []
    for start, end, match in lines:
        if match and match["name"].lower().replace(" ", "") in repeated:
            found.append(Turn(match.span("name"), (match.end() - 1, end), _QUESTION.match(match["name"]) is not None))
        elif found and start >= found[-1].said[1] and not _is_boilerplate(text[start:end]):
            last = found[-1]
            found.append(Turn(last.name, (start, end), last.is_question))
    return found


def _is_boilerplate(line: str) -> bool:
    stripped = line.strip(" \t*•-")
    return len(stripped) <= _LONGEST_BOILERPLATE and _BOILERPLATE.match(stripped) is not None


def boilerplate(text: str) -> Sequence[tuple[int, int]]:
    r"""Return the lines that are menus, share buttons, comment forms and the like, and repeated titles.

    >>> [text[start:end] for text in ["Home » News\nShare this\nHe left."] for start, end in boilerplate(text)]
    ['Home » News', 'Share this']
    """
    found = []
    seen: set[str] = set()
    for line in _LINE.finditer(text):
        words = line[0].strip()
        if _is_boilerplate(words) or (len(words) > 20 and words in seen):
            found.append(line.span())
        seen.add(words)
    return found
