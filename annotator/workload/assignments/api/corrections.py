"""Correcting documents over the API."""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.corpus.documents.models import DocumentCorrection
from annotator.corpus.documents.selectors import corrections_in, corrections_of, get_document
from annotator.platform.accounts.requests import user_of
from annotator.platform.http.input import InputSerializer, StringField, read_input
from annotator.workload.assignments.correction_files import MOST_AT_ONCE, records_of
from annotator.workload.assignments.services.corrections import (
    correct_document,
    correct_documents,
    plan_corrections,
)
from projects.roles import Capability
from projects.selectors import get_project


class CorrectionIn(InputSerializer):
    """What to change of a document; members that are left out stay as they are."""

    title = StringField(required=False, allow_blank=True)
    text = StringField(required=False, trim_whitespace=False)
    meta = serializers.DictField(required=False)


class CorrectionOut(serializers.Serializer[object]):
    """What has changed: `title`, `text`, `meta`."""

    changed = serializers.ListField(child=serializers.CharField())
    sha256 = serializers.CharField(help_text="Of the text as it is now.")


class DocumentCorrectionOut(serializers.ModelSerializer[DocumentCorrection]):
    """Who corrected a document, when, and what changed."""

    corrected_by = serializers.CharField(
        source="corrected_by.username", default=None, allow_null=True, help_text="Null for a command or a deleted user."
    )

    class Meta:
        model = DocumentCorrection
        fields = ["changed", "corrected_by", "corrected_at"]


class CorrectionsIn(InputSerializer):
    """Corrections of documents, each with its `id`, and `title`, `text`, `meta` or fields such as `meta.source`."""

    documents = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=MOST_AT_ONCE)
    dry_run = serializers.BooleanField(required=False, default=False, help_text="Only return what would happen.")


class PlannedCorrectionOut(serializers.Serializer[object]):
    """The result of a correction: `changed`, or why it was refused."""

    id = serializers.CharField(source="record.id")
    document = serializers.IntegerField(source="document.pk", default=None, allow_null=True)
    changed = serializers.ListField(child=serializers.CharField())
    refusal = serializers.CharField(allow_blank=True)


class ProjectCorrectionOut(DocumentCorrectionOut):
    """A correction of a document of the project."""

    class Meta(DocumentCorrectionOut.Meta):
        fields = ["id", "document", *DocumentCorrectionOut.Meta.fields]


class CorrectDocuments(ListAPIView[DocumentCorrection]):
    """Corrections of the documents of a project."""

    serializer_class = ProjectCorrectionOut
    queryset = DocumentCorrection.objects.none()

    def get_queryset(self) -> QuerySet[DocumentCorrection]:
        """Return who corrected which document, when, and what changed, newest first (leads only)."""
        user = user_of(self.request)
        return corrections_in(get_project(self.kwargs["slug"], user=user, capability=Capability.MANAGE))

    @extend_schema(request=CorrectionsIn, responses=PlannedCorrectionOut(many=True))
    def post(self, request: Request, slug: str) -> Response:
        """Correct each of some documents by itself; those on which work has begun are refused."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.MANAGE)
        values = read_input(CorrectionsIn(data=request.data), _("No document was changed."))
        records = records_of(values["documents"])
        if values["dry_run"]:
            plans = plan_corrections(project, records)
        else:
            plans = correct_documents(project, records, by=user, now=timezone.now())
        return Response(PlannedCorrectionOut(plans, many=True).data)


class CorrectDocument(APIView):
    """A correction of a document."""

    @extend_schema(responses=DocumentCorrectionOut(many=True))
    def get(self, request: Request, document_id: int) -> Response:
        """Return the corrections of a document, newest first (leads only)."""
        user = user_of(request)
        document = get_document(document_id, user=user)
        get_project(document.project.slug, user=user, capability=Capability.MANAGE)
        return Response(DocumentCorrectionOut(corrections_of(document), many=True).data)

    @extend_schema(request=CorrectionIn, responses=CorrectionOut)
    def post(self, request: Request, document_id: int) -> Response:
        """Change title, text or metadata of a document before work on it began (leads only)."""
        user = user_of(request)
        document = get_document(document_id, user=user)
        get_project(document.project.slug, user=user, capability=Capability.MANAGE)
        values = read_input(CorrectionIn(data=request.data), _("The document was not changed."))
        changed = correct_document(document, **values, by=user, now=timezone.now())
        document.refresh_from_db(fields=["sha256"])
        return Response({"changed": changed, "sha256": document.sha256})
