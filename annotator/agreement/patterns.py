"""What causes most disagreement in a report: strings, boundaries, labels confused, people. Computed with the report."""

from collections import Counter
from typing import Any

from django.db.models import Count, F, QuerySet

from annotator.agreement.alignment import Kind
from annotator.agreement.models import AgreementReport, Disagreement

MOST_STRINGS = 30
Record = dict[str, Any]


def patterns_of(report: AgreementReport) -> Record:
    """Strings with the number of disagreements about each, and what stands between differing boundaries."""
    rows = Disagreement.objects.filter(measurement__agreements__report=report)
    return {"strings": _strings(rows), "boundaries": _boundaries(rows)}


def _strings(rows: QuerySet[Disagreement]) -> list[Record]:
    """The strings that people differ about most often, each with the kinds; once is no pattern."""
    spans = rows.exclude(kind=Kind.RELATION)
    counted = spans.order_by().values("words").annotate(count=Count("id")).filter(count__gt=1)
    strings = list(counted.order_by("-count", "words").values_list("words", "count")[:MOST_STRINGS])
    kinds: dict[str, Counter[str]] = {}
    about = spans.filter(words__in=[words for words, _ in strings])
    for words, kind, count in about.order_by().values_list("words", "kind").annotate(count=Count("id")):
        kinds.setdefault(words, Counter())[kind] += count
    return [
        {"words": words, "count": count, "kinds": dict(sorted(kinds.get(words, Counter()).items()))}
        for words, count in strings
    ]


def _boundaries(rows: QuerySet[Disagreement]) -> list[Record]:
    """How often the starts and how often the ends differ by what, for each label."""
    found: Counter[tuple[str, str, str]] = Counter()
    boundaries = rows.filter(kind=Kind.BOUNDARY).order_by()
    for side in ("start", "end"):
        counted = boundaries.annotate(by=F(f"{side}_difference")).exclude(by="").values_list("by", "label")
        for by, label, count in counted.annotate(count=Count("id")):
            found[by, label, side] += count
    return [
        {"class": by, "label": label, "side": side, "count": count}
        for (by, label, side), count in sorted(found.items(), key=lambda item: (-item[1], item[0]))
    ]
