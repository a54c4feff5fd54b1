"""Examples in guidelines: where they stand in the Markdown, and how one reads. Pure."""

import re

HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1", re.MULTILINE | re.DOTALL)
SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&])")
EXAMPLES = "Examples"


def escaped(text: str) -> str:
    r"""Return text that Markdown shows as it is, on one line.

    >>> escaped("*no* comment\n<b>")
    '\\*no\\* comment \\<b\\>'
    """
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def headings(guidelines: str) -> list[str]:
    r"""Return the headings of guidelines in order, without the title and without examples; code does not count.

    >>> headings("# Rules\n## Spans\n### Edges\n## Examples")
    ['Spans', 'Edges']
    """
    bare = FENCE.sub("", guidelines)
    found = [(len(match[1]), match[2]) for match in HEADING.finditer(bare)]
    return [name[:200] for level, name in found if level > 1 and name.casefold() != EXAMPLES.casefold()]


def with_example(guidelines: str, example: str) -> str:
    r"""Return the guidelines with one more example (a line of Markdown) at the end of the section “Examples”.

    >>> with_example("# Rules\n", "- one")
    '# Rules\n\n## Examples\n\n- one\n'
    """
    section = next(
        (match for match in HEADING.finditer(guidelines) if match[2].casefold() == EXAMPLES.casefold()), None
    )
    if section is None:
        return f"{guidelines.rstrip()}\n\n## {EXAMPLES}\n\n{example}\n".lstrip()
    level = len(section[1])
    following = (match.start() for match in HEADING.finditer(guidelines, section.end()) if len(match[1]) <= level)
    end = next(following, len(guidelines))
    before, after = guidelines[:end].rstrip(), guidelines[end:]
    gap = "\n" if before.splitlines()[-1].lstrip().startswith("- ") else "\n\n"
    return f"{before}{gap}{example}\n" + (f"\n{after}" if after else "")
