"""Annotation sets over the API. Saving and reading changes are the hot path: read by hand, written by orjson."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.corpus.documents.selectors import get_document
from annotator.corpus.spans import lifecycle, selectors, services
from annotator.corpus.spans.changes import parse_changes
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.serializers import AppliedOut, ChangesIn, LogOut, SetOut, WholeSetOut
from annotator.platform.accounts.requests import user_of
from annotator.platform.snapshots import read_snapshot
from annotator.problems import InvalidInput
from projects.roles import Capability
from projects.selectors import get_project

LARGEST_REVISION = 2**31 - 1


class SetsOfDocument(ListAPIView[AnnotationSet]):
    """The sets over a document; an annotator sees their own."""

    serializer_class = SetOut
    queryset = AnnotationSet.objects.none()

    def get_queryset(self) -> QuerySet[AnnotationSet]:
        """Limit to what the person may see."""
        user = user_of(self.request)
        document = get_document(self.kwargs["document_id"], user=user)
        sets = selectors.sets_of_document(document, user=user)
        return sets.select_related("schema_version", "guideline_version")


class SetDetail(APIView):
    """One annotation set."""

    @extend_schema(
        responses=WholeSetOut,
        parameters=[OpenApiParameter("revision", int, description="The set as it was then; as it is, when left out.")],
    )
    def get(self, request: Request, set_id: int) -> Response:
        """Return the set with its spans and relations, now or at an earlier revision."""
        found = selectors.get_set(set_id, user=user_of(request))
        wanted = request.query_params.get("revision")
        with read_snapshot():
            found.refresh_from_db(fields=["revision", "state", "changed_at", "submitted_at"])
            if wanted is not None:
                state = selectors.state_at(found, _whole_number(wanted, "revision"))
                return Response({**SetOut(found).data, "revision": int(wanted), **state.wire()})
            content = {"spans": selectors.spans_of(found), "relations": selectors.relations_of(found)}
        return Response({**SetOut(found).data, **content})


class SetChanges(APIView):
    """The log of an annotation set."""

    @extend_schema(
        responses=LogOut,
        parameters=[OpenApiParameter("since", int, description="The revision after which to begin; 0 for all.")],
    )
    def get(self, request: Request, set_id: int) -> Response:
        """Return where the set stands and what happened since a revision."""
        found = selectors.get_set(set_id, user=user_of(request))
        since = _whole_number(request.query_params.get("since", "0"), "since")
        changes = selectors.changes_since(found, since)
        # Read after the head: what came in between counts.
        revision = changes[-1]["revision"] if changes else found.revision
        return Response({"revision": revision, "state": found.state, "changes": changes})

    @extend_schema(request=ChangesIn, responses=AppliedOut)
    def post(self, request: Request, set_id: int) -> Response:
        """Save changes to one's own open set: all of them, or none."""
        user = user_of(request)
        found = selectors.get_editable_set(set_id, user=user)
        base_revision, sha256, raw_changes = _read_batch(request.data)
        done = services.apply_changes(
            found,
            parse_changes(raw_changes),
            base_revision=base_revision,
            sha256=sha256,
            author=user,
            now=timezone.now(),
        )
        return Response({"revision": done.revision, "applied": done.applied, "duplicates": done.duplicates})


class SubmitSet(APIView):
    """Handing in."""

    @extend_schema(request=None, responses=SetOut)
    def post(self, request: Request, set_id: int) -> Response:
        """Hand in one's own set; it takes no changes until it is reopened."""
        found = selectors.get_editable_set(set_id, user=user_of(request))
        return Response(SetOut(lifecycle.submit(found, now=timezone.now())).data)


class ReopenSet(APIView):
    """Taking back."""

    @extend_schema(request=None, responses=SetOut)
    def post(self, request: Request, set_id: int) -> Response:
        """Take one's own submitted set back to work, until its document is settled."""
        found = selectors.get_editable_set(set_id, user=user_of(request))
        return Response(SetOut(lifecycle.reopen(found)).data)


class AdoptSet(APIView):
    """Settling a document."""

    @extend_schema(request=None, responses={201: SetOut})
    def post(self, request: Request, set_id: int) -> Response:
        """Make a copy of this set the adjudicated set of its document; closes the work of its annotators."""
        user = user_of(request)
        found = selectors.get_set(set_id, user=user)
        get_project(found.document.project.slug, user=user, capability=Capability.ADJUDICATE)
        settled = services.adopt_as_adjudicated(found, by=user, now=timezone.now())
        return Response(SetOut(settled).data, status=status.HTTP_201_CREATED)


def _read_batch(data: Any) -> tuple[int, str, object]:
    if not isinstance(data, dict):
        raise _invalid("", "The body must be an object with base_revision, sha256 and changes.")
    base_revision, sha256 = data.get("base_revision"), data.get("sha256")
    if (
        not isinstance(base_revision, int)
        or isinstance(base_revision, bool)
        or not 0 <= base_revision <= LARGEST_REVISION
    ):
        raise _invalid("/base_revision", "base_revision must be a whole number from 0: the revision you changed.")
    if not isinstance(sha256, str):
        raise _invalid("/sha256", "sha256 must be that of the text you annotated, as in the answer of editor/.")
    return base_revision, sha256, data.get("changes")


def _whole_number(given: str, name: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise _invalid("", f"“{name}” must be a whole number from 0.")
    return int(given)


def _invalid(pointer: str, detail: str) -> InvalidInput:
    return InvalidInput(detail, errors=[{"pointer": pointer, "detail": detail}])
