"""Forms of adjudication."""

from typing import Any

from django import forms

from annotator.adjudication.models import RULE_CHOICES, ProjectRule, Reason
from annotator.adjudication.units.versions import DecisionKind

NOT_CHOSEN = (DecisionKind.AGREED, DecisionKind.CLEARED, DecisionKind.ADDED)
KINDS = [(kind.value, kind.value) for kind in DecisionKind if kind not in NOT_CHOSEN]


class RuleForm(forms.Form):
    """How adjudications of a project start."""

    rule = forms.ChoiceField(choices=RULE_CHOICES, label="What settles itself")
    blind = forms.BooleanField(required=False, label="Hide the names of annotators from adjudicators")

    @classmethod
    def of(cls, stated: ProjectRule) -> "RuleForm":
        """Return the form filled in with what is stated."""
        return cls(initial={"rule": stated.rule, "blind": stated.blind})


class DecisionForm(forms.Form):
    """A decision without spans of its own; `choice` is a kind, or `take:0` for the version of an annotator."""

    choice = forms.CharField(max_length=32)
    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    reason = forms.ChoiceField(choices=[("", "–"), *Reason.choices], required=False)
    section = forms.CharField(max_length=200, required=False)
    note = forms.CharField(max_length=2000, required=False)

    def clean_choice(self) -> tuple[DecisionKind, int | None]:
        """Return the kind, and the place of the annotator for `take`."""
        name, _, number = str(self.cleaned_data["choice"]).partition(":")
        if name not in dict(KINDS) or (number and not (number.isascii() and number.isdigit())):
            raise forms.ValidationError("Choose one of the versions or buttons.")
        return DecisionKind(name), int(number) if number else None


class RevisionForm(forms.Form):
    """An action on the whole adjudication."""

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1)


def first_error(form: forms.Form) -> dict[str, Any]:
    """Return what is wrong with a form as the errors of a problem."""
    return {
        "errors": [
            {"pointer": "" if name == "__all__" else f"/{name}", "detail": str(errors[0])}
            for name, errors in form.errors.items()
        ]
    }
