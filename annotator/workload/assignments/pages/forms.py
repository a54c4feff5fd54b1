"""Forms of the pages for leads. The services validate what is stored."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotator.corpus.spans import exclusions
from annotator.workload.assignments.models import OWN_SKIP_REASONS, RoundOrder
from annotator.workload.assignments.services.review import LONGEST_NOTE
from annotator.workload.assignments.services.rounds import HIGHEST_PRIORITY, LONGEST_NAME
from projects.models import Project
from projects.selectors import members_of, schema_versions_of
from projects.services.projects import MOST_ANNOTATORS


class ExclusionForm(forms.Form):
    """What to exclude: a set or document that the page before named, or a person; and why."""

    annotation_set = forms.IntegerField(required=False, widget=forms.HiddenInput)
    document = forms.IntegerField(required=False, widget=forms.HiddenInput)
    person = forms.ChoiceField(label=_("All work of"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=exclusions.LONGEST_REASON,
        help_text=_("Shown wherever figures leave this work out."),
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("Give a reason: everyone who sees the figures can read it.")},
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = exclusions.people(project)
        field = self.fields["person"]
        if isinstance(field, forms.ChoiceField):
            named = [(f"{person.kind}:{person.name}", f"{person.name} ({_KINDS[person.kind]})") for person in people]
            field.choices = [("", _("Choose a person")), *named]

    def clean_person(self) -> exclusions.Person | None:
        """Return the chosen person."""
        kind, _separator, name = self.cleaned_data["person"].partition(":")
        return exclusions.Person(name, kind) if name else None


_KINDS = {"annotator": _("annotator"), "imported": _("imported"), "model": _("model")}


class ReasonForm(forms.Form):
    """Why a slot is freed."""

    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class ReturnForm(forms.Form):
    """What the annotator should change."""

    note = forms.CharField(
        label=_("Note to the annotator"),
        required=False,
        help_text=_("The annotator sees it first under “My documents”, at most %(limit)s characters.")
        % {"limit": f"{LONGEST_NOTE:,}"},
        widget=forms.Textarea({"rows": 4}),
    )


class SkipForm(forms.Form):
    """Why a document is not for its annotator."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=OWN_SKIP_REASONS,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Note to the leads"),
        required=False,
        help_text=_("Required for another reason."),
        widget=forms.Textarea({"rows": 2}),
    )


class AnnotatorField(forms.ChoiceField):
    """A member to whom documents can be assigned, by name."""

    def offer(self, names: list[str]) -> None:
        """Set the names to choose from."""
        self.choices = [("", _("Choose an annotator")), *((name, name) for name in names)]


class RoundForm(forms.Form):
    """Name, size, order and schema version of a round."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME, help_text=_("Such as “Pilot” or “Round 1”."))
    annotators_per_document = forms.IntegerField(
        label=_("Annotators per document"), min_value=1, max_value=MOST_ANNOTATORS
    )
    priority = forms.IntegerField(
        label=_("Priority"),
        min_value=-HIGHEST_PRIORITY,
        max_value=HIGHEST_PRIORITY,
        initial=0,
        help_text=_("Documents of rounds with a higher priority are assigned first."),
    )
    order = forms.ChoiceField(label=_("Order of the documents"), choices=RoundOrder.choices)
    schema_version = forms.TypedChoiceField(label=_("Schema version"), required=False, coerce=int, empty_value=None)
    is_open = forms.BooleanField(label=_("Assign documents of this round"), required=False, initial=True)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["schema_version"]
        if isinstance(field, forms.ChoiceField):
            numbers = schema_versions_of(project).values_list("number", flat=True)
            field.choices = [("", _("The newest one")), *((number, str(number)) for number in numbers)]


class RoundMembersForm(forms.Form):
    """For each member: whether they are in the round, whether they annotate everything, and their quota."""

    def __init__(self, *args: Any, project: Project, names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = {membership.user.username: membership.user for membership in members_of(project)}
        self.rows = [(name, members[name]) for name in names]
        for _name, user in self.rows:
            self.fields[f"in-{user.pk}"] = forms.BooleanField(required=False)
            self.fields[f"all-{user.pk}"] = forms.BooleanField(required=False)
            self.fields[f"quota-{user.pk}"] = forms.IntegerField(required=False, min_value=0, max_value=1_000_000)

    def table(self) -> list[dict[str, Any]]:
        """Return the fields of each member, by name."""
        return [
            {
                "name": name,
                "member": self[f"in-{user.pk}"],
                "annotates_all": self[f"all-{user.pk}"],
                "quota": self[f"quota-{user.pk}"],
            }
            for name, user in self.rows
        ]

    def people(self) -> dict[Any, tuple[bool, int | None]]:
        """Return the chosen people; who annotates everything or has a quota is in the round."""
        values = self.cleaned_data
        return {
            user: (values[f"all-{user.pk}"], values[f"quota-{user.pk}"])
            for _name, user in self.rows
            if values[f"in-{user.pk}"] or values[f"all-{user.pk}"] or values[f"quota-{user.pk}"] is not None
        }
