"""Stated rates of hints beside the share that is right in articles that the hints have not seen.

`ARTICLES` names a file with a document a line, as `import_documents` reads them, with the sets under `annotators`;
without it, articles are made from a seed. Each annotator in turn is the adjudicator: what they marked is the gold, and
the others form every team of three, and of five. The hints of an article come from all other articles, as at the desk,
and are compared with the gold of this one.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pytest

from annotator.adjudication.units.alignment import Content, align_contents
from annotator.adjudication.units.hints import Hint, hint, most_frequent_label
from annotator.adjudication.units.versions import alike
from annotator.corpus.spans.values import SpanValue
from tests.soak.test_six_annotators import articles

pytestmark = pytest.mark.soak

MOST_ARTICLES, WITHIN, MANY = 20, 0.05, 200
"""A rate of fewer hints says little."""
Versions = Sequence[Sequence[Mapping[str, Any]]]
Decided = tuple[int, Versions, str]


@dataclass
class Shown:
    """Hints that were shown: how many, in how many articles, the sum of the stated rates, and how many were right."""

    hints: int = 0
    articles: int = 0
    stated: float = 0.0
    right: int = 0


def decided_units(record: Mapping[str, Any], number: int, adjudicator: str, team: Sequence[str]) -> Iterator[Decided]:
    """Yield article, versions and adjudicated label of the units that are not accepted automatically."""
    sets = [record["annotators"][name]["spans"] for name in (*team, adjudicator)]
    units, _ = align_contents([Content(list(map(span_of, spans)), []) for spans in sets])
    for unit in units:
        *versions, outcome = unit.versions
        is_accepted = all(versions) and all(alike(version, versions[0]) for version in versions)
        if any(versions) and not is_accepted:
            stored = [[{"label": span.label} for span in version] for version in versions]
            yield number, stored, outcome[0].label if outcome else ""


def span_of(span: Mapping[str, Any]) -> SpanValue:
    """Return a span with its fragments in order, those that touch as one."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(map(tuple, span["fragments"])):
        if merged and low <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(high, merged[-1][1])
        else:
            merged.append((low, high))
    return SpanValue(id=span["id"], label=span["label"], fragments=tuple(merged), attributes={})


@pytest.mark.parametrize("size", [3, 5])
def test_stated_rates_hold_on_articles_left_out(size: int) -> None:
    records = list(articles(wanted=MOST_ARTICLES, people=0))
    people = sorted({name for record in records for name in record["annotators"]})
    by_votes: dict[int, Shown] = defaultdict(Shown)
    contested = 0
    for adjudicator in people:
        for team in combinations([name for name in people if name != adjudicator], size):
            named = {adjudicator, *team}
            own = [(number, record) for number, record in enumerate(records) if named <= record["annotators"].keys()]
            decided = [list(decided_units(record, number, adjudicator, team)) for number, record in own]
            contested += sum(map(len, decided))
            for left_out, units in enumerate(decided):
                others = [each for article in (*decided[:left_out], *decided[left_out + 1 :]) for each in article]
                count_hints(by_votes, units, others)

    for votes, shown in sorted(by_votes.items()):
        stated, right = shown.stated / shown.hints, shown.right / shown.hints
        print(f"{votes} of {size}: {shown.hints} hints in {shown.articles}, stated {stated:.1%}, right {right:.1%}")
    total = sum(each.hints for each in by_votes.values())
    print(f"{len(records)} articles, teams of {size}: {contested} contested units, {total} hints shown")
    assert all(
        abs(shown.stated - shown.right) / shown.hints <= WITHIN for shown in by_votes.values() if shown.hints >= MANY
    )


def count_hints(by_votes: dict[int, Shown], units: Sequence[Decided], others: Sequence[Decided]) -> None:
    """Count the hints that are shown for the units of an article, by votes for the most frequent label."""
    known: dict[int, Hint | None] = {}
    for _, versions, outcome in units:
        label, votes = most_frequent_label(versions)
        if votes not in known:
            known[votes] = hint(versions, others)
            if known[votes]:
                by_votes[votes].articles += 1
        if found := known[votes]:
            by_votes[votes].hints += 1
            by_votes[votes].stated += found.share / 100
            by_votes[votes].right += label == outcome
