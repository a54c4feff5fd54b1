"""The members page: roles, removal, invitations."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.problems import Problem
from projects import selectors, services
from projects.forms import InvitationForm, MailedInvitationsForm, RoleForm
from projects.models import Project
from projects.roles import Capability, Role
from projects.services.mailed_invitations import check_enabled, invitation_link, split_addresses, start_invitations

MOST_USED_INVITATIONS = 50


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """Show members and invitations; a POST creates an invitation and shows its link once."""
    project = selectors.get_project(slug, user=user_of(request), capability=Capability.MANAGE)
    form = InvitationForm(request.POST or None)
    link = ""
    if request.method == "POST" and form.is_valid():
        role, note = Role(form.cleaned_data["role"]), form.cleaned_data["note"]
        try:
            _, secret = services.create_invitation(
                project, role=role, note=note, by=user_of(request), now=timezone.now()
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            link, form = invitation_link(secret, request), InvitationForm()
    context = _context(request, project) | {"form": form, "link": link}
    return render(request, "projects/members.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def invite_by_mail(request: HttpRequest, slug: str) -> HttpResponse:
    """Start the job that sends invitations by e-mail, and show its page."""
    project = selectors.get_project(slug, user=user_of(request), capability=Capability.MANAGE)
    if request.method != "POST":
        return redirect("projects:members", slug)
    check_enabled()
    form = MailedInvitationsForm(request.POST, auto_id="mail-%s")
    if form.is_valid():
        try:
            addresses = split_addresses(form.cleaned_data["emails"])
            role = Role(form.cleaned_data["role"])
            job = start_invitations(project, addresses, role=role, by=user_of(request), now=timezone.now())
        except Problem as problem:
            show_problem(form, problem)
        else:
            return redirect("jobs:job", slug, job.pk)
    context = _context(request, project) | {"form": InvitationForm(), "link": "", "mail_form": form}
    return render(request, "projects/members.html", context, status=422)


@login_required
@require_POST
def change_role(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    """Change the role of a member."""
    project = selectors.get_project(slug, user=user_of(request), capability=Capability.MANAGE)
    member = selectors.get_member(project, member_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the roles."))
        return redirect("projects:members", slug)
    try:
        services.change_role(member, role=Role(form.cleaned_data["role"]))
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(
            request,
            _("%(user)s now has the role %(role)s.")
            % {"user": member.user.username, "role": member.get_role_display()},
        )
    return _redirect(request, project)


@login_required
@require_POST
def remove_member(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    """Remove a member."""
    project = selectors.get_project(slug, user=user_of(request), capability=Capability.MANAGE)
    member = selectors.get_member(project, member_id)
    try:
        services.remove_member(member)
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, _("Removed %(user)s. Their annotations are kept.") % {"user": member.user.username})
    return _redirect(request, project)


@login_required
@require_POST
def revoke_invitation(request: HttpRequest, slug: str, invitation_id: int) -> HttpResponse:
    """Revoke an invitation."""
    project = selectors.get_project(slug, user=user_of(request), capability=Capability.MANAGE)
    invitation = selectors.get_invitation(project, invitation_id)
    try:
        services.revoke_invitation(invitation, now=timezone.now())
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, _("Invitation revoked. Its link no longer works."))
    return redirect("projects:members", slug)


def _context(request: HttpRequest, project: Project) -> dict[str, Any]:
    now = timezone.now()
    members = [
        {
            "membership": membership,
            "form": RoleForm(initial={"role": membership.role}, auto_id=f"role-{membership.pk}-%s"),
        }
        for membership in selectors.members_of(project)
    ]
    return {
        "project": project,
        "email_enabled": settings.EMAIL_ENABLED,
        "mail_form": MailedInvitationsForm(auto_id="mail-%s"),
        "role": selectors.role_in(project, user_of(request)),
        "members": members,
        "open_invitations": selectors.open_invitations_to(project, now=now),
        "used_invitations": selectors.used_invitations_to(project)[:MOST_USED_INVITATIONS],
    }


def _redirect(request: HttpRequest, project: Project) -> HttpResponse:
    """Redirect to the members page, or to the projects when the user is no longer lead."""
    if selectors.role_in(project, user_of(request)) is Role.LEAD:
        return redirect("projects:members", project.slug)
    return redirect("dashboard:home")
