"""Pages of the ledger: propositions, one proposition, pairs to decide, decisions, speakers, download."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from annotator.ledger import selectors, services
from annotator.ledger.filters import FilterForm, read_filters
from annotator.ledger.models import Ledger, LedgerDecision, LedgerEntry, LedgerStatus
from annotator.ledger.output import WRITERS
from annotator.ledger.propositions import statements_of
from annotator.ledger.reading.sources import ADJUDICATED
from annotator.ledger.reading.statements import Role, Statement, hollow_denials
from annotator.ledger.selectors import LedgerFilters, PropositionRow, Said
from annotator.ledger.wording import ROLE_NAMES, kinds_of, speaker_name, support_of, view_name
from annotator.platform.accounts.requests import user_of
from annotator.problems import InvalidInput, NotFound
from annotator.text.sentences import sentence_boundaries
from projects.models import Project
from projects.roles import Capability, can
from projects.schema import Schema
from projects.selectors import current_schema, get_project, role_in, schema_of

PAGE_SIZE = 25
PAIRS_ON_A_PAGE = 20


@dataclass(frozen=True)
class Cell:
    """One speaker in one column of the ledger."""

    speaker: str
    kinds: str
    support: str
    anchor: str


@dataclass(frozen=True)
class Quoted:
    """A statement with its sentence, in pieces of which some are the span."""

    statement: Statement
    speakers: str
    role: str
    kinds: str
    support: str
    pieces: Sequence[tuple[str, bool]]
    answers: Sequence["Quoted"]


def _context(request: HttpRequest, slug: str) -> tuple[Project, dict[str, Any]]:
    """Return the project and what all pages of the ledger need; viewers may read, adjudicators decide."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)
    role = role_in(project, user)
    views = selectors.views_of(project)
    view = request.GET.get("view") or ADJUDICATED
    if view not in views:
        raise NotFound(_("There is no such view of the ledger. Choose one of the list."))
    return project, {
        "project": project,
        "stands_under": reverse("ledger:ledger", args=[slug]),
        "ledger": selectors.get_ledger(project, view),
        "view": view,
        "views": [(name, view_name(name)) for name in views],
        "may_update": role is not None and can(role, Capability.MEASURE),
        "may_decide": role is not None and can(role, Capability.ADJUDICATE),
    }


@login_required
@require_GET
def ledger(request: HttpRequest, slug: str) -> HttpResponse:
    """List propositions with who claims, denies and evades them."""
    project, context = _context(request, slug)
    form = FilterForm(request.GET)
    try:
        filters = read_filters(request.GET)
    except InvalidInput:
        filters = LedgerFilters()
    found: Ledger | None = context["ledger"]
    if found is not None and found.made_at is not None:
        page = Paginator(selectors.propositions_of(found, filters), PAGE_SIZE).get_page(request.GET.get("page"))
        counts = selectors.status_counts(found)
        changed, gone = services.changed_sources(found)
        schema = schema_of(current_schema(project))
        context |= {
            "page": page,
            "rows": [_row(row, schema) for row in selectors.rows_of(list(page.object_list))],
            "statuses": [(status, name, counts.get(status, 0)) for status, name in LedgerStatus.choices],
            "total": sum(counts.values()),
            "outdated": len(changed) + len(gone),
            "registry_has_changed": services.registry_has_changed(found),
            "open_pairs": selectors.count_open_pairs(found),
            "most_counted": selectors.MOST_COUNTED,
            "formats": list(WRITERS),
            "query": urlencode({name: str(value) for name, value in request.GET.items() if value and name != "page"}),
        }
    return render(request, "ledger/ledger.html", context | {"form": form, "filters": filters})


def _row(row: PropositionRow, schema: Schema) -> dict[str, Any]:
    return {
        "proposition": row.proposition,
        "claimed": _cells(row.claimed, Role.CLAIM, schema),
        "denied": _cells(row.denied, Role.DENIAL, schema),
        "evaded": _cells(row.evaded, Role.EVASION, schema),
        "weakened": _cells(row.weakened, Role.WEAKENING, schema),
    }


