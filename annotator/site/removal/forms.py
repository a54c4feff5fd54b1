"""The form that deletes a project."""

from django import forms


class DeleteForm(forms.Form):
    """The address of the project written once more, and a yes to its releases."""

    confirmed = forms.CharField(label="Address of the project", widget=forms.TextInput(attrs={"autocomplete": "off"}))
    with_releases = forms.BooleanField(required=False, label="Its releases may go, too")
