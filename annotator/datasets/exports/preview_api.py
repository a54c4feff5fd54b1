"""The first rows of an export over the API."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.datasets.exports import selectors
from annotator.datasets.exports.api import ExportOptionsIn
from annotator.datasets.exports.options import parse_options
from annotator.datasets.exports.previews import Preview, preview_export
from annotator.platform.accounts.requests import user_of
from projects.roles import Capability
from projects.selectors import get_project


class ExportPreviewPieceOut(serializers.Serializer[Preview]):
    """The beginning of a row or file, laid out for reading."""

    file = serializers.CharField(help_text="Which file of an archive; empty for the only one.")
    text = serializers.CharField()
    is_cut = serializers.BooleanField()


class ExportPreviewOut(serializers.Serializer[Preview]):
    """What an export would begin with."""

    pieces = ExportPreviewPieceOut(many=True)
    documents = serializers.IntegerField(help_text="How many of the first documents would leave.")
    lost = serializers.DictField(child=serializers.IntegerField(), help_text="What these leave behind, by kind.")
    is_binary = serializers.BooleanField(help_text="Whether the format is not made of text; then there are no pieces.")


class ExportPreview(APIView):
    """The first rows of an export."""

    @extend_schema(request=ExportOptionsIn, responses=ExportPreviewOut)
    def post(self, request: Request, slug: str) -> Response:
        """Return what an export with these options would begin with now; nothing is stored."""
        project = get_project(slug, user=user_of(request), capability=Capability.EXPORT)
        given = request.data if isinstance(request.data, dict) else {"": request.data}
        options = parse_options(given, vocabulary=selectors.vocabulary_of(project))
        return Response(ExportPreviewOut(preview_export(project, options)).data)
