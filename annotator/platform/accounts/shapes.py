"""How people appear in the answers of the API."""

from typing import Any

from rest_framework import serializers


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
