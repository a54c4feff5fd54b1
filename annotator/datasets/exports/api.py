"""The API of exports."""

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.datasets.exports import downloads, selectors, services
from annotator.datasets.exports.models import Export
from annotator.datasets.exports.preview import preview_export
from annotator.datasets.exports.serializers import ExportOptionsIn, ExportOut, ExportPreviewOut, parse_options
from annotator.platform.accounts.requests import user_of
from annotator.platform.accounts.scopes import Scope
from projects.roles import Capability
from projects.selectors import get_project


class ExportList(ListAPIView[Export]):
    """The exports of a project."""

    token_scope = Scope.READ

    serializer_class = ExportOut
    queryset = Export.objects.none()

    def get_queryset(self) -> QuerySet[Export]:
        """Return the exports of a project in which the user may export."""
        project = get_project(self.kwargs["slug"], user=user_of(self.request), capability=Capability.EXPORT)
        return selectors.exports_of(project)

    @extend_schema(request=ExportOptionsIn, responses={202: ExportOut})
    def post(self, request: Request, slug: str) -> Response:
        """Start an export."""
        project = get_project(slug, user=user_of(request), capability=Capability.EXPORT)
        options = parse_options(request.data, vocabulary=selectors.vocabulary_of(project))
        export = services.start_export(project, options=options, started_by=user_of(request), now=timezone.now())
        return Response(ExportOut(export).data, status=status.HTTP_202_ACCEPTED)


class ExportPreview(APIView):
    """The preview of an export."""

    token_scope = Scope.READ

    @extend_schema(request=ExportOptionsIn, responses=ExportPreviewOut)
    def post(self, request: Request, slug: str) -> Response:
        """Return the beginning of an export with these options; nothing is stored."""
        project = get_project(slug, user=user_of(request), capability=Capability.EXPORT)
        options = parse_options(request.data, vocabulary=selectors.vocabulary_of(project))
        return Response(ExportPreviewOut(preview_export(project, options)).data)


class ExportDetail(APIView):
    """One export."""

    @extend_schema(responses=ExportOut)
    def get(self, request: Request, export_id: int) -> Response:
        """Return the export, with its manifest when it is done."""
        return Response(ExportOut(selectors.get_export(export_id, user=user_of(request))).data)


class ExportData(APIView):
    """The data of an export."""

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, export_id: int) -> FileResponse:
        """Download the data."""
        return downloads.data_response(selectors.get_export(export_id, user=user_of(request)))


class ExportLosses(APIView):
    """The loss report of an export."""

    @extend_schema(responses={200: OpenApiResponse(OpenApiTypes.OBJECT)})
    def get(self, request: Request, export_id: int) -> FileResponse:
        """Download what the format could not carry: counts by reason, with examples."""
        return downloads.losses_response(selectors.get_export(export_id, user=user_of(request)))


class ExportLossList(APIView):
    """All losses of an export."""

    @extend_schema(responses={(200, "application/gzip"): OpenApiTypes.BINARY})
    def get(self, request: Request, export_id: int) -> FileResponse:
        """Download every loss as compressed JSONL: a line for the items of a set that are lost for one reason."""
        return downloads.loss_list_response(selectors.get_export(export_id, user=user_of(request)))


class ExportManifest(APIView):
    """The manifest of an export."""

    @extend_schema(responses={200: OpenApiResponse(OpenApiTypes.OBJECT)})
    def get(self, request: Request, export_id: int) -> FileResponse:
        """Download the manifest."""
        return downloads.manifest_response(selectors.get_export(export_id, user=user_of(request)))
