"""Quality control over the API."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.agreement.selectors.reports import get_project_report
from annotator.platform.accounts.requests import user_of
from annotator.platform.http.input import LARGEST_INTEGER
from annotator.quality import output, selectors, services
from annotator.quality.models import PURPOSES, QualityPlan
from annotator.quality.verdicts import Verdict
from projects.roles import Capability
from projects.selectors import get_project

FIELDS = [
    "is_required", "least_overlap", "least_exact", "by_label", "opens_work", "feedback", "check_every", "tells_checks",
    "pauses", "pause_message",
]  # fmt: skip


class QualityPlanShape(serializers.ModelSerializer[QualityPlan]):
    """How a project checks its annotators; thresholds are F1 against adjudicated sets, from 0 to 1."""

    class Meta:
        model = QualityPlan
        fields = FIELDS

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require a threshold for qualification and for pauses."""
        decides = attrs.get("is_required") or attrs.get("pauses")
        if decides and attrs.get("least_overlap") is None and attrs.get("least_exact") is None:
            raise serializers.ValidationError({"least_overlap": "Set a threshold for at least one measure."})
        return attrs


class GoldDocumentShape(serializers.Serializer[Any]):
    """An adjudicated document and what it is used for: practice, qualification, check, or nothing."""

    document = serializers.IntegerField(min_value=1)
    purpose = serializers.ChoiceField(choices=[("", ""), *PURPOSES], allow_blank=True)


class GoldDocumentsIn(serializers.Serializer[Any]):
    """Documents to use, or not to use any more."""

    documents = GoldDocumentShape(many=True)


class QualityFigureOut(serializers.Serializer[Any]):
    """F1 of a label ("" for all) against the adjudicated sets, with its interval, threshold and verdict."""

    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # a field may have this name
    measure = serializers.ChoiceField(choices=selectors.MEASURES)
    documents = serializers.IntegerField()
    spans = serializers.IntegerField()
    f1 = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    threshold = serializers.FloatField(allow_null=True)
    verdict = serializers.CharField(allow_blank=True, help_text="passes, fails, unknown, or empty without a threshold")
    more_documents = serializers.IntegerField(allow_null=True)


class QualityDriftOut(serializers.Serializer[Any]):
    """How much overlap F1 of the later half of the documents is above that of the earlier half."""

    change = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class TestedDocumentOut(serializers.Serializer[Any]):
    """A document of qualification or a gold check."""

    document = serializers.IntegerField()
    annotation_set = serializers.IntegerField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    overlap_f1 = serializers.FloatField(allow_null=True)
    exact_f1 = serializers.FloatField(allow_null=True)


class QualityResultsOut(serializers.Serializer[Any]):
    """The results of a person for one purpose."""

    counts_as_data = serializers.BooleanField(help_text="Always false: these sets are in no report, export or release.")
    verdict = serializers.ChoiceField(choices=[verdict.value for verdict in Verdict])
    more_documents = serializers.IntegerField(allow_null=True)
    failing_labels = serializers.ListField(child=serializers.CharField(), help_text="where labels decide too")
    undecided_labels = serializers.ListField(child=serializers.CharField(), help_text="where labels decide too")
    drift = QualityDriftOut(allow_null=True)
    figures = QualityFigureOut(many=True)
    documents = TestedDocumentOut(many=True)


class PersonQualityOut(serializers.Serializer[Any]):
    """The results of a person, and whether documents are assigned to them."""

    annotator = serializers.CharField()
    must_qualify = serializers.BooleanField()
    paused_at = serializers.DateTimeField(allow_null=True)
    qualification = QualityResultsOut()
    checks = QualityResultsOut()


class PlanDetail(APIView):
    """How a project checks its annotators."""

    @extend_schema(responses=QualityPlanShape)
    def get(self, request: Request, slug: str) -> Response:
        """Return the plan."""
        project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
        return Response(QualityPlanShape(selectors.plan_of(project)).data)

    @extend_schema(request=QualityPlanShape, responses=QualityPlanShape)
    def put(self, request: Request, slug: str) -> Response:
        """Set the plan."""
        project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
        given = QualityPlanShape(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(QualityPlanShape(services.save_plan(project, given.validated_data, now=timezone.now())).data)


class GoldDocuments(APIView):
    """The adjudicated documents that check annotators."""

    @extend_schema(responses=GoldDocumentShape(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """Return the documents in use."""
        project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
        used = selectors.gold_documents(project)
        return Response([{"document": key, "purpose": purpose} for key, purpose in used.items()])

    @extend_schema(request=GoldDocumentsIn, responses=GoldDocumentShape(many=True))
    def post(self, request: Request, slug: str) -> Response:
        """Use documents for a purpose, or for nothing any more."""
        project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
        given = GoldDocumentsIn(data=request.data)
        given.is_valid(raise_exception=True)
        services.set_gold(project, {row["document"]: row["purpose"] for row in given.validated_data["documents"]})
        return self.get(request, slug)


class ResultList(APIView):
    """The results of all annotators against adjudicated sets."""

    @extend_schema(responses=PersonQualityOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """Return qualification and gold checks by person."""
        project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
        statuses = selectors.people(selectors.plan_of(project))
        records = [output.person_record(status) for status in statuses]
        return Response(PersonQualityOut(records, many=True).data)


class CalibrationIn(serializers.Serializer[Any]):
    """The reports before and after a guideline meeting."""

    before = serializers.IntegerField(min_value=1, max_value=LARGEST_INTEGER)
    after = serializers.IntegerField(min_value=1, max_value=LARGEST_INTEGER)


class CalibrationChangeOut(serializers.Serializer[Any]):
    """The change of a figure of a label ("" for all), with its 95 % interval."""

    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # a field may have this name
    figure = serializers.CharField()
    change = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    is_clear = serializers.BooleanField()


class CalibrationOut(serializers.Serializer[Any]):
    """A calibration round: how many documents both reports have, and the changes on them."""

    documents = serializers.IntegerField()
    changes = CalibrationChangeOut(many=True)


class Calibration(APIView):
    """Agreement before and after a guideline meeting, on the same documents."""

    @extend_schema(parameters=[CalibrationIn], responses=CalibrationOut)
    def get(self, request: Request, slug: str) -> Response:
        """Return the changes between two reports."""
        user = user_of(request)
        get_project(slug, user=user, capability=Capability.MANAGE)
        given = CalibrationIn(data=request.query_params)
        given.is_valid(raise_exception=True)
        chosen = [get_project_report(slug, given.validated_data[name], user=user) for name in ("before", "after")]
        return Response(CalibrationOut(selectors.calibration(chosen[0], chosen[1])).data)
