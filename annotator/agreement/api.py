"""Agreement reports over the API."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import exceptions, serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.pagination import Cursor
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.agreement import results, selectors, services
from annotator.agreement.disagreement_selectors import disagreements_of
from annotator.agreement.filters import Filters
from annotator.agreement.models import AgreementReport, Disagreement, DocumentAgreement
from annotator.agreement.reports import document_record
from annotator.agreement.scope import Scope
from annotator.agreement.tally_records import tally_of
from annotator.agreement.wording import stale_sentence
from annotator.platform.accounts.requests import user_of
from annotator.platform.accounts.serializers import UserNameField
from annotator.platform.http.pagination import IdCursorPagination
from projects.roles import Capability
from projects.selectors import get_project

Record = dict[str, Any]


class ReportHeadOut(serializers.ModelSerializer[AgreementReport]):
    """A report without its figures; `measured_at` is empty until its job is done."""

    project = serializers.SlugRelatedField[AgreementReport](slug_field="slug", read_only=True)
    created_by = UserNameField()
    job = serializers.PrimaryKeyRelatedField[AgreementReport](read_only=True)

    class Meta:
        model = AgreementReport
        fields = ["id", "project", "job", "created_by", "created_at", "measured_at", "scope"]


class ReportDetailOut(ReportHeadOut):
    """A report with its figures, and whether it is still what would be measured now."""

    result = serializers.SerializerMethodField()
    stale = serializers.SerializerMethodField()

    class Meta(ReportHeadOut.Meta):
        fields = [*ReportHeadOut.Meta.fields, "stale", "result"]

    @extend_schema_field(results.ReportOut(allow_null=True))
    def get_result(self, report: AgreementReport) -> Record | None:
        """Return the stored figures."""
        result: Record | None = report.result
        return result

    @extend_schema_field(results.StaleOut)
    def get_stale(self, report: AgreementReport) -> Record:
        """Compare the revisions it was made from with those of now."""
        found = selectors.staleness(report)
        counts = {"changed": found.changed, "withdrawn": found.withdrawn, "added": found.added}
        return {"is_stale": found.is_stale, **counts, "summary": stale_sentence(**counts)}


class MeasuredDocumentOut(serializers.ModelSerializer[DocumentAgreement]):
    """One document of a report."""

    title = serializers.CharField(source="document.title", read_only=True)
    external_id = serializers.CharField(source="document.external_id", read_only=True)
    sets = serializers.SerializerMethodField()
    figures = serializers.SerializerMethodField()

    class Meta:
        model = DocumentAgreement
        fields = ["document", "external_id", "title", "sets", "figures"]

    @extend_schema_field(results.ReportedSetOut(many=True))
    def get_sets(self, measured: DocumentAgreement) -> list[Record]:
        """Return the sets that were compared."""
        reported: dict[int, list[Record]] = self.context.get("sets", {})
        return reported.get(measured.document_id, [])

    @extend_schema_field(results.DocumentFiguresOut)
    def get_figures(self, measured: DocumentAgreement) -> Record:
        """Return the figures of all pairs of annotators, pooled."""
        tally = tally_of(measured.measurement.tally)
        return document_record(tally, labels=sorted(tally.spans))


class NewestFirst(IdCursorPagination):
    """Reports, the newest first."""

    ordering = "-id"


class WorstFirst(IdCursorPagination):
    """Documents from worst to best; those without a figure last."""

    ordering = ("worst_first", "id")  # type: ignore[assignment]  # several fields are allowed
    # Many documents may have the same figure: a cursor counts those it has passed.
    offset_cutoff = 10_000_000

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Return the cursor, refusing one that no answer of ours held."""
        cursor = super().decode_cursor(request)
        try:
            float(cursor.position if cursor and cursor.position else 0)
        except ValueError as error:
            raise exceptions.NotFound(self.invalid_cursor_message) from error
        return cursor


def _scope(given: dict[str, Any]) -> Scope:
    """The limits that were sent; those that were not have their defaults."""
    return Scope(
        labels=tuple(given["labels"]),
        annotators=tuple(given["annotators"]),
        documents=tuple(given["documents"]),
        since=given["since"],
        until=given["until"],
        batch=given["batch"],
        suggestions=given["suggestions"],
        blind=given["blind"],
    )


