"""Forms of the account pages."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm, UsernameField
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from annotator.platform.accounts.models import ApiToken, User
from annotator.platform.accounts.preferences import LETTER_KEYS
from annotator.platform.accounts.scopes import Scope
from annotator.platform.accounts.selectors import projects_for_tokens

LIFETIMES = {"30": _("30 days"), "90": _("90 days"), "365": _("1 year"), "0": _("no expiry date")}
PASSWORD_HELP = _("At least 10 characters; common passwords are not accepted.")


LETTER_KEY_LABELS = {"alone": _("on"), "alt": _("only together with Alt"), "off": _("off")}


class SignInForm(AuthenticationForm):
    """User name and password, to sign in."""

    error_messages = {
        "invalid_login": _("Wrong user name or password. Passwords are case-sensitive."),
        "inactive": _("This account is closed."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")


class NewAccountForm(forms.Form):
    """User name and password of a new account."""

    username = UsernameField(
        label=_("User name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("Letters, digits and @ . + - _ only. It is shown to project leads and included in exported data."),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=PASSWORD_HELP,
    )


class LetterKeysForm(forms.Form):
    """The setting for single-key shortcuts on agreement and adjudication pages."""

    letter_keys = forms.ChoiceField(
        label=_("Single-key shortcuts"),
        choices=[(value, LETTER_KEY_LABELS[value]) for value in LETTER_KEYS],
        help_text=_("Turn these off if you use voice control or press keys by accident."),
    )


class PasswordForm(forms.Form):
    """The current password and a new one."""

    old_password = forms.CharField(
        label=_("Current password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=PASSWORD_HELP,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_old_password(self) -> str:
        """Return the current password; raise `ValidationError` when it is wrong."""
        password: str = self.cleaned_data["old_password"]
        if not self._user.check_password(password):
            raise ValidationError(_("This is not your current password."))
        return password


class EmailForm(forms.Form):
    """An e-mail address."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class NewPasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """A new password, entered once as on the account page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["new_password2"]
        self.fields["new_password1"].label = _("New password")
        self.fields["new_password1"].help_text = PASSWORD_HELP

    def clean(self) -> dict[str, Any]:
        """Validate the password; raise `ValidationError` for a weak one."""
        password = self.cleaned_data.get("new_password1", "")
        if password:
            self.validate_password_for_user(self.user, "new_password1")
        return self.cleaned_data

    def save(self, commit: bool = True) -> User:
        """Store the password."""
        user: User = self.user
        user.set_password(self.cleaned_data["new_password1"])
        user.save(update_fields=["password"])
        return user


class TokenForm(forms.Form):
    """Name and lifetime of a new API token."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("The program that uses the token, such as “nightly export”.")
    )
    scope = forms.ChoiceField(
        label=_("May"),
        choices=Scope.choices,
        initial=Scope.READ,
        required=False,
        help_text=_("Choose as little as the program needs. It never has more access than you."),
    )
    project = forms.ModelChoiceField(
        label=_("Project"), queryset=ApiToken.objects.none(), required=False, empty_label=_("all projects")
    )
    lasts = forms.TypedChoiceField(
        label=_("Valid for"),
        choices=list(LIFETIMES.items()),
        initial="90",
        coerce=lambda days: timedelta(days=int(days)) or None,
    )
    ends_with_password = forms.BooleanField(label=_("Delete it when I change my password"), required=False)

    def clean_scope(self) -> str:
        """Return the scope; the smallest one for a form without it."""
        return self.cleaned_data["scope"] or Scope.READ.value

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = projects_for_tokens(user)  # type: ignore[attr-defined]
        longest: int = settings.TOKEN_MAX_DAYS
        if longest:
            lifetimes = [(days, label) for days, label in LIFETIMES.items() if 0 < int(days) < longest]
            most = ngettext_lazy("%(count)s day", "%(count)s days", longest) % {"count": longest}
            self.fields["lasts"].choices = [*lifetimes, (str(longest), most)]  # type: ignore[attr-defined]
            if longest < int(self.fields["lasts"].initial):
                self.fields["lasts"].initial = str(longest)
