"""Phrases that are always wrong, by WORDING: in templates, scripts, names, docstrings, comments and documents.

`python -m tools.wording` compares the number of each with `tools/wording-baseline.txt`, which may only shrink.
`python -m tools.wording FOLDER …` lists every occurrence there; `--write-baseline` lowers the baseline.

A line that has to use such a word carries the comment `wording: reason`.
"""

import argparse
import ast
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.sources import files

BASELINE = Path("tools/wording-baseline.txt")
PATTERNS = ("*.py", "*.js", "*.html", "*.md", "*.css", "*.sh", "*.toml", "*.in", "Makefile")
# Data, texts of releases of layout 1, whose bytes stay, and the lists of these phrases themselves.
EXEMPT = (
    "tests/data/*",
    "tests/upgrade/*",
    "*layout_1*",
    "*layout1*",
    "*/migrations/*",
    "docs/developers/wording*",
    "tools/wording.py",
    "tests/unit/tools/test_wording.py",
)
MARKER = re.compile(r"wording: \w")


@dataclass(frozen=True)
class Phrase:
    """A phrase that is always wrong, and what to write instead.

    One that is `for_people` is wrong only in what people read, since a value of the API may have the same name.
    """

    name: str
    instead: str
    pattern: str = ""
    for_people: bool = False

    def expression(self) -> re.Pattern[str]:
        """Return what matches the phrase in lower case, as whole words, also over the end of a line."""
        words = self.pattern or re.escape(self.name).replace(r"\ ", " ")
        return re.compile(r"(?<![\w-])(?:" + words.replace(" ", r"[\s#*/]+") + r")(?![\w-])")


PHRASES = (
    Phrase("somebody", "a user, a person, or the role: annotator, lead"),
    Phrase("nobody", "no one, no user, or the role"),
    Phrase("anybody", "a user, a person, anyone"),
    Phrase("whoever", "the user who …, anyone who …"),
    Phrase("anew", "again"),
    Phrase("meanwhile", "since, in the meantime, while …"),
    Phrase("told", "recognised, detected, said; or the noun"),
    Phrase("unawares", "by accident"),
    Phrase("stays at home", "is excluded", pattern="(?:stays?|stayed|staying|left) at home"),
    Phrase("handed in", "submitted", pattern="hand(?:s|ed|ing)? in"),
    Phrase("handed out", "assigned", pattern="hand(?:s|ed|ing)? out"),
    Phrase("turned down", "overruled, rejected", pattern="turn(?:s|ed|ing)? down"),
    Phrase("what becomes of", "Action, result", pattern="what (?:becomes|became|has become) of"),
    Phrase("novelties", "unknown names", pattern="novelt(?:y|ies)"),
    Phrase("wishes", "options"),
    Phrase("look first", "preview"),
    Phrase("throw away", "discard", pattern="thr(?:ow|ows|own|ew)(?: the files)? away"),
    Phrase("take with you", "download", pattern="take(?: \\w+){0,3} with you"),
    Phrase("as they came", "unchanged; defaults", pattern="as (?:they|it) came"),
    Phrase("say that you mean it", "confirm", pattern="says? that (?:you|they) mean"),
    Phrase("come to be", "happen, become", pattern="c[ao]me to be"),
    Phrase("in 100", "%", pattern="\\d+ in 100"),
    Phrase("bell", "notify, wake, enqueue", pattern="bells?"),
    Phrase("rings", "notifies, enqueues", pattern="rings|rang"),
    Phrase("floor", "layer", pattern="(?<![.])floors?(?! (?:division|of the (?:house|senate)))"),
    Phrase("rooms", "packages, layers inside a package"),
    Phrase("house rules", "project rules", pattern="house rules?|of the house"),
    Phrase("not your fault", "a server error: name the job to quote", pattern="not your fault|who runs the site"),
    Phrase("here already", "already imported, duplicate", for_people=True),
    Phrase("of no known format", "unrecognised format"),
    Phrase("ends at its next step", "cancelling after the current step"),
    Phrase("fit together", "wrong user name or password"),
    Phrase("mind capitals", "passwords are case-sensitive"),
    Phrase("what they differ about", "show disagreements"),
    Phrase("what the numbers mean", "how these figures are defined"),
    Phrase("moved since", "changed since", pattern="(?:what has )?moved since|what has moved"),
    Phrase("too little to rely on", "low"),
    Phrase("room between", "spacing", pattern="room between"),
    Phrase("small letters", "lowercase letters"),
    Phrase("do again", "redo", for_people=True),
    Phrase("choose several", "select multiple"),
    Phrase("all that i selected", "undo trim"),
    Phrase("limit it", "filter", pattern="limit it|what is not chosen"),
    Phrase("keep this", "save", for_people=True),
    Phrase("settle", "adjudicate", pattern="settl(?:e|es|ed|ing)", for_people=True),
    Phrase("take back", "withdraw, return", pattern="(?:take|takes|taken|took|taking) back", for_people=True),
    Phrase("give back", "return, reopen", pattern="(?:give|gives|given|gave|giving) back", for_people=True),
    Phrase("set aside", "exclude", for_people=True),
    Phrase("letter keys", "single-key shortcuts", pattern="letter keys?", for_people=True),
)
EXPRESSIONS = {phrase: phrase.expression() for phrase in PHRASES}


@dataclass(frozen=True)
class Occurrence:
    """A phrase on a line of a file."""

    path: str
    line: int
    phrase: Phrase

    def __str__(self) -> str:
        """Return the line that is printed."""
        return f"{self.path}:{self.line}: {self.phrase.name!r}: write {self.phrase.instead}"


