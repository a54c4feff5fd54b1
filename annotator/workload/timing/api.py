"""Active time over the API: reports of the editor, and what they come to."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.corpus.spans.models import SetState
from annotator.corpus.spans.selectors import get_editable_set
from annotator.platform.accounts.requests import user_of
from annotator.platform.accounts.scopes import Scope
from annotator.platform.http.pagination import IdCursorPagination
from annotator.workload.timing import selectors, services
from annotator.workload.timing.models import ActiveTime
from projects.roles import Capability
from projects.selectors import get_project

MOST_PERIODS = 500
# The year 2286, in milliseconds: what is later is no time but a mistake.
LATEST = 10**13


class PeriodShape(serializers.ListField):
    """A period `[start, end]` in milliseconds since 1970."""

    child = serializers.IntegerField(min_value=0, max_value=LATEST)

    def __init__(self, **options: Any) -> None:
        super().__init__(min_length=2, max_length=2, **options)


class ReportIn(serializers.Serializer[Any]):
    """Active periods by the clock of the browser; `now` is that clock at sending."""

    now = serializers.IntegerField(min_value=0, max_value=LATEST)
    periods = serializers.ListField(child=PeriodShape(), max_length=MOST_PERIODS)


class ActiveSeconds(serializers.Serializer[object]):
    """The active time of a set so far."""

    active_seconds = serializers.IntegerField()


class TimeOut(serializers.ModelSerializer[ActiveTime]):
    """The active time of one set."""

    id = serializers.IntegerField(source="annotation_set_id")
    document = serializers.IntegerField(source="annotation_set.document_id")
    external_id = serializers.CharField(source="annotation_set.document.external_id")
    annotator = serializers.CharField()
    state = serializers.ChoiceField(source="annotation_set.state", choices=SetState.choices)
    active_seconds = serializers.IntegerField(source="seconds")

    class Meta:
        model = ActiveTime
        fields = ["id", "document", "external_id", "annotator", "state", "words", "active_seconds", "reported_at"]


class PaceOut(serializers.Serializer[object]):
    """Total active time, and the median minutes per 1,000 words over submitted sets (null without any)."""

    active_seconds = serializers.IntegerField()
    handed_in = serializers.IntegerField()  # wording: name on the wire
    minutes_per_1000_words = serializers.FloatField(allow_null=True)


@extend_schema_serializer(component_name="PersonsPaceOut")
class AnnotatorPaceOut(PaceOut):
    """The pace of one annotator."""

    annotator = serializers.CharField()


class PacesOut(PaceOut):
    """The pace of a project, together and by annotator."""

    annotators = AnnotatorPaceOut(many=True)


class SetTime(APIView):
    """Active time of one set."""

    token_scope = Scope.ANNOTATE

    @extend_schema(responses=ActiveSeconds)
    def get(self, request: Request, set_id: int) -> Response:
        """Return the active time of one's own set, or of a set in a project that one leads."""
        annotation_set = selectors.get_timed_set(set_id, user=user_of(request))
        return Response({"active_seconds": selectors.active_seconds(annotation_set)})

    @extend_schema(request=ReportIn, responses=ActiveSeconds)
    def post(self, request: Request, set_id: int) -> Response:
        """Report active periods on one's own set; only the union of all reports counts."""
        annotation_set = get_editable_set(set_id, user=user_of(request))
        body = ReportIn(data=request.data)
        body.is_valid(raise_exception=True)
        periods = [(start, end) for start, end in body.validated_data["periods"]]
        seconds = services.report(annotation_set, periods, sent_at=body.validated_data["now"], now=timezone.now())
        return Response({"active_seconds": seconds})


class TimePagination(IdCursorPagination):
    """Pages in order of the sets."""

    ordering = "annotation_set"


class ProjectTimes(ListAPIView[ActiveTime]):
    """Active time by set, for leads."""

    pagination_class = TimePagination
    serializer_class = TimeOut
    queryset = ActiveTime.objects.none()

    def get_queryset(self) -> QuerySet[ActiveTime]:
        """Limit to a project that the user leads."""
        project = get_project(self.kwargs["slug"], user=user_of(self.request), capability=Capability.MANAGE)
        return selectors.times_of(project)


class ProjectPace(APIView):
    """Active time and pace of a project, for leads."""

    @extend_schema(responses=PacesOut)
    def get(self, request: Request, slug: str) -> Response:
        """Return active time and pace of a project and of each annotator."""
        project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
        annotators = [{"annotator": own.username} | own.pace.wire() for own in selectors.paces(project)]
        return Response(selectors.project_pace(project).wire() | {"annotators": annotators})
