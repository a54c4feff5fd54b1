"""The page of names in files: which member each outside name is."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from annotator.corpus import identities
from annotator.platform.accounts.models import User
from annotator.platform.accounts.requests import user_of
from annotator.problems import Problem
from projects.models import Project
from projects.roles import Capability
from projects.selectors import get_project

OTHER_PERSON = "other"
MEMBER = "member:"


@login_required
@require_http_methods(["GET", "POST"])
def names(request: HttpRequest, slug: str) -> HttpResponse:
    """List the names of sets that no account made; a POST links one to a member, or to another person."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.MANAGE)
    if request.method == "POST":
        _link(request, project, user)
        return redirect("assignments:names", slug)
    context: dict[str, Any] = {
        "project": project,
        "stands_under": reverse("assignments:waiting", args=[slug]),
        "names": identities.outside_names(project),
        "members": list(identities.linkable_members(project)),
        "other_person": OTHER_PERSON,
        "member_prefix": MEMBER,
    }
    return render(request, "assignments/names.html", context)


def _link(request: HttpRequest, project: Project, user: User) -> None:
    name, choice = request.POST.get("name", ""), request.POST.get("member", "")
    member = None
    if choice.startswith(MEMBER):
        member = User.objects.filter(username=choice.removeprefix(MEMBER)).order_by("id").first()
    if member is None and choice != OTHER_PERSON:
        messages.error(request, _("Not linked: choose a member, or “Another person”."))
        return
    try:
        identities.link(project, name, member=member, by=user, now=timezone.now())
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        values = {"name": name, "member": member.get_username() if member else ""}
        linked = _("“%(name)s” is linked to %(member)s.") if member else _("“%(name)s” is another person.")
        messages.success(request, linked % values)


@login_required
@require_POST
def unlink(request: HttpRequest, link_id: int) -> HttpResponse:
    """End the link of a name."""
    user = user_of(request)
    row = identities.get_link(link_id, user=user)
    try:
        identities.unlink(row, by=user, now=timezone.now())
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, _("“%(name)s” counts under its own name again.") % {"name": row.name})
    return redirect("assignments:names", row.project.slug)
