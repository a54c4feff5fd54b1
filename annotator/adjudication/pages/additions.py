"""Additions on the page of an adjudication: spans that no annotator marked."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotator.adjudication import selectors, services
from annotator.adjudication.board.contents import BoardUnit, read_units, schema_of_adjudication
from annotator.adjudication.models import Adjudication
from annotator.adjudication.pages.forms import (
    attributes_to_check,
    read_attributes,
    read_rationale,
    warning_context,
)
from annotator.adjudication.pages.presentation import Desk
from annotator.adjudication.pages.work import sent_action, show, to_next
from annotator.adjudication.units import drafts
from annotator.adjudication.units.drafts import DraftSpan, format_fragments, parse_fragments
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
    """Show the draft of a new span, change it by one step, or save it.

    It starts after the unit `near`, or where `words` occur. Only the step `save` stores anything.
    """
    user = user_of(request)
    adjudication = selectors.get_adjudication(document_id, user=user)
    near = _near(adjudication, request.POST.get("near", request.GET.get("near", "")))
    tokens = token_boundaries(adjudication.document.text)
    schema = schema_of_adjudication(adjudication)
    draft, problem, warning, remark = None, None, "", ""
    try:
        draft, remark = _draft(request, adjudication, near, tokens, schema)
        warning = attributes_to_check(request.POST, schema.labels[draft.label])
        if request.POST.get("step", "").startswith("save") and not warning:
            rationale, base = read_rationale(request.POST)
            span = draft.spans(tokens, None)[0]
            base, action = sent_action(request, adjudication, base)
            result = services.add_span(
                adjudication, span, rationale, base_revision=base, by=user, now=timezone.now(), action=action
            )
            return to_next(adjudication, result, after=result.unit, base=base)
    except Problem as refusal:
        problem = refusal
        adjudication.refresh_from_db()
    if draft is None:
        return show(request, adjudication, user=user, problem=problem)
    shown = _shown(adjudication, near, draft, schema) | warning_context(request.POST, warning)
    shown |= {"remark": remark, "words": request.GET.get("words", "")}
    return show(request, adjudication, user=user, problem=problem, draft=shown, is_adding=True)


def _near(adjudication: Adjudication, value: str) -> BoardUnit | None:
    """The unit that the user looked at."""
    is_key = value.isascii() and value.isdigit() and len(value) < 19
    return read_units(adjudication, [int(value)]).get(int(value)) if is_key else None


def _draft(
    request: HttpRequest, adjudication: Adjudication, near: BoardUnit | None, tokens: Tokens, schema: Schema
) -> tuple[DraftSpan, str]:
    """The draft, and a message about the search for words."""
    text, position = adjudication.document.text, near.row.end if near else 0
    if not tokens:
        raise InvalidInput(_("The document has no words that could be marked."))
    if request.method == "GET":
        words = request.GET.get("words", "")
        match = drafts.find_words(text, words, near=position)
        remark = "" if match or not words.strip() else _("These words do not occur in the text.")
        label = next(iter(schema.labels))
        attributes = schema.labels[label].default_attributes()
        return DraftSpan(MODE, match or drafts.word_after(tokens, position), label, attributes), remark
    return _stepped(request, text, tokens, schema), ""


def _stepped(request: HttpRequest, text: str, tokens: Tokens, schema: Schema) -> DraftSpan:
    data, label = request.POST, request.POST.get("label", "")
    if label not in schema.labels:
        raise InvalidInput(_("The span could not be read. Start again."))
    attributes = read_attributes(data, schema.labels[label])
    step, fragments = data.get("step", ""), parse_fragments(data.get("fragments", ""))
    moves = {"shift:-1": -1, "shift:1": 1, "sentence:-1": -1, "sentence:1": 1}
    if step in moves:
        is_word = step.startswith("shift")
        sentences = () if is_word else sentence_boundaries(text)
        fragments = (
            drafts.next_token(fragments, tokens, moves[step])
            if is_word
            else drafts.next_sentence(fragments, tokens, list(sentences), moves[step])
        )
    return DraftSpan(MODE, fragments, label, attributes).stepped(step, tokens, [])


def _shown(adjudication: Adjudication, near: BoardUnit | None, draft: DraftSpan, schema: Schema) -> dict[str, Any]:
    """The context of the draft."""
    desk = Desk(adjudication, {}, {}, selectors.sources_of(adjudication), schema)
    label, spans = schema.labels[draft.label], draft.spans((), None)
    window = sentence_around(adjudication.document.text, draft.fragments[0][0], draft.fragments[-1][1])
    here = reverse("adjudication:work", args=[adjudication.document_id])
    return {
        "mode": MODE,
        "action": reverse("adjudication:add", args=[adjudication.document_id]),
        "back": f"{here}?unit={near.row.pk}" if near else here,
        "near": near.row.pk if near else "",
        "fragments": format_fragments(draft.fragments),
        "draft_fragments": [0],
        "label": label,
        "labels": list(schema.labels.values()),
        "values": [(attribute, draft.attributes.get(name, "")) for name, attribute in label.attributes.items()],
        "html": desk.draw(spans, [window]),
        "spans": [desk.span(span) for span in spans],
    }
