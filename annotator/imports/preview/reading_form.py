"""Fields of a preview for how files are read: contested spans one by one, and the columns of column files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.formats.conll.columns import SEPARATORS
from annotator.formats.span_locations import LEAVE_OUT, OFFSETS, REFUSE, WORDS
from annotator.imports.mapping.import_mapping import COLUMNS, CONTESTED

OTHERS = "contested"
SEPARATOR = "columns-separator"
TOKEN, TAGS = "token", "tags"
Choices = list[tuple[str, str | Promise]]
CONTESTED_NAMES: Choices = [
    (REFUSE, gettext_lazy("Refuse the document")),
    (OFFSETS, gettext_lazy("Its offsets count")),
    (WORDS, gettext_lazy("Its words count")),
    (LEAVE_OUT, gettext_lazy("Leave it out and report it")),
]
SEPARATOR_NAMES: dict[str, str | Promise] = {
    "tab": gettext_lazy("Tab"),
    "space": gettext_lazy("Spaces or tabs"),
    "comma": gettext_lazy("Comma"),
    "semicolon": gettext_lazy("Semicolon"),
    "bar": gettext_lazy("Vertical bar"),
}


@dataclass(frozen=True, slots=True)
class ColumnSample:
    """The first rows of a column file, and the columns as they were guessed or chosen; `choice` is empty for neither.

    `recipe` holds the columns that were chosen in an earlier import of the project; empty for none.
    """

    file: str
    rows: list[list[str]]
    choice: Mapping[str, Any]
    recipe: Mapping[str, Any]

    @property
    def count(self) -> int:
        """The number of columns shown."""
        return max(map(len, self.rows), default=0)


def contested_fields(contested: Sequence[Mapping[str, str]], mapping: Mapping[str, Any]) -> dict[str, forms.Field]:
    """Return a choice for each contested span, and one for all others."""
    if not contested:
        return {}
    chosen = _contested_of(mapping)
    same: Choices = [("", gettext_lazy("As chosen for all others")), *CONTESTED_NAMES]
    fields: dict[str, forms.Field] = {
        f"{OTHERS}-{number}": forms.ChoiceField(
            label=span["key"], required=False, choices=same, initial=(chosen.get("spans") or {}).get(span["key"], "")
        )
        for number, span in enumerate(contested)
    }
    label = _("All other contested spans")
    others = forms.ChoiceField(
        label=label, required=False, choices=CONTESTED_NAMES, initial=chosen.get("others") or REFUSE
    )
    return fields | {OTHERS: others}


def contested_choice(
    contested: Sequence[Mapping[str, str]], mapping: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the part of the mapping about contested spans, with the choices that were made; empty for none."""
    if not contested:
        return _contested_of(mapping)
    spans = dict(_contested_of(mapping).get("spans") or {})
    for number, span in enumerate(contested):
        choice = given.get(f"{OTHERS}-{number}")
        spans.pop(span["key"], None)
        if choice:
            spans[span["key"]] = choice
    others = given.get(OTHERS) or REFUSE
    return {"others": others, "spans": spans} if spans or others != REFUSE else {}


def column_fields(sample: ColumnSample | None) -> dict[str, forms.Field]:
    """Return the choice of the separator, and of what each column holds."""
    if sample is None:
        return {}
    choice = sample.recipe or sample.choice
    separators = [(name, SEPARATOR_NAMES[name]) for name in SEPARATORS]
    fields: dict[str, forms.Field] = {
        SEPARATOR: forms.ChoiceField(
            label=_("Separator"), required=False, choices=separators, initial=choice.get("separator", "tab")
        )
    }
    uses: Choices = [("", gettext_lazy("Not read")), (TOKEN, gettext_lazy("Token")), (TAGS, gettext_lazy("Tags"))]
    for column in range(1, sample.count + 1):
        use = TOKEN if choice.get(TOKEN) == column else TAGS if column in choice.get(TAGS, ()) else ""
        label = _("Column %(number)s") % {"number": column}
        fields[f"column-{column}"] = forms.ChoiceField(label=label, required=False, choices=uses, initial=use)
    return fields


def column_choice(
    sample: ColumnSample | None, mapping: Mapping[str, Any], given: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return the part of the mapping about columns; empty when the columns are as they are guessed anyway.

    Raises `ValidationError` unless exactly one column holds the tokens.
    """
    if sample is None or not given.get(SEPARATOR):
        return mapping.get(COLUMNS) or {}
    if given[SEPARATOR] != (sample.recipe or sample.choice).get("separator"):
        # Other columns: the next preview shows them.
        return {"separator": given[SEPARATOR], TOKEN: 1, TAGS: [2]}
    uses = {column: given.get(f"column-{column}") for column in range(1, sample.count + 1)}
    tokens = [column for column, use in uses.items() if use == TOKEN]
    if len(tokens) != 1:
        raise forms.ValidationError(_("Choose one column with the tokens."))
    tags = [column for column, use in uses.items() if use == TAGS]
    chosen = {"separator": given[SEPARATOR], TOKEN: tokens[0], TAGS: tags}
    return chosen if chosen != sample.choice or mapping.get(COLUMNS) else {}


def _contested_of(mapping: Mapping[str, Any]) -> dict[str, Any]:
    given = mapping.get(CONTESTED) or {}
    return {"others": given} if isinstance(given, str) else dict(given)
