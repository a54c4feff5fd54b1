"""The filters of the ledger, declared once for the page, the API and the export."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.ledger.models import LedgerStatus
from annotator.ledger.reading.statements import Role
from annotator.ledger.selectors import LedgerFilters
from annotator.ledger.wording import ROLE_NAMES
from annotator.problems import FieldError, InvalidInput

LONGEST_WORDS = 200


class FilterForm(forms.Form):
    """The filters as a form; every field may be empty."""

    status = forms.ChoiceField(
        label=gettext_lazy("Status"), required=False, choices=[("", gettext_lazy("Any")), *LedgerStatus.choices]
    )
    speaker = forms.CharField(label=gettext_lazy("Speaker"), required=False, max_length=300)
    role = forms.ChoiceField(
        label=gettext_lazy("The speaker"),
        required=False,
        choices=[("", gettext_lazy("does anything")), *((role.value, ROLE_NAMES[role]) for role in Role)],
    )
    words = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=LONGEST_WORDS)
    document = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)
    since = forms.DateField(
        label=gettext_lazy("Last seen since"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("First seen until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    warnings = forms.BooleanField(label=gettext_lazy("Only with a warning"), required=False)


def read_filters(data: Mapping[str, Any]) -> LedgerFilters:
    """Return the filters of a query; raises `InvalidInput` that names each wrong one."""
    form = FilterForm(data)
    if not form.is_valid():
        errors: list[FieldError] = [
            {"pointer": f"/{name}", "detail": str(message)} for name, found in form.errors.items() for message in found
        ]
        raise InvalidInput(_("The ledger was not filtered: some filters are not valid."), errors=errors)
    values = form.cleaned_data
    return LedgerFilters(
        status=values["status"],
        speaker=values["speaker"].strip(),
        role=values["role"],
        words=values["words"].strip(),
        document=values["document"],
        since=values["since"].isoformat() if values["since"] else "",
        until=values["until"].isoformat() if values["until"] else "",
        only_warnings=values["warnings"],
    )
