"""Serializers of accounts, their preferences and API tokens."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from annotator.platform.accounts.models import ApiToken, User
from annotator.platform.accounts.preferences import (
    DEFAULTS,
    LETTER_KEYS,
    LONGEST_COMMAND,
    LONGEST_KEY,
    MOST_KEYS,
    MOST_KEYS_OF_A_COMMAND,
)
from annotator.platform.accounts.scopes import Scope
from annotator.platform.accounts.selectors import projects_for_tokens
from annotator.platform.accounts.services import LONGEST_TOKEN_NAME


class UserNameField(serializers.SlugRelatedField[Any]):
    """The name of a user; null for a command, or when no user has done it yet."""

    def __init__(self, **options: Any) -> None:
        defaults: dict[str, Any] = {
            "slug_field": "username",
            "read_only": True,
            "allow_null": True,
            "help_text": "A user name.",
        }
        super().__init__(**(defaults | options))


class TokenOut(serializers.ModelSerializer[ApiToken]):
    """An API token without its secret."""

    project: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="slug", read_only=True, allow_null=True, help_text="The project that it is limited to."
    )

    class Meta:
        model = ApiToken
        fields = ["id", "name", "prefix", "created_at", "expires_at", "last_used_at"]
        fields += ["scope", "project", "ends_with_password"]


class TokenMade(TokenOut):
    """A new API token with its secret."""

    token = serializers.CharField(read_only=True, help_text="Shown once: send it as `Authorization: Bearer …`.")

    class Meta(TokenOut.Meta):
        fields = [*TokenOut.Meta.fields, "token"]


class TokenIn(serializers.Serializer[Any]):
    """An API token to create; without `expires_at` it is valid as long as the site permits."""

    name = serializers.CharField(max_length=LONGEST_TOKEN_NAME)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
    scope = serializers.ChoiceField(
        choices=Scope.choices, default=Scope.MANAGE.value, help_text="read, annotate (includes read) or manage."
    )
    project = serializers.SlugField(
        required=False, allow_null=True, help_text="The address of the project that it is limited to."
    )
    ends_with_password = serializers.BooleanField(
        default=False, help_text="Whether it is deleted when the user changes the password."
    )

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def validate_project(self, slug: str | None) -> Any:
        """Return the project with this address; raise `ValidationError` when the user has none."""
        if slug is None or self._user is None:
            return None
        project = projects_for_tokens(self._user).filter(slug=slug).first()
        if project is None:
            raise serializers.ValidationError(_("You have no project with this address."))
        return project


class EditorPreferencesShape(serializers.Serializer[Any]):
    """Preferences of the editor; those left out have their defaults."""

    keys = serializers.DictField(
        child=serializers.ListField(
            child=serializers.CharField(max_length=LONGEST_KEY, trim_whitespace=False),
            max_length=MOST_KEYS_OF_A_COMMAND,
        ),
        default=dict,
        help_text='Shortcuts by command, as in `{"span.next": ["j"], "label Claim": ["q"]}`; an empty list for none.',
    )
    text_size = serializers.ChoiceField(["85", "100", "115", "130", "150", "200"], default=DEFAULTS["text_size"])
    line_width = serializers.ChoiceField(["narrow", "normal", "wide", "full"], default=DEFAULTS["line_width"])
    density = serializers.ChoiceField(["compact", "normal", "roomy"], default=DEFAULTS["density"])
    theme = serializers.ChoiceField(["system", "light", "dark"], default=DEFAULTS["theme"])
    reading_mode = serializers.BooleanField(
        default=False, help_text="Whether screen readers use their own reading mode for the text."
    )
    pick_by_words = serializers.BooleanField(
        default=False, help_text="Whether words are picked by their own first letters, instead of by letters on them."
    )
    letter_keys = serializers.ChoiceField(
        LETTER_KEYS,
        default=DEFAULTS["letter_keys"],
        help_text="Single-key shortcuts of agreement and adjudication pages: on, only with Alt, or off.",
    )
    show_time = serializers.BooleanField(default=True, help_text="Whether the editor shows the active time.")
    show_tips = serializers.BooleanField(default=True, help_text="Whether the first steps stand above the text.")

    def validate_keys(self, keys: dict[str, list[str]]) -> dict[str, list[str]]:
        """Return the shortcuts; raise `ValidationError` for too many commands or names that no command has."""
        if len(keys) > MOST_KEYS:
            raise serializers.ValidationError(f"At most {MOST_KEYS} commands can have custom shortcuts.")
        for name in keys:
            if not name.isprintable() or not 0 < len(name) <= LONGEST_COMMAND:
                raise serializers.ValidationError("The name of a command has 1 to 200 printable characters.")
        return keys


class PreferencesShape(serializers.Serializer[Any]):
    """All preferences of a user."""

    editor_preferences = EditorPreferencesShape()
