"""Serializers of accounts and API tokens."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from annotator.platform.accounts.models import ApiToken, User
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
