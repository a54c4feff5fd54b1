"""Exports over the API."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.datasets.exports import downloads, selectors, services
from annotator.datasets.exports.format_registry import JSONL, WRITABLE
from annotator.datasets.exports.models import Export
from annotator.datasets.exports.options import MOST_CONTEXT, MOST_PAIR_SENTENCES, Layout, View, parse_options
from annotator.datasets.exports.preview import Preview, preview_export
from annotator.datasets.transforms.layers import Discontinuous, Nested
from annotator.datasets.transforms.quotation_marks import QuotationMarks
from annotator.platform.accounts.requests import user_of
from annotator.platform.accounts.serializers import UserNameField
from projects.roles import Capability
from projects.selectors import get_project


class ExportOptionsIn(serializers.Serializer[Export]):
    """What an export shall hold; everything may be left out."""

    view = serializers.ChoiceField(choices=list(View), default=View.EACH)
    layout = serializers.ChoiceField(choices=list(Layout), default=Layout.DOCUMENT)
    pseudonyms = serializers.BooleanField(default=False)
    format = serializers.ChoiceField(choices=list(WRITABLE), default=JSONL)
    labels = serializers.ListField(
        child=serializers.CharField(), allow_null=True, default=None, help_text="Only these; null: all."
    )
    attributes = serializers.ListField(
        child=serializers.CharField(),
        allow_null=True,
        default=None,
        help_text="Only these, as `name` or `Label.name`; an empty list: none; null: all.",
    )
    notes = serializers.BooleanField(default=True)
    quotation_marks = serializers.ChoiceField(
        choices=list(QuotationMarks), default=QuotationMarks.KEEP, help_text="Around direct claims."
    )
    nested = serializers.ChoiceField(choices=list(Nested), default=Nested.KEEP)
    discontinuous = serializers.ChoiceField(choices=list(Discontinuous), default=Discontinuous.KEEP)
    window = serializers.IntegerField(
        min_value=0,
        max_value=MOST_CONTEXT,
        allow_null=True,
        default=None,
        help_text="A row a sentence, with so many sentences of context on either side; null: whole documents.",
    )
    negatives = serializers.BooleanField(default=True, help_text="Whether rows without spans leave.")
    guideline = serializers.BooleanField(default=False, help_text="Chat messages: put the guidelines into the first.")
    pair_sentences = serializers.IntegerField(
        min_value=0, max_value=MOST_PAIR_SENTENCES, default=1, help_text="Pairs: how many sentences apart ends may lie."
    )


class ExportOut(serializers.ModelSerializer[Export]):
    """An export; manifest, sha256 and size are empty until its job is done."""

    project = serializers.SlugRelatedField[Export](slug_field="slug", read_only=True)
    created_by = UserNameField()
    job = serializers.PrimaryKeyRelatedField[Export](read_only=True)

    class Meta:
        model = Export
        fields = ["id", "project", "job", "created_by", "created_at", "options", "manifest", "sha256", "size"]


def _given(request: Request) -> dict[str, Any]:
    return request.data if isinstance(request.data, dict) else {"": request.data}


class ExportList(ListAPIView[Export]):
    """The exports of a project."""

    serializer_class = ExportOut
    queryset = Export.objects.none()

    def get_queryset(self) -> QuerySet[Export]:
        """Limit to a project in which the person may export."""
        project = get_project(self.kwargs["slug"], user=user_of(self.request), capability=Capability.EXPORT)
        return selectors.exports_of(project)

    @extend_schema(request=ExportOptionsIn, responses={202: ExportOut})
    def post(self, request: Request, slug: str) -> Response:
        """Start an export."""
        project = get_project(slug, user=user_of(request), capability=Capability.EXPORT)
        options = parse_options(_given(request), vocabulary=selectors.vocabulary_of(project))
        export = services.start_export(project, options=options, started_by=user_of(request), now=timezone.now())
        return Response(ExportOut(export).data, status=status.HTTP_202_ACCEPTED)


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
        options = parse_options(_given(request), vocabulary=selectors.vocabulary_of(project))
        return Response(ExportPreviewOut(preview_export(project, options)).data)


class ExportDetail(APIView):
    """One export."""

    @extend_schema(responses=ExportOut)
    def get(self, request: Request, export_id: int) -> Response:
        """Return what was asked for and, when done, the manifest."""
        return Response(ExportOut(selectors.get_export(export_id, user=user_of(request))).data)


class ExportData(APIView):
    """The data of an export."""

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, export_id: int) -> FileResponse:
        """Download the file: JSONL, or what the format makes."""
        return downloads.data_response(selectors.get_export(export_id, user=user_of(request)))


class ExportLosses(APIView):
    """The loss report of an export."""

    @extend_schema(responses={200: OpenApiResponse(OpenApiTypes.OBJECT)})
    def get(self, request: Request, export_id: int) -> FileResponse:
        """Download what the format could not carry, span by span."""
        return downloads.losses_response(selectors.get_export(export_id, user=user_of(request)))


class ExportManifest(APIView):
    """The manifest of an export."""

    @extend_schema(responses={200: OpenApiResponse(OpenApiTypes.OBJECT)})
    def get(self, request: Request, export_id: int) -> FileResponse:
        """Download the manifest."""
        return downloads.manifest_response(selectors.get_export(export_id, user=user_of(request)))
