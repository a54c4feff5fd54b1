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


class RelationOut(LabelledCountsOut):
    """A relation: all that was drawn, and `shared`, what was drawn between spans that both marked."""

    shared_exact_f1 = FigureOut(required=False)
    shared_overlap_f1 = FigureOut(required=False)


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
    """Documents that could not be compared, and sets that were begun and not submitted."""

    one_set = serializers.IntegerField()
    no_set = serializers.IntegerField()
    open_sets = serializers.IntegerField(required=False)


class CoefficientsOut(Out):
    """Coefficients over tokens."""

    cohen = FigureOut()
    fleiss = FigureOut()
    ac1 = FigureOut()


class LabelCoefficientsOut(CoefficientsOut):
    """The same for one label."""

    label = serializers.CharField()  # type: ignore[assignment]  # a field may have this name


class TokensOut(Out):
    """What reviewers ask for, over all tokens that were compared."""

    items = serializers.IntegerField()
    labels = LabelCoefficientsOut(many=True)
    overall = CoefficientsOut()


class GammaOut(FigureOut):
    """Gamma with everything it depends on."""

    cat = FigureOut()
    documents = serializers.IntegerField()
    documents_of_report = serializers.IntegerField()
    samples = serializers.IntegerField()
    standard_error = serializers.FloatField(allow_null=True)
    settings = serializers.JSONField()


class PersonOut(Out):
    """One annotator against all others."""

    name = serializers.CharField()
    documents = serializers.IntegerField()
    overall = CountsOut()
    labels = LabelledCountsOut(many=True)


class BatchOut(Out):
    """What came in with one import."""

    at = serializers.DateTimeField()
    documents = serializers.IntegerField()
    overall = CountsOut()
    labels = LabelledCountsOut(many=True)


class MixedOut(Out):
    """Documents with sets under different schema versions, and spans by label that were not compared for that."""

    documents = serializers.IntegerField()
    left_out = serializers.DictField(child=serializers.IntegerField())


class CoveringOut(Out):
    """Somebody who puts a label on half of what they read, or more."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field may have this name
    share = serializers.FloatField()


class DistributionOut(Out):
    """Documents by same-place F1, in tenths from 0 to 1."""

    bins = serializers.ListField(child=serializers.IntegerField())
    undefined = serializers.IntegerField()


class ReportOut(Out):
    """All figures of a report."""

    documents = serializers.IntegerField()
    left_out = LeftOutOut()
    annotators = AnnotatorOut(many=True)
    labels = LabelOut(many=True)
    overall = OverallOut()
    pairs = PairOut(many=True)
    attributes = AttributeOut(many=True)
    relations = RelationOut(many=True)
    # Reports from before these were kept have none of the following.
    gamma = GammaOut(required=False)
    against_others = PersonOut(many=True, required=False)
    tokens = TokensOut(required=False)
    batches = BatchOut(many=True, required=False)
    distribution = DistributionOut(required=False)
    mixed_versions = MixedOut(required=False)
    covering = CoveringOut(many=True, required=False)
    confusion = serializers.ListField(
        child=serializers.JSONField(), required=False, help_text="Aligned spans: label, other label or empty, count."
    )
    disagreements = serializers.ListField(
        child=serializers.JSONField(),
        required=False,
        help_text="Counts: first annotator, second, kind, label, other label, attribute, count.",
    )
    boundaries = serializers.ListField(
        child=serializers.JSONField(), required=False, help_text="By what boundaries differ: class, label, side, count."
    )
    method = serializers.IntegerField(required=False)


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


class ScopeIn(Out):
    """What a report is to be limited to; what is left out limits nothing."""

    labels = serializers.ListField(child=serializers.CharField(max_length=64), required=False, default=list)
    annotators = serializers.ListField(child=serializers.CharField(max_length=170), required=False, default=list)
    documents = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, default=list)
    since = serializers.DateField(required=False, allow_null=True, default=None)
    until = serializers.DateField(required=False, allow_null=True, default=None)
    batch = serializers.DateTimeField(required=False, allow_null=True, default=None)
    suggestions = serializers.BooleanField(required=False, default=True)
    blind = serializers.BooleanField(required=False, default=False)


class VersionOut(Out):
    """What one of the two has."""

    label = serializers.CharField()  # type: ignore[assignment]  # a field may have this name
    fragments = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))
    value = serializers.CharField(required=False, allow_null=True)
    relation = serializers.CharField(required=False)
    target = serializers.JSONField(required=False)


class VersionsOut(Out):
    """Both versions."""

    first = VersionOut(many=True)
    second = VersionOut(many=True)
