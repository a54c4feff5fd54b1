"""Exclusions and the review of submitted sets over the API; for leads."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.corpus.documents.selectors import get_document
from annotator.corpus.spans import exclusions
from annotator.corpus.spans.models import AnnotationSet, Exclusion
from annotator.corpus.spans.selectors import get_set
from annotator.corpus.spans.serializers import SetOut
from annotator.platform.accounts.models import User
from annotator.platform.accounts.requests import user_of
from annotator.platform.accounts.serializers import UserNameField
from annotator.platform.http.input import ChoiceField, InputSerializer, IntegerField, StringField, read_input
from annotator.problems import InvalidInput, NotFound
from annotator.workload.assignments import services
from projects.models import Project
from projects.roles import Capability
from projects.selectors import get_project


class ExclusionIn(InputSerializer):
    """What to exclude, exactly one of a set, a document and a person, and why."""

    annotation_set = IntegerField(required=False)
    document = IntegerField(required=False)
    person = StringField(required=False, help_text="The user name, or the name in imported files.")
    person_kind = ChoiceField(choices=[kind.value for kind in exclusions.PERSON_KINDS], default="annotator")
    reason = StringField(help_text="Shown wherever figures leave this work out.")


class ExclusionOut(serializers.ModelSerializer[Exclusion]):
    """An exclusion; in force while `lifted_at` is null."""

    excluded_by = UserNameField()
    lifted_by = UserNameField()

    class Meta:
        model = Exclusion
        fields = [
            "id", "annotation_set", "document", "person", "person_kind", "reason", "excluded_by", "excluded_at",
            "lifted_by", "lifted_at",
        ]  # fmt: skip


class LiftedOut(ExclusionOut):
    """A lifted exclusion; `without_slot` counts sets that are used again although others have taken their slots."""

    without_slot = serializers.IntegerField()

    class Meta(ExclusionOut.Meta):
        fields = [*ExclusionOut.Meta.fields, "without_slot"]


class ExclusionList(ListAPIView[Exclusion]):
    """What is or was excluded from a project."""

    serializer_class = ExclusionOut
    queryset = Exclusion.objects.none()

    def get_queryset(self) -> QuerySet[Exclusion]:
        """Return those of a project in which the user sees all annotations, by id."""
        user, slug = user_of(self.request), self.kwargs["slug"]
        return exclusions.exclusions_of(get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)).order_by("id")

    @extend_schema(request=ExclusionIn, responses={201: ExclusionOut})
    def post(self, request: Request, slug: str) -> Response:
        """Leave out a set, a document or a person's work: of reports, exports, releases, adjudication and slots."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.MANAGE)
        values = read_input(ExclusionIn(data=request.data), _("Nothing was excluded."))
        target = _target(values, project, user)
        exclusion = services.exclude_work(project, target, reason=values["reason"], by=user, now=timezone.now())
        return Response(ExclusionOut(exclusion).data, status=status.HTTP_201_CREATED)


class LiftExclusion(APIView):
    """The end of an exclusion."""

    @extend_schema(request=None, responses=LiftedOut)
    def post(self, request: Request, exclusion_id: int) -> Response:
        """Use excluded work again."""
        user = user_of(request)
        exclusion = exclusions.get_exclusion(exclusion_id, user=user)
        without_slot = services.lift_exclusion(exclusion, by=user, now=timezone.now())
        exclusion.refresh_from_db()
        return Response({**ExclusionOut(exclusion).data, "without_slot": without_slot})


class NoteIn(InputSerializer):
    """What the annotator should change."""

    note = StringField()


class ReturnSet(APIView):
    """A submitted set that goes back to its annotator."""

    @extend_schema(request=NoteIn, responses=SetOut)
    def post(self, request: Request, set_id: int) -> Response:
        """Send a submitted set back to its annotator with a note (leads only)."""
        annotation_set = _managed_set(request, set_id)
        note = read_input(NoteIn(data=request.data), _("The set was not returned."))["note"]
        services.return_set(annotation_set, note=note, by=user_of(request), now=timezone.now())
        return Response(SetOut(annotation_set).data)


class ApproveSet(APIView):
    """A submitted set that waits for review."""

    @extend_schema(request=None, responses=SetOut)
    def post(self, request: Request, set_id: int) -> Response:
        """Let a submitted set count, in a project with review (leads only)."""
        return Response(SetOut(services.approve(_managed_set(request, set_id))).data)


def _managed_set(request: Request, set_id: int) -> AnnotationSet:
    """Return a set of a project that the user leads."""
    annotation_set = get_set(set_id, user=user_of(request))
    get_project(annotation_set.document.project.slug, user=user_of(request), capability=Capability.MANAGE)
    return annotation_set


def _target(values: dict[str, Any], project: Project, user: User) -> exclusions.Target:
    chosen = [name for name in ("annotation_set", "document", "person") if values.get(name) is not None]
    if len(chosen) != 1:
        detail = _("Give exactly one of annotation_set, document and person.")
        raise InvalidInput(detail, errors=[{"pointer": "", "detail": detail}])
    if chosen == ["person"]:
        return exclusions.Person(values["person"], values["person_kind"])
    if chosen == ["document"]:
        document = get_document(values["document"], user=user)
        owner, target = document.project_id, document
    else:
        annotation_set = get_set(values["annotation_set"], user=user)
        owner, target = annotation_set.document.project_id, annotation_set  # type: ignore[assignment]
    if owner != project.pk:
        raise NotFound(_("This project has no such document or annotation set."))
    return target
