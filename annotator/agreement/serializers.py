"""The shapes of reports on the API, for its description: those of the report follow from its type."""

from collections.abc import Mapping
from dataclasses import Field, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from rest_framework import serializers

from annotator.agreement.reports import document_figures, label_figures, report
from annotator.agreement.reports.records import NAME, is_optional
from annotator.measures.figures import Undefined
from annotator.platform.http.input import LARGEST_INTEGER
from annotator.text.tokens import TOKEN_RULES

Out = serializers.Serializer[Any]

COMPONENTS = {
    label_figures.ReportFigure: "FigureOut",
    report.AnnotatorDocuments: "AnnotatorOut",
    label_figures.LabelFigures: "LabelOut",
    report.OverallFigures: "OverallOut",
    report.CountFigures: "CountsOut",
    report.LabelCounts: "LabelledCountsOut",
    report.RelationFigures: "RelationOut",
    report.PairFigures: "PairOut",
    report.AttributeFigures: "AttributeOut",
    report.DocumentAttributeFigures: "DocumentAttributeOut",
    report.DifferingAnswers: "DifferingAnswersOut",
    report.LeftOut: "LeftOutOut",
    report.Coefficients: "CoefficientsOut",
    report.LabelCoefficients: "LabelCoefficientsOut",
    report.TokenFigures: "TokensOut",
    report.GammaFigure: "GammaOut",
    report.AnnotatorFigures: "PersonOut",
    report.BatchFigures: "BatchOut",
    report.LocationCount: "LocationCountOut",
    report.MixedVersions: "MixedOut",
    report.CoveringLabel: "CoveringOut",
    report.Distribution: "DistributionOut",
    report.Report: "ReportOut",
    document_figures.DocumentLabel: "DocumentLabelOut",
    document_figures.DocumentOverall: "DocumentOverallOut",
    document_figures.DocumentFigures: "DocumentFiguresOut",
}
"""Names of components on the API; other types are lists or plain objects there."""
PLAIN_FIELDS: Mapping[Any, type[serializers.Field[Any, Any, Any, Any]]] = {
    bool: serializers.BooleanField,
    int: serializers.IntegerField,
    float: serializers.FloatField,
    str: serializers.CharField,
}


@cache
def shape_of(kind: type[Any]) -> type[Out]:
    """Return the serializer of a dataclass of the report."""
    hints = get_type_hints(kind)
    declared = {part.metadata.get(NAME, part.name): _field(hints[part.name], part) for part in fields(kind)}
    return type(COMPONENTS[kind], (serializers.Serializer,), {"__doc__": kind.__doc__, **declared})


def _field(hint: Any, part: Field[Any]) -> Any:
    options: dict[str, Any] = {"required": False} if is_optional(part) else {}
    if "help_text" in part.metadata:
        options["help_text"] = part.metadata["help_text"]
    if get_origin(hint) is UnionType:
        hint = next(argument for argument in get_args(hint) if argument is not NoneType)
        if not is_optional(part):
            options["allow_null"] = True
    if part.metadata.get("format") == "date-time":
        return serializers.DateTimeField(**options)
    if hint is Undefined:
        return serializers.ChoiceField(choices=[reason.value for reason in Undefined], **options)
    if get_origin(hint) is tuple:
        return _list(get_args(hint)[0], options)
    if hint in COMPONENTS:
        return shape_of(hint)(**options)
    if get_origin(hint) is Mapping:
        return _mapping(get_args(hint)[1], options)
    return PLAIN_FIELDS[hint](**options)


def _list(item: Any, options: dict[str, Any]) -> Any:
    if item in COMPONENTS:
        return shape_of(item)(many=True, **options)
    child = serializers.JSONField() if is_dataclass(item) or item not in PLAIN_FIELDS else PLAIN_FIELDS[item]()
    return serializers.ListField(child=child, **options)


def _mapping(value: Any, options: dict[str, Any]) -> Any:
    if value in PLAIN_FIELDS:
        return serializers.DictField(child=PLAIN_FIELDS[value](), **options)
    return serializers.JSONField(**options)


