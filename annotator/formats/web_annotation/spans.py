"""Where the annotations of W3C Web Annotation lie: positions and quotations of their targets."""

from collections.abc import Mapping
from typing import Any, NamedTuple

Item = Mapping[str, Any]


class Selected(NamedTuple):
    """One target of an annotation: its offsets, None without any, and its words with those before and after it."""

    pair: tuple[Any, Any] | None
    words: str | None
    around: tuple[str, str]


def selected(item: Item) -> list[Selected]:
    """Return the targets of an annotation that select a part of a text, in their order."""
    targets = [target for target in listed(item.get("target")) if isinstance(target, dict)]
    return [one for target in targets for one in _of_target(target)]


def _of_target(target: Item) -> list[Selected]:
    """Return what the selectors of a target select: a position and a quotation beside it are one place."""
    selectors = [one for one in listed(target.get("selector")) if isinstance(one, dict)]
    positions = [one for one in selectors if one.get("type") == "TextPositionSelector"]
    quotations = [one for one in selectors if one.get("type") == "TextQuoteSelector"]
    found = []
    for index in range(max(len(positions), len(quotations))):
        position = positions[index] if index < len(positions) else None
        quotation = quotations[index] if index < len(quotations) else {}
        pair = None if position is None else (position.get("start"), position.get("end"))
        words = str(quotation["exact"]) if "exact" in quotation else None
        around = (str(quotation.get("prefix") or ""), str(quotation.get("suffix") or ""))
        found.append(Selected(pair, words, around))
    return found


def listed(value: Any) -> list[Any]:
    """Return a value as a list: JSON-LD writes single members without one."""
    return value if isinstance(value, list) else [] if value is None else [value]
