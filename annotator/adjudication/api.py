"""Adjudication over the API."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.adjudication import selectors, services
from annotator.adjudication.board.contents import BoardUnit, read_board
from annotator.adjudication.board.overview import read_overview
from annotator.adjudication.models import Adjudication, AdjudicationState
from annotator.adjudication.problems import InvalidDecision
from annotator.adjudication.serializers import (
    AdjudicationOut,
    DecisionIn,
    DecisionsOut,
    DoneOut,
    ExpectedDecisionsOut,
    RevisionIn,
    RuleOut,
    StartIn,
    UnitsOut,
    WholeAdjudicationOut,
)
from annotator.adjudication.units.versions import AcceptanceRule, Arrow, DecisionKind, letter
from annotator.corpus.spans.values import ChangeError, SpanValue, read_span
from annotator.platform.accounts.requests import user_of
from annotator.platform.accounts.scopes import Scope
from annotator.problems import InvalidInput
from projects.roles import Capability
from projects.selectors import get_project


class AdjudicationList(ListAPIView[Adjudication]):
    """The adjudications of a project."""

    serializer_class = AdjudicationOut
    queryset = Adjudication.objects.none()

    def get_queryset(self) -> QuerySet[Adjudication]:
        """Limit to adjudications that the user may see."""
        project = get_project(self.kwargs["slug"], user=user_of(self.request), capability=Capability.ADJUDICATE)
        return Adjudication.objects.filter(document__project=project).select_related("completed_by").order_by("id")


class RuleDetail(APIView):
    """The rule under which adjudications of a project start."""

    @extend_schema(responses=RuleOut)
    def get(self, request: Request, slug: str) -> Response:
        """Return which spans are accepted automatically, and whether names are hidden."""
        project = get_project(slug, user=user_of(request), capability=Capability.ADJUDICATE)
        return Response(RuleOut(selectors.project_rule(project)).data)

    @extend_schema(request=RuleOut, responses=RuleOut)
    def put(self, request: Request, slug: str) -> Response:
        """Set the rule; it applies to adjudications that start from now on."""
        project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
        data = _read(RuleOut, request)
        rule = services.set_rule(
            project, rule=AcceptanceRule(data["rule"]), blind=data["blind"], least=data.get("least")
        )
        return Response(RuleOut(rule).data)


class AdjudicationDetail(APIView):
    """The adjudication of a document."""

    token_scope = Scope.ANNOTATE

    @extend_schema(responses=WholeAdjudicationOut)
    def get(self, request: Request, document_id: int) -> Response:
        """Return the state of the adjudication."""
        return Response(_whole(selectors.get_adjudication(document_id, user=user_of(request))))

    @extend_schema(request=StartIn, responses={201: WholeAdjudicationOut})
    def post(self, request: Request, document_id: int) -> Response:
        """Start the adjudication of a document."""
        user = user_of(request)
        document = selectors.get_document(document_id, user=user)
        data = _read(StartIn, request)
        rule = AcceptanceRule(data["rule"]) if "rule" in data else None
        adjudication = services.start(
            document, by=user, now=timezone.now(), rule=rule, blind=data.get("blind"), least=data.get("least")
        )
        return Response(_whole(adjudication), status=status.HTTP_201_CREATED)


class Expected(APIView):
    """The decisions to expect from the adjudication of a document."""

    @extend_schema(responses=ExpectedDecisionsOut(many=True))
    def get(self, request: Request, document_id: int) -> Response:
        """Return the expected decisions by how many annotators must agree, all first; none for very long documents."""
        document = selectors.get_document(document_id, user=user_of(request))
        return Response(ExpectedDecisionsOut(services.expected_decisions(document), many=True).data)


class UnitList(APIView):
    """The units of an adjudication."""

    @extend_schema(
        responses=UnitsOut,
        parameters=[OpenApiParameter("open", bool, description="Only units that need a decision.")],
    )
    def get(self, request: Request, document_id: int) -> Response:
        """Return the versions of all annotators at each unit, and the decisions."""
        adjudication = selectors.get_adjudication(document_id, user=user_of(request))
        board = read_board(adjudication)
        overview = read_overview(adjudication)
        units = board.open if request.query_params.get("open") in ("true", "1") else board.units
        records = [_unit(unit, overview.location_of(unit.row.pk)) for unit in units]
        return Response({"revision": adjudication.revision, "units": records})


class Decisions(APIView):
    """The decisions of an adjudication."""

    token_scope = Scope.ANNOTATE

    @extend_schema(
        responses=DecisionsOut,
        parameters=[OpenApiParameter("since", int, description="The revision after which to begin; 0 for all.")],
    )
    def get(self, request: Request, document_id: int) -> Response:
        """Return the decisions since a revision, in order."""
        adjudication = selectors.get_adjudication(document_id, user=user_of(request))
        since = request.query_params.get("since", "0")
        if not (since.isascii() and since.isdigit() and len(since) < 10):
            raise InvalidInput("“since” must be a whole number from 0.")
        records = [_decision(record) for record in selectors.decisions_since(adjudication, int(since))]
        return Response({"revision": adjudication.revision, "decisions": records})

    @extend_schema(request=DecisionIn, responses={201: DoneOut})
    def post(self, request: Request, document_id: int) -> Response:
        """Decide about a unit; 409 `stale_adjudication` when another user decided it since `base_revision`."""
        user = user_of(request)
        adjudication = selectors.get_adjudication(document_id, user=user)
        data = _read(DecisionIn, request)
        base = {"base_revision": data["base_revision"], "by": user, "now": timezone.now()}
        if data["kind"] == DecisionKind.ADDED:
            result = _add(adjudication, data, _spans(request.data), base)
        else:
            result = services.decide(adjudication, _choice(data, _spans(request.data)), **base)
        return Response(_result(result), status=status.HTTP_201_CREATED)


class Undo(APIView):
    """Undo in an adjudication."""

    token_scope = Scope.ANNOTATE

    @extend_schema(request=RevisionIn, responses=DoneOut)
    def post(self, request: Request, document_id: int) -> Response:
        """Undo the user's own last action."""
        user = user_of(request)
        adjudication = selectors.get_adjudication(document_id, user=user)
        base = _read(RevisionIn, request)["base_revision"]
        return Response(_result(services.undo(adjudication, base_revision=base, by=user, now=timezone.now())))


