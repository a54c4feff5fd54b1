"""Imports over the API."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.formats.registry import READABLE
from annotator.imports import previews, services
from annotator.imports.conversion import AUTO
from annotator.imports.novelties import NewLabels
from annotator.imports.selectors import get_preview
from annotator.imports.services import ImportOptions
from annotator.imports.uploads import IncomingFile
from annotator.platform.accounts.requests import user_of
from annotator.platform.jobs.models import Job
from annotator.platform.jobs.serializers import JobOut
from projects.roles import Capability
from projects.selectors import get_project


class ImportIn(serializers.Serializer[Job]):
    """Files, how to read them, and what to do about what is bad or new in them."""

    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True, max_length=200),
        help_text="Files of any format that is read, or zip archives of them.",
    )
    format = serializers.CharField(default=AUTO, max_length=40, help_text=f"{AUTO}, {', '.join(READABLE)}.")
    new_labels = serializers.ChoiceField(
        choices=list(NewLabels),
        default=NewLabels.REFUSE,
        help_text="What to do with names that the schema lacks: refuse the file, add them to a new version, skip them.",
    )
    map = serializers.CharField(
        default="", allow_blank=True, max_length=200_000, help_text="JSON: what names in the files are called here."
    )
    preview = serializers.BooleanField(default=False, help_text="Store nothing; only report.")
    skip_bad = serializers.BooleanField(
        default=False, help_text="Take the good lines of a file when others are bad; otherwise nothing of it is taken."
    )
    encoding = serializers.CharField(
        default="", allow_blank=True, max_length=40, help_text="What the files are in, when it is not UTF-8."
    )


class ImportAgainIn(serializers.Serializer[Job]):
    """What to do with files that were looked at; what is left out is as in an import that sends files."""

    formats = serializers.ListField(
        child=serializers.CharField(max_length=40),
        default=list,
        max_length=services.MOST_FILES,
        help_text="The format of each file, in their order; what is left out stays as it was.",
    )
    new_labels = serializers.ChoiceField(choices=list(NewLabels), default=NewLabels.REFUSE)
    map = serializers.CharField(default="", allow_blank=True, max_length=200_000)
    preview = serializers.BooleanField(default=False, help_text="Look once more instead of importing.")
    skip_bad = serializers.BooleanField(default=False)
    encoding = serializers.CharField(default="", allow_blank=True, max_length=40)


class Imports(APIView):
    """Documents and annotation sets out of files."""

    accepts_uploads = True
    parser_classes = [MultiPartParser]

    @extend_schema(request={"multipart/form-data": ImportIn}, responses={202: JobOut})
    def post(self, request: Request, slug: str) -> Response:
        """Start an import; the job tells how it goes, and its lines what was wrong."""
        project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
        given = ImportIn(data=request.data)
        given.is_valid(raise_exception=True)
        job = services.start_import(
            project,
            files=[IncomingFile(file.name, file.chunks()) for file in given.validated_data["files"]],
            options=ImportOptions(**{name: value for name, value in given.validated_data.items() if name != "files"}),
            started_by=user_of(request),
            now=timezone.now(),
        )
        return Response(JobOut(job).data, status=status.HTTP_202_ACCEPTED)


class PreviewedImport(APIView):
    """Files that a preview has looked at; they are kept for a day and need not be sent again."""

    @extend_schema(operation_id="projects_imports_import_previewed", request=ImportAgainIn, responses={202: JobOut})
    def post(self, request: Request, slug: str, preview_id: int) -> Response:
        """Import the files of a preview, or look at them once more; 410 when they are gone, 409 while they are read."""
        preview = self._preview(request, slug, preview_id)
        given = ImportAgainIn(data=request.data)
        given.is_valid(raise_exception=True)
        formats = given.validated_data["formats"]
        options = ImportOptions(**{name: value for name, value in given.validated_data.items() if name != "formats"})
        job = previews.start_from_preview(
            preview, options=options, formats=formats, started_by=user_of(request), now=timezone.now()
        )
        return Response(JobOut(job).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, preview_id: int) -> Response:
        """Throw the files of a preview away."""
        previews.discard(self._preview(request, slug, preview_id))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _preview(self, request: Request, slug: str, preview_id: int) -> Job:
        project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
        return get_preview(preview_id, project=project, user=user_of(request))
