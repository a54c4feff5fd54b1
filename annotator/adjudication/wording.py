"""Words for what people see while a document is settled. Pure."""

from collections.abc import Mapping, Sequence

RESERVED = frozenset("ELMNPRSTUXZ")
"""Letters whose keys do something else."""
LETTERS = [chr(code) for code in range(ord("A"), ord("Z") + 1) if chr(code) not in RESERVED]

WAYS: Mapping[str, str] = {
    "missed": "not marked by all",
    "boundary": "other boundaries",
    "segmentation": "one or several",
    "label": "other labels",
    "attribute": "other attributes",
    "relation": "relation",
    "added": "marked by nobody",
}
MEANINGS: Mapping[str, str] = {
    "edited": "edited",
    "merged": "merged",
    "split": "split",
    "added": "added",
    "none": "none of these",
    "undecidable": "undecidable",
    "later": "left for later",
    "cleared": "open again",
    "agreed": "settled itself: all agree",
}


def letter(position: int) -> str:
    """Return the letter of an annotator, which is also the key that takes their version.

    >>> letter(0), letter(4)
    ('A', 'F')
    """
    round_, place = divmod(position, len(LETTERS))
    return LETTERS[place] + (str(round_ + 1) if round_ else "")


def ways(kinds: Sequence[str]) -> str:
    """Return in which ways versions differ."""
    return ", ".join(WAYS.get(kind, kind) for kind in kinds) or "all agree"


def meaning(kind: str, source: int | None, names: Sequence[str]) -> str:
    """Return what a decision says, in a few words."""
    if kind == "take" and source is not None and source < len(names):
        return f"version of {names[source]} taken"
    return MEANINGS.get(kind, kind)


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "unit", "units"), counted(2, "unit", "units")
    ('1 unit', '2 units')
    """
    return f"{number} {one if number == 1 else many}"