class Complete(APIView):
    """Completion of an adjudication."""

    token_scope = Scope.ANNOTATE

    @extend_schema(request=RevisionIn, responses=WholeAdjudicationOut)
    def post(self, request: Request, document_id: int) -> Response:
        """Complete the adjudication; every location must be decided, and by no one else since the revision."""
        user = user_of(request)
        adjudication = selectors.get_adjudication(document_id, user=user)
        base = _read(RevisionIn, request)["base_revision"]
        return Response(_whole(services.complete(adjudication, base_revision=base, by=user, now=timezone.now())))


class Reopen(APIView):
    """Reopening of an adjudication."""

    token_scope = Scope.ANNOTATE

    @extend_schema(request=None, responses=WholeAdjudicationOut)
    def post(self, request: Request, document_id: int) -> Response:
        """Reopen a completed adjudication and apply the changes of annotators."""
        user = user_of(request)
        adjudication = selectors.get_adjudication(document_id, user=user)
        return Response(_whole(services.reopen(adjudication, by=user, now=timezone.now())))


class Refresh(APIView):
    """Updates from annotators."""

    token_scope = Scope.ANNOTATE

    @extend_schema(request=None, responses=WholeAdjudicationOut)
    def post(self, request: Request, document_id: int) -> Response:
        """Apply what annotators submitted since; decisions stay unless a new version contradicts them."""
        user = user_of(request)
        adjudication = selectors.get_adjudication(document_id, user=user)
        return Response(_whole(services.refresh(adjudication, by=user, now=timezone.now())))


