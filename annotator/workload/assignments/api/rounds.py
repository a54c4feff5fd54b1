"""Rounds over the API; for leads."""

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

from annotator.corpus.documents.models import Document
from annotator.platform.accounts.models import User
from annotator.platform.accounts.requests import user_of
from annotator.platform.http.input import (
    BooleanField,
    ChoiceField,
    InputSerializer,
    IntegerField,
    StringField,
    read_input,
)
from annotator.workload.assignments import selectors, services
from annotator.workload.assignments.models import Round, RoundMember, RoundOrder
from projects.models import Project
from projects.roles import Capability
from projects.selectors import get_member_by_name, get_project, get_schema_version


class RoundMemberOut(serializers.ModelSerializer[RoundMember]):
    """A person of a round."""

    username = serializers.CharField(source="user.username")

    class Meta:
        model = RoundMember
        fields = ["username", "annotates_all", "quota"]


class RoundOut(serializers.ModelSerializer[Round]):
    """A round with its people; without people it is for all annotators of the project."""

    schema_version = serializers.IntegerField(source="schema_version.number", default=None, allow_null=True)
    members = RoundMemberOut(many=True)
    documents = serializers.IntegerField(help_text="The number of its documents.")

    class Meta:
        model = Round
        fields = [
            "id", "name", "annotators_per_document", "schema_version", "order", "priority", "is_open", "created_at",
            "members", "documents",
        ]  # fmt: skip


class RoundMemberIn(InputSerializer):
    """A person of a round: whether a slot of every document is kept for them, and at most how many they annotate."""

    username = StringField()
    annotates_all = BooleanField(default=False)
    quota = IntegerField(default=None, allow_null=True, min_value=0)


class RoundChangesIn(InputSerializer):
    """Values of a round to change; those left out stay. `members` replaces all of them."""

    name = StringField(required=False)
    annotators_per_document = IntegerField(required=False)
    schema_version = IntegerField(required=False, allow_null=True, help_text="Its number; null for the newest one.")
    order = ChoiceField(choices=RoundOrder.choices, required=False)
    priority = IntegerField(required=False)
    is_open = BooleanField(required=False)
    members = RoundMemberIn(many=True, required=False)


class RoundIn(RoundChangesIn):
    """A round to create."""

    name = StringField()


class RoundDocumentsIn(InputSerializer):
    """Documents by id, all documents without a round, or all of an import, and the priority that they get."""

    documents = serializers.ListField(child=IntegerField(), required=False)
    without_round = BooleanField(default=False, help_text="Take all documents that are in no round.")
    priority = IntegerField(required=False)


class PlannedOut(serializers.Serializer[object]):
    """How many documents were planned."""

    documents = serializers.IntegerField()


class RoundList(ListAPIView[Round]):
    """The rounds of a project."""

    serializer_class = RoundOut
    queryset = Round.objects.none()

    def get_queryset(self) -> QuerySet[Round]:
        """Return those of a project that the user leads, by id."""
        return selectors.rounds_with_counts(_project(self.request, self.kwargs["slug"])).order_by("id")

    @extend_schema(request=RoundIn, responses={201: RoundOut})
    def post(self, request: Request, slug: str) -> Response:
        """Create a round."""
        project = _project(request, slug)
        values = read_input(RoundIn(data=request.data), _("The round was not created."))
        members = values.pop("members", None)
        created = services.create_round(project, now=timezone.now(), **_columns(project, values))
        return Response(_answer(created, members), status=status.HTTP_201_CREATED)


class RoundDetail(APIView):
    """One round."""

    @extend_schema(responses=RoundOut)
    def get(self, request: Request, round_id: int) -> Response:
        """Return a round."""
        return Response(_answer(selectors.get_round(round_id, user=user_of(request)), None))

    @extend_schema(request=RoundChangesIn, responses=RoundOut)
    def patch(self, request: Request, round_id: int) -> Response:
        """Change a round; existing assignments are kept."""
        changed = selectors.get_round(round_id, user=user_of(request))
        values = read_input(RoundChangesIn(data=request.data), _("The round was not changed."))
        members = values.pop("members", None)
        services.update_round(changed, **_columns(changed.project, values))
        return Response(_answer(changed, members))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, round_id: int) -> Response:
        """Delete a round; its documents and annotations are kept."""
        services.delete_round(selectors.get_round(round_id, user=user_of(request)))
        return Response(status=status.HTTP_204_NO_CONTENT)


class RoundDocuments(APIView):
    """The documents of a round."""

    @extend_schema(request=RoundDocumentsIn, responses=PlannedOut)
    def post(self, request: Request, round_id: int) -> Response:
        """Put documents into a round, and set their priority in it."""
        chosen = selectors.get_round(round_id, user=user_of(request))
        values = read_input(RoundDocumentsIn(data=request.data), _("No document was planned."))
        documents = Document.objects.filter(project=chosen.project)
        if values["without_round"]:
            documents = documents.exclude(plan__round__isnull=False)
        else:
            documents = documents.filter(pk__in=values.get("documents", []))
        count = services.plan_documents(chosen.project, documents, to_round=chosen, priority=values.get("priority"))
        return Response({"documents": count})


def _project(request: Request, slug: str) -> Project:
    return get_project(slug, user=user_of(request), capability=Capability.MANAGE)


def _columns(project: Project, values: dict[str, Any]) -> dict[str, Any]:
    if values.get("schema_version") is not None:
        values["schema_version"] = get_schema_version(project, values["schema_version"])
    return values


def _answer(changed: Round, members: list[dict[str, Any]] | None) -> object:
    if members is not None:
        people: dict[User, tuple[bool, int | None]] = {
            get_member_by_name(changed.project, row["username"]).user: (row["annotates_all"], row["quota"])
            for row in members
        }
        services.set_round_members(changed, people)
    return RoundOut(selectors.rounds_with_counts(changed.project).get(pk=changed.pk)).data
