"""Annotation sets over the API. Saving is the hot path: requests are read by hand, answers written by orjson."""

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
from annotator.corpus.spans.serializers import (
    AppliedOut,
    ChangesIn,
    LogOut,
    SetOut,
    SubmitIn,
    WaivedHintsShape,
    WholeSetOut,
)
from annotator.platform.accounts.requests import user_of
from annotator.platform.accounts.scopes import Scope
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
        """Limit to sets that the user may see."""
        user = user_of(self.request)
        document = get_document(self.kwargs["document_id"], user=user)
        sets = selectors.sets_of_document(document, user=user)
        return sets.select_related("schema_version", "guideline_version")


class SetDetail(APIView):
    """One annotation set."""

    @extend_schema(
        responses=WholeSetOut,
        parameters=[
            OpenApiParameter("revision", int, description="An earlier revision; the current one when omitted.")
        ],
    )
    def get(self, request: Request, set_id: int) -> Response:
        """Return the set with its spans and relations, now or at an earlier revision."""
        annotation_set = selectors.get_set(set_id, user=user_of(request))
        revision = request.query_params.get("revision")
        with read_snapshot():
            annotation_set.refresh_from_db(fields=["revision", "state", "changed_at", "submitted_at", "submits_at"])
            if revision is not None:
                state = selectors.state_at(annotation_set, _whole_number(revision, "revision"))
                return Response({**SetOut(annotation_set).data, "revision": int(revision), **state.wire()})
            content = {
                "spans": selectors.spans_of(annotation_set),
                "relations": selectors.relations_of(annotation_set),
                "document_attributes": selectors.document_attributes_of(annotation_set),
            }
        return Response({**SetOut(annotation_set).data, **content})


class SetChanges(APIView):
    """The log of an annotation set."""

    token_scope = Scope.ANNOTATE

    @extend_schema(
        responses=LogOut,
        parameters=[OpenApiParameter("since", int, description="Return changes after this revision; 0 for all.")],
    )
    def get(self, request: Request, set_id: int) -> Response:
        """Return the revision of the set and the changes since another one."""
        annotation_set = selectors.get_set(set_id, user=user_of(request))
        since = _whole_number(request.query_params.get("since", "0"), "since")
        changes = selectors.changes_since(annotation_set, since)
        # Read after the set, so that changes in between are included.
        revision = changes[-1]["revision"] if changes else annotation_set.revision
        return Response({"revision": revision, "state": annotation_set.shown_state, "changes": changes})

    @extend_schema(request=ChangesIn, responses=AppliedOut)
    def post(self, request: Request, set_id: int) -> Response:
        """Save changes to the user's own open set: all of them, or none."""
        user = user_of(request)
        annotation_set = selectors.get_set_to_change(set_id, user=user)
        base_revision, sha256, raw_changes = _read_batch(request.data)
        result = services.apply_changes(
            annotation_set,
            parse_changes(raw_changes),
            base_revision=base_revision,
            sha256=sha256,
            author=user,
            now=timezone.now(),
        )
        return Response({"revision": result.revision, "applied": result.applied, "duplicates": result.duplicates})


class SubmitSet(APIView):
    """Submission of a set."""

    token_scope = Scope.ANNOTATE

    @extend_schema(request=SubmitIn, responses=SetOut)
    def post(self, request: Request, set_id: int) -> Response:
        """Submit the user's own set; it takes no changes until it is reopened.

        With `undoable`, the submit takes effect at `submits_at`, unless the set is reopened before.
        """
        annotation_set = selectors.get_editable_set(set_id, user=user_of(request))
        body = SubmitIn(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(SetOut(lifecycle.submit(annotation_set, now=timezone.now(), **body.validated_data)).data)


class ReopenSet(APIView):
    """Reopening of a set."""

    token_scope = Scope.ANNOTATE

    @extend_schema(request=None, responses=SetOut)
    def post(self, request: Request, set_id: int) -> Response:
        """Reopen the user's own submitted set, unless its document has been adjudicated."""
        annotation_set = selectors.get_editable_set(set_id, user=user_of(request))
        return Response(SetOut(lifecycle.reopen(annotation_set)).data)


class WaivedHints(APIView):
    """Hints of the review before submitting that the annotator has waived."""

    token_scope = Scope.ANNOTATE

    @extend_schema(request=WaivedHintsShape, responses=WaivedHintsShape)
    def post(self, request: Request, set_id: int) -> Response:
        """Add waived hints to the user's own set, and return all of them."""
        annotation_set = selectors.get_editable_set(set_id, user=user_of(request))
        body = WaivedHintsShape(data=request.data)
        body.is_valid(raise_exception=True)
        return Response({"hints": services.waive_hints(annotation_set, body.validated_data["hints"])})


class AdoptSet(APIView):
    """Adoption of a set as the adjudicated one."""

    @extend_schema(request=None, responses={201: SetOut})
    def post(self, request: Request, set_id: int) -> Response:
        """Make a copy of this set the adjudicated set of its document, and close the submitted sets of annotators."""
        user = user_of(request)
        annotation_set = selectors.get_set(set_id, user=user)
        get_project(annotation_set.document.project.slug, user=user, capability=Capability.ADJUDICATE)
        gold = services.adopt_as_adjudicated(annotation_set, by=user, now=timezone.now())
        return Response(SetOut(gold).data, status=status.HTTP_201_CREATED)


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


def _whole_number(value: str, name: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise _invalid("", f"“{name}” must be a whole number from 0.")
    return int(value)


def _invalid(pointer: str, detail: str) -> InvalidInput:
    return InvalidInput(detail, errors=[{"pointer": pointer, "detail": detail}])
