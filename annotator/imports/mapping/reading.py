"""The part of a mapping that says how files are read: contested spans, fragments at line breaks, columns.

```
{"contested": {"others": "offsets", "spans": {"Span T1, offsets 4 to 31, “harbour board”": "words"}},
 "line_breaks": "keep", "columns": {"separator": "tab", "token": 2, "tags": [3, 4]}}
```
"""

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework import serializers

from annotator.formats.brat.read import JOIN, KEEP
from annotator.formats.conll.columns import SEPARATORS
from annotator.formats.span_locations import CONTESTED_CHOICES, REFUSE
from annotator.imports.mapping.import_mapping import COLUMNS, CONTESTED, LINE_BREAKS

MOST_COLUMNS = 100


class ContestedIn(serializers.Field[Any, Any, Any, Any]):
    """What happens to contested spans: one choice for all, or `others` and a choice for each of `spans`."""

    def to_internal_value(self, data: Any) -> str:
        """Return the choices as a reader takes them."""
        choices = {"others": data} if isinstance(data, str) else data
        if not isinstance(choices, dict) or not choices.keys() <= {"others", "spans"}:
            raise serializers.ValidationError(f"This must be one of {', '.join(CONTESTED_CHOICES)}, or an object.")
        spans = choices.get("spans") or {}
        if not isinstance(spans, dict):
            raise serializers.ValidationError("The spans must be an object with a choice for each.")
        for choice in (choices.get("others") or REFUSE, *spans.values()):
            if choice not in CONTESTED_CHOICES:
                raise serializers.ValidationError(f"“{str(choice)[:40]}” is not one of {', '.join(CONTESTED_CHOICES)}.")
        return orjson.dumps(choices).decode()


class ColumnsIn(serializers.Serializer[object]):
    """What the columns of a column file hold, counted from 1."""

    separator = serializers.ChoiceField(choices=list(SEPARATORS), default="tab")
    token = serializers.IntegerField(min_value=1, max_value=MOST_COLUMNS)
    tags = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MOST_COLUMNS), max_length=MOST_COLUMNS
    )


def reading_fields() -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """Return the members of a mapping that say how files are read."""
    return {
        CONTESTED: ContestedIn(required=False),
        LINE_BREAKS: serializers.ChoiceField(choices=[JOIN, KEEP], required=False),
        COLUMNS: ColumnsIn(required=False),
    }


def reading_options(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the options of readers in a checked mapping."""
    options = {name: values[name] for name in (CONTESTED, LINE_BREAKS) if name in values}
    if COLUMNS in values:
        options[COLUMNS] = orjson.dumps(values[COLUMNS]).decode()
    return options
