"""Words for what people see while a document is settled. Pure."""

from collections.abc import Mapping, Sequence

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


def ways(kinds: Sequence[str]) -> str:
    """Return in which ways versions differ."""
    return ", ".join(WAYS.get(kind, kind) for kind in kinds) or "all agree"


def meaning(kind: str, source: int | None, names: Sequence[str]) -> str:
    """Return what a decision says, in a few words."""
    if kind == "take" and source is not None and source < len(names):
        return f"version of {names[source]} taken"
    return MEANINGS.get(kind, kind)
