"""The ledger over the API."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.ledger import selectors, services
from annotator.ledger.filters import read_filters
from annotator.ledger.models import Ledger, LedgerDecision, LedgerPair, LedgerStatus, Proposition
from annotator.ledger.output import proposition_record
from annotator.ledger.reading.sources import ADJUDICATED
from annotator.ledger.reading.statements import Role
from annotator.platform.accounts.requests import user_of
from annotator.platform.accounts.serializers import UserNameField
from annotator.platform.http.input import ChoiceField, InputSerializer, IntegerField, StringField, read_input
from annotator.platform.http.pagination import IdCursorPagination
from annotator.problems import NotFound
from projects.models import Project
from projects.roles import Capability
from projects.selectors import get_project

VIEW = OpenApiParameter("view", str, description="adjudicated (the default), consensus, or set:NAME")
FILTERS = [
    VIEW,
    OpenApiParameter("status", str, enum=LedgerStatus.values),
    OpenApiParameter("speaker", str, description="The name of a speaker, exactly."),
    OpenApiParameter("role", str, enum=[role.value for role in Role], description="What the speaker does."),
    OpenApiParameter("words", str, description="Words of the proposition."),
    OpenApiParameter("document", int, description="The key of a document."),
    OpenApiParameter("since", OpenApiTypes.DATE),
    OpenApiParameter("until", OpenApiTypes.DATE),
    OpenApiParameter("warnings", bool),
]


class LedgerOut(serializers.ModelSerializer[Ledger]):
    """A ledger; `outdated` is the number of documents that changed since it was made."""

    outdated = serializers.SerializerMethodField()
    propositions = serializers.SerializerMethodField()

    class Meta:
        model = Ledger
        fields = ["view", "made_at", "without_target", "outdated", "propositions"]

    def get_outdated(self, ledger: Ledger) -> int:
        """Return the number of documents that changed since the ledger was made."""
        changed, gone = services.changed_sources(ledger)
        return len(changed) + len(gone)

    def get_propositions(self, ledger: Ledger) -> dict[str, int]:
        """Return the number of propositions by status."""
        return selectors.status_counts(ledger)


class LedgerIn(InputSerializer):
    """Which ledger is brought up to date."""

    view = StringField(default=ADJUDICATED, help_text="adjudicated, consensus, or set:NAME")


class JobStarted(serializers.Serializer[Any]):
    """The job that was started."""

    job = serializers.IntegerField()


class PropositionOut(serializers.ModelSerializer[Proposition]):
    """A proposition without its statements."""

    sourced = serializers.BooleanField(source="is_sourced")
    reported_denial_with_evasion = serializers.BooleanField(source="has_warning")

    class Meta:
        model = Proposition
        fields = [
            "id", "text", "status", "sourced", "reported_denial_with_evasion", "first_seen", "last_seen", "documents",
            "statements",
        ]  # fmt: skip


class LedgerPairOut(serializers.ModelSerializer[LedgerPair]):
    """Two entries that may state the same proposition."""

    first = serializers.PrimaryKeyRelatedField[LedgerPair](read_only=True)
    second = serializers.PrimaryKeyRelatedField[LedgerPair](read_only=True)
    first_text = serializers.CharField(source="first.text")
    second_text = serializers.CharField(source="second.text")

    class Meta:
        model = LedgerPair
        fields = ["id", "first", "first_text", "second", "second_text", "cosine"]


class LedgerDecisionIn(InputSerializer):
    """A decision about two entries."""

    kind = ChoiceField(choices=LedgerDecision.Kind.choices)
    first = IntegerField(min_value=1, help_text="The key of an entry, as in a pair.")
    second = IntegerField(min_value=1)


class LedgerDecisionOut(serializers.ModelSerializer[LedgerDecision]):
    """A decision; `undone_at` is null while it holds."""

    decided_by = UserNameField()
    undone_by = UserNameField()

    class Meta:
        model = LedgerDecision
        fields = [
            "id", "kind", "first_document", "first_start", "first_end", "second_document", "second_start", "second_end",
            "decided_by", "decided_at", "undone_by", "undone_at",
        ]  # fmt: skip


def _ledger(request: Request, project: Project) -> Ledger:
    found = selectors.get_ledger(project, request.query_params.get("view") or ADJUDICATED)
    if found is None:
        raise NotFound("This ledger has not been made yet. POST to make it.")
    return found


class LedgerDetail(APIView):
    """A ledger of a project."""

    @extend_schema(parameters=[VIEW], responses=LedgerOut)
    def get(self, request: Request, slug: str) -> Response:
        """Return the state of a ledger."""
        project = get_project(slug, user=user_of(request), capability=Capability.SEE_ALL_WORK)
        return Response(LedgerOut(_ledger(request, project)).data)

    @extend_schema(request=LedgerIn, responses={202: JobStarted})
    def post(self, request: Request, slug: str) -> Response:
        """Start the job that brings a ledger up to date."""
        project = get_project(slug, user=user_of(request), capability=Capability.MEASURE)
        view = read_input(LedgerIn(data=request.data), "The ledger was not updated.")["view"]
        if view not in selectors.views_of(project):
            raise NotFound("There is no such view of the ledger: use adjudicated, consensus, or set:NAME.")
        job = services.start_update(project, view=view, started_by=user_of(request), now=timezone.now())
        return Response({"job": job.pk}, status=status.HTTP_202_ACCEPTED)


class PropositionList(ListAPIView[Proposition]):
    """The propositions of a ledger."""

    serializer_class = PropositionOut
    pagination_class = IdCursorPagination
    queryset = Proposition.objects.none()

    def get_queryset(self) -> QuerySet[Proposition]:
        """Return the propositions that match the filters, by key."""
        project = get_project(self.kwargs["slug"], user=user_of(self.request), capability=Capability.SEE_ALL_WORK)
        return selectors.propositions_of(_ledger(self.request, project), read_filters(self.request.query_params))

    @extend_schema(parameters=FILTERS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the propositions that match the filters."""
        return super().get(request, *args, **kwargs)


