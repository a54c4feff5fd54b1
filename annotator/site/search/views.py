"""The page of search, and a document at a hit."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from annotator.corpus.documents.selectors import get_document
from annotator.corpus.spans.models import AnnotationSet
from annotator.platform.accounts.requests import user_of
from annotator.problems import InvalidInput, NotFound
from annotator.site.search import selectors, services
from annotator.site.search.query import parse
from projects.roles import Capability, can
from projects.selectors import get_project, role_in

LONGEST_QUERY = 300
PAGE_SIZE = 50
SORT_NAMES = {
    "text": _("order of the documents"),
    "left": _("words before"),
    "hit": _("hit"),
    "right": _("words after"),
}


@login_required
@require_GET
def search(request: HttpRequest, slug: str) -> HttpResponse:
    """Show passages with the words on either side, or documents when the search has filters only."""
    user = user_of(request)
    project = get_project(slug, user=user)
    text = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    sort = request.GET.get("sort", "text")
    query = parse(text)
    context: dict[str, Any] = {"project": project, "text": text, "sort": sort, "sorts": SORT_NAMES.items()}
    context["most_hits"] = selectors.MOST_HITS
    context["job"] = services.bring_up_to_date(project, by=user, now=timezone.now())
    if not query.is_empty:
        try:
            documents = selectors.find_documents(project, query, user=user, reads_all=sort != "text")
            if query.phrases:
                context["hits"] = selectors.concordance(documents, query, most=PAGE_SIZE, sort=sort)
            if not context.get("hits"):
                context["documents"] = list(documents[: PAGE_SIZE + 1])
        except InvalidInput as problem:
            context["problem"] = problem.detail
    context["is_limited"] = len(context.get("hits") or context.get("documents", ())) >= PAGE_SIZE
    context["page_size"] = PAGE_SIZE
    return render(request, "search/search.html", context, status=422 if "problem" in context else 200)


@login_required
@require_GET
def open_document(request: HttpRequest, document_id: int) -> HttpResponse:
    """Show a document at a hit: leads the page of the document, annotators their own set."""
    user = user_of(request)
    document = get_document(document_id, user=user)
    role = role_in(document.project, user)
    start, end = (_number(request, name) for name in ("start", "end"))
    own = AnnotationSet.objects.filter(document=document, annotator=user).order_by("id").first()
    if role is None or not can(role, Capability.SEE_ALL_WORK):
        if own is None:
            raise NotFound(str(_("There is no such document, or you may not see it.")))
        return redirect("editor:edit", own.pk)
    text = document.text
    context = {
        "project": document.project,
        "document": document,
        "own": own,
        "before": text[:start],
        "hit": text[start:end],
        "after": text[end:],
        "stands_under": reverse("dashboard:documents", args=[document.project.slug]),
    }
    return render(request, "search/document.html", context)


def _number(request: HttpRequest, name: str) -> int:
    value = request.GET.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 10 else 0
