"""Assignments over the API."""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.corpus.documents.selectors import get_document
from annotator.corpus.spans.models import SetState
from annotator.platform.accounts.models import User
from annotator.platform.accounts.requests import user_of
from annotator.platform.accounts.scopes import Scope
from annotator.platform.accounts.serializers import UserNameField
from annotator.platform.http.input import ChoiceField, InputSerializer, IntegerField, StringField, read_input
from annotator.problems import NotFound
from annotator.workload.assignments import selectors, services
from annotator.workload.assignments.models import OWN_SKIP_REASONS, Assignment, Skip, SkipDecision, SkipReason
from projects.models import Project
from projects.roles import Capability
from projects.selectors import get_member_by_name, get_project


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
            "submitted_at", "freed_at", "freed_reason",
        ]  # fmt: skip


class AnnotatorIn(InputSerializer):
    """The person who annotates a document."""

    annotator = StringField(help_text="The user name of a member.")


class AssignmentIn(AnnotatorIn):
    """A document to assign to a person."""

    document = IntegerField(help_text="The id of the document.")


class ReasonIn(InputSerializer):
    """Why a slot is freed."""

    reason = StringField(max_length=500, default="", allow_blank=True)


class SkipIn(InputSerializer):
    """Why a document is not for its annotator; another reason needs a note."""

    reason = ChoiceField(choices=OWN_SKIP_REASONS)
    note = StringField(default="", allow_blank=True)


class SkipDecisionIn(InputSerializer):
    """The action for a skipped document; `annotator` for `reassigned`."""

    decision = ChoiceField(choices=SkipDecision.choices)
    annotator = StringField(default="", allow_blank=True, help_text="The user name of a member.")


class SkipOut(serializers.ModelSerializer[Skip]):
    """A skipped document."""

    annotator = serializers.CharField(source="annotator.username")
    external_id = serializers.CharField(source="document.external_id")
    reason = serializers.CharField(help_text="As in the request that skipped the document.")
    decided_by = UserNameField()

    class Meta:
        model = Skip
        fields = [
            "id", "document", "external_id", "annotator", "reason", "note", "created_at", "decision", "decided_by",
            "decided_at",
        ]  # fmt: skip


@extend_schema_serializer(component_name="GivenOut")
class NextDocumentOut(serializers.Serializer[object]):
    """The document to annotate now; `resumed` when it was assigned before."""

    annotation_set = serializers.IntegerField()
    document = serializers.IntegerField()
    resumed = serializers.BooleanField()
    revision = serializers.IntegerField()
    schema_version = serializers.IntegerField()
    guideline_version = serializers.IntegerField()


class AssignmentList(ListAPIView[Assignment]):
    """The assignments of a project: the user's own, or all with the right to see all annotations."""

    serializer_class = AssignmentOut
    queryset = Assignment.objects.none()

    def get_queryset(self) -> QuerySet[Assignment]:
        """Limit to assignments that the user may see."""
        user = user_of(self.request)
        return selectors.visible_assignments(get_project(self.kwargs["slug"], user=user), user)

    @extend_schema(request=AssignmentIn, responses={201: AssignmentOut})
    def post(self, request: Request, slug: str) -> Response:
        """Assign a document to a person (leads only)."""
        project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
        values = read_input(AssignmentIn(data=request.data), _("The document was not assigned."))
        document = get_document(values["document"], user=user_of(request))
        if document.project_id != project.pk:
            raise NotFound(_("There is no document %(number)s in this project.") % {"number": document.pk})
        annotator = get_member_by_name(project, values["annotator"]).user
        assignment = services.assign(document, annotator, now=timezone.now())
        return Response(AssignmentOut(assignment).data, status=status.HTTP_201_CREATED)