def _cells(column: Sequence[Said], role: Role, schema: Schema) -> list[Cell]:
    return [
        Cell(speaker_name(said, role), kinds_of(said, role, schema), support_of(said, role), role.value)
        for said in column
    ]


@login_required
@require_POST
def update(request: HttpRequest, slug: str) -> HttpResponse:
    """Start bringing a ledger up to date."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.MEASURE)
    view = request.POST.get("view") or ADJUDICATED
    if view not in selectors.views_of(project):
        raise NotFound(_("There is no such view of the ledger. Choose one of the list."))
    job = services.start_update(project, view=view, started_by=user, now=timezone.now())
    return redirect("jobs:job", slug, job.pk)


@login_required
@require_GET
def proposition(request: HttpRequest, slug: str, proposition_id: int) -> HttpResponse:
    """Show a proposition with the sentence of each statement."""
    project, context = _context(request, slug)
    shown = selectors.get_proposition(project, proposition_id)
    schema = schema_of(current_schema(project))
    entries = selectors.entries_of([shown], with_texts=True).get(shown.pk, [])
    hollow = hollow_denials(statements_of(entries))
    context |= {
        "proposition": shown,
        "ledger": shown.ledger,
        "view": shown.ledger.view,
        "documents": [{"entry": entry, "roles": list(_roles(entry, schema))} for entry in entries],
        "hollow": list(
            dict.fromkeys(name for denial in hollow for name in denial.speakers or [_("an unnamed speaker")])
        ),
        "is_joined": len(entries) > 1,
    }
    return render(request, "ledger/proposition.html", context)


def _roles(entry: LedgerEntry, schema: Schema) -> Iterator[dict[str, Any]]:
    """Yield the statements of an entry by role, in the order of the columns."""
    text = entry.ledger_document.document.text
    sentences = sentence_boundaries(text)
    statements = statements_of([entry])
    for role in Role:
        own = [statement for statement in statements if statement.role == role]
        if own:
            quoted = [_quoted(statement, text, sentences, schema) for statement in own]
            yield {"role": role.value, "name": ROLE_NAMES[role], "statements": quoted}


def _quoted(statement: Statement, text: str, sentences: Sequence[tuple[int, int]], schema: Schema) -> Quoted:
    role = statement.role
    support = statement.support
    said = Said(
        ", ".join(statement.speakers),
        [(statement.kind, statement.form, 1)],
        statement.defers_to,
        support.k if support else 0,
        support.n if support else 0,
    )
    return Quoted(
        statement,
        speaker_name(said, role),
        str(ROLE_NAMES[role]),
        kinds_of(said, role, schema),
        support_of(said, role),
        _pieces(statement, text, sentences),
        [_quoted(answer, text, sentences, schema) for answer in statement.answers],
    )


def _pieces(statement: Statement, text: str, sentences: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """Return the sentences around a statement in pieces: (words, whether they are the span)."""
    starts = [start for start, _end in sentences]
    first, last = statement.fragments[0][0], statement.fragments[-1][1]
    low = min(first, sentences[max(0, bisect_right(starts, first) - 1)][0]) if sentences else first
    high = max(last, sentences[max(0, bisect_right(starts, last - 1) - 1)][1]) if sentences else last
    pieces = []
    position = low
    for start, end in statement.fragments:
        pieces += [(text[position:start], False), (text[start:end], True)]
        position = end
    return [piece for piece in [*pieces, (text[position:high], False)] if piece[0]]


@login_required
@require_POST
def split(request: HttpRequest, slug: str, proposition_id: int) -> HttpResponse:
    """Take one document's claim out of a proposition again."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.ADJUDICATE)
    shown = selectors.get_proposition(project, proposition_id)
    entry = selectors.get_entry(project, _whole(request.POST.get("entry", "")))
    services.split_off(shown, entry, by=user, now=timezone.now())
    messages.success(request, _("Split: the claim is a proposition by itself again."))
    entry.refresh_from_db()
    return redirect("ledger:proposition", slug, entry.proposition_id)