def main() -> int:
    """List occurrences, or compare their numbers with the baseline; return 1 when there is something to change."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--write-baseline", action="store_true", help="lower the baseline to what there is now")
    parser.add_argument("folders", nargs="*", help="list all occurrences below these folders or files")
    options = parser.parse_args()
    if options.folders:
        return _list(options.folders)
    occurrences = list(find_in_project())
    counts = Counter((each.phrase.name, each.path) for each in occurrences)
    grown, lines = compare(counts, read_baseline(BASELINE.read_text("utf-8") if BASELINE.exists() else ""))
    if options.write_baseline and not grown:
        BASELINE.write_text(format_baseline(counts), "utf-8")
        print(f"{BASELINE}: {counts.total()} occurrences left")
        return 0
    for line in lines:
        print(line)
    for occurrence in occurrences:
        if (occurrence.phrase.name, occurrence.path) in grown:
            print(occurrence)
    return 1 if lines else 0


def _list(folders: Iterable[str]) -> int:
    """Print every occurrence below some folders."""
    occurrences = [
        occurrence
        for occurrence in find_in_project()
        if any(Path(occurrence.path).is_relative_to(folder) for folder in folders)
    ]
    for occurrence in occurrences:
        print(occurrence)
    return 1 if occurrences else 0


def find_in_project() -> Iterator[Occurrence]:
    """Yield all occurrences in the project's files."""
    for path in files(*PATTERNS, exclude=EXEMPT):
        yield from find_in_text(str(path), path.read_text("utf-8"))


def find_in_text(path: str, text: str) -> Iterator[Occurrence]:
    """Yield the occurrences in one file, in the order of the phrases."""
    readable = _without_exempted_lines(_without_test_strings(path, text))
    names_apart = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])|_", " ", readable).lower()  # the words of identifiers
    prose = _prose(path, readable).lower()
    for phrase, expression in EXPRESSIONS.items():
        searched = prose if phrase.for_people else names_apart
        for match in expression.finditer(searched):
            yield Occurrence(path, searched.count("\n", 0, match.start()) + 1, phrase)


def _without_exempted_lines(text: str) -> str:
    return "\n".join("" if MARKER.search(line) else line for line in text.split("\n"))


def _without_test_strings(path: str, text: str) -> str:
    """Return a Python test without its strings, which quote articles and wire values; docstrings stay."""
    if not (path.startswith("tests/") and path.endswith(".py")):
        return text
    tree = ast.parse(text)
    docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    lines = text.encode().split(b"\n")
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr | ast.Constant) or node in docstrings:
            continue
        if isinstance(node, ast.JoinedStr) or isinstance(node.value, str):
            _blank(lines, node)
    return b"\n".join(lines).decode()


def _blank(lines: list[bytes], node: ast.expr) -> None:
    """Overwrite an expression with blanks, line by line."""
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    for number in range(first, last + 1):
        start = node.col_offset if number == first else 0
        end = (node.end_col_offset or 0) if number == last else len(lines[number])
        lines[number] = lines[number][:start] + b" " * (end - start) + lines[number][end:]


TEMPLATE_CODE = re.compile(r"\{\{.*?\}\}|\{%(?!\s*(?:block)?trans).*?%\}|\{#.*?#\}", re.DOTALL)
ATTRIBUTES = re.compile(r"""(?:class|id|name|href|src|type|for|value|action|rel|data-[\w-]+)=("[^"]*"|'[^']*')""")
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.DOTALL | re.MULTILINE)


def _prose(path: str, text: str) -> str:
    """Return what people read of a page or document, with the lines where they were; nothing of other files."""
    if path.endswith(".html"):
        return _blank_matches(ATTRIBUTES, _blank_matches(TEMPLATE_CODE, text))
    return _blank_matches(CODE, text) if path.endswith(".md") else ""


def _blank_matches(expression: re.Pattern[str], text: str) -> str:
    return expression.sub(lambda match: " " + "\n" * match.group().count("\n"), text)


Counts = Counter[tuple[str, str]]


def compare(counts: Counts, baseline: Counts) -> tuple[set[tuple[str, str]], list[str]]:
    """Return where a phrase that has grown in total has grown, and a line for each phrase whose total is another.

    Totals are compared, since a file that moves takes its phrases with it.
    """
    now, then = _totals(counts), _totals(baseline)
    lines = []
    grown = set()
    for name in sorted(now.keys() | then.keys()):
        if now[name] > then[name]:
            lines.append(f"{name!r}: {now[name]} times, {then[name]} in the baseline, which may only shrink")
            grown |= {place for place in counts if place[0] == name and counts[place] > baseline[place]}
        elif now[name] < then[name]:
            lines.append(f"{name!r}: {now[name]} times, {then[name]} in the baseline: run make wording-baseline")
    return grown, lines


def _totals(counts: Counts) -> Counter[str]:
    totals: Counter[str] = Counter()
    for (name, _), count in counts.items():
        totals[name] += count
    return totals


def read_baseline(text: str) -> Counts:
    """Return the counts by phrase and path that the text of a baseline lists."""
    counts: Counts = Counter()
    for line in text.splitlines():
        count, name, path = line.split("\t")
        counts[name, path] = int(count)
    return counts


def format_baseline(counts: Counts) -> str:
    """Return the text of a baseline: count, phrase and path on each line."""
    return "".join(f"{counts[name, path]}\t{name}\t{path}\n" for name, path in sorted(counts))


if __name__ == "__main__":
    sys.exit(main())
