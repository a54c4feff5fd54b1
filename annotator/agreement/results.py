"""The shapes of reports on the API, for its description. What is stored has them already."""

from typing import Any

from rest_framework import serializers

Out = serializers.Serializer[Any]

REASONS = ["no_spans", "one_annotator", "empty_document", "no_variation", "no_pairs", "no_items", "too_dense"]


class FigureOut(Out):
    """A number, or null with the reason why it is not defined; a 95 % interval where the data suffice."""

    value = serializers.FloatField(allow_null=True)
    undefined = serializers.ChoiceField(choices=REASONS, allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class AnnotatorOut(Out):
    """Somebody whose sets were compared."""

    name = serializers.CharField()
    documents = serializers.IntegerField()


class LabelOut(Out):
    """A label, all pairs of annotators pooled."""

    label = serializers.CharField()  # type: ignore[assignment]  # a field may have this name
    spans = serializers.IntegerField()
    share_of_text = serializers.FloatField()
    exact_f1 = FigureOut()
    overlap_f1 = FigureOut()
    alpha_tokens = FigureOut()
    alpha_code_points = FigureOut()


class OverallOut(Out):
    """All labels together."""

    spans = serializers.IntegerField()
    exact_f1 = FigureOut()
    overlap_f1 = FigureOut()
    unlabelled_f1 = FigureOut()
    alpha_tokens = FigureOut()


class CountsOut(Out):
    """What two annotators marked or drew, and how much of it matches."""

    first_count = serializers.IntegerField()
    second_count = serializers.IntegerField()
    exact_f1 = FigureOut()
    overlap_f1 = FigureOut()


class LabelledCountsOut(CountsOut):
    """The same for one label or relation."""

    label = serializers.CharField()  # type: ignore[assignment]  # a field may have this name


class PairOut(Out):
    """Two annotators, over the documents that both finished."""

    first = serializers.CharField()
    second = serializers.CharField()
    documents = serializers.IntegerField()
    overall = CountsOut()
    unlabelled_f1 = FigureOut()
    labels = LabelledCountsOut(many=True)


class AttributeOut(Out):
    """An attribute on spans that two people marked identically."""

    label = serializers.CharField()  # type: ignore[assignment]  # a field may have this name
    attribute = serializers.CharField()
    matched = serializers.IntegerField()
    observed = FigureOut()
    kappa = FigureOut()


class LeftOutOut(Out):
    """Documents that could not be compared."""

    one_set = serializers.IntegerField()
    no_set = serializers.IntegerField()


class ReportOut(Out):
    """All figures of a report."""

    documents = serializers.IntegerField()
    left_out = LeftOutOut()
    annotators = AnnotatorOut(many=True)
    labels = LabelOut(many=True)
    overall = OverallOut()
    pairs = PairOut(many=True)
    attributes = AttributeOut(many=True)
    relations = LabelledCountsOut(many=True)


class StaleOut(Out):
    """What has moved since a report was made, in sets."""

    is_stale = serializers.BooleanField()
    changed = serializers.IntegerField()
    withdrawn = serializers.IntegerField()
    added = serializers.IntegerField()
    summary = serializers.CharField()


class DocumentLabelOut(Out):
    """A label in one document."""

    label = serializers.CharField()  # type: ignore[assignment]  # a field may have this name
    spans = serializers.IntegerField()
    exact_f1 = FigureOut()
    overlap_f1 = FigureOut()
    alpha_tokens = FigureOut()


class DocumentOverallOut(Out):
    """All labels in one document."""

    spans = serializers.IntegerField()
    exact_f1 = FigureOut()
    overlap_f1 = FigureOut()
    alpha_tokens = FigureOut()


class DocumentFiguresOut(Out):
    """The figures of one document."""

    overall = DocumentOverallOut()
    labels = DocumentLabelOut(many=True)


class ReportedSetOut(Out):
    """A set that was compared, at the revision it had."""

    annotation_set = serializers.IntegerField()
    name = serializers.CharField()
    revision = serializers.IntegerField()