class PropositionDetail(APIView):
    """One proposition with its statements."""

    @extend_schema(responses={200: OpenApiResponse(OpenApiTypes.OBJECT)})
    def get(self, request: Request, slug: str, proposition_id: int) -> Response:
        """Return the proposition as the JSONL export has it."""
        project = get_project(slug, user=user_of(request), capability=Capability.SEE_ALL_WORK)
        found = selectors.get_proposition(project, proposition_id)
        return Response(proposition_record(found, selectors.entries_of([found]).get(found.pk, [])))


class PairList(ListAPIView[LedgerPair]):
    """Pairs of entries that may state the same proposition and wait for a decision."""

    serializer_class = LedgerPairOut
    pagination_class = IdCursorPagination
    queryset = LedgerPair.objects.none()

    def get_queryset(self) -> QuerySet[LedgerPair]:
        """Return the open pairs, by key."""
        project = get_project(self.kwargs["slug"], user=user_of(self.request), capability=Capability.SEE_ALL_WORK)
        return selectors.open_pairs(_ledger(self.request, project))

    @extend_schema(parameters=[VIEW])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the open pairs."""
        return super().get(request, *args, **kwargs)


class DecisionList(ListAPIView[LedgerDecision]):
    """The decisions of a project about the same propositions."""

    serializer_class = LedgerDecisionOut
    pagination_class = IdCursorPagination
    queryset = LedgerDecision.objects.none()

    def get_queryset(self) -> QuerySet[LedgerDecision]:
        """Return the decisions, undone ones included."""
        project = get_project(self.kwargs["slug"], user=user_of(self.request), capability=Capability.SEE_ALL_WORK)
        return selectors.decisions_of(project)

    @extend_schema(request=LedgerDecisionIn, responses={201: LedgerDecisionOut})
    def post(self, request: Request, slug: str) -> Response:
        """Decide whether two entries state the same proposition."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.ADJUDICATE)
        values = read_input(LedgerDecisionIn(data=request.data), "Nothing was decided.")
        decision = services.decide(
            project,
            kind=LedgerDecision.Kind(values["kind"]),
            first=selectors.get_entry(project, values["first"]),
            second=selectors.get_entry(project, values["second"]),
            by=user,
            now=timezone.now(),
        )
        return Response(LedgerDecisionOut(decision).data, status=status.HTTP_201_CREATED)


class DecisionUndo(APIView):
    """The undoing of a decision."""

    @extend_schema(request=None, responses=LedgerDecisionOut)
    def post(self, request: Request, slug: str, decision_id: int) -> Response:
        """Undo a decision."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.ADJUDICATE)
        services.undo_decision(selectors.get_decision(project, decision_id), by=user, now=timezone.now())
        return Response(LedgerDecisionOut(selectors.get_decision(project, decision_id)).data)
