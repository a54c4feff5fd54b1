"""Decisions as examples in the guidelines."""

from datetime import datetime

from django.db import transaction

from annotator.adjudication.board.contents import schema_of_adjudication
from annotator.adjudication.models import Adjudication, Decision, Reason, Unit
from annotator.adjudication.problems import NotCompleted
from annotator.adjudication.selectors import get_unit
from annotator.adjudication.units.quotations import escaped, quote_with_marks, sentence_around, with_example
from annotator.adjudication.units.versions import Spans, read_spans
from annotator.platform.accounts.models import User
from projects.models import GuidelineVersion
from projects.schema import Schema
from projects.selectors import current_guideline
from projects.services import publish_guideline


@transaction.atomic
def pin(adjudication: Adjudication, unit_id: int, *, by: User, now: datetime) -> GuidelineVersion:
    """Publish a guideline version with the decision about a unit under the heading “Examples”.

    Raises `NotCompleted` while the unit has no decision. A decision that is an example already is not added again.
    """
    unit = get_unit(adjudication, unit_id)
    decision = Decision.objects.filter(unit=unit, is_current=True).order_by("id").first()
    project = adjudication.document.project
    present = current_guideline(project)
    if decision is None or unit.from_unit_id is not None:
        raise NotCompleted("Only a decision about a span can be an example.")
    if decision.pinned_in is not None:
        return present
    example = _example(unit, decision, adjudication.document.text, schema_of_adjudication(adjudication))
    published = publish_guideline(project, with_example(present.text, example), by=by, now=now, based_on=present.number)
    Decision.objects.filter(pk=decision.pk).update(pinned_in=published.number)
    return published


def _example(unit: Unit, decision: Decision, text: str, schema: Schema) -> str:
    outcome = read_spans(decision.outcome)
    shown: Spans = outcome or next((read_spans(version) for version in unit.versions if version), ())
    start, end = sentence_around(text, unit.start, unit.end)
    words = quote_with_marks(text, start, end, shown, escape=escaped)
    names = " and ".join(sorted({escaped(_name(span.label, schema)) for span in shown}))
    verdict = f"→ **{names}**" if outcome else f"→ not **{names}**, no annotation"
    rationale = [str(Reason(decision.reason).label)] if decision.reason else []
    rationale += [escaped(part) for part in (decision.section, decision.note) if part]
    return f"- “{words}” {verdict}" + (f" ({'; '.join(rationale)})" if rationale else "")


def _name(label: str, schema: Schema) -> str:
    known = schema.labels.get(label)
    return known.name if known else label