def _read(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    serializer = shape(data=request.data)
    serializer.is_valid(raise_exception=True)
    data: dict[str, Any] = serializer.validated_data
    return data


def _spans(raw: Any) -> tuple[SpanValue, ...]:
    """The spans of a request, read by the strict rules of annotation sets."""
    try:
        return tuple(read_span(item, f"/spans/{index}") for index, item in enumerate(raw.get("spans") or []))
    except ChangeError as error:
        detail = f"Not saved: {error.detail}"
        raise InvalidDecision(detail, errors=[{"pointer": error.pointer, "detail": error.detail}]) from error


def _add(
    adjudication: Adjudication, data: dict[str, Any], spans: Sequence[SpanValue], base: dict[str, Any]
) -> services.ActionResult:
    """Add a span, or a relation between two units."""
    rationale = services.Rationale(data.get("reason", ""), data.get("section", ""), data.get("note", ""))
    arrows = _arrows(data)
    if len(spans) == 1 and not arrows:
        return services.add_span(adjudication, spans[0], rationale, **base)
    if len(arrows) == 1 and not spans and {"from_unit", "to_unit"} <= data.keys():
        return services.add_relation(adjudication, arrows[0], (data["from_unit"], data["to_unit"]), rationale, **base)
    raise InvalidInput("“added” takes one span, or one label or relation with “from_unit” and “to_unit”.")


def _arrows(data: dict[str, Any]) -> tuple[Arrow, ...]:
    """The relations of a request: labels alone, or labels with the spans that they join."""
    named = [Arrow(item["label"], item.get("from_part"), item.get("to_part")) for item in data.get("relations", ())]
    return (*(Arrow(label) for label in data.get("labels", ())), *named)


def _choice(data: dict[str, Any], spans: tuple[SpanValue, ...]) -> services.Choice:
    if "unit" not in data:
        detail = "Give the unit of the decision."
        raise InvalidInput(detail, errors=[{"pointer": "/unit", "detail": detail}])
    return services.Choice(
        unit=data["unit"],
        kind=DecisionKind(data["kind"]),
        source=data.get("position"),
        spans=spans,
        arrows=_arrows(data),
        merge_with=tuple(data.get("merge_with", ())),
        reason=data.get("reason", ""),
        section=data.get("section", ""),
        note=data.get("note", ""),
    )


def _result(result: services.ActionResult) -> dict[str, Any]:
    return {"revision": result.revision, "meanwhile": result.later_actions, "open": result.open, "unit": result.unit}


def _whole(adjudication: Adjudication) -> dict[str, Any]:
    overview = read_overview(adjudication)
    hidden = adjudication.blind and adjudication.state == AdjudicationState.OPEN
    sources = [
        {
            "position": source.position,
            "letter": letter(source.position),
            "name": None if hidden else source.annotation_set.name,
            "annotation_set": None if hidden else source.annotation_set_id,
            "revision": source.revision,
        }
        for source in selectors.sources_of(adjudication)
    ]
    counts = {
        "units": overview.units,
        "contested": len(overview.keys),
        "open": len(overview.open),
        "locations": len(overview.starts),
        "open_locations": overview.open_locations,
    }
    moved = {"moved": bool(selectors.changed_sources(adjudication))}
    return {**AdjudicationOut(adjudication).data, "sources": sources, **counts, **moved}


def _unit(unit: BoardUnit, location: int | None) -> dict[str, Any]:
    row = unit.row
    return {
        "id": row.pk,
        "location": location,
        "kind": row.kind,
        "start": row.start,
        "end": row.end,
        "differs": row.kinds,
        "standing": unit.status.value,
        "is_moved": row.is_moved,
        "from_unit": row.from_unit_id,
        "to_unit": row.to_unit_id,
        "versions": row.versions,
        "decision": None if unit.decision is None else _decision(selectors.decision_record(unit.decision)),
    }


def _decision(record: dict[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in record.items() if name != "source"}
    return fields | {"position": record["source"]}
