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
from annotator.adjudication.board.contents import UnitSeen, read_board
from annotator.adjudication.board.overview import read_overview
from annotator.adjudication.models import Adjudication, AdjudicationState
from annotator.adjudication.problems import InvalidDecision
from annotator.adjudication.serializers import (
    AdjudicationOut,
    DecisionIn,
    DecisionsOut,
    DoneOut,
    RevisionIn,
    RuleOut,
    StartIn,
    UnitsOut,
    WholeAdjudicationOut,
)
from annotator.adjudication.units.versions import DecisionKind, SettlingRule, letter
from annotator.corpus.spans.values import ChangeError, SpanValue, read_span
from annotator.platform.accounts.requests import user_of
from annotator.problems import InvalidInput
from projects.roles import Capability
from projects.selectors import get_project


class AdjudicationList(ListAPIView[Adjudication]):
    """The adjudications of a project that have been started."""

    serializer_class = AdjudicationOut
    queryset = Adjudication.objects.none()

    def get_queryset(self) -> QuerySet[Adjudication]:
        """Limit to what the person may settle."""
        project = get_project(self.kwargs["slug"], user=user_of(self.request), capability=Capability.ADJUDICATE)
        return Adjudication.objects.filter(document__project=project).select_related("settled_by").order_by("id")


class RuleDetail(APIView):
    """The rule under which adjudications of a project start."""

    @extend_schema(responses=RuleOut)
    def get(self, request: Request, slug: str) -> Response:
        """Return what settles itself, and whether names are hidden."""
        project = get_project(slug, user=user_of(request), capability=Capability.ADJUDICATE)
        return Response(RuleOut(selectors.project_rule(project)).data)

    @extend_schema(request=RuleOut, responses=RuleOut)
    def put(self, request: Request, slug: str) -> Response:
        """State it; holds for adjudications that start from now on."""
        project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
        given = _read(RuleOut, request)
        stated = services.state_rule(project, rule=SettlingRule(given["rule"]), blind=given["blind"])
        return Response(RuleOut(stated).data)


class AdjudicationDetail(APIView):
    """The adjudication of a document."""

    @extend_schema(responses=WholeAdjudicationOut)
    def get(self, request: Request, document_id: int) -> Response:
        """Return where it stands."""
        return Response(_whole(selectors.get_adjudication(document_id, user=user_of(request))))

    @extend_schema(request=StartIn, responses={201: WholeAdjudicationOut})
    def post(self, request: Request, document_id: int) -> Response:
        """Begin to settle a document."""
        user = user_of(request)
        document = selectors.get_document(document_id, user=user)
        given = _read(StartIn, request)
        rule = SettlingRule(given["rule"]) if "rule" in given else None
        started = services.start(document, by=user, now=timezone.now(), rule=rule, blind=given.get("blind"))
        return Response(_whole(started), status=status.HTTP_201_CREATED)


class UnitList(APIView):
    """The units of an adjudication."""

    @extend_schema(
        responses=UnitsOut,
        parameters=[OpenApiParameter("open", bool, description="Only those that are still to be decided.")],
    )
    def get(self, request: Request, document_id: int) -> Response:
        """Return what every annotator has at each place, and what was decided."""
        adjudication = selectors.get_adjudication(document_id, user=user_of(request))
        board = read_board(adjudication)
        units = board.open if request.query_params.get("open") in ("true", "1") else board.units
        return Response({"revision": adjudication.revision, "units": [_unit(unit) for unit in units]})


class Decisions(APIView):
    """What was decided in an adjudication."""

    @extend_schema(
        responses=DecisionsOut,
        parameters=[OpenApiParameter("since", int, description="The revision after which to begin; 0 for all.")],
    )
    def get(self, request: Request, document_id: int) -> Response:
        """Return what was done since a revision, in order."""
        adjudication = selectors.get_adjudication(document_id, user=user_of(request))
        since = request.query_params.get("since", "0")
        if not (since.isascii() and since.isdigit() and len(since) < 10):
            raise InvalidInput("“since” must be a whole number from 0.")
        records = [_decision(each) for each in selectors.decisions_since(adjudication, int(since))]
        return Response({"revision": adjudication.revision, "decisions": records})

    @extend_schema(request=DecisionIn, responses={201: DoneOut})
    def post(self, request: Request, document_id: int) -> Response:
        """Decide about a unit; 409 `stale_adjudication` when somebody decided about it since `base_revision`."""
        user = user_of(request)
        adjudication = selectors.get_adjudication(document_id, user=user)
        given = _read(DecisionIn, request)
        base = {"base_revision": given["base_revision"], "by": user, "now": timezone.now()}
        if given["kind"] == DecisionKind.ADDED:
            done = _added(adjudication, given, _spans(request.data), base)
        else:
            done = services.decide(adjudication, _choice(given, _spans(request.data)), **base)
        return Response(_done(done), status=status.HTTP_201_CREATED)


