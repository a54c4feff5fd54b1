"""Forms of adjudication."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.adjudication.models import RULE_CHOICES, ProjectRule, Reason
from annotator.adjudication.services import Rationale
from annotator.adjudication.units.versions import DecisionKind
from annotator.problems import InvalidInput
from projects.schema import Label

NOT_OFFERED = (DecisionKind.AGREED, DecisionKind.CLEARED, DecisionKind.ADDED)
KINDS = [(kind.value, kind.value) for kind in DecisionKind if kind not in NOT_OFFERED]


class RuleForm(forms.Form):
    """How adjudications of a project start."""

    rule = forms.ChoiceField(choices=RULE_CHOICES, label=gettext_lazy("Accepted automatically"))
    least = forms.IntegerField(
        required=False,
        min_value=2,
        max_value=1000,
        label=gettext_lazy("Annotators who must agree"),
        help_text=gettext_lazy("More than half of those who finished a document; leave empty for all of them."),
    )
    blind = forms.BooleanField(required=False, label=gettext_lazy("Hide the names of annotators from adjudicators"))

    @classmethod
    def of(cls, project_rule: ProjectRule) -> "RuleForm":
        """Return the form with the current rule."""
        return cls(initial={"rule": project_rule.rule, "least": project_rule.least, "blind": project_rule.blind})


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


def read_rationale(data: Mapping[str, Any]) -> tuple[Rationale, int]:
    """Return the rationale in a request, and the revision that the user saw. Raises `InvalidInput`."""
    fields = {name: data.get(name, "") for name in ("revision", "reason", "section", "note")}
    form = DecisionForm(fields | {"choice": "edited"})
    if not form.is_valid():
        raise InvalidInput(_("The decision could not be read."), **first_error(form))
    rationale = Rationale(form.cleaned_data["reason"], form.cleaned_data["section"], form.cleaned_data["note"])
    return rationale, form.cleaned_data["revision"]


def read_attributes(data: Mapping[str, Any], label: Label) -> dict[str, str]:
    """Return the attributes of a draft; after a change of the label those that the new one has, and its defaults."""
    values = {name: str(data.get(f"attribute-{name}", "")) for name in label.attributes}
    given = {name: value for name, value in values.items() if value}
    if not is_new_label(data):
        return given
    valid = {name: value for name, value in given.items() if not label.attributes[name].check(value)}
    return label.default_attributes() | valid


def is_new_label(data: Mapping[str, Any]) -> bool:
    """Return whether another label was chosen than the one whose attributes the form shows."""
    return data.get("step") == "label" or str(data.get("shown_label", data.get("label"))) != data.get("label")


def attributes_to_check(data: Mapping[str, Any], label: Label) -> str:
    """Return why a draft should not be saved yet, or "".

    The user has not seen the attributes of the new label, or a required one has no value.
    """
    if data.get("step") != "save":
        return ""
    if is_new_label(data) and label.attributes:
        return _("Check the attributes of “%(label)s”, then save.") % {"label": label.name}
    missing = [
        attribute.name
        for name, attribute in label.attributes.items()
        if attribute.required and data.get(f"attribute-{name}") == ""
    ]
    if not missing:
        return ""
    return _("Not saved: no value for %(names)s, which “%(label)s” requires.") % {
        "names": ", ".join(f"“{name}”" for name in missing),
        "label": label.name,
    }


def warning_context(data: Mapping[str, Any], warning: str) -> dict[str, Any]:
    """Return the context of the warning about attributes; a missing value can be confirmed."""
    return {"warning": warning, "may_save_anyway": bool(warning) and not is_new_label(data)}