class ReportList(ListAPIView[AgreementReport]):
    """The agreement reports of a project."""

    serializer_class = ReportHeadOut
    pagination_class = NewestFirst
    queryset = AgreementReport.objects.none()

    def get_queryset(self) -> QuerySet[AgreementReport]:
        """Limit to a project in which the person may see all work."""
        user = user_of(self.request)
        project = get_project(self.kwargs["slug"], user=user, capability=Capability.SEE_ALL_WORK)
        return selectors.reports_of(project).defer("result")

    @extend_schema(request=results.ScopeIn, responses={202: ReportDetailOut})
    def post(self, request: Request, slug: str) -> Response:
        """Start a report, over everything or limited; look at its job for how far it is."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.MEASURE)
        given = results.ScopeIn(data=request.data)
        given.is_valid(raise_exception=True)
        report = services.start_report(project, started_by=user, now=timezone.now(), scope=_scope(given.validated_data))
        return Response(ReportDetailOut(report).data, status=status.HTTP_202_ACCEPTED)


class ReportDetail(APIView):
    """One agreement report."""

    @extend_schema(responses=ReportDetailOut)
    def get(self, request: Request, report_id: int) -> Response:
        """Return the figures and whether they are out of date."""
        return Response(ReportDetailOut(selectors.get_report(report_id, user=user_of(request))).data)


class ReportDocuments(ListAPIView[DocumentAgreement]):
    """The documents of an agreement report, from worst to best."""

    serializer_class = MeasuredDocumentOut
    pagination_class = WorstFirst
    queryset = DocumentAgreement.objects.none()

    def get_queryset(self) -> QuerySet[DocumentAgreement]:
        """Limit to a report that the person may see."""
        report = selectors.get_report(self.kwargs["report_id"], user=user_of(self.request))
        return selectors.documents_worst_first(report)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one page, with the sets of its documents read at once."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        sets: dict[int, list[Record]] = {}
        report_id: int = self.kwargs["report_id"]
        for each in selectors.reported_sets(report_id, [measured.document_id for measured in page]):
            row = {"annotation_set": each.annotation_set_id, "name": each.author, "revision": each.revision}
            sets.setdefault(each.annotation_set.document_id, []).append(row)
        rows = MeasuredDocumentOut(page, many=True, context={"sets": sets}).data
        return self.get_paginated_response(rows)


class DisagreementOut(serializers.ModelSerializer[Disagreement]):
    """One thing about which two people differ; `label` is the first's, `other` the second's, "" for nothing."""

    document = serializers.IntegerField(read_only=True)
    versions = results.VersionsOut(source="detail", read_only=True)

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
            "versions",
        ]
        read_only_fields = fields
        extra_kwargs = {"label": {"label": "Label"}}


class ByPlace(IdCursorPagination):
    """Disagreements by id: documents as they were measured, in each in order of the text."""


FILTERS = [OpenApiParameter(name, str, description=words) for name, words in (
    ("kind", "missed, boundary, segmentation, label, attribute or relation"),
    ("label", "A label of one of the two; with kind relation, a relation"),
    ("other", "The label of the other; “nothing” when they have none there"),
    ("one", "One of the two people"),
    ("another", "The other"),
    ("attribute", "The attribute that differs"),
    ("document", "The id of a document"),
    ("words", "What it is about, in small letters, as patterns give it"),
    ("boundary", "What boundaries differ by, as patterns give it"),
    ("side", "With boundary: start or end"),
    ("place", "What begins in a stretch of the text, as 120-180"),
    ("batch", "One import, by the moment at which it was started, as a report gives it"),
)]  # fmt: skip


@extend_schema(parameters=FILTERS)
class ReportDisagreements(ListAPIView[Disagreement]):
    """The disagreements behind an agreement report."""

    serializer_class = DisagreementOut
    pagination_class = ByPlace
    queryset = Disagreement.objects.none()

    def get_queryset(self) -> QuerySet[Disagreement]:
        """Limit to a report that the person may see."""
        report = selectors.get_report(self.kwargs["report_id"], user=user_of(self.request))
        return disagreements_of(report, Filters.of_query(self.request.query_params.dict()))
