"""Pages of accounts: sign in and out, password, shortcuts, API tokens."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required, login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotator.platform.accounts import lockout, selectors, services
from annotator.platform.accounts.forms import (
    EmailForm,
    LetterKeysForm,
    NewPasswordForm,
    PasswordForm,
    SignInForm,
    TokenForm,
)
from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.problems import NotFound, Problem


class SignIn(LoginView):
    """The sign-in page."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whether a forgotten password can be replaced by e-mail."""
        return super().get_context_data(**kwargs) | {"email_enabled": settings.EMAIL_ENABLED}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign in, unless too many attempts have failed: then nothing is checked, and the response says how long."""
        username, now = request.POST.get("username", ""), timezone.now()
        if not lockout.is_known_browser(request, username):
            seconds = lockout.seconds_to_wait(username, lockout.client_address(request), now=now)
            if seconds > 0:
                page = render(request, "accounts/wait.html", {"seconds": seconds}, status=429)
                page.headers["Retry-After"] = str(seconds)
                return page
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in and remember the browser."""
        response = super().form_valid(form)
        lockout.remember_browser(self.request, response, form.get_user().get_username())
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Show the form again, and log an attack."""
        username = str(form.cleaned_data.get("username", ""))
        lockout.log_failure(username, lockout.client_address(self.request), now=timezone.now())
        return super().form_invalid(form)


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
def email(request: HttpRequest) -> HttpResponse:
    """Send a link to a new e-mail address, or remove the stored one."""
    if request.method != "POST":
        return redirect("accounts:account")
    user = user_of(request)
    if "remove" in request.POST:
        services.remove_address(user)
        messages.success(request, _("E-mail address removed."))
        return redirect("accounts:account")
    form = EmailForm(request.POST)
    if not form.is_valid() or not settings.EMAIL_ENABLED:
        return _account_page(request, status=422, email_form=form)
    services.send_verification(user, form.cleaned_data["email"])
    messages.success(
        request,
        _("A link was sent to %(address)s. Open it to confirm the address.") % {"address": form.cleaned_data["email"]},
    )
    return redirect("accounts:account")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def verify_email(request: HttpRequest, token: str) -> HttpResponse:
    """Store the e-mail address of a link, by POST only: mail programs open links before people do."""
    if request.method != "POST":
        return render(request, "accounts/verify_email.html")
    services.verify_address(token, user=user_of(request))
    messages.success(request, _("E-mail address confirmed."))
    return redirect("accounts:account")


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def reset_password(request: HttpRequest) -> HttpResponse:
    """Send a link to set a new password. The answer does not tell whether an account has the address."""
    if not settings.EMAIL_ENABLED:
        raise NotFound(_("This site sends no e-mail. Ask its administrator for a new password."))
    form, sent = EmailForm(request.POST or None), False
    if form.is_valid():
        services.send_password_links(form.cleaned_data["email"])
        sent = True
    context = {"form": form, "sent": sent}
    return render(request, "accounts/reset_password.html", context, status=422 if form.errors else 200)


@method_decorator([login_not_required, never_cache], name="dispatch")
class NewPassword(PasswordResetConfirmView):
    """The page of a link that sets a new password; Django keeps the token out of the address of the form."""

    form_class = NewPasswordForm
    template_name = "accounts/new_password.html"
    success_url = reverse_lazy("accounts:sign-in")

    def form_valid(self, form: Any) -> HttpResponse:
        """Store the password and end all sessions of the account."""
        messages.success(self.request, _("Password changed. Sign in with the new one."))
        return super().form_valid(form)


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
    user, now = user_of(request), timezone.now()
    form = TokenForm(request.POST, user=user)
    if form.is_valid():
        values = dict(form.cleaned_data)
        lifetime = values.pop("lasts")
        expires_at = None if lifetime is None else now + lifetime
        try:
            token, secret = services.create_token(user, **values, now=now, expires_at=expires_at)
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
        "email_form": EmailForm(),
        "email_enabled": settings.EMAIL_ENABLED,
        "token_form": TokenForm(user=user),
        "keys_form": LetterKeysForm(initial=dict(selectors.editor_preferences(user))),
    }
    return render(request, "accounts/account.html", defaults | context, status=status)
