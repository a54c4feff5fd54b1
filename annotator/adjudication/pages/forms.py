"""Forms of adjudication."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.adjudication.models import RULE_CHOICES, ProjectRule, Reason
from annotator.adjudication.units.versions import DecisionKind

NOT_OFFERED = (DecisionKind.AGREED, DecisionKind.CLEARED, DecisionKind.ADDED)
KINDS = [(kind.value, kind.value) for kind in DecisionKind if kind not in NOT_OFFERED]


class RuleForm(forms.Form):
    """How adjudications of a project start."""

    rule = forms.ChoiceField(choices=RULE_CHOICES, label=gettext_lazy("Accepted automatically"))
    blind = forms.BooleanField(required=False, label=gettext_lazy("Hide the names of annotators from adjudicators"))

    @classmethod
    def of(cls, project_rule: ProjectRule) -> "RuleForm":
        """Return the form with the current rule."""
        return cls(initial={"rule": project_rule.rule, "blind": project_rule.blind})


class DecisionForm(forms.Form):
    """A decision without its own spans; `choice` is a kind, or `take:0` for the version of an annotator."""

    choice = forms.CharField(max_length=32)
    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    reason = forms.ChoiceField(choices=[("", "–"), *Reason.choices], required=False)
    section = forms.CharField(max_length=200, required=False)
    note = forms.CharField(max_length=2000, required=False)

    def clean_choice(self) -> tuple[DecisionKind, int | None]:
        """Return the kind, and the position of the annotator for `take`."""
        name, _separator, number = str(self.cleaned_data["choice"]).partition(":")
        if name not in dict(KINDS) or (number and not (number.isascii() and number.isdigit())):
            raise forms.ValidationError(_("Choose a version or another decision."))
        return DecisionKind(name), int(number) if number else None


class RevisionForm(forms.Form):
    """An action on the whole adjudication."""

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1)


def first_error(form: forms.Form) -> dict[str, Any]:
    """Return the errors of a form as those of a problem."""
    return {
        "errors": [
            {"pointer": "" if name == "__all__" else f"/{name}", "detail": str(errors[0])}
            for name, errors in form.errors.items()
        ]
    }
