"""Forms of quality control."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.quality.models import LONGEST_MESSAGE, FeedbackTime, QualityPlan


def _share(label: Any) -> forms.IntegerField:
    return forms.IntegerField(required=False, min_value=1, max_value=100, label=label)


class PlanForm(forms.Form):
    """How a project checks its annotators; thresholds are in percent."""

    is_required = forms.BooleanField(
        required=False, label=gettext_lazy("New annotators qualify before documents are assigned to them")
    )
    least_overlap = _share(gettext_lazy("Least overlap F1, in %"))
    least_exact = _share(gettext_lazy("Least exact F1, in %"))
    by_label = forms.BooleanField(
        required=False,
        label=gettext_lazy("Each label has to reach the thresholds"),
        help_text=gettext_lazy("Labels with fewer than 30 spans do not decide."),
    )
    opens_work = forms.BooleanField(required=False, label=gettext_lazy("Passing opens work without a lead"))
    feedback = forms.ChoiceField(choices=FeedbackTime, label=gettext_lazy("Feedback on qualification"))
    check_every = forms.IntegerField(
        required=False,
        min_value=2,
        max_value=1000,
        label=gettext_lazy("One gold check in so many documents"),
        help_text=gettext_lazy("On average. Leave empty for no checks."),
    )
    tells_checks = forms.BooleanField(required=False, label=gettext_lazy("Show annotators what gold checks found"))
    pauses = forms.BooleanField(required=False, label=gettext_lazy("Pause the queue of a person whose checks fail"))
    pause_message = forms.CharField(
        required=False, max_length=LONGEST_MESSAGE, label=gettext_lazy("Message to people whose queue is paused")
    )

    @classmethod
    def of(cls, plan: QualityPlan) -> "PlanForm":
        """Return the form with the current values."""
        values = {name: getattr(plan, name) for name in cls.base_fields}
        for name in ("least_overlap", "least_exact"):
            values[name] = None if values[name] is None else round(100 * values[name])
        return cls(initial=values)

    def clean(self) -> dict[str, Any]:
        """Require a threshold where something depends on it, and return shares from 0 to 1."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        decides = values.get("is_required") or values.get("pauses")
        if decides and not values.get("least_overlap") and not values.get("least_exact"):
            self.add_error("least_overlap", _("Set a threshold for at least one measure."))
        for name in ("least_overlap", "least_exact"):
            if values.get(name):
                values[name] /= 100
        return values
