"""Input and output of exports: the options of an export are declared here for the API, forms and commands."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from annotator.datasets.exports.format_registry import JSONL, WRITABLE
from annotator.datasets.exports.models import Export
from annotator.datasets.exports.options import (
    MOST_CONTEXT,
    MOST_PAIR_SENTENCES,
    ExportOptions,
    Layout,
    View,
    Vocabulary,
)
from annotator.datasets.exports.preview import Preview
from annotator.datasets.training.registry import CHAT, RELATION_PAIRS, SOFT_LABELS
from annotator.datasets.transforms.layers import Discontinuous, Nested
from annotator.datasets.transforms.quotation_marks import QuotationMarks
from annotator.platform.accounts.serializers import UserNameField
from annotator.platform.http.input import (
    BooleanField,
    ChoiceField,
    InputSerializer,
    IntegerField,
    StringField,
    read_input,
)

Errors = Iterator[tuple[str, str]]
MOST_NAMES_SHOWN = 10
TABLES = ("csv", "tsv")


@extend_schema_serializer(component_name="DataIn")
class DataOptionsIn(InputSerializer):
    """Which annotation sets are exported, and what of them; everything may be left out.

    With a `vocabulary` in the context, labels and attributes must be in it.
    """

    view = ChoiceField(choices=list(View), default=View.EACH)
    layout = ChoiceField(choices=list(Layout), default=Layout.DOCUMENT)
    pseudonyms = BooleanField(default=False)
    labels = serializers.ListField(
        child=StringField(), allow_null=True, allow_empty=False, default=None, help_text="Only these; null: all."
    )
    attributes = serializers.ListField(
        child=StringField(),
        allow_null=True,
        default=None,
        help_text="Only these, as `name` or `Label.name`; an empty list: none; null: all.",
    )
    notes = BooleanField(default=True)
    quotation_marks = ChoiceField(
        choices=list(QuotationMarks), default=QuotationMarks.KEEP, help_text="Around direct claims."
    )
    nested = ChoiceField(choices=list(Nested), default=Nested.KEEP)
    discontinuous = ChoiceField(choices=list(Discontinuous), default=Discontinuous.KEEP)
    window = IntegerField(
        min_value=0,
        max_value=MOST_CONTEXT,
        allow_null=True,
        default=None,
        help_text="One row per sentence, with this many context sentences on each side; null: whole documents.",
    )
    negatives = BooleanField(default=True, help_text="Whether rows without spans are exported.")
    guideline = BooleanField(default=False, help_text="Chat messages: add the guidelines to the system message.")
    pair_sentences = IntegerField(
        min_value=0,
        max_value=MOST_PAIR_SENTENCES,
        default=1,
        help_text="Relation pairs: how many sentences apart the two spans may be.",
    )

    @property
    def vocabulary(self) -> Vocabulary | None:
        """The names that the schema knows; None when any name is accepted."""
        vocabulary: Vocabulary | None = self.context.get("vocabulary")
        return vocabulary

    def validate_labels(self, labels: list[str] | None) -> tuple[str, ...] | None:
        """Return the labels, each once; the schema must have them."""
        return _known(labels, self.vocabulary.labels if self.vocabulary else None)

    def validate_attributes(self, attributes: list[str] | None) -> tuple[str, ...] | None:
        """Return the attributes, each once; the schema must have them."""
        return _known(attributes, self.vocabulary.attributes if self.vocabulary else None)

    def validate_quotation_marks(self, marks: QuotationMarks) -> QuotationMarks:
        """Return the choice; only a schema with direct claims can tell them from others."""
        if self.vocabulary and not self.vocabulary.direct and marks is not QuotationMarks.KEEP:
            raise serializers.ValidationError(
                "No attribute of the schema has the choice “direct”, so direct claims cannot be recognised."
            )
        return marks


@extend_schema_serializer(component_name="ExportOptionsIn")
class ExportOptionsIn(DataOptionsIn):
    """What is exported, and in which format; everything may be left out."""

    empty_means_default = ("format",)
    format = ChoiceField(choices=list(WRITABLE), default=JSONL)
    documents = serializers.ListField(
        child=IntegerField(), allow_null=True, default=None, help_text="Only documents with these ids; null: all."
    )
    escape_formulas = BooleanField(
        default=False,
        help_text="CSV, TSV: put an apostrophe before cells that spreadsheets run as formulas. Imports remove it.",
    )

    gold_checks = BooleanField(
        default=False,
        help_text="JSONL: add the sets that check annotators, each with its `purpose`. The manifest counts them apart.",
    )

    def validate_documents(self, documents: list[int] | None) -> tuple[int, ...] | None:
        """Return the ids, each once; those of other projects are never exported."""
        return None if documents is None else tuple(sorted(set(documents)))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the options; each must have an effect in the format."""
        errors = dict(format_errors(attrs, {attrs["format"]}))
        if attrs["format"] != JSONL and attrs["layout"] is not Layout.DOCUMENT:
            errors["layout"] = "Only JSONL has more than one layout."
        if attrs["escape_formulas"] and attrs["format"] not in TABLES:
            errors["escape_formulas"] = f"Only {' and '.join(TABLES)} use this option."
        if attrs["gold_checks"] and (attrs["format"] != JSONL or attrs["view"] not in (View.EACH, View.ALL)):
            errors["gold_checks"] = "Gold checks need JSONL, which marks them, and the view “each” or “all”."
        if errors:
            raise serializers.ValidationError(errors)
        return attrs


