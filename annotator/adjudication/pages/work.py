"""The page of an adjudication: one unit after another, or the whole text."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotator.adjudication import selectors, services
from annotator.adjudication.board.document_units import document_units
from annotator.adjudication.board.locations import LOCATION
from annotator.adjudication.board.overview import read_overview
from annotator.adjudication.models import RULE_CHOICES, Adjudication
from annotator.adjudication.pages.desk import desk_context, start_context
from annotator.adjudication.pages.forms import DecisionForm, RevisionForm, first_error
from annotator.adjudication.problems import AdjudicationCompleted, AlreadyStarted, NothingToAdjudicate
from annotator.adjudication.units.versions import AcceptanceRule
from annotator.platform.accounts.authentication import OPENED_BY
from annotator.platform.accounts.models import User
from annotator.platform.accounts.requests import user_of
from annotator.problems import InvalidInput, Problem
from projects.roles import Capability
from projects.selectors import get_project

DIGITS = 4


@login_required
@require_GET
def work(request: HttpRequest, document_id: int) -> HttpResponse:
    """Show the units of a document, or the start of its adjudication."""
    user = user_of(request)
    document = selectors.get_document(document_id, user=user)
    adjudication = selectors.find_adjudication(document)
    if adjudication is None:
        at, is_counted = request.GET.get("at", ""), "count" in request.GET
        context = start_context(document, user=user, at=at, is_counted=is_counted)
        return render(request, "adjudication/start.html", context)
    return show(request, adjudication, user=user)


def show(
    request: HttpRequest, adjudication: Adjudication, *, user: User, problem: Problem | None = None, **more: Any
) -> HttpResponse:
    """Show the page of an adjudication; with a problem, why the action failed and what was entered."""
    context = desk_context(request, adjudication, user=user, problem=problem) | more
    attributes = document_units(adjudication)
    first_open = next((each.attribute.id for each in attributes if each.is_open and context["is_open"]), None)
    context |= {"document_units": attributes, "first_open": first_open}
    context["csrf_cookie"] = settings.CSRF_COOKIE_NAME
    response = render(request, "adjudication/work.html", context, status=problem.status if problem else 200)
    if problem is not None:
        # The address of the form shows nothing when it is opened; links and reloading need that of the page.
        response["HX-Push-Url"] = _address(adjudication.document_id, context["unit"].id if context["unit"] else None)
        response["X-Problem"] = quote(f"{problem.title}. {problem.detail}")
    return response


def _address(document_id: int, unit_id: int | None, **query: int) -> str:
    address = reverse("adjudication:work", args=[document_id])
    query = ({} if unit_id is None else {"unit": unit_id}) | query
    return f"{address}?{urlencode(query)}" if query else address


@login_required
@require_POST
def start(request: HttpRequest, document_id: int) -> HttpResponse:
    """Start the adjudication of a document."""
    user = user_of(request)
    document = selectors.get_document(document_id, user=user)
    value = request.POST.get("rule", "")
    rule = AcceptanceRule(value) if value in dict(RULE_CHOICES) else None
    blind = request.POST["blind"] == "yes" if "blind" in request.POST else None
    given = request.POST.get("least", "")
    least = int(given) if given.isascii() and given.isdigit() and len(given) < DIGITS else None
    try:
        services.start(document, by=user, now=timezone.now(), rule=rule, blind=blind, least=least)
    except AlreadyStarted as problem:
        messages.info(request, problem.detail)
    except NothingToAdjudicate as problem:
        messages.error(request, problem.detail)
    address, at = reverse("adjudication:work", args=[document_id]), request.POST.get("at", "")
    return HttpResponseRedirect(f"{address}?{urlencode({'at': at})}" if LOCATION.fullmatch(at) else address)


@login_required
@require_http_methods(["GET", "POST"])
def unit(request: HttpRequest, document_id: int, unit_id: int) -> HttpResponse:
    """Decide about a unit and open the next; a GET shows the unit."""
    user = user_of(request)
    adjudication = selectors.get_adjudication(document_id, user=user)
    selectors.get_unit(adjudication, unit_id)
    if request.method == "GET":
        return to_unit(document_id, unit_id)
    try:
        choice, base = _choice(request, unit_id)
        base, action = sent_action(request, adjudication, base)
        result = services.decide(adjudication, choice, base_revision=base, by=user, now=timezone.now(), action=action)
    except Problem as problem:
        adjudication.refresh_from_db()
        return show(request, adjudication, user=user, problem=problem, chosen_unit=unit_id)
    return to_next(adjudication, result, after=unit_id, base=base)


@login_required
@require_POST
def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """Decide an attribute of the document."""
    user = user_of(request)
    adjudication = selectors.get_adjudication(document_id, user=user)
    attribute, given = request.POST.get("attribute", ""), request.POST.get("version", "")
    version = int(given) if given.isascii() and given.isdigit() and len(given) < DIGITS else None
    try:
        base = _revision(request, "set_revision") if "set_revision" in request.POST else None
        _base, action = sent_action(request, adjudication, 0)
        services.decide_document(
            adjudication, attribute, version=version, by=user, now=timezone.now(), base_revision=base, action=action
        )
    except Problem as problem:
        adjudication.refresh_from_db()
        return show(request, adjudication, user=user, problem=problem)
    return _to_near(request, adjudication)


def _choice(request: HttpRequest, unit_id: int) -> tuple[services.Choice, int]:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(_("The decision could not be read."), **first_error(form))
    kind, source = form.cleaned_data["choice"]
    choice = services.Choice(
        unit=unit_id,
        kind=kind,
        source=source,
        reason=form.cleaned_data["reason"],
        section=form.cleaned_data["section"],
        note=form.cleaned_data["note"],
    )
    return choice, form.cleaned_data["revision"]


def _to_near(request: HttpRequest, adjudication: Adjudication) -> HttpResponseRedirect:
    """Redirect to the unit that the page showed."""
    given = request.POST.get("near", "")
    near = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
    return HttpResponseRedirect(_address(adjudication.document_id, near))


def to_next(
    adjudication: Adjudication, result: services.ActionResult, *, after: int | None, base: int
) -> HttpResponseRedirect:
    """Redirect to the next open unit; if others decided since the base, their decisions are shown there."""
    following = read_overview(adjudication).next_open(after=after) if result.open and after is not None else None
    return to_unit(adjudication.document_id, following or after, since=base if result.later_actions else None)


def to_unit(document_id: int, unit_id: int | None, *, since: int | None = None) -> HttpResponseRedirect:
    """Redirect to a unit."""
    query = {} if since is None else {"since": since}
    return HttpResponseRedirect(_address(document_id, unit_id, **query))


@login_required
@require_POST
def undo(request: HttpRequest, document_id: int) -> HttpResponse:
    """Undo the user's last action."""
    user = user_of(request)
    adjudication = selectors.get_adjudication(document_id, user=user)
    try:
        base, action = sent_action(request, adjudication, _revision(request))
        result = services.undo(adjudication, base_revision=base, by=user, now=timezone.now(), action=action)
    except Problem as problem:
        adjudication.refresh_from_db()
        return show(request, adjudication, user=user, problem=problem)
    if result.unit is None:
        return _to_near(request, adjudication)
    restored = selectors.units_of_action(adjudication, result.revision)
    if not restored:
        return to_next(adjudication, result, after=result.unit, base=base)
    return to_unit(document_id, restored[0], since=base if result.later_actions else None)


