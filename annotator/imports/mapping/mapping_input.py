"""A mapping as input: its JSON is checked member by member, and each error has a pointer."""

from typing import Any, ClassVar

import orjson
from rest_framework import serializers

from annotator.formats.incoming import LONGEST_SET_NAME
from annotator.formats.set_builder import CODE_POINTS, UTF16
from annotator.imports.mapping.import_mapping import FIELDS, ImportMapping
from annotator.imports.mapping.reading import reading_fields, reading_options
from annotator.imports.mapping.unknown_names import KINDS, NamePolicy
from annotator.platform.http.problem_details import field_errors
from annotator.problems import InvalidInput

LARGEST_MAPPING = 2_000_000


class WrongMapping(InvalidInput):
    """The mapping does not follow the rules of `ImportMappingIn`."""

    code = "wrong_mapping"
    title = "The mapping is not valid"


class _Name(serializers.CharField):
    """A string; numbers are not turned into strings."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, **options)

    def to_internal_value(self, data: object) -> str:
        """Return the string, or refuse another type."""
        if not isinstance(data, str):
            raise serializers.ValidationError("This must be a string.")
        return super().to_internal_value(data)


class _Object(serializers.Serializer[object]):
    """An object that refuses members it does not know; null stands for an empty one."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the members; raise `ValidationError` for those that are not known."""
        if isinstance(data, dict) and (unknown := sorted(data.keys() - self.fields.keys())):
            known = ", ".join(self.fields)
            raise serializers.ValidationError(dict.fromkeys(unknown, f"Unknown member. Known members: {known}."))
        return super().to_internal_value(data)


def _names() -> serializers.DictField:
    return serializers.DictField(child=_Name(allow_null=True), allow_null=True, default=dict)


def _policies() -> serializers.DictField:
    return serializers.DictField(child=serializers.ChoiceField(choices=list(NamePolicy)), allow_null=True, default=dict)


def _field_name() -> _Name:
    return _Name(required=False, allow_blank=True)


class NewNamesIn(_Object):
    """What happens to single names that the schema lacks."""

    labels = _policies()
    attributes = _policies()
    relations = _policies()


class FieldNamesIn(_Object):
    """What the fields of a record are called in the files."""

    def get_fields(self) -> dict[str, Any]:
        """Return a field for each part of a record; `label` and `fields` are attributes of serializers already."""
        return {name: _field_name() for name in FIELDS}


class ImportMappingIn(_Object):
    """A mapping."""

    OBJECTS: ClassVar = {"new": NewNamesIn, "fields": FieldNamesIn}

    def get_fields(self) -> dict[str, Any]:
        """Return the members of a mapping; `fields` is an attribute of serializers already."""
        return {
            **{kind: _names() for kind in (*KINDS, "people")},
            **{name: kind(allow_null=True, required=False) for name, kind in self.OBJECTS.items()},
            "annotator": _Name(required=False, max_length=LONGEST_SET_NAME),
            "offsets": serializers.ChoiceField(choices=[CODE_POINTS, UTF16], required=False),
            **reading_fields(),
        }


def read_mapping(given: str) -> ImportMapping:
    """Return the mapping in a string of JSON; raise `WrongMapping` with pointers to its errors."""
    checked = _checked(given)
    if isinstance(checked, str) or not checked.is_valid():
        errors = field_errors(checked if isinstance(checked, str) else checked.errors, "/map")
        raise WrongMapping(f"The mapping cannot be used: {errors[0]['detail']}", errors=errors)
    values = checked.validated_data
    new = {kind: names for kind, names in (values.get("new") or {}).items() if names}
    return ImportMapping(
        **{kind: values[kind] or {} for kind in KINDS},
        fields=values.get("fields") or {},
        options={name: values[name] for name in ("offsets", "annotator") if name in values} | reading_options(values),
        people=values["people"] or {},
        new={kind: {name: NamePolicy(policy) for name, policy in names.items()} for kind, names in new.items()},
    )


def mapping_errors(given: str) -> Any:
    """Return the errors of a mapping as serializers nest them; an empty value when there are none."""
    if not given.strip():
        return {}
    checked = _checked(given)
    if isinstance(checked, str):
        return checked
    return {} if checked.is_valid() else checked.errors


def _checked(given: str) -> ImportMappingIn | str:
    """Return the serializer with the JSON in it, or what is wrong with the JSON."""
    if len(given) > LARGEST_MAPPING:
        return f"The mapping is longer than {LARGEST_MAPPING:,} characters."
    try:
        return ImportMappingIn(data=orjson.loads(given))
    except orjson.JSONDecodeError as error:
        return f"This is not valid JSON: {error}."
