"""Documents over the API."""

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.corpus.documents import selectors
from annotator.corpus.documents.downloads import original_response
from annotator.corpus.documents.models import DeletedDocument, Document
from annotator.corpus.documents.segments import segments
from annotator.platform.accounts.requests import user_of
from annotator.platform.accounts.serializers import UserNameField
from annotator.platform.http.pagination import IdCursorPagination
from projects.roles import Capability
from projects.selectors import get_project


class DocumentOut(serializers.ModelSerializer[Document]):
    """A document without its text; `length` counts code points, `sha256` is of the UTF-8 bytes of the text."""

    project = serializers.CharField(source="project.slug")

    class Meta:
        model = Document
        fields = ["id", "project", "external_id", "title", "sha256", "length", "meta", "position", "created_at"]


class DocumentTextOut(serializers.Serializer[Document]):
    """A text and its boundaries: `[gap, length, …]` in code points, each gap since the end of the previous one."""

    id = serializers.IntegerField()
    sha256 = serializers.CharField()
    text = serializers.CharField()
    tokens = serializers.ListField(child=serializers.IntegerField())
    sentences = serializers.ListField(child=serializers.IntegerField())


class DocumentPagination(IdCursorPagination):
    """Pages in the order of the import."""

    ordering = ("position", "id")  # type: ignore[assignment]


class DocumentList(ListAPIView[Document]):
    """The documents of a project; annotators see those assigned to them."""

    serializer_class = DocumentOut
    pagination_class = DocumentPagination
    queryset = Document.objects.none()

    def get_queryset(self) -> QuerySet[Document]:
        """Limit to documents that the user may see."""
        return selectors.documents_of(self.kwargs["slug"], user=user_of(self.request)).select_related("project")


class DeletedDocumentOut(serializers.ModelSerializer[DeletedDocument]):
    """What is known of a deleted document; `used_by` lists reports and releases that contained it, by their ids."""

    deleted_by = UserNameField()

    class Meta:
        model = DeletedDocument
        fields = [
            "id", "external_id", "title", "sha256", "length", "sets", "spans", "used_by", "reason", "deleted_by",
            "deleted_at",
        ]  # fmt: skip


class DeletedDocumentList(ListAPIView[DeletedDocument]):
    """The deleted documents of a project, for members who may see all work."""

    serializer_class = DeletedDocumentOut
    pagination_class = IdCursorPagination
    queryset = DeletedDocument.objects.none()

    def get_queryset(self) -> QuerySet[DeletedDocument]:
        """Limit to a project in which the user may see all work."""
        user = user_of(self.request)
        project = get_project(self.kwargs["slug"], user=user, capability=Capability.SEE_ALL_WORK)
        return selectors.deleted_documents(project)


class DocumentDetail(APIView):
    """One document."""

    @extend_schema(responses=DocumentOut)
    def get(self, request: Request, document_id: int) -> Response:
        """Return the fields of a document."""
        return Response(DocumentOut(selectors.get_document(document_id, user=user_of(request))).data)


class DocumentText(APIView):
    """The text of a document."""

    @extend_schema(responses=DocumentTextOut)
    def get(self, request: Request, document_id: int) -> Response:
        """Return the text as stored, with the boundaries of its tokens and sentences."""
        document = selectors.get_document(document_id, user=user_of(request))
        text = document.text
        return Response({"id": document.pk, "sha256": document.sha256, "text": text, **segments(text)})


class DocumentOriginal(APIView):
    """The original file of a document, such as a web page."""

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, document_id: int) -> HttpResponse:
        """Download the original file; 404 when the document was imported as plain text."""
        return original_response(selectors.get_original(document_id, user=user_of(request)))