class AssignmentDetail(APIView):
    """One assignment."""

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, assignment_id: int) -> Response:
        """Withdraw a document from an annotator who has not started it (leads only)."""
        user = user_of(request)
        services.withdraw(selectors.get_assignment(assignment_id, user=user), by=user, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class FreeSlot(APIView):
    """The slot of an assignment."""

    @extend_schema(request=ReasonIn, responses={204: None})
    def post(self, request: Request, assignment_id: int) -> Response:
        """Free a slot for another annotator; a begun set is kept as unfinished and never counts (leads only)."""
        assignment = selectors.get_assignment(assignment_id, user=user_of(request))
        reason = read_input(ReasonIn(data=request.data), _("The slot was not freed."))["reason"]
        services.free_slot(assignment, reason=reason, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class ResumeAssignment(APIView):
    """An unfinished set."""

    @extend_schema(request=None, responses=AssignmentOut)
    def post(self, request: Request, assignment_id: int) -> Response:
        """Take a free slot again for the user's own unfinished set."""
        user = user_of(request)
        services.resume(selectors.get_own_assignment(assignment_id, user=user))
        return Response(AssignmentOut(selectors.get_own_assignment(assignment_id, user=user)).data)


class Reassign(APIView):
    """The annotator of an assignment."""

    @extend_schema(request=AnnotatorIn, responses={201: AssignmentOut})
    def post(self, request: Request, assignment_id: int) -> Response:
        """Assign a document that its annotator has not submitted to another one (leads only)."""
        assignment = selectors.get_assignment(assignment_id, user=user_of(request))
        annotator = _annotator(request, assignment.document.project)
        return Response(AssignmentOut(services.reassign(assignment, annotator, now=timezone.now())).data, status=201)


class SkipDocument(APIView):
    """A document that is not for its annotator."""

    token_scope = Scope.ANNOTATE

    @extend_schema(request=SkipIn, responses={201: SkipOut})
    def post(self, request: Request, assignment_id: int) -> Response:
        """Skip the user's own open document: it is offered to others, and never again to this user."""
        assignment = selectors.get_own_assignment(assignment_id, user=user_of(request))
        values = read_input(SkipIn(data=request.data), _("The document was not skipped."))
        reason = SkipReason(values["reason"])
        skip = services.skip(assignment, reason=reason, note=values["note"], now=timezone.now())
        return Response(SkipOut(skip).data, status=status.HTTP_201_CREATED)


class SkipList(ListAPIView[Skip]):
    """The documents that annotators skipped, for leads."""

    serializer_class = SkipOut
    queryset = Skip.objects.none()

    def get_queryset(self) -> QuerySet[Skip]:
        """Return those of a project that the user leads, by id."""
        project = get_project(self.kwargs["slug"], user=user_of(self.request), capability=Capability.MANAGE)
        return selectors.skips_of(project).order_by("id")


class DecideSkip(APIView):
    """A decision about a skipped document."""

    @extend_schema(request=SkipDecisionIn, responses=SkipOut)
    def post(self, request: Request, skip_id: int) -> Response:
        """Leave a skipped document to the others, exclude it, or assign it to a person (leads only)."""
        user = user_of(request)
        skip = selectors.get_skip(skip_id, user=user)
        values = read_input(SkipDecisionIn(data=request.data), _("Nothing was decided."))
        name, project = values["annotator"], skip.document.project
        annotator = get_member_by_name(project, name).user if name else None
        decision = SkipDecision(values["decision"])
        services.decide_skip(skip, decision, by=user, now=timezone.now(), annotator=annotator)
        return Response(SkipOut(skip).data)


def _annotator(request: Request, project: Project) -> User:
    values = read_input(AnnotatorIn(data=request.data), _("The document was not assigned."))
    return get_member_by_name(project, values["annotator"]).user


class NextDocument(APIView):
    """The next document of an annotator."""

    token_scope = Scope.ANNOTATE

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
                "revision": assignment.annotation_set.revision,
                "schema_version": assignment.annotation_set.schema_version.number,
                "guideline_version": assignment.annotation_set.guideline_version.number,
            }
        )
