"""The history of a set: who did what when, how it was then, and bringing that back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from annotator.corpus.spans import selectors, services
from annotator.corpus.spans.markup import mark_spans
from annotator.editor.history import ENTRIES_A_PAGE, history_until
from annotator.platform.accounts.requests import user_of
from annotator.problems import InvalidInput
from projects.selectors import schema_of


@login_required
@never_cache
@require_GET
def history(request: HttpRequest, set_id: int) -> HttpResponse:
    """List what was done in a set, newest first, up to a revision, and show how the set was then."""
    user = user_of(request)
    annotation_set = selectors.get_set(set_id, user=user)
    revision = _revision(request.GET.get("revision", str(annotation_set.revision)))
    state = selectors.state_at(annotation_set, revision)
    content, text = state.wire(), annotation_set.document.text
    is_own = selectors.is_own(annotation_set, user=user)
    context = {
        "annotation_set": annotation_set,
        "document": annotation_set.document,
        "project": annotation_set.document.project,
        "revision": revision,
        "is_now": revision == annotation_set.revision,
        "may_restore": is_own and annotation_set.is_open,
        "entries": history_until(annotation_set, text, revision=revision, state=state),
        "earlier": max(0, revision - ENTRIES_A_PAGE),
        "later": min(annotation_set.revision, revision + ENTRIES_A_PAGE),
        "content": content,
        "rendered": mark_spans(text, content["spans"], schema_of(annotation_set.schema_version)),
    }
    return render(request, "editor/history.html", context)


@login_required
@require_POST
def restore(request: HttpRequest, set_id: int) -> HttpResponse:
    """Bring one's own open set back to how it was, as new changes."""
    user = user_of(request)
    annotation_set = selectors.get_editable_set(set_id, user=user)
    revision = _revision(request.POST.get("revision", ""))
    done = services.restore(annotation_set, revision=revision, author=user, now=timezone.now())
    what = f"Back to revision {revision}" if done.applied else f"Nothing differs from revision {revision}"
    messages.success(request, f"{what}. The revision is {done.revision} now; what was done since stays in the history.")
    return redirect("editor:history", set_id)


def _revision(given: str) -> int:
    if not given.isascii() or not given.isdecimal() or len(given) > 9:
        raise InvalidInput("“revision” must be a whole number, such as 12.")
    return int(given)
