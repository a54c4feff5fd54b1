"""The figures of a label: each is one declaration with its value, interval, heading and explanation.

The next figure of a label is a declaration and a field here, its measure, its documentation and its test: JSON, API
description, CSV, console output, tables, comparison and the page of definitions follow. One that counts pairs of spans
in a new way is also a line of `MATCHINGS` (counting/pair_counts.py) and a field of `Counts`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from annotator.agreement.counting.statistics import CODE_POINTS, F1_COLUMNS, TOKENS
from annotator.agreement.counting.tallies import Counts
from annotator.agreement.reports.records import OPTIONAL
from annotator.measures import bootstrap
from annotator.measures.figures import Figure, Undefined
from annotator.measures.krippendorff import Coincidences
from annotator.measures.positive_agreement import positive_agreement, resampled_positive_agreement
from annotator.measures.units import FloatArray

FIGURE = "figure"


@dataclass(frozen=True)
class ReportFigure:
    """A number, or null with the reason why it is not defined; a 95 % interval where the data suffice."""

    value: float | None
    undefined: Undefined | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, figure: Figure, interval: bootstrap.Interval | None = None) -> "ReportFigure":
        """Return a measured figure with its interval."""
        low, high = interval or (None, None)
        return cls(figure.value if figure.is_defined else None, figure.undefined, low, high)


class LabelSums(NamedTuple):
    """What the figures of a label are computed from, pooled over documents and pairs."""

    spans: int
    counts: Counts
    tokens: Coincidences
    code_points: Coincidences


@dataclass(frozen=True)
class LabelFigureDeclaration:
    """How a figure of a label is computed, and how it is headed and explained.

    `value` takes the sums; `resampled` with `columns` of the statistics gives its interval. `position` is the place of
    its column in tables, `anchor` that of its explanation on the page of definitions.
    """

    position: int
    anchor: str
    heading: Promise
    console_heading: str
    explanation: Promise
    value: Callable[[LabelSums], Figure]
    resampled: Callable[[FloatArray], FloatArray]
    columns: Sequence[int]


def _alpha(coincidences: Coincidences, spans: int) -> Figure:
    return coincidences.alpha if spans else Figure.without_value(Undefined.NO_SPANS)


EXACT_F1 = LabelFigureDeclaration(
    position=2,
    anchor="exact",
    heading=_("Same boundaries (exact F1)"),
    console_heading="exact F1",
    explanation=_(
        "As above, but two spans are paired only when they have the same label and cover the same characters, "
        "fragment by fragment."
    ),
    value=lambda sums: sums.counts.exact_f1,
    resampled=bootstrap.f1,
    columns=F1_COLUMNS["exact"],
)
OVERLAP_F1 = LabelFigureDeclaration(
    position=1,
    anchor="overlap",
    heading=_("Overlapping (overlap F1)"),
    console_heading="overlap F1",
    explanation=_(
        "The share of the spans of two annotators that have a partner in the other set: a span with the same label "
        "that shares at least one character. Spans are paired one to one, the largest overlap first. The figure is "
        "twice the number of pairs, divided by the spans of both annotators: 1 when every span has a partner, 0 "
        "when none has. It is not corrected for chance."
    ),
    value=lambda sums: sums.counts.overlap_f1,
    resampled=bootstrap.f1,
    columns=F1_COLUMNS["overlap"],
)
ALPHA_TOKENS = LabelFigureDeclaration(
    position=3,
    anchor="alpha-tokens",
    heading=_("Alpha over tokens"),
    console_heading="alpha over tokens",
    explanation=_(
        "Krippendorff’s alpha corrects for agreement by chance. For one label, each token (a word, a number, a "
        "punctuation mark) is a question: does this label cover it? A span covers a token when the two share at "
        "least one character. 1 is perfect agreement, 0 is chance, below 0 is worse than chance. Krippendorff’s "
        "rule: rely on 0.80 and above; draw tentative conclusions from 0.67."
    ),
    value=lambda sums: _alpha(sums.tokens, sums.spans),
    resampled=bootstrap.alpha,
    columns=TOKENS,
)
TOKEN_F1 = LabelFigureDeclaration(
    position=5,
    anchor="token-f1",
    heading=_("Tokens (token F1)"),
    console_heading="token F1",
    explanation=_(
        "Of the tokens that one annotator labelled, the share that the other labelled too: F1 over tokens, with "
        "every pair of annotators. Between overlap F1, which ignores boundaries, and exact F1, which forgives "
        "nothing. It is not corrected for chance."
    ),
    value=lambda sums: positive_agreement(sums.tokens),
    resampled=resampled_positive_agreement,
    columns=TOKENS,
)
ALPHA_CODE_POINTS = LabelFigureDeclaration(
    position=4,
    anchor="alpha-code-points",
    heading=_("Alpha over characters"),
    console_heading="alpha over characters",
    explanation=_(
        "The same for one label, with every character (Unicode code point) as a question: a boundary counts by how "
        "many characters it is off."
    ),
    value=lambda sums: _alpha(sums.code_points, sums.spans),
    resampled=bootstrap.alpha,
    columns=CODE_POINTS,
)


@dataclass(frozen=True)
class LabelFigures:
    """A label, all pairs of annotators pooled."""

    label: str
    spans: int
    share_of_text: float
    exact_f1: ReportFigure = field(metadata={FIGURE: EXACT_F1})
    overlap_f1: ReportFigure = field(metadata={FIGURE: OVERLAP_F1})
    alpha_tokens: ReportFigure = field(metadata={FIGURE: ALPHA_TOKENS})
    alpha_code_points: ReportFigure = field(metadata={FIGURE: ALPHA_CODE_POINTS})
    token_f1: ReportFigure | None = field(default=None, metadata={**OPTIONAL, FIGURE: TOKEN_F1})


LABEL_FIGURES: Mapping[str, LabelFigureDeclaration] = dict(
    sorted(
        ((part.name, part.metadata[FIGURE]) for part in fields(LabelFigures) if FIGURE in part.metadata),
        key=lambda named: named[1].position,
    )
)
"""The declared figures of a label by name, in the order of their columns."""


# Krippendorff (2004), Content Analysis, p. 241: rely on 0.800 and above; draw tentative conclusions from 0.667.
RELIABLE, TENTATIVE = 0.8, 0.667
ENOUGH: Mapping[str, Promise] = {
    "rely": _("Enough to rely on (alpha at least 0.80): %(labels)s."),
    "tentative": _("Enough for tentative conclusions (alpha at least 0.67): %(labels)s."),
    "open": _("Not known yet, because the interval of alpha contains 0.67: %(labels)s."),
    "few": _("Not known yet, because there are too few documents or spans for an interval: %(labels)s."),
    "low": _("Not enough (alpha below 0.67): %(labels)s."),
}
"""What agreement is enough for, the best first, with its sentence."""


@dataclass(frozen=True)
class EnoughFor:
    """What agreement on some labels is enough for (one of `ENOUGH`), and the same as a sentence."""

    verdict: str
    labels: list[str]
    sentence: str


def enough_for(labels: Sequence[LabelFigures], *, label_name: Callable[[str], str] = str) -> list[EnoughFor]:
    """Return what agreement on which labels is enough for, by the interval of alpha over tokens.

    Labels without spans are left out.
    """
    by_verdict: dict[str, list[str]] = {verdict: [] for verdict in ENOUGH}
    for row in labels:
        if row.alpha_tokens.value is not None:
            by_verdict[_verdict(row.alpha_tokens)].append(row.label)
    return [
        EnoughFor(verdict, own, str(ENOUGH[verdict]) % {"labels": ", ".join(map(label_name, own))})
        for verdict, own in by_verdict.items()
        if own
    ]


def _verdict(alpha: ReportFigure) -> str:
    """Return what the whole interval of a defined alpha is enough for."""
    if alpha.low is None or alpha.high is None:
        return "few"
    if alpha.low >= RELIABLE:
        return "rely"
    if alpha.low >= TENTATIVE:
        return "tentative"
    return "open" if alpha.high >= TENTATIVE else "low"
