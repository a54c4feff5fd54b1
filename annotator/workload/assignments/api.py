"""Who annotates what, over the API."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
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
    """A document in somebody's hands."""

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


class GivenOut(serializers.Serializer[object]):
    """The document to work on now; `resumed` when it was open already."""

    annotation_set = serializers.IntegerField()
    document = serializers.IntegerField()
    resumed = serializers.BooleanField()


class AssignmentList(ListAPIView[Assignment]):
    """The assignments of a project: one's own, or all with the right to see all work."""

    serializer_class = AssignmentOut
    queryset = Assignment.objects.none()

    def get_queryset(self) -> QuerySet[Assignment]:
        """Limit to what the person may see."""
        user = user_of(self.request)
        return selectors.visible_assignments(get_project(self.kwargs["slug"], user=user), user)


class AssignmentDetail(APIView):
    """One assignment."""

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, assignment_id: int) -> Response:
        """Take a document back from an annotator who has done nothing in it (leads only)."""
        services.withdraw(selectors.get_assignment(assignment_id, user=user_of(request)))
        return Response(status=status.HTTP_204_NO_CONTENT)


class NextDocument(APIView):
    """Asking for work."""

    @extend_schema(request=None, responses=GivenOut)
    def post(self, request: Request, slug: str) -> Response:
        """Return the open document of the person, or give them the next one."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.ANNOTATE)
        given = services.next_document(project, user=user, now=timezone.now())
        assignment = given.assignment
        return Response(
            {
                "annotation_set": assignment.annotation_set_id,
                "document": assignment.document_id,
                "resumed": given.resumed,
            }
        )
