"""The input of imports: one declaration for the API, its documentation, the command and the page."""

from dataclasses import asdict

from rest_framework import serializers

from annotator.formats.registry import READABLE
from annotator.imports.mapping.mapping_input import LARGEST_MAPPING, mapping_errors
from annotator.imports.mapping.unknown_names import NamePolicy
from annotator.imports.options import AUTO, MOST_FILES, EqualTexts, ImportOptions, Predictions, format_error
from annotator.platform.jobs.models import Job
from annotator.text.decoding import UnreadableText, codec_name


class ReadingIn(serializers.Serializer[Job]):
    """How files are read, and what happens to names that the schema lacks."""

    new_labels = serializers.ChoiceField(
        choices=list(NamePolicy),
        default=NamePolicy.REFUSE,
        help_text="What happens to names that the schema lacks: refuse the file, add the names to a new version of the "
        "schema, or skip what uses them.",
    )
    map = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=LARGEST_MAPPING,
        help_text="Mapping as JSON: names in the files and what they are called in this project.",
    )
    preview = serializers.BooleanField(default=False, help_text="Store nothing; only report.")
    skip_bad = serializers.BooleanField(
        default=False,
        help_text="Import the good documents of a file when others are bad; otherwise nothing of the file is imported.",
    )
    encoding = serializers.CharField(
        default="", allow_blank=True, max_length=40, help_text="Encoding of the files if it is not UTF-8."
    )
    equal_texts = serializers.ChoiceField(
        choices=list(EqualTexts),
        default=EqualTexts.KEEP,
        help_text="What happens to documents with different ids and the same text: keep both, merge their annotation "
        "sets into one document (spans of one annotator into one set), or refuse the later one.",
    )
    predictions = serializers.ChoiceField(
        choices=list(Predictions),
        default=Predictions.SUGGESTIONS,
        help_text="Store predictions of models as suggestions for annotators, or as annotation sets of models.",
    )
    allow_losses = serializers.BooleanField(
        default=False,
        help_text="Accept items of the files that cannot be stored; otherwise the result counts them as lost.",
    )

    def validate_map(self, value: str) -> str:
        """Refuse a mapping that is not valid, with a pointer to each error."""
        if errors := mapping_errors(value):
            raise serializers.ValidationError(errors)
        return value

    def validate_encoding(self, value: str) -> str:
        """Refuse an unknown encoding."""
        try:
            if value:
                codec_name(value)
        except UnreadableText as problem:
            raise serializers.ValidationError(problem.detail) from problem
        return value

    def options(self) -> ImportOptions:
        """Return the options; call it on valid input."""
        names = asdict(ImportOptions()).keys() & self.validated_data.keys()
        return ImportOptions(**{name: self.validated_data[name] for name in names})


class OptionsIn(ReadingIn):
    """All options of an import."""

    format = serializers.CharField(default=AUTO, max_length=40, help_text=f"{AUTO}, {', '.join(READABLE)}.")

    def validate_format(self, value: str) -> str:
        """Refuse a format that cannot be read."""
        if error := format_error(value):
            raise serializers.ValidationError(error)
        return value


class ImportIn(OptionsIn):
    """Files, how they are read, and what happens to bad documents and to names that the schema lacks."""

    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True, max_length=200),
        help_text="Files of any format that can be read, or zip archives of them.",
    )


class ImportAgainIn(ReadingIn):
    """How to import, or preview again, files that a preview has read; defaults are those of an import."""

    formats = serializers.ListField(
        child=serializers.CharField(max_length=40),
        default=list,
        max_length=MOST_FILES,
        help_text="The format of each file, in their order; the format of a file left out does not change.",
    )
