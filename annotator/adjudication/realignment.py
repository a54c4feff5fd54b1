"""What moved when annotators changed their sets after an adjudication began. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence

from annotator.adjudication.drafts import UnitDraft
from annotator.adjudication.versions import Spans, alike

Member = tuple[int, str]


def members(versions: Sequence[Spans]) -> list[Member]:
    """Return which spans a unit is made of: the annotator's place and the id of the span."""
    return [(position, span.id) for position, version in enumerate(versions) for span in version]


def match_units(stored: Mapping[int, Sequence[Spans]], drafts: Sequence[UnitDraft]) -> dict[int, int]:
    """Return which draft (by its place) goes on where a stored unit (by its key) was.

    A draft and a unit belong together when they share spans; those that share most are joined first, each at most once.
    Units without spans of anybody match nothing.
    """
    home = {member: key for key, versions in stored.items() for member in members(versions)}
    shared: Counter[tuple[int, int]] = Counter()
    for place, draft in enumerate(drafts):
        shared.update((home[member], place) for member in members(draft.versions) if member in home)
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for (key, place), _count in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if key not in matched and place not in taken:
            matched[key] = place
            taken.add(place)
    return matched


def contradicts(before: Sequence[Spans], after: Sequence[Spans], outcome: Spans) -> bool:
    """Whether somebody now says something else than before, and something else than was decided."""
    earlier = [*before, *(() for _ in range(len(after) - len(before)))]
    return any(
        not alike(old, new) and not alike(new, outcome) for old, new in zip(earlier, after, strict=True)
    ) or _newcomer_differs(before, after, outcome)


def _newcomer_differs(before: Sequence[Spans], after: Sequence[Spans], outcome: Spans) -> bool:
    """Whether an annotator who joined later says something else than was decided; marking nothing counts."""
    return any(not alike(version, outcome) for version in after[len(before) :])
