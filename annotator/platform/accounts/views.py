"""Pages of accounts: sign in and out, password, shortcuts, API tokens."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotator.platform.accounts import selectors, services
from annotator.platform.accounts.forms import LetterKeysForm, PasswordForm, SignInForm, TokenForm
from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.problems import Problem


class SignIn(LoginView):
    """The sign-in page."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True


class SignOut(LogoutView):
    """Sign-out, by POST only, so that no link or image can trigger it."""

    http_method_names = ["post", "options"]


@login_required
@never_cache
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Show the account of the user."""
    return _account_page(request)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change the password of the user; other sessions end, this one continues."""
    if request.method != "POST":
        return redirect("accounts:account")
    user = user_of(request)
    form = PasswordForm(request.POST, user=user)
    if form.is_valid():
        try:
            services.change_password(user, password=form.cleaned_data["password"])
        except Problem as problem:
            show_problem(form, problem)
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("Password changed. You have been signed out on all other devices."))
            return redirect("accounts:account")
    return _account_page(request, status=422, password_form=form)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def letter_keys(request: HttpRequest) -> HttpResponse:
    """Change the setting for single-key shortcuts on agreement and adjudication pages."""
    if request.method != "POST":
        return redirect("accounts:account")
    user, form = user_of(request), LetterKeysForm(request.POST)
    if not form.is_valid():
        return _account_page(request, status=422, keys_form=form)
    services.set_letter_keys(user, form.cleaned_data["letter_keys"], now=timezone.now())
    messages.success(request, _("Shortcut setting saved."))
    return redirect("accounts:account")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def create_token(request: HttpRequest) -> HttpResponse:
    """Create an API token and show its secret once."""
    if request.method != "POST":
        return redirect("accounts:account")
    form, now = TokenForm(request.POST), timezone.now()
    if form.is_valid():
        name, lifetime = form.cleaned_data["name"], form.cleaned_data["lasts"]
        expires_at = None if lifetime is None else now + lifetime
        try:
            token, secret = services.create_token(user_of(request), name=name, now=now, expires_at=expires_at)
        except Problem as problem:
            show_problem(form, problem)
        else:
            return _account_page(request, new_token=token, secret=secret)
    return _account_page(request, status=422, token_form=form)


@login_required
@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """Delete an API token of the user."""
    token = selectors.get_token(token_id, user=user_of(request))
    services.revoke_token(token)
    messages.success(request, _("Deleted token “%(name)s”.") % {"name": token.name})
    return redirect("accounts:account")


def _account_page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    user = user_of(request)
    defaults = {
        "tokens": selectors.tokens_of(user),
        "now": timezone.now(),
        "password_form": PasswordForm(user=user),
        "token_form": TokenForm(),
        "keys_form": LetterKeysForm(initial=dict(selectors.editor_preferences(user))),
    }
    return render(request, "accounts/account.html", defaults | context, status=status)