class Undo(APIView):
    """Taking back."""

    @extend_schema(request=RevisionIn, responses=DoneOut)
    def post(self, request: Request, document_id: int) -> Response:
        """Take one's own last action back."""
        user = user_of(request)
        adjudication = selectors.get_adjudication(document_id, user=user)
        base = _read(RevisionIn, request)["base_revision"]
        return Response(_done(services.undo(adjudication, base_revision=base, by=user, now=timezone.now())))


class Settle(APIView):
    """Settling."""

    @extend_schema(request=RevisionIn, responses=WholeAdjudicationOut)
    def post(self, request: Request, document_id: int) -> Response:
        """Settle the document; everything has to be decided and seen."""
        user = user_of(request)
        adjudication = selectors.get_adjudication(document_id, user=user)
        base = _read(RevisionIn, request)["base_revision"]
        return Response(_whole(services.settle(adjudication, base_revision=base, by=user, now=timezone.now())))


class Reopen(APIView):
    """Opening again."""

    @extend_schema(request=None, responses=WholeAdjudicationOut)
    def post(self, request: Request, document_id: int) -> Response:
        """Open a settled document again; what annotators changed is taken over."""
        user = user_of(request)
        adjudication = selectors.get_adjudication(document_id, user=user)
        return Response(_whole(services.reopen(adjudication, by=user, now=timezone.now())))


class Refresh(APIView):
    """Taking over what moved."""

    @extend_schema(request=None, responses=WholeAdjudicationOut)
    def post(self, request: Request, document_id: int) -> Response:
        """Take over what annotators handed in since; decisions stand unless somebody now contradicts them."""
        user = user_of(request)
        adjudication = selectors.get_adjudication(document_id, user=user)
        return Response(_whole(services.refresh(adjudication, by=user, now=timezone.now())))


def _read(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    read: dict[str, Any] = given.validated_data
    return read


def _spans(raw: Any) -> tuple[SpanValue, ...]:
    """The spans of a request, read by the strict rules of annotation sets."""
    try:
        return tuple(read_span(item, f"/spans/{place}") for place, item in enumerate(raw.get("spans") or []))
    except ChangeError as error:
        detail = f"Nothing was saved: {error.detail}"
        raise InvalidDecision(detail, errors=[{"pointer": error.pointer, "detail": error.detail}]) from error


def _added(
    adjudication: Adjudication, given: dict[str, Any], spans: Sequence[SpanValue], base: dict[str, Any]
) -> services.Done:
    """Add a span, or a relation between two units."""
    why = services.Why(given.get("reason", ""), given.get("section", ""), given.get("note", ""))
    labels = given.get("labels", [])
    if len(spans) == 1 and not labels:
        return services.add_span(adjudication, spans[0], why, **base)
    if len(labels) == 1 and not spans and {"from_unit", "to_unit"} <= given.keys():
        return services.add_relation(adjudication, labels[0], (given["from_unit"], given["to_unit"]), why, **base)
    raise InvalidInput("“added” takes one span, or one label with “from_unit” and “to_unit”.")


def _choice(given: dict[str, Any], spans: tuple[SpanValue, ...]) -> services.Choice:
    if "unit" not in given:
        detail = "Say which unit the decision is about."
        raise InvalidInput(detail, errors=[{"pointer": "/unit", "detail": detail}])
    return services.Choice(
        unit=given["unit"],
        kind=DecisionKind(given["kind"]),
        source=given.get("position"),
        spans=spans,
        labels=tuple(given.get("labels", ())),
        merge_with=tuple(given.get("merge_with", ())),
        reason=given.get("reason", ""),
        section=given.get("section", ""),
        note=given.get("note", ""),
    )


def _done(done: services.Done) -> dict[str, Any]:
    return {"revision": done.revision, "meanwhile": done.meanwhile, "open": done.open, "unit": done.unit}


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
    counts = {"units": overview.units, "contested": len(overview.contested), "open": len(overview.open)}
    moved = {"moved": bool(selectors.moved_sources(adjudication))}
    return {**AdjudicationOut(adjudication).data, "sources": sources, **counts, **moved}


def _unit(unit: UnitSeen) -> dict[str, Any]:
    row = unit.row
    return {
        "id": row.pk,
        "kind": row.kind,
        "start": row.start,
        "end": row.end,
        "differs": row.kinds,
        "standing": unit.standing.value,
        "is_moved": row.is_moved,
        "from_unit": row.from_unit_id,
        "to_unit": row.to_unit_id,
        "versions": row.versions,
        "decision": None if unit.decision is None else _decision(selectors.decision_record(unit.decision)),
    }


def _decision(record: dict[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in record.items() if name != "source"}
    return told | {"position": record["source"]}
