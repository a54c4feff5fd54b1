"""Sources of suggestions over the API."""

from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.corpus.spans.selectors import get_editable_set, get_set
from annotator.corpus.spans.serializers import RelationShape, SpanShape
from annotator.platform.accounts.requests import user_of
from annotator.platform.http.input import (
    BooleanField,
    InputSerializer,
    IntegerField,
    NumberField,
    StringField,
    read_input,
)
from annotator.problems import NotFound
from annotator.suggestions import selectors, services
from annotator.suggestions.models import DEFAULT_BAR, SuggestionSettings
from projects.roles import Capability
from projects.selectors import get_project

SOURCE = OpenApiParameter("source", str, required=True, description="The name of a source.")


class ReceptionOut(serializers.Serializer[Any]):
    """How the suggestions of a label were received in submitted sets; edited ones are accepted ones."""

    offered = serializers.IntegerField()
    accepted = serializers.IntegerField()
    edited = serializers.IntegerField()
    rejected = serializers.IntegerField()
    ignored = serializers.IntegerField()


class SuggestionSourceOut(serializers.Serializer[Any]):
    """A source in a project."""

    name = serializers.CharField()
    version = serializers.CharField()
    built_in = serializers.BooleanField(source="is_built_in")
    on = serializers.BooleanField(source="is_on")
    documents = serializers.IntegerField(help_text="Documents with stored suggestions.")
    measured_at = serializers.DateTimeField(source="evaluation.made_at", default=None, allow_null=True)
    labels = serializers.DictField(child=ReceptionOut())


class SuggestionSettingsIn(InputSerializer):
    """The bar, and the built-in sources that are on."""

    bar = NumberField(min_value=0, max_value=1, default=DEFAULT_BAR)
    sources = serializers.ListField(child=StringField(max_length=64), default=list, max_length=50)
    trains_itself = BooleanField(required=False)
    blind_share = NumberField(min_value=0, max_value=0.9, required=False)


class SuggestionSettingsOut(serializers.ModelSerializer[SuggestionSettings]):
    """The bar, and the built-in sources that are on."""

    class Meta:
        model = SuggestionSettings
        fields = ["bar", "sources", "trains_itself", "blind_share"]


class SuggestionSourcesOut(SuggestionSettingsOut):
    """The settings with all sources."""

    known = SuggestionSourceOut(many=True)

    class Meta(SuggestionSettingsOut.Meta):
        fields = ["bar", "sources", "trains_itself", "blind_share", "known"]


class SourceName(InputSerializer):
    """The source to measure."""

    source = StringField(max_length=64)  # type: ignore[assignment]  # an attribute of fields as well


class SourceRunIn(SourceName):
    """The source to run; a language model is asked about at most `documents` documents."""

    documents = IntegerField(min_value=1, required=False)


class SuggestionJob(serializers.Serializer[Any]):
    """The job that was started."""

    job = serializers.IntegerField()


class SuggestedSpan(SpanShape):
    """A suggested span; only those that reach the bar of the project are `offered`."""

    score = serializers.FloatField(help_text="The precision to expect: as measured, else as the source announces.")
    offered = serializers.BooleanField()


class OfferedSuggestions(serializers.Serializer[Any]):
    """What one version of a source suggests in an annotation set."""

    source = serializers.CharField()  # type: ignore[assignment]  # an attribute of fields as well
    version = serializers.CharField()
    spans = SuggestedSpan(many=True)
    relations = RelationShape(many=True)


class SourceList(APIView):
    """The sources of suggestions of a project."""

    @extend_schema(responses=SuggestionSourcesOut)
    def get(self, request: Request, slug: str) -> Response:
        """Return the settings, and every source with how its suggestions were received."""
        project = get_project(slug, user=user_of(request), capability=Capability.SEE_ALL_WORK)
        settings = selectors.settings_of(project)
        known = SuggestionSourceOut(selectors.source_rows(project), many=True).data
        return Response({**SuggestionSettingsOut(settings).data, "known": known})

    @extend_schema(request=SuggestionSettingsIn, responses=SuggestionSettingsOut)
    def put(self, request: Request, slug: str) -> Response:
        """Set the bar and the built-in sources that are on."""
        project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
        given = read_input(SuggestionSettingsIn(data=request.data), "The settings were not saved.")
        settings = services.save_settings(
            project,
            bar=given["bar"],
            sources=given["sources"],
            trains_itself=given.get("trains_itself"),
            blind_share=given.get("blind_share"),
        )
        return Response(SuggestionSettingsOut(settings).data)


class SourceRuns(APIView):
    """Making suggestions for all documents."""

    @extend_schema(request=SourceRunIn, responses={202: SuggestionJob})
    def post(self, request: Request, slug: str) -> Response:
        """Start the job that makes the suggestions of a built-in source for every document without them."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.MANAGE)
        given = read_input(SourceRunIn(data=request.data), "No suggestions were made.")
        job = services.start_suggesting(
            project, given["source"], started_by=user, now=timezone.now(), documents=given.get("documents")
        )
        return Response({"job": job.pk}, status=status.HTTP_202_ACCEPTED)


class SourceFigures(APIView):
    """How good a source is against the finished work of the project."""

    @extend_schema(parameters=[SOURCE], responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, slug: str) -> Response:
        """Return the figures of the newest version, as `evaluate_suggestions --json` prints them."""
        project = get_project(slug, user=user_of(request), capability=Capability.SEE_ALL_WORK)
        row = selectors.get_source(project, request.query_params.get("source", ""))
        if row.evaluation is None:
            raise NotFound("This source has not been measured yet. POST to measure it.")
        return Response({"source": row.name, "version": row.version, **row.evaluation.figures})

    @extend_schema(request=SourceName, responses={202: SuggestionJob})
    def post(self, request: Request, slug: str) -> Response:
        """Start the job that measures a source."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.MANAGE)
        given = read_input(SourceName(data=request.data), "Nothing was measured.")
        job = services.start_measuring(project, given["source"], started_by=user, now=timezone.now())
        return Response({"job": job.pk}, status=status.HTTP_202_ACCEPTED)


class SetSuggestions(APIView):
    """What is suggested in an annotation set; dismissed and accepted suggestions are left out."""

    @extend_schema(operation_id="annotation_sets_suggestions_list", responses=OfferedSuggestions(many=True))
    def get(self, request: Request, set_id: int) -> Response:
        """Return what each source suggests."""
        annotation_set = get_set(set_id, user=user_of(request))
        return Response([_offered(run) for run in selectors.suggestions_for(annotation_set)])

    @extend_schema(
        operation_id="annotation_sets_suggestions_open", request=None, responses=OfferedSuggestions(many=True)
    )
    def post(self, request: Request, set_id: int) -> Response:
        """Return what each source suggests in one's own set, and record what reached the bar as offered."""
        annotation_set = get_editable_set(set_id, user=user_of(request))
        return Response([_offered(run) for run in services.offer(annotation_set, now=timezone.now())])


def _offered(run: selectors.Offered) -> dict[str, Any]:
    return {"source": run.source, "version": run.version, "spans": run.spans, "relations": run.relations}
