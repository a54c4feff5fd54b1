"""How people appear in the answers of the API."""

from typing import Any

from rest_framework import serializers

from annotator.platform.accounts.models import ApiToken
from annotator.platform.accounts.services import LONGEST_TOKEN_NAME


class UserNameField(serializers.SlugRelatedField[Any]):
    """Who did it, by user name; null when a command did, or when nobody has yet."""

    def __init__(self, **options: Any) -> None:
        shown: dict[str, Any] = {
            "slug_field": "username",
            "read_only": True,
            "allow_null": True,
            "help_text": "A user name.",
        }
        super().__init__(**(shown | options))


class TokenOut(serializers.ModelSerializer[ApiToken]):
    """A token, without its secret."""

    class Meta:
        model = ApiToken
        fields = ["id", "name", "prefix", "created_at", "expires_at", "last_used_at"]


class TokenMade(TokenOut):
    """A new token with its secret."""

    token = serializers.CharField(read_only=True, help_text="Shown once: send it as `Authorization: Bearer …`.")

    class Meta(TokenOut.Meta):
        fields = [*TokenOut.Meta.fields, "token"]


class TokenIn(serializers.Serializer[Any]):
    """A token to make; without `expires_at` it is valid until it is withdrawn."""

    name = serializers.CharField(max_length=LONGEST_TOKEN_NAME)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
