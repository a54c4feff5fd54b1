"""Assignments over the API."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.corpus.spans.models import SetState
from annotator.platform.accounts.requests import user_of
from annotator.workload.assignments import selectors, services
from annotator.workload.assignments.models import Assignment
from projects.roles import Capability
from projects.selectors import get_project


class AssignmentOut(serializers.ModelSerializer[Assignment]):
    """A document assigned to an annotator."""

    annotator = serializers.CharField(source="annotator.username")
    title = serializers.CharField(source="document.title")
    external_id = serializers.CharField(source="document.external_id")
    state = serializers.ChoiceField(source="annotation_set.state", choices=SetState.choices)
    revision = serializers.IntegerField(source="annotation_set.revision")
    submitted_at = serializers.DateTimeField(source="annotation_set.submitted_at", allow_null=True)

    class Meta:
        model = Assignment
        fields = [
            "id", "document", "external_id", "title", "annotation_set", "annotator", "state", "revision", "created_at",
            "submitted_at",
        ]  # fmt: skip


@extend_schema_serializer(component_name="GivenOut")
class NextDocumentOut(serializers.Serializer[object]):
    """The document to annotate now; `resumed` when it was assigned before."""

    annotation_set = serializers.IntegerField()
    document = serializers.IntegerField()
    resumed = serializers.BooleanField()


class AssignmentList(ListAPIView[Assignment]):
    """The assignments of a project: the user's own, or all with the right to see all annotations."""

    serializer_class = AssignmentOut
    queryset = Assignment.objects.none()

    def get_queryset(self) -> QuerySet[Assignment]:
        """Limit to assignments that the user may see."""
        user = user_of(self.request)
        return selectors.visible_assignments(get_project(self.kwargs["slug"], user=user), user)


class AssignmentDetail(APIView):
    """One assignment."""

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, assignment_id: int) -> Response:
        """Withdraw a document from an annotator who has not started it (leads only)."""
        services.withdraw(selectors.get_assignment(assignment_id, user=user_of(request)))
        return Response(status=status.HTTP_204_NO_CONTENT)


class NextDocument(APIView):
    """The next document of an annotator."""

    @extend_schema(request=None, responses=NextDocumentOut)
    def post(self, request: Request, slug: str) -> Response:
        """Return the user's open document, or assign the next one."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.ANNOTATE)
        result = services.next_document(project, user=user, now=timezone.now())
        assignment = result.assignment
        return Response(
            {
                "annotation_set": assignment.annotation_set_id,
                "document": assignment.document_id,
                "resumed": result.resumed,
            }
        )
