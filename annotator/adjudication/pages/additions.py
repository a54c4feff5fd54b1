"""Adding what nobody had marked: a span at a place of the text, and relations between places."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from annotator.adjudication import selectors, services
from annotator.adjudication.board.contents import UnitSeen, read_units, schema_of_adjudication
from annotator.adjudication.board.overview import read_overview
from annotator.adjudication.models import Adjudication
from annotator.adjudication.pages.forms import DecisionForm, first_error
from annotator.adjudication.pages.presentation import Desk
from annotator.adjudication.pages.work import onward, show, to_unit
from annotator.adjudication.units import drafts
from annotator.adjudication.units.drafts import DraftSpan, read_draft_fragments, written
from annotator.adjudication.units.quotations import sentence_around
from annotator.adjudication.units.versions import Tokens
from annotator.platform.accounts.requests import user_of
from annotator.problems import InvalidInput, Problem
from annotator.text.sentences import sentence_boundaries
from annotator.text.tokens import token_boundaries
from projects.schema import Schema

MODE = "added"


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, document_id: int) -> HttpResponse:
    """Show a span in the making at a place that nobody marked, change it by one step, or save it.

    It begins after the unit `near`, or where `words` stand. Nothing is stored but by “save”.
    """
    user = user_of(request)
    adjudication = selectors.get_adjudication(document_id, user=user)
    near = _near(adjudication, request.POST.get("near", request.GET.get("near", "")))
    tokens = token_boundaries(adjudication.document.text)
    schema = schema_of_adjudication(adjudication)
    try:
        draft, remark = _draft(request, adjudication, near, tokens, schema)
        if request.POST.get("step") == "save":
            why, base = read_why(request)
            span = draft.spans(tokens, None)[0]
            done = services.add_span(adjudication, span, why, base_revision=base, by=user, now=timezone.now())
            return onward(adjudication, done, after=done.unit, base=base)
        shown = _shown(adjudication, near, draft, schema) | {"remark": remark}
        return show(request, adjudication, user=user, draft=shown, is_adding=True)
    except Problem as problem:
        adjudication.refresh_from_db()
        return show(request, adjudication, user=user, problem=problem)


def _near(adjudication: Adjudication, given: str) -> UnitSeen | None:
    """The unit that somebody looked at."""
    is_key = given.isascii() and given.isdigit() and len(given) < 19
    return read_units(adjudication, [int(given)]).get(int(given)) if is_key else None


def read_why(request: HttpRequest) -> tuple[services.Why, int]:
    """Return reason, section and note of a request, and the revision that the person saw. Raises `InvalidInput`."""
    given = {name: request.POST.get(name, "") for name in ("revision", "reason", "section", "note")}
    form = DecisionForm(given | {"choice": "edited"})
    if not form.is_valid():
        raise InvalidInput("The decision could not be read.", **first_error(form))
    why = services.Why(form.cleaned_data["reason"], form.cleaned_data["section"], form.cleaned_data["note"])
    return why, form.cleaned_data["revision"]


def _draft(
    request: HttpRequest, adjudication: Adjudication, near: UnitSeen | None, tokens: Tokens, schema: Schema
) -> tuple[DraftSpan, str]:
    """The span in the making, and what there is to say about how it was found."""
    text, position = adjudication.document.text, near.row.end if near else 0
    if not tokens:
        raise InvalidInput("The text has no words: there is nothing that could be marked.")
    if request.method == "GET":
        words = request.GET.get("words", "")
        found = drafts.occurrence(text, words, near=position)
        remark = "" if found or not words.strip() else "These words do not stand in the text."
        label = next(iter(schema.labels))
        attributes = schema.labels[label].default_attributes()
        return DraftSpan(MODE, found or drafts.word_after(tokens, position), label, attributes), remark
    return _stepped(request, text, tokens, schema), ""


def _stepped(request: HttpRequest, text: str, tokens: Tokens, schema: Schema) -> DraftSpan:
    given, label = request.POST, request.POST.get("label", "")
    if label not in schema.labels:
        raise InvalidInput("The span got lost on the way. Begin again.")
    values = {name: given.get(f"attribute-{name}", "") for name in schema.labels[label].attributes}
    attributes = {name: value for name, value in values.items() if value}
    step, fragments = given.get("step", ""), read_draft_fragments(given.get("fragments", ""))
    if step == "label":
        attributes = schema.labels[label].default_attributes() | attributes
    moves = {"shift:-1": -1, "shift:1": 1, "sentence:-1": -1, "sentence:1": 1}
    if step in moves:
        is_word = step.startswith("shift")
        sentences = () if is_word else sentence_boundaries(text)
        fragments = (
            drafts.shifted(fragments, tokens, moves[step])
            if is_word
            else drafts.next_sentence(fragments, tokens, list(sentences), moves[step])
        )
    return DraftSpan(MODE, fragments, label, attributes).stepped(step, tokens, [])


def _shown(adjudication: Adjudication, near: UnitSeen | None, draft: DraftSpan, schema: Schema) -> dict[str, Any]:
    """The draft for the page."""
    desk = Desk(adjudication, {}, {}, selectors.sources_of(adjudication), schema)
    label, spans = schema.labels[draft.label], draft.spans((), None)
    window = sentence_around(adjudication.document.text, draft.fragments[0][0], draft.fragments[-1][1])
    here = reverse("adjudication:work", args=[adjudication.document_id])
    return {
        "mode": MODE,
        "action": reverse("adjudication:add", args=[adjudication.document_id]),
        "back": f"{here}?unit={near.row.pk}" if near else here,
        "near": near.row.pk if near else "",
        "fragments": written(draft.fragments),
        "pieces": [{"number": 0}],
        "label": label,
        "labels": list(schema.labels.values()),
        "values": [(attribute, draft.attributes.get(name, "")) for name, attribute in label.attributes.items()],
        "html": desk.drawn(spans, [window]),
        "parts": [desk.part(span) for span in spans],
    }


@login_required
@require_http_methods(["GET", "POST"])
def relate(request: HttpRequest, document_id: int, unit_id: int) -> HttpResponse:
    """Offer the places that a decided one may be joined with, nearest first, or join it with one."""
    user = user_of(request)
    adjudication = selectors.get_adjudication(document_id, user=user)
    selectors.get_unit(adjudication, unit_id)
    unit = read_units(adjudication, [unit_id])[unit_id]
    if not unit.is_span or not unit.outcome:
        return to_unit(document_id, unit_id)
    if request.method == "GET":
        return show(request, adjudication, user=user, relating=_offered(adjudication, unit))
    try:
        why, base = read_why(request)
        label, ends = _chosen(request.POST.get("relation", ""))
        services.add_relation(adjudication, label, ends, why, base_revision=base, by=user, now=timezone.now())
        return to_unit(document_id, unit_id)
    except Problem as problem:
        adjudication.refresh_from_db()
        return show(request, adjudication, user=user, problem=problem)


def _chosen(given: str) -> tuple[str, tuple[int, int]]:
    """A relation as its radio button names it: units at both ends, and the label."""
    source, _, rest = given.partition(":")
    target, _, label = rest.partition(":")
    if not (source.isdecimal() and target.isdecimal() and len(source) < 19 and len(target) < 19 and label):
        raise InvalidInput("Choose one of the relations.")
    return label, (int(source), int(target))


def _offered(adjudication: Adjudication, unit: UnitSeen) -> list[dict[str, Any]]:
    """What may be drawn from or to a unit, for those decided that are nearest, as the schema allows it."""
    schema = schema_of_adjudication(adjudication)
    others = selectors.decided_near(adjudication, unit.row)
    units = read_units(adjudication, others)
    desk = Desk(adjudication, units, read_overview(adjudication).numbers, selectors.sources_of(adjudication), schema)
    joined = selectors.joined_with(adjudication, unit.row)
    pairs = [pair for key in others for pair in ((unit, units[key]), (units[key], unit))]
    return [
        {
            "value": f"{source.row.pk}:{target.row.pk}:{relation.id}",
            "name": relation.name,
            "is_from": source is unit,
            "other": desk.rows([target if source is unit else source])[0],
        }
        for source, target in pairs
        if source.outcome and target.outcome
        for relation in schema.relations_between(source.outcome[0].label, target.outcome[0].label)
        if (source.row.pk, target.row.pk, relation.id) not in joined
    ]
