"""Agreement reports over the API."""

from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.agreement import serializers as shapes
from annotator.agreement import services
from annotator.agreement.counting.tally_records import tally_of
from annotator.agreement.filters import DisagreementFilters
from annotator.agreement.models import AgreementReport, Disagreement, DocumentAgreement
from annotator.agreement.reports.document_figures import document_figures
from annotator.agreement.reports.label_figures import enough_for
from annotator.agreement.reports.location_files import span_record
from annotator.agreement.reports.locations import Location, location_of, summary
from annotator.agreement.reports.records import to_record
from annotator.agreement.reports.report import read_report
from annotator.agreement.reports.sentences import stale_sentence
from annotator.agreement.scope import Scope
from annotator.agreement.selectors import reports
from annotator.agreement.selectors.disagreements import disagreements_of, heads_of, with_others
from annotator.agreement.selectors.document_attributes import document_attribute_agreement
from annotator.platform.accounts.requests import user_of
from annotator.platform.accounts.serializers import UserNameField
from annotator.platform.http.pagination import IdCursorPagination
from projects.roles import Capability
from projects.selectors import get_project


class ReportHeadOut(serializers.ModelSerializer[AgreementReport]):
    """A report without its figures; `measured_at` is null until its job is done."""

    project = serializers.SlugRelatedField[AgreementReport](slug_field="slug", read_only=True)
    created_by = UserNameField()
    job = serializers.PrimaryKeyRelatedField[AgreementReport](read_only=True)

    class Meta:
        model = AgreementReport
        fields = ["id", "project", "job", "gamma_job", "created_by", "created_at", "measured_at", "scope", "is_limited"]


class ReportDetailOut(ReportHeadOut):
    """A report with its figures, and whether sets have changed since."""

    result = serializers.SerializerMethodField()
    stale = serializers.SerializerMethodField()
    enough_for = serializers.SerializerMethodField()

    class Meta(ReportHeadOut.Meta):
        fields = [*ReportHeadOut.Meta.fields, "stale", "enough_for", "result"]

    @extend_schema_field(shapes.ReportOut(allow_null=True))
    def get_result(self, report: AgreementReport) -> dict[str, Any] | None:
        """Return the figures, None until they are measured."""
        return None if report.result is None else read_report(report.result).to_record()

    @extend_schema_field(shapes.EnoughForOut(many=True, allow_null=True))
    def get_enough_for(self, report: AgreementReport) -> list[dict[str, Any]] | None:
        """Return what agreement on which labels is enough for, by the lower end of its interval."""
        labels = None if report.result is None else read_report(report.result).labels
        return None if labels is None else [asdict(each) for each in enough_for(labels)]

    @extend_schema_field(shapes.StaleOut)
    def get_stale(self, report: AgreementReport) -> dict[str, Any]:
        """Return how many sets have changed since the report."""
        stale = reports.staleness(report)
        summary = stale_sentence(**stale.counts)
        return {"is_stale": stale.is_stale, **stale.counts, "is_complete": stale.is_complete, "summary": summary}


class MeasuredDocumentOut(serializers.ModelSerializer[DocumentAgreement]):
    """One document of a report."""

    title = serializers.CharField(source="document.title", read_only=True)
    external_id = serializers.CharField(source="document.external_id", read_only=True)
    sets = serializers.SerializerMethodField()
    figures = serializers.SerializerMethodField()

    class Meta:
        model = DocumentAgreement
        fields = ["document", "external_id", "title", "sets", "figures"]

    @extend_schema_field(shapes.ReportedSetOut(many=True))
    def get_sets(self, measured: DocumentAgreement) -> list[dict[str, Any]]:
        """Return the sets that were compared."""
        reported: dict[int, list[dict[str, Any]]] = self.context.get("sets", {})
        return reported.get(measured.document_id, [])

    @extend_schema_field(shapes.DocumentFiguresOut)
    def get_figures(self, measured: DocumentAgreement) -> dict[str, Any]:
        """Return the figures of all pairs of annotators, pooled."""
        figures: dict[str, Any] = to_record(document_figures(tally_of(measured.measurement.tally)))
        return figures


