"""The page of the editor, and its forms for browsers without JavaScript."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from annotator.corpus.spans import lifecycle, selectors
from annotator.corpus.spans.markup import mark_spans
from annotator.corpus.spans.models import AnnotationSet, SetPurpose
from annotator.editor.payload import shown_meta
from annotator.platform.accounts import selectors as accounts
from annotator.platform.accounts.models import User
from annotator.platform.accounts.requests import user_of
from annotator.quality import selectors as quality
from annotator.workload.assignments.selectors import is_offered_documents
from projects.guidelines import render_markdown
from projects.roles import Capability, can
from projects.selectors import role_in, schema_of, unseen_guidelines


@login_required
@never_cache
@require_GET
@ensure_csrf_cookie
def edit(request: HttpRequest, set_id: int) -> HttpResponse:
    """Show a set in the editor: editable when it is the user's own and open, else read-only."""
    user = user_of(request)
    annotation_set = selectors.get_set(set_id, user=user)
    document, project = annotation_set.document, annotation_set.document.project
    role = role_in(project, user)
    is_own = selectors.is_own(annotation_set, user=user)
    may_annotate = role is not None and can(role, Capability.ANNOTATE)
    is_offered = may_annotate and (is_own or is_offered_documents(project, user))
    context = {
        "annotation_set": annotation_set,
        "document": document,
        "title": document.title or document.external_id,
        "project": project,
        "project_url": reverse("dashboard:project", args=[project.slug]),
        "role": role,
        "is_own": is_own,
        "editable": is_own and annotation_set.is_open,
        "meta": shown_meta(document),
        "guidelines_html": render_markdown(
            annotation_set.guideline_version.text, reverse("projects:guidelines", args=[project.slug]) + "pictures/"
        ),
        "guidelines_news": unseen_guidelines(project, user) if is_own else None,
        # Rendered only when the template uses it, since a long document takes time.
        "rendered": SimpleLazyObject(lambda: _rendered(annotation_set)),
        "personal": _personal(user),
        "practice_url": _practice_url(annotation_set, user) if is_own else None,
        "config": _config(annotation_set, user, is_own=is_own, is_offered=is_offered),
    }
    return render(request, "editor/editor.html", context)


@login_required
@require_POST
def submit(request: HttpRequest, set_id: int) -> HttpResponse:
    """Submit the user's own set."""
    annotation_set = selectors.get_editable_set(set_id, user=user_of(request))
    lifecycle.submit(annotation_set, now=timezone.now())
    messages.success(request, _("Submitted. You can reopen it until it is adjudicated."))
    return redirect("editor:edit", set_id)


@login_required
@require_POST
def reopen(request: HttpRequest, set_id: int) -> HttpResponse:
    """Reopen the user's own submitted set."""
    lifecycle.reopen(selectors.get_editable_set(set_id, user=user_of(request)))
    return redirect("editor:edit", set_id)


def _rendered(annotation_set: AnnotationSet) -> str:
    schema = schema_of(annotation_set.schema_version)
    return mark_spans(annotation_set.document.text, selectors.spans_of(annotation_set), schema)


def _practice_url(annotation_set: AnnotationSet, user: User) -> str | None:
    """Return the address of practice for a person who sees the first steps, where there is a document for it."""
    project = annotation_set.document.project
    if annotation_set.purpose != SetPurpose.DATA or not accounts.editor_preferences(user)["show_tips"]:
        return None
    gold = quality.next_gold(project, user, SetPurpose.PRACTICE)
    return None if gold is None else reverse("quality:mine", args=[project.slug])


def _personal(user: User) -> dict[str, Any]:
    """Return the settings of the user, their address, and the files that the page loads later."""
    return {
        "url": reverse("accounts-api:preferences"),
        "module": static("editor/extras.js"),
        "suggestions_module": static("editor/suggestions.js"),
        "tomorrow_module": static("editor/tomorrow.js"),
        "document_module": static("editor/document_attributes.js"),
        "document_styles": static("css/editor-document.css"),
        "dialogs_module": static("editor/dialogs.js"),
        "dialogs_styles": static("css/editor-dialogs.css"),
        "editor_preferences": accounts.editor_preferences(user),
    }


def _config(annotation_set: AnnotationSet, user: User, *, is_own: bool, is_offered: bool) -> dict[str, Any]:
    """Return what the script on the page needs; addresses that the user may not use are null."""
    set_id, slug = annotation_set.pk, annotation_set.document.project.slug
    return {
        "payloadUrl": reverse("editor-api:payload", args=[set_id]),
        "waivedUrl": reverse("spans-api:waived-hints", args=[set_id]) if is_own else None,
        "changesUrl": reverse("spans-api:changes", args=[set_id]),
        "submitUrl": reverse("spans-api:submit", args=[set_id]) if is_own else None,
        "timeUrl": reverse("timing-api:set", args=[set_id]) if is_own else None,
        "reopenUrl": reverse("spans-api:reopen", args=[set_id]) if is_own else None,
        "nextUrl": reverse("assignments:next", args=[slug]) if is_offered else None,
        "assignUrl": reverse("assignments-api:next-document", args=[slug]) if is_offered else None,
        "upcomingUrl": reverse("editor-api:upcoming", args=[set_id]) if is_offered else None,
        "suggestionsUrl": reverse("sources-api:set", args=[set_id]) if is_own else None,
        "dismissalsUrl": reverse("suggestions-api:dismissals", args=[set_id]) if is_own else None,
        "pageUrl": reverse("editor:edit", args=[set_id]),
        "userId": str(user.pk),
        "setId": set_id,
        "csrfCookie": settings.CSRF_COOKIE_NAME,
    }
