"""The history of an annotation set: its changes, its state at a revision, and restoring that."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from annotator.corpus.spans import selectors, services
from annotator.corpus.spans.markup import mark_spans
from annotator.corpus.spans.problems import StaleRevision
from annotator.editor.history import ENTRIES_A_PAGE, history_until
from annotator.platform.accounts.requests import user_of
from annotator.problems import InvalidInput
from projects.selectors import schema_of


@login_required
@never_cache
@require_GET
def history(request: HttpRequest, set_id: int) -> HttpResponse:
    """List the changes of a set up to a revision, newest first, and show the set at that revision."""
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
        "is_current": revision == annotation_set.revision,
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
    """Restore a revision of the user's own open set, as new changes."""
    user = user_of(request)
    annotation_set = selectors.get_editable_set(set_id, user=user)
    revision = _revision(request.POST.get("revision", ""))
    seen = _revision(request.POST["current"]) if "current" in request.POST else None
    try:
        restored = services.restore(annotation_set, revision=revision, author=user, now=timezone.now(), seen=seen)
    except StaleRevision as problem:
        messages.warning(request, _not_restored(problem, revision))
        return redirect("editor:history", set_id)
    if restored.applied:
        message = _("Restored revision %(revision)s as revision %(current)s. Later changes stay in the history.")
    else:
        message = _("Nothing to restore: the annotations are the same as in revision %(revision)s.")
    messages.success(request, message % {"revision": revision, "current": restored.revision})
    return redirect("editor:history", set_id)


def _not_restored(problem: StaleRevision, revision: int) -> str:
    count = len(problem.changes)
    message = ngettext(
        "Revision %(revision)s was not restored: %(count)s change, the first one listed, was made after you opened the "
        "page. Restoring would have undone it. Open revision %(revision)s again to restore it.",
        "Revision %(revision)s was not restored: %(count)s changes, the first ones listed, were made after you opened "
        "the page. Restoring would have undone them. Open revision %(revision)s again to restore it.",
        count,
    )
    return message % {"revision": revision, "count": count}


def _revision(value: str) -> int:
    if not value.isascii() or not value.isdecimal() or len(value) > 9:
        raise InvalidInput(_("“revision” must be a whole number, such as 12."))
    return int(value)
