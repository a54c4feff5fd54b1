"""Imports over the API."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.imports import services
from annotator.imports.preview.services import discard, start_from_preview
from annotator.imports.selectors import get_preview
from annotator.imports.serializers import ImportAgainIn, ImportIn
from annotator.imports.uploads import IncomingFile
from annotator.platform.accounts.requests import user_of
from annotator.platform.jobs.models import Job
from annotator.platform.jobs.serializers import JobOut
from projects.roles import Capability
from projects.selectors import get_project


class Imports(APIView):
    """Documents and annotation sets from files."""

    accepts_uploads = True
    parser_classes = [MultiPartParser]

    @extend_schema(request={"multipart/form-data": ImportIn}, responses={202: JobOut})
    def post(self, request: Request, slug: str) -> Response:
        """Start an import; the job reports its progress, and its lines report errors."""
        project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
        given = ImportIn(data=request.data)
        given.is_valid(raise_exception=True)
        job = services.start_import(
            project,
            files=[IncomingFile(file.name, file.chunks()) for file in given.validated_data["files"]],
            options=given.options(),
            started_by=user_of(request),
            now=timezone.now(),
        )
        return Response(JobOut(job).data, status=status.HTTP_202_ACCEPTED)


class PreviewedImport(APIView):
    """The files of a preview; they are kept for 24 hours and need not be sent again."""

    @extend_schema(operation_id="projects_imports_import_previewed", request=ImportAgainIn, responses={202: JobOut})
    def post(self, request: Request, slug: str, preview_id: int) -> Response:
        """Import the files of a preview, or preview them again.

        Returns 410 when the files were removed, 409 while another job reads them.
        """
        preview = self._preview(request, slug, preview_id)
        given = ImportAgainIn(data=request.data)
        given.is_valid(raise_exception=True)
        job = start_from_preview(
            preview,
            options=given.options(),
            formats=given.validated_data["formats"],
            started_by=user_of(request),
            now=timezone.now(),
        )
        return Response(JobOut(job).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, preview_id: int) -> Response:
        """Discard the files of a preview."""
        discard(self._preview(request, slug, preview_id))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _preview(self, request: Request, slug: str, preview_id: int) -> Job:
        project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
        return get_preview(preview_id, project=project, user=user_of(request))