ReportOut = shape_of(report.Report)
DocumentFiguresOut = shape_of(document_figures.DocumentFigures)


class StaleOut(Out):
    """How many sets have changed since a report was made."""

    is_stale = serializers.BooleanField()
    changed = serializers.IntegerField()
    withdrawn = serializers.IntegerField()
    added = serializers.IntegerField()
    is_complete = serializers.BooleanField(
        help_text="False when sets of more documents may have changed than were compared: those that changed last."
    )
    summary = serializers.CharField()


class EnoughForOut(Out):
    """What agreement on some labels is enough for, by the lower end of the interval of alpha over tokens."""

    verdict = serializers.CharField(
        help_text="`rely` (alpha at least 0.80), `tentative` (at least 0.67), `open` (the interval contains 0.67), "
        "`few` (no interval: too few documents or spans), `low`."
    )
    labels = serializers.ListField(child=serializers.CharField())
    sentence = serializers.CharField()


class ReportedSetOut(Out):
    """A set that was compared, and its revision then."""

    annotation_set = serializers.IntegerField()
    name = serializers.CharField()
    revision = serializers.IntegerField()


class ScopeIn(Out):
    """Filters of a report; a field that is left out includes everything."""

    labels = serializers.ListField(child=serializers.CharField(max_length=64), required=False, default=list)
    annotators = serializers.ListField(child=serializers.CharField(max_length=170), required=False, default=list)
    documents = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_INTEGER), required=False, default=list
    )
    since = serializers.DateField(required=False, allow_null=True, default=None)
    until = serializers.DateField(required=False, allow_null=True, default=None)
    batch = serializers.DateTimeField(required=False, allow_null=True, default=None)
    suggestions = serializers.BooleanField(required=False, default=True)
    blind = serializers.BooleanField(required=False, default=False)
    tokens = serializers.CharField(
        required=False,
        default="product",
        max_length=16,
        help_text="The rule for tokens: product (words, numbers, punctuation marks) or white_space.",
    )
    gamma = serializers.BooleanField(
        required=False, default=True, help_text="Whether gamma is measured afterwards, by a job of its own."
    )

    def validate_tokens(self, value: str) -> str:
        """Return a known rule."""
        if value not in TOKEN_RULES:
            raise serializers.ValidationError(f"There is no rule {value!r}; there are {', '.join(TOKEN_RULES)}.")
        return value


class VersionOut(Out):
    """What one of two annotators has."""

    label = serializers.CharField()  # type: ignore[assignment]  # a field may have this name
    fragments = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))
    value = serializers.CharField(required=False, allow_null=True)
    relation = serializers.CharField(required=False)
    target = serializers.JSONField(required=False)


class VersionsOut(Out):
    """The versions of both annotators."""

    first = VersionOut(many=True)
    second = VersionOut(many=True)


class LocatedRelationOut(Out):
    """A relation of a span at a location, with label and fragments of its target."""

    relation = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field may have this name
    fragments = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


class LocatedSpanOut(Out):
    """A span at a location, with the values of the attributes in question."""

    label = serializers.CharField()  # type: ignore[assignment]  # a field may have this name
    fragments = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))
    text = serializers.CharField()
    attributes = serializers.DictField(child=serializers.CharField(allow_null=True))
    relations = LocatedRelationOut(many=True)


class LocationVersionOut(Out):
    """Annotators who have the same at a location; no spans is nothing."""

    annotators = serializers.ListField(child=serializers.CharField())
    spans = LocatedSpanOut(many=True)


class LocationOut(Out):
    """A location where annotators disagree; `summary` is, for example, “5 × Source, 1 × nothing”."""

    id = serializers.IntegerField(help_text="The id of its first disagreement.")
    document = serializers.IntegerField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    kinds = serializers.ListField(child=serializers.CharField())
    summary = serializers.CharField()
    versions = LocationVersionOut(many=True)
