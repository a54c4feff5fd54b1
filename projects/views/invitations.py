"""The page of an invitation link: join with an existing or a new account."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotator.platform.accounts.forms import NewAccountForm
from annotator.platform.accounts.models import User
from annotator.platform.http.forms import show_problem
from annotator.problems import InvalidInput
from projects import selectors, services
from projects.models import Invitation, Membership

BACKEND = "django.contrib.auth.backends.ModelBackend"


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def invitation_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation and accept it. The link reveals the name of the project and the role."""
    invitation = selectors.find_invitation(token)
    services.check_usable(invitation, now=timezone.now())
    if isinstance(request.user, User):
        return _join_with_account(request, invitation, token, user=request.user)
    return _join_with_new_account(request, invitation, token)


def _join_with_account(request: HttpRequest, invitation: Invitation, token: str, *, user: User) -> HttpResponse:
    if request.method == "POST":
        return _welcome(request, services.accept_invitation(token, user=user, now=timezone.now()))
    is_member = selectors.role_in(invitation.project, user) is not None
    return render(request, "projects/invitation.html", {"invitation": invitation, "is_member": is_member})


def _join_with_new_account(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            membership = services.accept_with_new_account(token, **form.cleaned_data, now=timezone.now())
        except InvalidInput as problem:
            show_problem(form, problem)
        else:
            login(request, membership.user, backend=BACKEND)
            return _welcome(request, membership)
    context = {"invitation": invitation, "form": form}
    return render(request, "projects/invitation.html", context, status=422 if form.errors else 200)


def _welcome(request: HttpRequest, membership: Membership) -> HttpResponse:
    messages.success(
        request,
        _("Welcome to “%(project)s”. Your role: %(role)s.")
        % {"project": membership.project.name, "role": membership.get_role_display()},
    )
    return redirect("dashboard:project", membership.project.slug)
