"""What the page of an adjudication shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from annotator.adjudication import selectors
from annotator.adjudication.board.contents import UnitSeen, read_board, read_units, schema_of_adjudication
from annotator.adjudication.board.locations import PLACE, present_key, with_contested
from annotator.adjudication.board.overview import Overview, read_overview
from annotator.adjudication.models import RULE_CHOICES, Adjudication, AdjudicationState, Reason
from annotator.adjudication.pages.presentation import Desk
from annotator.adjudication.pages.whole_text import LineShown, WholeText
from annotator.adjudication.units.hints import LEAST_ANNOTATORS, hint
from annotator.adjudication.units.quotations import headings
from annotator.adjudication.units.versions import letter
from annotator.agreement.pages.names import SchemaNames
from annotator.corpus.documents.models import Document
from annotator.platform.accounts.models import User
from annotator.problems import Problem
from projects.roles import Capability, can
from projects.selectors import current_guideline, role_in

Record = dict[str, Any]

ROWS_AROUND = 40
"""How many units the list shows before and after the present one."""


def start_context(document: Document, *, at: str = "") -> dict[str, Any]:
    """Return what the page shows before anybody has begun; `at` is the place that somebody came for."""
    stated = selectors.project_rule(document.project)
    return {
        "project": document.project,
        "document": document,
        "stands_under": reverse("adjudication:queue", args=[document.project.slug]),
        "at": at if PLACE.fullmatch(at) else "",
        "sets": list(selectors.sources_to_be(document)),
        "adopted": selectors.adopted_set(document),
        "stated": stated,
        "rules": RULE_CHOICES,
    }


def desk_context(
    request: HttpRequest, adjudication: Adjudication, *, user: User, problem: Problem | None
) -> dict[str, Any]:
    """Return what the page shows of an adjudication; `unit` of the query says which unit, `view` whether all text."""
    overview = read_overview(adjudication)
    named = request.resolver_match.kwargs.get("unit_id") if request.resolver_match else None
    given = named or request.POST.get("near") or request.GET.get("near") or request.GET.get("unit", "")
    key = present_key(adjudication, overview, str(given), at=request.GET.get("at", ""))
    others = _others(request, adjudication, user, problem)
    listed = _listed(adjudication, overview, key)
    sources, is_whole = selectors.sources_of(adjudication), request.GET.get("view") == "text"
    units = _units(adjudication, key, listed, others, is_whole=is_whole)
    desk = Desk(adjudication, units, overview.numbers, sources, schema_of_adjudication(adjudication))
    present = units[key] if key is not None else None
    context = {
        "adjudication": adjudication,
        "unit": desk.unit(present) if present else None,
        "hint": _hint(adjudication, present) if len(sources) >= LEAST_ANNOTATORS else None,
        "whole_text": _whole_text(adjudication, units, desk) if is_whole else None,
        "moved": desk_names(adjudication, sources, selectors.moved_sources(adjudication)),
        "taken_back": [desk.people[source.position] for source in selectors.taken_back(adjudication)],
        "problem": problem,
        "meanwhile": desk.meanwhile(others),
        "reasons": Reason.choices,
        "relating": None,
        "given": {name: request.POST.get(name, "") for name in ("reason", "section", "note")},
    }
    return context | _counts(overview) | _around(adjudication, user) | _list(desk, units, listed)


def _hint(adjudication: Adjudication, present: UnitSeen | None) -> Record | None:
    """What is probably right at a place that waits for a decision."""
    if present is None or not present.is_open or not present.is_span:
        return None
    found = hint(selectors.versions_of_spans(adjudication, present.row), present.row.pk)
    if found is None:
        return None
    label = SchemaNames(schema_of_adjudication(adjudication)).label(found.label) if found.label else ""
    return {"estimate": found, "label": label}


def _units(
    adjudication: Adjudication, key: int | None, listed: "Listed", others: Sequence[Record], *, is_whole: bool
) -> Mapping[int, UnitSeen]:
    """The units that the page shows: all of them, or those listed, the present one with its ends, what others did."""
    if is_whole:
        return read_board(adjudication).by_id
    wanted = {*listed.keys, *(each["unit"] for each in others)} | ({key} if key is not None else set())
    units = read_units(adjudication, wanted)
    present = units[key].row if key is not None else None
    ends = {end for end in (present.from_unit_id, present.to_unit_id) if end is not None} if present else set()
    return units | read_units(adjudication, ends - units.keys())


def _whole_text(adjudication: Adjudication, units: Mapping[int, UnitSeen], desk: Desk) -> list[LineShown]:
    names = SchemaNames(schema_of_adjudication(adjudication))
    return WholeText(adjudication.document.text, list(units.values()), desk, names).lines()


def _counts(overview: Overview) -> dict[str, Any]:
    return {
        "open_count": len(overview.open),
        "contested_count": len(overview.contested),
        "settled_count": overview.settled,
        "waiting_count": overview.waiting,
    }


def _around(adjudication: Adjudication, user: User) -> dict[str, Any]:
    """What the page says beyond the units: project, document, guidelines, where to go next."""
    document, is_open = adjudication.document, adjudication.state == AdjudicationState.OPEN
    role = role_in(document.project, user)
    return {
        "project": document.project,
        "document": document,
        "stands_under": reverse("adjudication:queue", args=[document.project.slug]),
        "is_open": is_open,
        "sections": headings(current_guideline(document.project).text),
        "may_manage": role is not None and can(role, Capability.MANAGE),
        "report": selectors.latest_figures(document),
        "next_document": None if is_open else selectors.next_in_queue(document.project, after=document),
    }


@dataclass(frozen=True)
class Listed:
    """The units listed beside the present one, by key, with how many there are around them, and its neighbours."""

    keys: Sequence[int]
    before: int = 0
    after: int = 0
    previous: int | None = None
    following: int | None = None


def _listed(adjudication: Adjudication, overview: Overview, present: int | None) -> Listed:
    keys = overview.keys
    if present is None:
        return Listed(keys[: ROWS_AROUND + 1], after=max(0, len(keys) - ROWS_AROUND - 1))
    if present not in overview.numbers:
        keys = with_contested(adjudication, present)
    at = keys.index(present)
    low, high = max(0, at - ROWS_AROUND), min(len(keys), at + ROWS_AROUND + 1)
    return Listed(
        keys[low:high],
        before=low,
        after=len(keys) - high,
        previous=keys[at - 1] if at else None,
        following=keys[at + 1] if at + 1 < len(keys) else None,
    )


def _list(desk: Desk, units: Mapping[int, UnitSeen], listed: Listed) -> dict[str, Any]:
    """The list beside the unit, and the ways to the units before and after it."""
    return {
        "rows": desk.rows([units[key] for key in listed.keys]),
        "rows_before": listed.before,
        "rows_after": listed.after,
        "previous": listed.previous,
        "following": listed.following,
    }


def _others(request: HttpRequest, adjudication: Adjudication, user: User, problem: Problem | None) -> list[Record]:
    """What others did since the person looked: told by a refusal, or asked for in the query."""
    told = problem.extra.get("decisions") if problem else None
    since = request.GET.get("since", "")
    if told is None and since.isascii() and since.isdigit() and len(since) < 10:
        told = selectors.decisions_since(adjudication, int(since))
    records = told if isinstance(told, list) else []
    return [each for each in records if each["by"] and each["by"] != user.get_username()]


def desk_names(adjudication: Adjudication, sources: Sequence[Any], sets: Sequence[Any]) -> list[str]:
    """Return by what names sets are told: letters when names are hidden, “a new one” for one that came in later."""
    letters = {source.annotation_set_id: letter(source.position) for source in sources}
    if not adjudication.blind:
        return [each.name for each in sets]
    return [letters.get(each.pk, "a new one") for each in sets]
