"""The inbox: what waits for the user in all of their projects."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotator.platform.accounts.requests import user_of
from annotator.site.inbox import selectors, services


@login_required
@require_http_methods(["GET", "POST"])
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what waits; a POST marks guidelines as read, or turns the digest on or off."""
    user, now = user_of(request), timezone.now()
    if request.method == "POST":
        if request.POST.get("action") == "guidelines":
            services.mark_guidelines_read(user, now=now)
        else:
            wanted = request.POST.get("digest") == "on"
            services.choose_digest(user, wanted=wanted)
            messages.success(request, _("You get a digest by e-mail.") if wanted else _("You get no digest by e-mail."))
        return redirect("inbox:inbox")
    context = {
        "inbox": selectors.inbox_of(user, now=now),
        "state": selectors.state_of(user),
        "sends_email": settings.EMAIL_ENABLED,
    }
    return render(request, "inbox/inbox.html", context)
