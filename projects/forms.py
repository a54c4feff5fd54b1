"""Forms of project pages. The services validate what is stored."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotator.platform.http.forms import FieldGroup, group_fields
from projects.builtin import templates
from projects.models import ROLE_CHOICES
from projects.roles import Role
from projects.schema_reader import LARGEST
from projects.services.members import LONGEST_NOTE
from projects.services.projects import (
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    LONGEST_SLOT_DAYS,
    LONGEST_SLUG,
    MOST_ANNOTATORS,
)

ROLES = [
    (Role.ANNOTATOR.value, _("Annotator: annotates documents, sees only their own annotations")),
    (Role.ADJUDICATOR.value, _("Adjudicator: annotates, sees all annotations, measures agreement, adjudicates")),
    (Role.VIEWER.value, _("Viewer: sees all annotations, changes nothing")),
    (Role.LEAD.value, _("Lead: everything, including import, members, schema and settings")),
]
CUSTOM_SCHEMA = "own"


class NewProjectForm(forms.Form):
    """Name, address, schema and guidelines of a new project."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    slug = forms.CharField(
        label=_("Address"),
        max_length=LONGEST_SLUG,
        required=False,
        help_text=_(
            "Lowercase letters, digits and hyphens, such as “budget-2026”. Part of all links; cannot be changed later. "
            "Empty: made from the name."
        ),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    description = forms.CharField(
        label=_("Description"), max_length=LONGEST_DESCRIPTION, required=False, widget=forms.Textarea({"rows": 3})
    )
    template = forms.ChoiceField(label=_("Schema"), widget=forms.RadioSelect)
    labels = forms.CharField(
        label=_("Labels"),
        required=False,
        max_length=LARGEST,
        help_text=_("One per line. Attributes, relations and rules can be added later: Schema, Edit schema."),
        widget=forms.Textarea({"rows": 4}),
    )
    schema_file = forms.FileField(
        label=_("Schema file"),
        required=False,
        help_text=_("Instead of labels: the schema of another project, or of Label Studio, brat, doccano or Prodigy."),
    )
    guideline_file = forms.FileField(
        label=_("Guideline file"),
        required=False,
        help_text=_("Markdown, instead of the guidelines of the template. You can edit them later."),
        widget=forms.FileInput(attrs={"accept": ".md,.txt,text/markdown,text/plain"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        built_in = [(template.id, f"{template.name}: {template.description}") for template in templates().values()]
        field = self.fields["template"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [*built_in, (CUSTOM_SCHEMA, _("Your own labels, or a schema file"))]
            field.initial = built_in[0][0]

    def clean_labels(self) -> list[str]:
        """Return the lines that are not empty."""
        return [line.strip() for line in self.cleaned_data["labels"].splitlines() if line.strip()]

    def clean(self) -> dict[str, Any]:
        """Return the values; require either labels or a schema file exactly for a custom schema."""
        cleaned = super().clean() or self.cleaned_data
        labels, file = cleaned.get("labels"), cleaned.get("schema_file")
        if cleaned.get("template") == CUSTOM_SCHEMA:
            if labels and file:
                self.add_error("schema_file", _("Enter labels or choose a schema file, not both."))
            elif not labels and not file and not self.errors.keys() & {"labels", "schema_file"}:
                self.add_error("labels", _("Enter at least one label, or choose a schema file."))
        elif (labels or file) and "template" in cleaned:
            self.add_error("template", _("You gave a schema: select “Your own labels”, or remove labels and file."))
        return cleaned

    def groups(self) -> list[FieldGroup]:
        """Return the rarely used fields."""
        return group_fields(self, [(_("Address, description, guidelines"), ("slug", "description", "guideline_file"))])


class MetaFieldNames(forms.CharField):
    """Names separated by commas, as a list."""

    def prepare_value(self, value: Any) -> Any:
        """Return the names as they are typed."""
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return the names as a list, each once."""
        names = value if isinstance(value, list) else (value or "").split(",")
        return list(dict.fromkeys(name.strip() for name in names if name.strip()))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether the names differ, however they are separated."""
        return bool(self.to_python(initial) != self.to_python(data))


class SettingsForm(forms.Form):
    """The settings of a project. Only fields that the user changed are saved, so that two tabs keep each other's."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    description = forms.CharField(
        label=_("Description"), max_length=LONGEST_DESCRIPTION, required=False, widget=forms.Textarea({"rows": 4})
    )
    annotators_per_document = forms.IntegerField(
        label=_("Annotators per document"),
        min_value=1,
        max_value=MOST_ANNOTATORS,
        help_text=_("A document is assigned to at most this many annotators. Existing assignments are kept."),
    )
    snap_to_tokens = forms.BooleanField(label=_("Extend selections to whole words"), required=False)
    show_optional_labels = forms.BooleanField(label=_("Show optional labels of the schema"), required=False)
    review_required = forms.BooleanField(
        label=_("Review submitted sets"),
        required=False,
        help_text=_("A set counts once a lead has approved it. Applies to sets submitted from now on."),
    )
    slot_days = forms.IntegerField(
        label=_("Free a slot after days without a change"),
        min_value=1,
        max_value=LONGEST_SLOT_DAYS,
        required=False,
        help_text=_("Empty: never. The annotations are kept as unfinished; annotators see the time before."),
    )
    adjudicate_own = forms.BooleanField(
        label=_("Adjudicators may decide documents that they annotated"),
        required=False,
        help_text=_("They see a warning. Switched off, another adjudicator has to decide these documents."),
    )
    review_on_submit = forms.BooleanField(
        label=_("Review before submitting"),
        required=False,
        help_text=_("Annotators see what may be missing, one location after another, and can submit all the same."),
    )
    shown_meta = MetaFieldNames(
        label=_("Meta fields above the text"),
        required=False,
        help_text=_("Names of meta fields of the documents, separated by commas, such as: source, date, url."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True

    def changes(self) -> dict[str, Any]:
        """Return the values that differ from those on the page; a value without its initial one counts as changed."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if self.add_initial_prefix(name) not in self.data or name in self.changed_data
        }

    def check_current(self, current: dict[str, Any]) -> None:
        """Add an error to each changed field that has another value now than on the page."""
        changes = self.changes()
        for name, value in changes.items():
            stored = current[name]
            if self.add_initial_prefix(name) in self.data and stored != value and self._shown(name) != stored:
                message = _("Not saved: changed to “%(value)s” since you opened this page. Save again to replace it.")
                self.add_error(name, message % {"value": stored})
        if self.errors:
            data = {
                name: _sent(self.fields[name].prepare_value(value))
                for name, value in current.items()
                if name not in changes
            }
            data |= {
                self.add_initial_prefix(name): _sent(self.fields[name].prepare_value(value))
                for name, value in current.items()
            }
            self.data = {**{name: self.data[name] for name in self.data}, **data}

    def _shown(self, name: str) -> Any:
        """Return the value that the page showed first."""
        shown = self.data[self.add_initial_prefix(name)]
        try:
            return self.fields[name].to_python(shown)
        except forms.ValidationError:
            return None


def _sent(value: Any) -> str:
    """Return a value as a browser sends it."""
    return "" if value is None else str(value)


class InvitationForm(forms.Form):
    """Role of a new member, and a note about the invited person."""

    role = forms.ChoiceField(label=_("Role"), choices=ROLES, initial=Role.ANNOTATOR.value)
    note = forms.CharField(
        label=_("Note"),
        max_length=LONGEST_NOTE,
        required=False,
        help_text=_("Who the link is for. Only leads see this note."),
    )


class MailedInvitationsForm(forms.Form):
    """E-mail addresses of people to invite, and their role."""

    emails = forms.CharField(
        label=_("E-mail addresses"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocapitalize": "none"}),
        help_text=_("Up to 200, separated by lines, spaces or commas. Each person gets a link of their own."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, initial=Role.ANNOTATOR.value)


class RoleForm(forms.Form):
    """The role of a member."""

    role = forms.ChoiceField(choices=ROLE_CHOICES)


class SchemaUploadForm(forms.Form):
    """A schema file to preview before it is published."""

    schema_file = forms.FileField(
        label=_("Schema file"),
        help_text=_(
            "Of this site, Label Studio, brat, doccano or Prodigy. The changes are shown before anything is published."
        ),
    )


class SchemaPublishForm(forms.Form):
    """The previewed definition, and the version it is based on."""

    definition = forms.JSONField(widget=forms.HiddenInput)
    based_on = forms.IntegerField(widget=forms.HiddenInput)


class GuidelineForm(forms.Form):
    """The text of the guidelines, and the version it is based on."""

    text = forms.CharField(
        label=_("Guidelines (Markdown)"),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 28, "spellcheck": "true"}),
    )
    based_on = forms.IntegerField(widget=forms.HiddenInput)
