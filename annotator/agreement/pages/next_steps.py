"""What to look at first: the parts of a report without which agreement rises most, and what more data would give."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.agreement.filters import DisagreementFilters
from annotator.agreement.pages.charts import week_name
from annotator.agreement.pages.names import SchemaNames
from annotator.agreement.reports.report import BatchFigures, CountFigures, Report, WithoutPart
from annotator.agreement.reports.sentences import decimals
from annotator.measures.alignment import DisagreementKind
from annotator.platform.http.display import format_moment

LEAST_EFFECT = 0.02
"""A smaller rise is not worth a sentence."""
MOST_STEPS = 6
LEAST_IN_WEEK = 5
"""A week of fewer documents says more about these than about the week, and they are steps of their own."""
PRECISION = 0.05
"""The half width of an interval that more documents are asked for."""
MOST_DOCUMENTS = 400


@dataclass(frozen=True)
class NextStep:
    """A sentence, the text of its link, and the query of the disagreements that it leads to ("" without a link)."""

    sentence: str
    link: str
    query: str


def next_steps(figures: Report, names: SchemaNames, titles: Mapping[int, str]) -> list[NextStep]:
    """Return what to look at first, in order of effect; `titles` of documents by id."""
    steps = [(_effect(part, figures), _step(part, figures, names, titles)) for part in figures.without or ()]
    steps += [*_period_steps(figures), *_attribute_steps(figures, names)]
    effective = sorted((step for step in steps if step[0] >= LEAST_EFFECT), key=lambda step: -step[0])
    return [step for _effect, step in effective[:MOST_STEPS]]


def _period_steps(figures: Report) -> Iterator[tuple[float, NextStep]]:
    """Yield each import and week without which overlap F1 rises: of other documents, or annotated at another time."""
    batches = figures.batches or ()
    for batch in batches:
        sentence = _("Without the documents imported on %(name)s, overlap F1 rises from %(before)s to %(after)s.")
        name = format_moment(datetime.fromisoformat(batch.at))
        yield from _without(batch, batches, sentence, name, DisagreementFilters(batch=batch.at))
    for week in figures.weeks or ():
        is_batch = any((batch.documents, batch.overall) == (week.documents, week.overall) for batch in batches)
        if week.documents >= LEAST_IN_WEEK and not is_batch:
            sentence = _(
                "Without the documents submitted in the week from %(name)s, overlap F1 rises from %(before)s to "
                "%(after)s."
            )
            yield from _without(week, batches, sentence, week_name(week.at), DisagreementFilters(week=week.at))


def _without(
    period: BatchFigures, batches: Sequence[BatchFigures], sentence: str, name: str, filters: DisagreementFilters
) -> Iterator[tuple[float, NextStep]]:
    """Yield the step of an import or week; `batches` are all documents of the report."""
    matched, spans = sum(_matched(batch.overall) for batch in batches), sum(_spans(batch.overall) for batch in batches)
    own = _spans(period.overall)
    if own and spans > own:
        before, after = 2 * matched / spans, 2 * (matched - _matched(period.overall)) / (spans - own)
        values = {"name": name, "before": decimals(before), "after": decimals(after)}
        yield after - before, NextStep(sentence % values, _("See their disagreements"), filters.query())


def _spans(counts: CountFigures) -> int:
    return counts.first_count + counts.second_count


def _matched(counts: CountFigures) -> float:
    return (counts.overlap_f1.value or 0.0) * _spans(counts) / 2


def _attribute_steps(figures: Report, names: SchemaNames) -> Iterator[tuple[float, NextStep]]:
    """Yield each attribute without which agreement on the values of attributes rises."""
    rows = [row for row in figures.attributes if row.matched and row.observed.value is not None]
    matched = sum(row.matched for row in rows)
    same = sum(row.matched * (row.observed.value or 0.0) for row in rows)
    for row in rows:
        own, others = row.matched * (row.observed.value or 0.0), matched - row.matched
        if others:
            before, after = same / matched, (same - own) / others
            sentence = _(
                "Without the attribute “%(name)s” of “%(label)s”, the share of equal attribute values rises from "
                "%(before)s to %(after)s."
            )
            values = {
                "name": names.attribute(row.label, row.attribute),
                "label": names.label(row.label),
                "before": decimals(before),
                "after": decimals(after),
            }
            filters = DisagreementFilters(kind=DisagreementKind.ATTRIBUTE, label=row.label, attribute=row.attribute)
            yield after - before, NextStep(sentence % values, _("See its disagreements"), filters.query())


def _effect(part: WithoutPart, figures: Report) -> float:
    alpha, overlap = figures.overall.alpha_tokens.value, figures.overall.overlap_f1.value
    if part.alpha is not None and alpha is not None:
        return part.alpha - alpha
    return part.overlap_f1 - overlap if part.overlap_f1 is not None and overlap is not None else 0.0


def _step(part: WithoutPart, figures: Report, names: SchemaNames, titles: Mapping[int, str]) -> NextStep:
    is_alpha = part.alpha is not None
    before = figures.overall.alpha_tokens.value if is_alpha else figures.overall.overlap_f1.value
    after = part.alpha if is_alpha else part.overlap_f1
    name, filters = part.name, DisagreementFilters(apart=part.name)
    if part.kind == "document":
        name, filters = titles.get(int(part.name), part.name), DisagreementFilters(document=part.name)
    elif part.kind == "label":
        name, filters = names.label(part.name), DisagreementFilters(label=part.name)
    values = {"name": name, "before": decimals(before or 0.0), "after": decimals(after or 0.0)}
    sentences = {
        "annotator": _("Without the annotator “%(name)s”, alpha rises from %(before)s to %(after)s."),
        "document": _("Without the document “%(name)s”, alpha rises from %(before)s to %(after)s."),
        "label": _("Without the label “%(name)s”, overlap F1 rises from %(before)s to %(after)s."),
    }
    link = ngettext("See %(count)s disagreement", "See %(count)s disagreements", part.disagreements)
    return NextStep(sentences[part.kind] % values, link % {"count": f"{part.disagreements:,}"}, filters.query())


def more_data(figures: Report, names: SchemaNames) -> list[str]:
    """Return how many more documents would narrow the interval of each label to `PRECISION`, the fewest first."""
    needed = []
    for row in figures.labels:
        low, high = row.overlap_f1.low, row.overlap_f1.high
        if low is None or high is None:
            continue
        half = (high - low) / 2
        more = math.ceil(figures.documents * ((half / PRECISION) ** 2 - 1))
        if half > PRECISION and more <= MOST_DOCUMENTS:
            needed.append((more, names.label(row.label), half))
    return [
        ngettext(
            "About %(count)s more document narrows overlap F1 of “%(label)s” from ± %(now)s to ± %(then)s.",
            "About %(count)s more documents narrow overlap F1 of “%(label)s” from ± %(now)s to ± %(then)s.",
            more,
        )
        % {"count": more, "label": label, "now": decimals(half), "then": decimals(PRECISION)}
        for more, label, half in sorted(needed)
    ]
