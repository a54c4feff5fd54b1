"""Pages of accounts: signing in and out, password, API tokens."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotator.platform.accounts import selectors, services
from annotator.platform.accounts.forms import KeysForm, PasswordForm, SignInForm, TokenForm
from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.problems import Problem


class SignIn(LoginView):
    """The page on which people sign in."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True


class SignOut(LogoutView):
    """Ends the session; by POST only, so that no link or picture can do it."""

    http_method_names = ["post", "options"]


@login_required
@never_cache
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Show one's own account."""
    return _account_page(request)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; other sessions end, this one goes on."""
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
            messages.success(request, "Your password is changed. You are signed out everywhere else.")
            return redirect("accounts:account")
    return _account_page(request, status=422, password_form=form)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def letter_keys(request: HttpRequest) -> HttpResponse:
    """Choose whether single keys act on the pages of agreement and adjudication."""
    if request.method != "POST":
        return redirect("accounts:account")
    user, form = user_of(request), KeysForm(request.POST)
    if not form.is_valid():
        return _account_page(request, status=422, keys_form=form)
    services.choose_letter_keys(user, form.cleaned_data["letter_keys"], now=timezone.now())
    messages.success(request, "Your choice of keys is kept.")
    return redirect("accounts:account")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def create_token(request: HttpRequest) -> HttpResponse:
    """Make an API token and show its secret, this once."""
    if request.method != "POST":
        return redirect("accounts:account")
    form, now = TokenForm(request.POST), timezone.now()
    if form.is_valid():
        name, lasts = form.cleaned_data["name"], form.cleaned_data["lasts"]
        expires_at = None if lasts is None else now + lasts
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
    """Withdraw one of one's own tokens."""
    token = selectors.get_token(token_id, user=user_of(request))
    services.revoke_token(token)
    messages.success(request, f"The token “{token.name}” is withdrawn.")
    return redirect("accounts:account")


def _account_page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    user = user_of(request)
    shown = {
        "tokens": selectors.tokens_of(user),
        "now": timezone.now(),
        "password_form": PasswordForm(user=user),
        "token_form": TokenForm(),
        "keys_form": KeysForm(initial=dict(selectors.editor_preferences(user))),
    }
    return render(request, "accounts/account.html", shown | context, status=status)
