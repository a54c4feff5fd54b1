"""The form of an import."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from annotator.formats.extras import format_choices
from annotator.formats.registry import ENDINGS, FORMATS, READABLE
from annotator.imports.conversion import AUTO
from annotator.imports.novelties import NewLabels
from annotator.imports.uploads import IncomingFile

NEW_LABELS = [
    (NewLabels.REFUSE.value, "Refuse the file, and list them"),
    (NewLabels.ADD.value, "Add them to a new version of the schema"),
    (NewLabels.SKIP.value, "Leave out what uses them, and list it"),
]


def readable_choices() -> list[tuple[str, str]]:
    """Return the formats to choose from, as things stand: an extra may be installed later."""
    return [(AUTO, "Tell by the content"), *format_choices((key, FORMATS[key]) for key in READABLE)]


class SeveralFilesInput(forms.ClearableFileInput):
    """A field in which several files can be chosen."""

    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """One file or several; empty ones are told apart later, in the report."""

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        """Check each file by itself."""
        several = data if isinstance(data, list | tuple) else [data]
        return [super(SeveralFilesField, self).clean(one, initial) for one in several or [None]]


class ImportForm(forms.Form):
    """What to take in, and how."""

    files = SeveralFilesField(  # type: ignore[assignment]  # forms keep uploads under that name, fields elsewhere
        label="Files",
        allow_empty_file=True,
        max_length=200,
        widget=SeveralFilesInput(attrs={"accept": ",".join(ENDINGS)}),
        help_text="Plain text, JSONL, or any other format of the list below; several at once. Formats made of several "
        "files, such as brat, come as a zip archive.",
    )
    format = forms.ChoiceField(
        label="Format",
        required=False,
        choices=readable_choices,
        initial=AUTO,
    )
    new_labels = forms.ChoiceField(
        label="Labels, attributes and relations that the schema lacks",
        required=False,
        choices=NEW_LABELS,
        initial=NewLabels.REFUSE,
    )
    map = forms.CharField(
        label="Names in the files, and what they are called here",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text='As JSON: {"labels": {"PER": "Speaker", "MISC": null}}; null leaves out.',
    )
    preview = forms.BooleanField(required=False, widget=forms.HiddenInput)  # the button that was pressed says it
    skip_bad = forms.BooleanField(
        label="Take the good lines of a file when others are bad",
        required=False,
        help_text="Otherwise nothing of such a file is taken. The report lists the bad lines either way.",
    )
    encoding = forms.CharField(
        label="Encoding, when it is not UTF-8",
        required=False,
        max_length=40,
        help_text="Such as windows-1252. Left empty, anything but UTF-8 is refused: nothing is guessed.",
    )

    def clean_format(self) -> str:
        """Return the format; left out, it is told by the content."""
        return self.cleaned_data["format"] or AUTO

    def clean_new_labels(self) -> str:
        """Return what to do with new names; left out, they are refused."""
        return self.cleaned_data["new_labels"] or NewLabels.REFUSE.value

    def incoming_files(self) -> list[IncomingFile]:
        """Return the chosen files, to be read in pieces."""
        return [IncomingFile(file.name or "", file.chunks()) for file in self.cleaned_data["files"]]
