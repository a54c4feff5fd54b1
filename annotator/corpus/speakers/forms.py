"""Forms of the speaker registry."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from annotator.corpus.speakers.models import EntryKind, SpeakerEntry

LONGEST = 300


class EntryForm(forms.Form):
    """An entry of the registry; one alias a line."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("Not given")), *EntryKind.choices]
    )
    role = forms.CharField(
        label=gettext_lazy("Role"), required=False, max_length=LONGEST, help_text=gettext_lazy("Such as spokesman.")
    )
    affiliation = forms.CharField(label=gettext_lazy("Affiliation"), required=False, max_length=LONGEST)
    outside_id = forms.CharField(
        label=gettext_lazy("Outside id"),
        required=False,
        max_length=LONGEST,
        help_text=gettext_lazy("As text, such as the id of a Wikidata item."),
    )
    aliases = forms.CharField(
        label=gettext_lazy("Aliases"),
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "One a line. Words that stand for the speaker everywhere belong here, too: the Kremlin."
        ),
    )

    def values(self) -> dict[str, Any]:
        """Return the values of the entry."""
        lines = self.cleaned_data["aliases"].splitlines()
        return {**self.cleaned_data, "aliases": [line.strip() for line in lines if line.strip()]}


class SplitForm(forms.Form):
    """The new entry of a split, and the aliases that move to it."""

    name = forms.CharField(label=gettext_lazy("Name of the new entry"), max_length=LONGEST)
    aliases = forms.MultipleChoiceField(
        label=gettext_lazy("Aliases that move"), widget=forms.CheckboxSelectMultiple, choices=()
    )

    def __init__(self, *args: Any, entry: SpeakerEntry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prefix = "split"
        self.fields["aliases"].choices = [(alias, alias) for alias in entry.aliases]  # type: ignore[attr-defined]


class FileForm(forms.Form):
    """A file with entries."""

    file = forms.FileField(label=gettext_lazy("JSONL or CSV file"))
    preview = forms.BooleanField(label=gettext_lazy("Only count what would change"), required=False)