class NewestFirst(IdCursorPagination):
    """Reports, newest first."""

    ordering = "-id"


class WorstFirst(IdCursorPagination):
    """Documents, worst first; those without a figure last."""

    ordering = ("worst_first", "id")  # type: ignore[assignment]  # several fields are allowed
    # Many documents may have the same figure: a cursor counts those before it.
    offset_cutoff = 10_000_000
    position_type = float


def _scope(given: dict[str, Any]) -> Scope:
    """Return the scope of a valid request."""
    return Scope(
        labels=tuple(given["labels"]),
        annotators=tuple(given["annotators"]),
        documents=tuple(given["documents"]),
        since=given["since"],
        until=given["until"],
        batch=given["batch"],
        suggestions=given["suggestions"],
        blind=given["blind"],
        tokens=given["tokens"],
    )


class ReportList(ListAPIView[AgreementReport]):
    """The agreement reports of a project."""

    serializer_class = ReportHeadOut
    pagination_class = NewestFirst
    queryset = AgreementReport.objects.none()

    def get_queryset(self) -> QuerySet[AgreementReport]:
        """Return the reports of a project in which the user may see all work."""
        user = user_of(self.request)
        project = get_project(self.kwargs["slug"], user=user, capability=Capability.SEE_ALL_WORK)
        return reports.reports_of(project).defer("result")

    @extend_schema(request=shapes.ScopeIn, responses={202: ReportDetailOut})
    def post(self, request: Request, slug: str) -> Response:
        """Start a report of everything or of a part; its job shows the progress."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.MEASURE)
        given = shapes.ScopeIn(data=request.data)
        given.is_valid(raise_exception=True)
        report = services.start_report(
            project,
            started_by=user,
            now=timezone.now(),
            scope=_scope(given.validated_data),
            gamma=given.validated_data["gamma"],
        )
        return Response(ReportDetailOut(report).data, status=status.HTTP_202_ACCEPTED)


class ReportDetail(APIView):
    """One agreement report."""

    @extend_schema(responses=ReportDetailOut)
    def get(self, request: Request, report_id: int) -> Response:
        """Return the figures and whether they are out of date."""
        return Response(ReportDetailOut(reports.get_report(report_id, user=user_of(request))).data)


class ReportDocuments(ListAPIView[DocumentAgreement]):
    """The documents of an agreement report, worst first."""

    serializer_class = MeasuredDocumentOut
    pagination_class = WorstFirst
    queryset = DocumentAgreement.objects.none()

    def get_queryset(self) -> QuerySet[DocumentAgreement]:
        """Return the rows of a report that the user may see."""
        report = reports.get_report(self.kwargs["report_id"], user=user_of(self.request))
        return reports.documents_worst_first(report)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one page, with the sets of all its documents read at once."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        sets: dict[int, list[dict[str, Any]]] = {}
        report_id: int = self.kwargs["report_id"]
        for reported in reports.reported_sets(report_id, [measured.document_id for measured in page]):
            row = {"annotation_set": reported.annotation_set_id, "name": reported.author, "revision": reported.revision}
            sets.setdefault(reported.annotation_set.document_id, []).append(row)
        rows = MeasuredDocumentOut(page, many=True, context={"sets": sets}).data
        return self.get_paginated_response(rows)


class DisagreementOut(serializers.ModelSerializer[Disagreement]):
    """One disagreement of two annotators; `label` is that of the first, `other` that of the second, "" for no span."""

    document = serializers.IntegerField(read_only=True)
    versions = shapes.VersionsOut(source="detail", read_only=True)

    class Meta:
        model = Disagreement
        fields = [
            "id",
            "document",
            "kind",
            "first",
            "second",
            "label",
            "other",
            "attribute",
            "start",
            "end",
            "location",
            "versions",
        ]
        read_only_fields = fields
        extra_kwargs = {"label": {"label": "Label"}}


class InTextOrder(IdCursorPagination):
    """Disagreements by id: in the order in which documents were measured, and in each in order of the text."""


FILTERS = [OpenApiParameter(name, str, description=description) for name, description in (
    ("kind", "missed, boundary, segmentation, label, attribute or relation"),
    ("label", "The label of one of the two annotators; with kind relation, a relation label"),
    ("other", "The label of the other annotator; “nothing” for no span there"),
    ("one", "One of the two annotators"),
    ("another", "The other annotator"),
    ("attribute", "The attribute that differs"),
    ("document", "The id of a document"),
    ("words", "The text it is about, in lowercase letters, as in patterns"),
    ("boundary", "What boundaries differ by, as in patterns"),
    ("side", "With boundary: start or end"),
    ("place", "The part of the text in which it starts, for example 120-180"),
    ("batch", "One import, by the time of its start, as in a report"),
    ("week", "The documents of one week, by its start, as in a report"),
    ("apart", "An annotator who differs from most others at the location"),
)]  # fmt: skip


@extend_schema(parameters=FILTERS)
class ReportDisagreements(ListAPIView[Disagreement]):
    """The disagreements behind an agreement report."""

    serializer_class = DisagreementOut
    pagination_class = InTextOrder
    queryset = Disagreement.objects.none()

    def get_queryset(self) -> QuerySet[Disagreement]:
        """Return the rows of a report that the user may see."""
        report = reports.get_report(self.kwargs["report_id"], user=user_of(self.request))
        return disagreements_of(report, DisagreementFilters.of_query(self.request.query_params.dict()))


@extend_schema(parameters=FILTERS, responses=shapes.LocationOut(many=True))
class ReportLocations(ListAPIView[Disagreement]):
    """The locations where annotators disagree: each once, however many annotators disagree there."""

    serializer_class = shapes.LocationOut
    pagination_class = InTextOrder
    queryset = Disagreement.objects.none()

    def get_queryset(self) -> QuerySet[Disagreement]:
        """Return the first disagreement of each location of a report that the user may see."""
        report = reports.get_report(self.kwargs["report_id"], user=user_of(self.request))
        return heads_of(report, DisagreementFilters.of_query(self.request.query_params.dict()))

    def paginate_queryset(self, queryset: Any) -> Any:
        """Return a page of locations with their versions."""
        heads = super().paginate_queryset(queryset) or []
        documents = reports.documents_with_texts({head.document for head in heads})
        return [
            self._location(head.document, documents[head.document].text, location_of(rows))
            for head, rows in zip(heads, with_others(heads), strict=True)
        ]

    @staticmethod
    def _location(document: int, text: str, location: Location) -> dict[str, Any]:
        versions = [
            {"annotators": group.annotators, "spans": [span_record(span, text) for span in group.spans]}
            for group in location.groups
        ]
        return {
            "id": location.id,
            "document": document,
            "start": location.start,
            "end": location.end,
            "kinds": location.kinds,
            "summary": summary(location),
            "versions": versions,
        }


class DocumentAttributeFigures(serializers.Serializer[object]):
    """Agreement on one attribute of the document; figures without a value are null."""

    attribute = serializers.CharField()
    documents = serializers.IntegerField(help_text="Answered by two or more annotators.")
    same_value = serializers.FloatField(
        source="same_value.value", allow_null=True, help_text="Share of pairs of annotators with the same value."
    )
    alpha = serializers.FloatField(source="alpha.value", allow_null=True, help_text="Krippendorff's alpha, nominal.")
    differing = serializers.IntegerField(help_text="Documents whose annotators gave different values.")


class DocumentAttributeAgreement(APIView):
    """Agreement on attributes of the document."""

    @extend_schema(responses=DocumentAttributeFigures(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """Return the agreement on each attribute of the document, as it is now."""
        project = get_project(slug, user=user_of(request), capability=Capability.SEE_ALL_WORK)
        return Response(DocumentAttributeFigures(document_attribute_agreement(project), many=True).data)
