"""The form of an import."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from annotator.imports.uploads import IncomingFile
from annotator.interchange.formats import ENDINGS


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
        help_text="Plain text (.txt), one document a file, or JSONL (.jsonl), one document a line. Several at once.",
    )
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

    def incoming_files(self) -> list[IncomingFile]:
        """Return the chosen files, to be read in pieces."""
        return [IncomingFile(file.name or "", file.chunks()) for file in self.cleaned_data["files"]]