def _known(names: list[str] | None, known: frozenset[str] | None) -> tuple[str, ...] | None:
    if names is None:
        return None
    if known is not None and (unknown := sorted(set(names) - known)):
        shown = ", ".join(unknown[:MOST_NAMES_SHOWN])
        raise serializers.ValidationError(f"The schema has no {shown}; it has {', '.join(sorted(known))}.")
    return tuple(sorted(set(names)))


def format_errors(options: Mapping[str, Any], formats: Collection[str]) -> Errors:
    """Yield each option that none of the formats takes into account, and why."""
    if SOFT_LABELS in formats and options["view"] is not View.EACH:
        yield "view", "Soft labels are shares of annotators and need the view “each”."
    if options["guideline"] and CHAT not in formats:
        yield "guideline", f"Guidelines can only be added to {CHAT}."
    if options["pair_sentences"] != 1 and RELATION_PAIRS not in formats:
        yield "pair_sentences", f"Only {RELATION_PAIRS} uses this option."
    if options["window"] is not None and RELATION_PAIRS in formats:
        yield "window", "Pairs have sentences of their own. Set pair_sentences instead."


def parse_options(given: Any, *, vocabulary: Vocabulary | None = None) -> ExportOptions:
    """Return the options in a JSON object; raise `InvalidInput` with all errors.

    With a `vocabulary`, labels and attributes must be in it.
    """
    serializer = ExportOptionsIn(data=given, context={"vocabulary": vocabulary})
    return ExportOptions(**read_input(serializer, "The options of the export are not valid."))


class ExportOut(serializers.ModelSerializer[Export]):
    """An export; manifest, sha256 and size are empty until its job is done."""

    project = serializers.SlugRelatedField[Export](slug_field="slug", read_only=True)
    created_by = UserNameField()
    job = serializers.PrimaryKeyRelatedField[Export](read_only=True)

    class Meta:
        model = Export
        fields = ["id", "project", "job", "created_by", "created_at", "options", "manifest", "sha256", "size"]


class ExportPreviewPieceOut(serializers.Serializer[Preview]):
    """The beginning of a row or file, with line breaks added for reading."""

    file = serializers.CharField(help_text="The name of the file within an archive; empty for a single file.")
    text = serializers.CharField()
    is_cut = serializers.BooleanField()


class ExportPreviewOut(serializers.Serializer[Preview]):
    """The beginning of an export, and what its first documents lose."""

    pieces = ExportPreviewPieceOut(many=True)
    documents = serializers.IntegerField(help_text="How many of the first documents would be exported.")
    lost = serializers.DictField(child=serializers.IntegerField(), help_text="Losses of these documents, by kind.")
    is_binary = serializers.BooleanField(help_text="Whether the format is binary; then there are no pieces.")