@login_required
@require_POST
def complete(request: HttpRequest, document_id: int) -> HttpResponse:
    """Complete the adjudication."""
    user = user_of(request)
    adjudication = selectors.get_adjudication(document_id, user=user)
    try:
        base, action = sent_action(request, adjudication, _revision(request))
        services.complete(adjudication, base_revision=base, by=user, now=timezone.now(), action=action)
    except AdjudicationCompleted:
        return redirect("adjudication:work", document_id)  # such as when another adjudicator was quicker
    except Problem as problem:
        adjudication.refresh_from_db()
        return show(request, adjudication, user=user, problem=problem)
    return redirect("adjudication:work", document_id)


@login_required
@require_POST
def reopen(request: HttpRequest, document_id: int) -> HttpResponse:
    """Reopen a completed adjudication."""
    user = user_of(request)
    adjudication = selectors.get_adjudication(document_id, user=user)
    try:
        _base, action = sent_action(request, adjudication, 0)
        services.reopen(adjudication, by=user, now=timezone.now(), action=action)
    except Problem as problem:
        adjudication.refresh_from_db()
        return show(request, adjudication, user=user, problem=problem)
    return redirect("adjudication:work", document_id)


@login_required
@require_POST
def refresh(request: HttpRequest, document_id: int) -> HttpResponse:
    """Apply what annotators changed since."""
    user = user_of(request)
    adjudication = selectors.get_adjudication(document_id, user=user)
    try:
        _base, action = sent_action(request, adjudication, 0)
        services.refresh(adjudication, by=user, now=timezone.now(), action=action)
    except Problem as problem:
        adjudication.refresh_from_db()
        return show(request, adjudication, user=user, problem=problem)
    opened = read_overview(adjudication).open
    return to_unit(document_id, opened[0]) if opened else redirect("adjudication:work", document_id)


@login_required
@require_POST
def pin(request: HttpRequest, document_id: int, unit_id: int) -> HttpResponse:
    """Add a decision to the guidelines as an example."""
    user = user_of(request)
    adjudication = selectors.get_adjudication(document_id, user=user)
    get_project(adjudication.document.project.slug, user=user, capability=Capability.MANAGE)
    try:
        services.pin(adjudication, unit_id, by=user, now=timezone.now())
    except Problem as problem:
        adjudication.refresh_from_db()
        return show(request, adjudication, user=user, problem=problem)
    return to_unit(document_id, unit_id)


def sent_action(request: HttpRequest, adjudication: Adjudication, base: int) -> tuple[int, str]:
    """Return the base revision of an action and its id, "" without script.

    Pages that save by themselves send an id, so that an action whose answer was lost is not made twice, and the id of
    the earlier action that the user has seen although the page shows an older revision.
    """
    headers = request.headers
    if headers.get(OPENED_BY, str(user_of(request).pk)) != str(user_of(request).pk):
        raise PermissionDenied("Another user is signed in now.")
    action, earlier = (_uuid(headers.get(name, "")) for name in ("X-Action-Id", "X-After-Action"))
    return services.base_after(adjudication, base, earlier), action


def _uuid(given: str) -> str:
    try:
        return str(UUID(given)) if given else ""
    except ValueError:
        return ""


def _revision(request: HttpRequest, name: str = "revision") -> int:
    form = RevisionForm({"revision": request.POST.get(name, "")})
    if not form.is_valid():
        raise InvalidInput(_("The page is out of date. Reload it."), **first_error(form))
    revision: int = form.cleaned_data["revision"]
    return revision