def _whole(value: str) -> int:
    """Return a key from a form; -1, which no row has, for anything else."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) <= 18 else -1


@login_required
@require_GET
def pairs(request: HttpRequest, slug: str) -> HttpResponse:
    """List pairs of claims that may state the same proposition."""
    _project, context = _context(request, slug)
    found: Ledger | None = context["ledger"]
    waiting = selectors.open_pairs(found) if found else None
    page = Paginator(waiting, PAIRS_ON_A_PAGE).get_page(request.GET.get("page")) if waiting is not None else None
    return render(request, "ledger/pairs.html", context | {"page": page})


@login_required
@require_POST
def decide(request: HttpRequest, slug: str, pair_id: int) -> HttpResponse:
    """Decide whether two claims state the same proposition."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.ADJUDICATE)
    pair = selectors.get_pair(project, pair_id)
    kind = request.POST.get("kind", "")
    if kind not in LedgerDecision.Kind.values:
        raise InvalidInput(_("Choose “same proposition” or “different propositions”."))
    services.decide(
        project, kind=LedgerDecision.Kind(kind), first=pair.first, second=pair.second, by=user, now=timezone.now()
    )
    view = pair.first.ledger_document.ledger.view
    return redirect(f"{reverse('ledger:pairs', args=[slug])}?{urlencode({'view': view})}")


@login_required
@require_GET
def decisions(request: HttpRequest, slug: str) -> HttpResponse:
    """List the decisions, newest first."""
    project, context = _context(request, slug)
    page = Paginator(selectors.decisions_of(project), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "ledger/decisions.html", context | {"page": page})


@login_required
@require_POST
def undo(request: HttpRequest, slug: str, decision_id: int) -> HttpResponse:
    """Undo a decision."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.ADJUDICATE)
    services.undo_decision(selectors.get_decision(project, decision_id), by=user, now=timezone.now())
    messages.success(request, _("Undone."))
    return redirect("ledger:decisions", slug)


@login_required
@require_GET
def speakers(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the speakers with what they do, and the matrix of speakers and propositions."""
    _project, context = _context(request, slug)
    found: Ledger | None = context["ledger"]
    if found is not None:
        listed = selectors.speakers_of(found)
        page = Paginator(listed, PAGE_SIZE).get_page(request.GET.get("page"))
        context |= {
            "page": page,
            "rows": [(name, [(role.value, counts.get(role, 0)) for role in Role]) for name, counts in page.object_list],
            "matrix": _matrix(selectors.matrix_of(found)),
            "roles": [(role.value, ROLE_NAMES[role]) for role in Role],
        }
    return render(request, "ledger/speakers.html", context)


def _matrix(matrix: selectors.Matrix) -> dict[str, Any]:
    rows = [
        (name, [(column, _marks(cell)) for column, cell in zip(matrix.propositions, cells, strict=True)])
        for name, cells in matrix.rows
    ]
    return {"propositions": matrix.propositions, "rows": rows}


def _marks(cell: Sequence[tuple[str, int]]) -> list[str]:
    return [f"{ROLE_NAMES[role]} × {count}" if count > 1 else str(ROLE_NAMES[role]) for role, count in cell]


@login_required
@require_GET
def download(request: HttpRequest, slug: str, file_format: str) -> HttpResponseBase:
    """Send the propositions that match the filters as a file; all errors come before the first byte."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.EXPORT)
    if file_format not in WRITERS:
        raise NotFound(_("The ledger cannot be downloaded in this format."))
    found = selectors.get_ledger(project, request.GET.get("view") or ADJUDICATED)
    if found is None:
        raise NotFound(_("This ledger has not been made yet. Make it on its page first."))
    write, media_type, suffix = WRITERS[file_format]
    response = StreamingHttpResponse(write(found, read_filters(request.GET)), content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-ledger.{suffix}"'
    return response
