"""Suggestions over the API."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.corpus.documents.selectors import get_document
from annotator.corpus.spans.selectors import get_editable_set, get_set
from annotator.corpus.suggestions import selectors, services
from annotator.corpus.suggestions.models import DismissalKind, SuggestionRun
from annotator.corpus.suggestions.packing import unpack
from annotator.platform.accounts.requests import user_of
from projects.roles import Capability
from projects.selectors import get_project

MOST_SUGGESTIONS = 20_000


class SuggestionRunIn(serializers.Serializer[SuggestionRun]):
    """What one version of a source suggests; spans as on the wire, each with an optional `score`."""

    source = serializers.CharField(max_length=64)  # type: ignore[assignment]  # an attribute of fields as well
    version = serializers.CharField(max_length=150)
    score = serializers.FloatField(required=False, allow_null=True)
    spans = serializers.ListField(child=serializers.DictField(), max_length=MOST_SUGGESTIONS)
    relations = serializers.ListField(child=serializers.DictField(), default=list, max_length=MOST_SUGGESTIONS)
    parameters = serializers.DictField(required=False)


class SuggestionRunOut(serializers.ModelSerializer[SuggestionRun]):
    """What one version of a source suggests for a document."""

    spans = serializers.SerializerMethodField()
    relations = serializers.SerializerMethodField()

    class Meta:
        model = SuggestionRun
        fields = ["id", "source", "version", "score", "size", "parameters", "created_at", "spans", "relations"]

    def get_spans(self, run: SuggestionRun) -> list[dict[str, Any]]:
        """Return the suggested spans."""
        return unpack(bytes(run.packed))["spans"]

    def get_relations(self, run: SuggestionRun) -> list[dict[str, Any]]:
        """Return the suggested relations."""
        return unpack(bytes(run.packed))["relations"]


class DismissalIn(serializers.Serializer[Any]):
    """A suggestion that the annotator did not accept; `id` is made by the client."""

    id = serializers.CharField(max_length=64)
    source = serializers.CharField(max_length=64)  # type: ignore[assignment]  # an attribute of fields as well
    version = serializers.CharField(max_length=150)
    suggestion = serializers.CharField(max_length=64)
    kind = serializers.ChoiceField(choices=DismissalKind.choices, default=DismissalKind.REJECTED)


class DismissalsIn(serializers.Serializer[Any]):
    """Dismissals to add."""

    dismissals = serializers.ListField(child=DismissalIn(), max_length=1000)


class DismissalOut(DismissalIn):
    """A dismissal in the log."""

    id = serializers.CharField(source="change_id")
    created_at = serializers.DateTimeField()


class Suggestions(APIView):
    """The suggestions for a document."""

    @extend_schema(operation_id="documents_suggestions_list", responses=SuggestionRunOut(many=True))
    def get(self, request: Request, document_id: int) -> Response:
        """Return the suggestions of every source and version."""
        runs = selectors.runs_of_document(document_id, user=user_of(request))
        return Response(SuggestionRunOut(runs, many=True).data)

    @extend_schema(request=SuggestionRunIn, responses={201: SuggestionRunOut})
    def post(self, request: Request, document_id: int) -> Response:
        """Store what a source suggests; 409 when this version of the source has suggestions already."""
        document = get_document(document_id, user=user_of(request))
        get_project(document.project.slug, user=user_of(request), capability=Capability.MANAGE)
        given = SuggestionRunIn(data=request.data)
        given.is_valid(raise_exception=True)
        run = services.store_run(document, given.validated_data, by=user_of(request), now=timezone.now())
        return Response(SuggestionRunOut(run).data, status=status.HTTP_201_CREATED)


class SuggestionRunDetail(APIView):
    """The suggestions of one version of a source."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, document_id: int, run_id: int) -> Response:
        """Delete these suggestions; accepted ones are annotations and stay."""
        run = selectors.get_run(document_id, run_id, user=user_of(request))
        get_project(run.document.project.slug, user=user_of(request), capability=Capability.MANAGE)
        run.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class Dismissals(APIView):
    """The log of dismissed suggestions in an annotation set."""

    @extend_schema(operation_id="annotation_sets_dismissals_list", responses=DismissalOut(many=True))
    def get(self, request: Request, set_id: int) -> Response:
        """Return the dismissals in their order."""
        annotation_set = get_set(set_id, user=user_of(request))
        return Response(DismissalOut(selectors.dismissals_of(annotation_set), many=True).data)

    @extend_schema(request=DismissalsIn, responses={200: None})
    def post(self, request: Request, set_id: int) -> Response:
        """Add dismissals to one's own set; those sent before are skipped."""
        annotation_set = get_editable_set(set_id, user=user_of(request))
        given = DismissalsIn(data=request.data)
        given.is_valid(raise_exception=True)
        added = services.dismiss(annotation_set, given.validated_data["dismissals"], now=timezone.now())
        return Response({"added": added})
