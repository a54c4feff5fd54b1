"""Forms of accounts."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.core.exceptions import ValidationError

from annotator.platform.accounts.models import User
from annotator.platform.accounts.preferences import LETTER_KEYS

LASTS = {"30": "30 days", "90": "90 days", "365": "a year", "0": "no end, until I withdraw it"}


class SignInForm(AuthenticationForm):
    """User name and password."""

    error_messages = {
        "invalid_login": "User name and password do not fit together. Mind capitals.",
        "inactive": "This account is closed.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "User name"


class NewAccountForm(forms.Form):
    """User name and password of somebody who has none yet."""

    username = UsernameField(
        label="User name",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        help_text="Letters, digits and @ . + - _ only. Leads of your projects see it; so does whoever gets the data.",
    )
    password = forms.CharField(
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 10 characters, and not a common one.",
    )


class KeysForm(forms.Form):
    """Whether single keys act on the pages of agreement and adjudication."""

    letter_keys = forms.ChoiceField(
        label="Letters, digits and signs",
        choices=list(LETTER_KEYS.items()),
        help_text="Whoever dictates, or touches keys unawares, may not want that a single letter decides something.",
    )


class PasswordForm(forms.Form):
    """The old password and a new one."""

    old_password = forms.CharField(
        label="Present password",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label="New password",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 10 characters, and not a common one.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_old_password(self) -> str:
        """Return the present password, or refuse a wrong one."""
        password: str = self.cleaned_data["old_password"]
        if not self._user.check_password(password):
            raise ValidationError("This is not your present password.")
        return password


class TokenForm(forms.Form):
    """What an API token is for, and how long it is valid."""

    name = forms.CharField(max_length=100, help_text="Which program is it for?")
    lasts = forms.TypedChoiceField(
        label="Valid for",
        choices=list(LASTS.items()),
        initial="90",
        coerce=lambda days: timedelta(days=int(days)) or None,
    )
