"""Forms of projects. They read what a browser sends; what may be stored is decided by the services."""

from typing import Any

from django import forms

from projects.builtin import templates
from projects.roles import Role
from projects.services.members import LONGEST_NOTE
from projects.services.projects import LONGEST_DESCRIPTION, LONGEST_NAME, LONGEST_SLUG, MOST_ANNOTATORS

ROLES = [
    (Role.ANNOTATOR.value, "Annotator: labels documents, sees only their own work"),
    (Role.ADJUDICATOR.value, "Adjudicator: labels, sees all work, measures and settles"),
    (Role.VIEWER.value, "Viewer: sees all work, changes nothing"),
    (Role.LEAD.value, "Lead: all that, and imports, people, schema, settings"),
]
OWN_SCHEMA = "own"


class NewProjectForm(forms.Form):
    """Name, address, and where schema and guidelines come from."""

    name = forms.CharField(max_length=LONGEST_NAME)
    slug = forms.CharField(
        label="Address",
        max_length=LONGEST_SLUG,
        help_text="Small letters, digits and hyphens, as in “budget-2026”. It becomes part of every link and stays.",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    description = forms.CharField(max_length=LONGEST_DESCRIPTION, required=False, widget=forms.Textarea({"rows": 3}))
    template = forms.ChoiceField(label="Schema", widget=forms.RadioSelect)
    schema_file = forms.FileField(
        label="Schema file",
        required=False,
        help_text='JSON; needed for your own schema. The least is {"labels": [{"id": "Person"}]}.',
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
    guideline_file = forms.FileField(
        label="Guideline file",
        required=False,
        help_text="Markdown; in place of the template's guidelines. You can write and change them later.",
        widget=forms.FileInput(attrs={"accept": ".md,.txt,text/markdown,text/plain"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        built_in = [(template.id, f"{template.name}: {template.description}") for template in templates().values()]
        field = self.fields["template"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [*built_in, (OWN_SCHEMA, "Your own schema, from a file")]
            field.initial = built_in[0][0]

    def clean(self) -> dict[str, Any]:
        """Ask for the file that the choice needs."""
        cleaned = super().clean() or self.cleaned_data
        own = cleaned.get("template") == OWN_SCHEMA
        if own and not cleaned.get("schema_file"):
            self.add_error("schema_file", "Choose the file with your schema.")
        elif cleaned.get("schema_file") and not own and "template" in cleaned:
            self.add_error(
                "template", "A schema file is chosen as well: choose “Your own schema”, or take the file away."
            )
        return cleaned


class SettingsForm(forms.Form):
    """What a lead may change about a project."""

    name = forms.CharField(max_length=LONGEST_NAME)
    description = forms.CharField(max_length=LONGEST_DESCRIPTION, required=False, widget=forms.Textarea({"rows": 4}))
    annotators_per_document = forms.IntegerField(
        min_value=1,
        max_value=MOST_ANNOTATORS,
        help_text="No document is given to more people than this. Lowering it takes nothing away from anybody.",
    )
    snap_to_tokens = forms.BooleanField(label="Extend selections to whole words", required=False)
    show_optional_labels = forms.BooleanField(label="Show the optional labels of the schema", required=False)


class InvitationForm(forms.Form):
    """For whom a link is, and in which role they join."""

    role = forms.ChoiceField(choices=ROLES, initial=Role.ANNOTATOR.value)
    note = forms.CharField(
        label="For whom", max_length=LONGEST_NOTE, required=False, help_text="A note to yourself; only leads see it."
    )


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(choices=[(role.value, role.value) for role in Role])


class SchemaUploadForm(forms.Form):
    """A schema file to look at before it is published."""

    schema_file = forms.FileField(
        label="Schema file",
        help_text="JSON. You see what changes before anything is published.",
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )


class SchemaPublishForm(forms.Form):
    """The definition that was looked at, and the version it is to follow."""

    definition = forms.JSONField(widget=forms.HiddenInput)
    based_on = forms.IntegerField(widget=forms.HiddenInput)


class GuidelineForm(forms.Form):
    """The guidelines, and the version they are to follow."""

    text = forms.CharField(
        label="Guidelines in Markdown",
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 28, "spellcheck": "true"}),
    )
    based_on = forms.IntegerField(widget=forms.HiddenInput)
