"""The balance of an import: items found = items stored + items left out by reason, in one sentence. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from annotator.formats.item_counts import KINDS, REASONS, ItemCounts

NOUNS = {kind: (kind.removesuffix("s"), kind) for kind in KINDS}


@dataclass(slots=True)
class Balance:
    """What the files of an import hold, what was stored, and what was left out."""

    items: ItemCounts = field(default_factory=ItemCounts)
    stored: Counter[str] = field(default_factory=Counter)
    suggested: Counter[str] = field(default_factory=Counter)
    """What was stored as suggestions."""

    @property
    def unexplained(self) -> dict[str, int]:
        """The differences that the law does not allow, by kind; empty unless the import itself is wrong."""
        kept = self.items.kept
        differences = {kind: kept[kind] - self.stored[kind] - self.suggested[kind] for kind in KINDS}
        return {kind: difference for kind, difference in differences.items() if difference}

    def sentence(self) -> str:
        """Return the balance, such as "Spans: 12 in the files = 9 stored + 3 left out (3 without length)."."""
        parts = [self._part(kind) for kind in KINDS if kind == "documents" or self.items.found[kind]]
        return " ".join(parts)

    def lost_sentence(self) -> str:
        """Return what was lost without the consent of the person who imports; "" for nothing."""
        lost = self.items.lost()
        return ", ".join(f"{number:,} {NOUNS[kind][number != 1]}" for kind, number in lost.items())

    def as_json(self) -> dict[str, Any]:
        """Return the balance as part of the result of a job."""
        return {
            **self.items.as_json(),
            "stored": {kind: self.stored[kind] for kind in KINDS},
            "lost": self.items.lost(),
        }

    def _part(self, kind: str) -> str:
        found, stored = self.items.found[kind], self.stored[kind]
        left_out = self.items.number_left_out(kind)
        suggested = f" + {self.suggested[kind]:,} stored as suggestions" if self.suggested[kind] else ""
        equation = f"{kind.capitalize()}: {found:,} in the files = {stored:,} stored{suggested} + {left_out:,} left out"
        reasons = [
            f"{number:,} {REASONS[reason].words}"
            for (own, reason), number in sorted(self.items.left_out.items(), key=lambda item: (-item[1], item[0]))
            if own == kind and number
        ]
        listed = f" ({'; '.join(reasons)})" if reasons else ""
        difference = self.unexplained.get(kind, 0)
        return f"{equation}{listed}{f' + {difference:,} unexplained' if difference else ''}."


def balance_of(items: Mapping[str, Mapping[str, Any]], counts: Mapping[str, int], *, preview: bool = False) -> Balance:
    """Return the balance of files, from the items of each file and the numbers stored."""
    total = ItemCounts()
    for counted in items.values():
        total.add(ItemCounts.from_json(counted))
    if preview:
        return Balance(total, Counter(total.kept))
    stored = Counter({kind: counts.get(kind, 0) for kind in KINDS})
    return Balance(total, stored, Counter({kind: counts.get(f"suggested_{kind}", 0) for kind in KINDS}))
