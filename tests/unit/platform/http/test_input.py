"""Input is read strictly, and all of its errors are reported with JSON pointers."""

import pytest
from rest_framework import serializers

from annotator.platform.http.input import (
    BooleanField,
    ChoiceField,
    InputSerializer,
    IntegerField,
    NumberField,
    StringField,
    read_input,
)
from annotator.problems import InvalidInput


class InnerIn(InputSerializer):
    share = NumberField(default=0.5)


class OuterIn(InputSerializer):
    empty_means_default = ("colour",)
    name = StringField()
    is_open = BooleanField(default=True)
    count = IntegerField(default=1, min_value=0)
    colour = ChoiceField(choices=["red", "blue"], default="red")
    names = serializers.ListField(child=StringField(), required=False)
    inner = InnerIn(required=False)


def read(given):
    return read_input(OuterIn(data=given), "The input is not valid.")


@pytest.mark.parametrize(
    ("given", "pointers"),
    [
        ({}, ["/name"]),
        ([], [""]),
        ({"name": 5}, ["/name"]),
        ({"name": "a", "size": 1, "count": "1"}, ["/size", "/count"]),
        ({"name": "a", "count": True, "is_open": "true"}, ["/is_open", "/count"]),
        ({"name": "a", "count": 1.5}, ["/count"]),
        ({"name": "a", "count": -1}, ["/count"]),
        ({"name": "a", "colour": "green"}, ["/colour"]),
        ({"name": "a", "names": ["b", 3]}, ["/names/1"]),
        ({"name": "a", "inner": {"share": "half", "other": 1}}, ["/inner/other", "/inner/share"]),
        ({"name": "a", "a/b": 1}, ["/a~1b"]),
    ],
)
def test_every_error_has_its_pointer(given, pointers):
    with pytest.raises(InvalidInput) as caught:
        read(given)

    assert [error["pointer"] for error in caught.value.errors] == pointers


@pytest.mark.parametrize("empty", [None, ""])
def test_empty_member_gets_its_default_where_declared(empty):
    assert read({"name": "a", "colour": empty})["colour"] == "red"


def test_choices_are_named_in_the_error():
    with pytest.raises(InvalidInput) as caught:
        read({"name": "a", "colour": 3})

    assert caught.value.errors[0]["detail"] == "“3” is not one of: red, blue."
