"""The form of an import."""

import re
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.formats.extras import format_choices
from annotator.formats.registry import ENDINGS, FORMATS, READABLE
from annotator.imports.mapping.unknown_names import NamePolicy
from annotator.imports.options import AUTO, EqualTexts, ImportOptions, Predictions
from annotator.imports.uploads import IncomingFile
from annotator.platform.http.forms import FieldGroup, group_fields

UNKNOWN_NAMES = [
    (NamePolicy.REFUSE.value, gettext_lazy("Refuse the file and list the names")),
    (NamePolicy.ADD.value, gettext_lazy("Add the names to a new version of the schema")),
    (NamePolicy.SKIP.value, gettext_lazy("Leave out what uses the names and report it")),
]

EQUAL_TEXTS = [
    (EqualTexts.KEEP.value, gettext_lazy("Store each of them")),
    (EqualTexts.MERGE.value, gettext_lazy("Merge their annotation sets into one document")),
    (EqualTexts.REFUSE.value, gettext_lazy("Refuse the later one")),
]


def equal_texts_field() -> forms.ChoiceField:
    """Return the field that decides about documents with equal texts."""
    return forms.ChoiceField(
        label=gettext_lazy("Documents with different ids and the same text"),
        required=False,
        choices=EQUAL_TEXTS,
        initial=EqualTexts.KEEP,
        help_text=gettext_lazy("Merging also joins the tasks of one annotator over one text into one annotation set."),
    )


def predictions_field() -> forms.ChoiceField:
    """Return the field that decides about predictions of models."""
    return forms.ChoiceField(
        label=gettext_lazy("Predictions of models"),
        required=False,
        choices=[
            (Predictions.SUGGESTIONS.value, gettext_lazy("Store as suggestions for annotators")),
            (Predictions.SETS.value, gettext_lazy("Store as sets of models, to compare with")),
        ],
        initial=Predictions.SUGGESTIONS,
        help_text=gettext_lazy("Neither counts in agreement, consensus, progress or exports of annotations."),
    )


def allow_losses_field() -> forms.BooleanField:
    """Return the field that accepts losses."""
    return forms.BooleanField(
        label=gettext_lazy("Accept items that cannot be stored"),
        required=False,
        help_text=gettext_lazy("Spans without length, for example. The report counts them by reason either way."),
    )


def readable_choices() -> list[tuple[str, str]]:
    """Return the formats to choose from, at each request: packages may be installed later."""
    return [(AUTO, _("Detect automatically")), *format_choices((key, FORMATS[key]) for key in READABLE)]


class MultipleFilesInput(forms.ClearableFileInput):
    """An input for several files."""

    allow_multiple_selected = True


class MultipleFilesField(forms.FileField):
    """Any number of files; empty ones are reported by the import."""

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        """Check each file by itself."""
        files = data if isinstance(data, list | tuple) else [data]
        return [super(MultipleFilesField, self).clean(file, initial) for file in files if file]


PASTED = (gettext_lazy("Or paste a text"), ("title", "text"))
GROUPS = [
    (gettext_lazy("Names of labels, attributes and relations"), ("new_labels", "map")),
    (
        gettext_lazy("Errors, duplicates, predictions, encoding"),
        ("skip_bad", "allow_losses", "equal_texts", "predictions", "encoding"),
    ),
]


class ImportForm(forms.Form):
    """The files to import or a pasted text, and how to read them."""

    files = MultipleFilesField(  # type: ignore[assignment]  # forms keep uploads under that name, fields elsewhere
        label=gettext_lazy("Files"),
        allow_empty_file=True,
        required=False,
        max_length=200,
        widget=MultipleFilesInput(attrs={"accept": ",".join(ENDINGS)}),
        help_text=gettext_lazy(
            "One or more files of the formats listed below. Pack formats that consist of several files, such as brat, "
            "into a zip archive."
        ),
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        required=False,
        max_length=150,
        help_text=gettext_lazy("Also the id of the document in this project."),
    )
    text = forms.CharField(label=gettext_lazy("Text"), required=False, strip=False, widget=forms.Textarea({"rows": 8}))
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        required=False,
        choices=readable_choices,
        initial=AUTO,
    )
    new_labels = forms.ChoiceField(
        label=gettext_lazy("Labels, attributes and relations that are not in the schema"),
        required=False,
        choices=UNKNOWN_NAMES,
        initial=NamePolicy.REFUSE,
    )
    map = forms.CharField(
        label=gettext_lazy("Mapping of names"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            'As JSON: names in the files and their names in this project, such as {"labels": {"PER": '
            '"Speaker", "MISC": null}}. null leaves out what has that name.'
        ),
    )
    preview = forms.BooleanField(required=False, widget=forms.HiddenInput)  # set by the button that was pressed
    skip_bad = forms.BooleanField(
        label=gettext_lazy("Import the good lines of files with errors"),
        required=False,
        help_text=gettext_lazy(
            "Otherwise nothing is imported from a file with errors. The report lists the errors either way."
        ),
    )
    equal_texts = equal_texts_field()
    predictions = predictions_field()
    allow_losses = allow_losses_field()
    encoding = forms.CharField(
        label=gettext_lazy("Encoding, if not UTF-8"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("For example windows-1252. If you leave this empty, files must be UTF-8."),
    )

    def clean_format(self) -> str:
        """Return the format; without a choice it is detected."""
        return self.cleaned_data["format"] or AUTO

    def clean_new_labels(self) -> str:
        """Return what happens to unknown names; without a choice they are refused."""
        return self.cleaned_data["new_labels"] or NamePolicy.REFUSE.value

    def clean_equal_texts(self) -> str:
        """Return what happens to equal texts; without a choice they are kept."""
        return self.cleaned_data["equal_texts"] or EqualTexts.KEEP.value

    def clean_predictions(self) -> str:
        """Return how predictions are stored; without a choice they are suggestions."""
        return self.cleaned_data["predictions"] or Predictions.SUGGESTIONS.value

    def clean_text(self) -> str:
        """Return the pasted text; browsers send each line end as two characters."""
        text: str = self.cleaned_data["text"].replace("\r\n", "\n")
        return text if text.strip() else ""

    def clean(self) -> dict[str, Any]:
        """Require files or a text; a text has a title and no encoding."""
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("text"):
            if "files" in cleaned and not cleaned["files"]:
                self.add_error("files", _("Choose one or more files, or paste a text."))
            return cleaned
        if not cleaned.get("title") and "title" not in self.errors:
            self.add_error("title", _("Enter a title for the text."))
        if cleaned.get("encoding"):
            self.add_error("encoding", _("The encoding applies to files. Leave it empty to import a pasted text."))
        return cleaned

    def groups(self) -> list[FieldGroup]:
        """Return the rarely used fields."""
        return group_fields(self, GROUPS)

    def pasted(self) -> list[FieldGroup]:
        """Return the fields of a pasted text."""
        return group_fields(self, [PASTED])

    def incoming_files(self) -> list[IncomingFile]:
        """Return the chosen files, to be read in pieces, and the pasted text as a file named after its title."""
        files = [IncomingFile(file.name or "", file.chunks()) for file in self.cleaned_data["files"]]
        if self.cleaned_data["text"]:
            name = re.sub(r"[/\\]", "-", self.cleaned_data["title"])
            files.append(IncomingFile(f"{name}.txt", [self.cleaned_data["text"].encode()]))
        return files

    def options(self) -> ImportOptions:
        """Return the chosen options; call it on a valid form."""
        content = {"files", "title", "text"}
        return ImportOptions(**{name: value for name, value in self.cleaned_data.items() if name not in content})
