"""Input declared by serializers and read strictly: values have the declared JSON type, and no member is ignored.

One declaration serves the API, its reference, forms and commands. All errors are collected, each with its JSON pointer.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from rest_framework import serializers

from annotator.platform.http.problem_details import field_errors
from annotator.problems import InvalidInput


class InputSerializer(serializers.Serializer[Any]):
    """An object that is read as a whole; members that are not declared are errors.

    Members named in `empty_means_default` may be null or "" and then have their default.
    """

    empty_means_default: ClassVar[Sequence[str]] = ()
    default_error_messages = {"invalid": "This must be an object."}

    def to_internal_value(self, data: Any) -> Any:
        """Return the values of the object, or raise the errors of all its members."""
        if not isinstance(data, Mapping):
            raise serializers.ValidationError({"non_field_errors": [self.error_messages["invalid"]]})
        data = {name: value for name, value in data.items() if not self._is_empty(name, value)}
        unknown = [str(name) for name in data if name not in self.fields]
        errors: dict[str, Any] = {name: ["There is no such option."] for name in unknown}
        values: Any = {}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not isinstance(error.detail, dict):
                raise
            errors |= error.detail
        if errors:
            raise serializers.ValidationError(errors)
        return values

    def _is_empty(self, name: str, value: object) -> bool:
        return name in self.empty_means_default and value in (None, "")


class BooleanField(serializers.BooleanField):
    """True or false, not a word or a number that stands for it."""

    default_error_messages = {"invalid": "This must be true or false."}

    def to_internal_value(self, data: Any) -> bool:
        """Return the value if it is a boolean."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


LARGEST_INTEGER = 2**63 - 1
"""The largest number that the databases compare with; SQLite fails for others."""


class IntegerField(serializers.IntegerField):
    """A whole number, not a string with its digits."""

    default_error_messages = {"invalid": "This must be a whole number."}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_value": LARGEST_INTEGER} | options)

    def to_internal_value(self, data: Any) -> int:
        """Return the value if it is a whole number."""
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class NumberField(serializers.FloatField):
    """A number, not a string with its digits."""

    default_error_messages = {"invalid": "This must be a number."}

    def to_internal_value(self, data: Any) -> float:
        """Return the value if it is a number."""
        if not isinstance(data, int | float) or isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class StringField(serializers.CharField):
    """A string, not a number in its place."""

    default_error_messages = {"invalid": "This must be a string."}

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Return the value if it is a string."""
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            self.fail("invalid", input=data)
        return super().run_validation(data)


class ChoiceField(serializers.ChoiceField):
    """One of a closed list of strings; errors name them all."""

    default_error_messages = {"invalid_choice": "“{input}” is not one of: {choices}."}

    def to_internal_value(self, data: Any) -> Any:
        """Return the value if it is one of the choices."""
        if not isinstance(data, str) or data not in self.choice_strings_to_values:
            self.fail("invalid_choice", input=data, choices=", ".join(map(str, self.choices)))
        return self.choice_strings_to_values[data]


def read_input(serializer: serializers.Serializer[Any], detail: str) -> Any:
    """Return what a serializer makes of its data; raise `InvalidInput` with all errors."""
    if not serializer.is_valid():
        raise InvalidInput(detail, errors=field_errors(serializer.errors))
    return serializer.validated_data
