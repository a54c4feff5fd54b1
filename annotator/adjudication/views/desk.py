"""What the page of an adjudication shows."""

import re
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from annotator.accounts.models import User
from annotator.adjudication import selectors
from annotator.adjudication.boards import Board, UnitSeen, read_board, schema_of_adjudication
from annotator.adjudication.derivation import Standing
from annotator.adjudication.guideline_examples import headings
from annotator.adjudication.models import RULE_CHOICES, Adjudication, AdjudicationState, Reason
from annotator.adjudication.presentation import Desk
from annotator.adjudication.wording import letter
from annotator.documents.models import Document
from annotator.problems import Problem
from projects.roles import Capability, can
from projects.selectors import current_guideline, role_in

PLACE = re.compile(r"(?:at-[a-z_]+-)?(?P<start>[0-9]{1,9})(?:-[0-9]{1,9})?")
"""A place in the text: a code point, or as the lists of disagreements name it, `at-boundary-10-20`."""
ROWS_AROUND = 40
"""How many units the list shows before and after the present one."""


def start_context(document: Document, *, at: str = "") -> dict[str, Any]:
    """Return what the page shows before anybody has begun; `at` is the place that somebody came for."""
    stated = selectors.project_rule(document.project)
    return {
        "project": document.project,
        "document": document,
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
    board = read_board(adjudication)
    sources = selectors.sources_of(adjudication)
    desk = Desk(adjudication, board, sources, schema_of_adjudication(adjudication))
    given = request.resolver_match.kwargs.get("unit_id") if request.resolver_match else None
    present = present_unit(board, str(given or request.GET.get("unit", "")), at=request.GET.get("at", ""))
    context = {
        "adjudication": adjudication,
        "unit": desk.unit(present) if present else None,
        "whole_text": desk.whole_text() if request.GET.get("view") == "text" else None,
        "moved": desk_names(adjudication, sources, selectors.moved_sources(adjudication)),
        "taken_back": [desk.people[source.position] for source in selectors.taken_back(adjudication)],
        "problem": problem,
        "meanwhile": _meanwhile(request, adjudication, desk, user, problem),
        "reasons": Reason.choices,
        "given": {name: request.POST.get(name, "") for name in ("reason", "section", "note")},
    }
    return context | _counts(board) | _around(adjudication, user) | _list(board, desk, present)


def _counts(board: Board) -> dict[str, Any]:
    waiting = sum(unit.standing is Standing.WAITING for unit in board.units)
    return {
        "open_count": len(board.open),
        "contested_count": len(board.contested),
        "settled_count": len(board.units) - len(board.contested) - waiting,
        "waiting_count": waiting,
    }


def _around(adjudication: Adjudication, user: User) -> dict[str, Any]:
    """What the page says beyond the units: project, document, guidelines, where to go next."""
    document, is_open = adjudication.document, adjudication.state == AdjudicationState.OPEN
    role = role_in(document.project, user)
    return {
        "project": document.project,
        "document": document,
        "is_open": is_open,
        "sections": headings(current_guideline(document.project).text),
        "may_manage": role is not None and can(role, Capability.MANAGE),
        "report": selectors.latest_figures(document),
        "next_document": None if is_open else selectors.next_in_queue(document.project, after=document),
    }


def present_unit(board: Board, given: str, *, at: str = "") -> UnitSeen | None:
    """Return the unit that was asked for, by its key or by a place in the text (code point `at`).

    Else the first open one, those left for later last, else the first contested one.
    """
    if given.isascii() and given.isdigit() and len(given) < 19 and int(given) in board.by_id:
        return board.by_id[int(given)]
    place = PLACE.fullmatch(at)
    if place and board.units:
        return min(board.units, key=lambda unit: _distance(unit, int(place["start"])))
    first = sorted(board.open, key=lambda unit: unit.decision is not None)
    return next(iter([*first, *board.contested]), None)


def _distance(unit: UnitSeen, place: int) -> tuple[int, bool, int]:
    """How far a unit is from a place: contested ones first, then the shortest one around it."""
    row = unit.row
    apart = max(row.start - place, place - row.end + 1, 0)
    return apart, not unit.is_contested, row.end - row.start


def _list(board: Board, desk: Desk, present: UnitSeen | None) -> dict[str, Any]:
    """The list beside the unit, and the ways to the units before and after it."""
    units = board.contested
    listed = units if present is None or present in units else _with(board, units, present)
    at = listed.index(present) if present is not None else 0
    low = max(0, at - ROWS_AROUND)
    rows = desk.rows(listed[low : at + ROWS_AROUND + 1])
    return {
        "rows": rows,
        "rows_before": low,
        "rows_after": max(0, len(listed) - low - len(rows)),
        "previous": listed[at - 1].row.pk if at else None,
        "following": listed[at + 1].row.pk if at + 1 < len(listed) else None,
    }


def _with(board: Board, units: Sequence[UnitSeen], present: UnitSeen) -> list[UnitSeen]:
    chosen = {unit.row.pk for unit in units} | {present.row.pk}
    return [unit for unit in board.units if unit.row.pk in chosen]


def _meanwhile(
    request: HttpRequest, adjudication: Adjudication, desk: Desk, user: User, problem: Problem | None
) -> list[str]:
    """What others did since the person looked: told by a refusal, or asked for in the query."""
    told = problem.extra.get("decisions") if problem else None
    since = request.GET.get("since", "")
    if told is None and since.isascii() and since.isdigit() and len(since) < 10:
        told = selectors.decisions_since(adjudication, int(since))
    records = told if isinstance(told, list) else []
    return desk.meanwhile([each for each in records if each["by"] and each["by"] != user.get_username()])


def desk_names(adjudication: Adjudication, sources: Sequence[Any], sets: Sequence[Any]) -> list[str]:
    """Return by what names sets are told: letters when names are hidden, “a new one” for one that came in later."""
    letters = {source.annotation_set_id: letter(source.position) for source in sources}
    if not adjudication.blind:
        return [each.name for each in sets]
    return [letters.get(each.pk, "a new one") for each in sets]
