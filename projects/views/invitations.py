"""The page behind an invitation link: join with the account one has, or make one."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
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
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation and let one person accept it. Whoever has the link may see name of project and role."""
    found = selectors.find_invitation(token)
    services.check_usable(found, now=timezone.now())
    if isinstance(request.user, User):
        return _with_account(request, found, token, user=request.user)
    return _as_new_person(request, found, token)


def _with_account(request: HttpRequest, found: Invitation, token: str, *, user: User) -> HttpResponse:
    if request.method == "POST":
        return _welcome(request, services.accept_invitation(token, user=user, now=timezone.now()))
    member_already = selectors.role_in(found.project, user) is not None
    return render(request, "projects/invitation.html", {"invitation": found, "member_already": member_already})


def _as_new_person(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            membership = services.accept_as_new_person(token, **form.cleaned_data, now=timezone.now())
        except InvalidInput as problem:
            show_problem(form, problem)
        else:
            login(request, membership.user, backend=BACKEND)
            return _welcome(request, membership)
    context = {"invitation": found, "form": form}
    return render(request, "projects/invitation.html", context, status=422 if form.errors else 200)


def _welcome(request: HttpRequest, membership: Membership) -> HttpResponse:
    messages.success(request, f"Welcome. You are {membership.role} in “{membership.project.name}”.")
    return redirect("dashboard:project", membership.project.slug)
