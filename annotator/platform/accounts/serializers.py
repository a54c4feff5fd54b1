"""Serializers of accounts and API tokens."""

from typing import Any

from rest_framework import serializers

from annotator.platform.accounts.models import ApiToken
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

    class Meta:
        model = ApiToken
        fields = ["id", "name", "prefix", "created_at", "expires_at", "last_used_at"]


class TokenMade(TokenOut):
    """A new API token with its secret."""

    token = serializers.CharField(read_only=True, help_text="Shown once: send it as `Authorization: Bearer …`.")

    class Meta(TokenOut.Meta):
        fields = [*TokenOut.Meta.fields, "token"]


class TokenIn(serializers.Serializer[Any]):
    """An API token to create; without `expires_at` it is valid until it is deleted."""

    name = serializers.CharField(max_length=LONGEST_TOKEN_NAME)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
