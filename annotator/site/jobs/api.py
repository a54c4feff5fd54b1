"""API of background jobs."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.platform.accounts.requests import user_of
from annotator.platform.http.pagination import IdCursorPagination
from annotator.platform.jobs import services
from annotator.platform.jobs.models import Job, JobLine, LineLevel
from annotator.platform.jobs.selectors import lines_of
from annotator.platform.jobs.serializers import JobLineOut, JobOut
from annotator.problems import InvalidInput
from projects.selectors import get_cancellable_job, get_job, get_project, jobs_of


class NewestFirst(IdCursorPagination):
    """Pages with the newest first."""

    ordering = "-id"


class JobList(ListAPIView[Job]):
    """The jobs of a project that the user may see, newest first."""

    serializer_class = JobOut
    pagination_class: type[CursorPagination] = NewestFirst
    queryset = Job.objects.none()

    def get_queryset(self) -> QuerySet[Job]:
        """Return the jobs that the user may see."""
        user = user_of(self.request)
        return jobs_of(get_project(self.kwargs["slug"], user=user), user=user)


class JobDetail(APIView):
    """A job."""

    @extend_schema(responses=JobOut)
    def get(self, request: Request, job_id: int) -> Response:
        """Return the state and progress of a job, and at the end its result or problem."""
        return Response(JobOut(get_job(job_id, user=user_of(request))).data)


class JobCancel(APIView):
    """Cancellation of a job."""

    @extend_schema(request=None, responses=JobOut)
    def post(self, request: Request, job_id: int) -> Response:
        """Cancel a job: at once while queued, otherwise after the current step. For its starter and leads."""
        job = get_cancellable_job(job_id, user=user_of(request))
        return Response(JobOut(services.cancel(job, now=timezone.now())).data)


@extend_schema_view(
    get=extend_schema(
        parameters=[OpenApiParameter("level", enum=list(LineLevel), description="Only lines of this level.")]
    )
)
class JobLines(ListAPIView[JobLine]):
    """The report lines of a job, in order."""

    serializer_class = JobLineOut
    queryset = JobLine.objects.none()

    def get_queryset(self) -> QuerySet[JobLine]:
        """Return the lines of a job that the user may see, of one level if requested."""
        lines = lines_of(get_job(self.kwargs["job_id"], user=user_of(self.request)))
        level = self.request.query_params.get("level")
        if level is None:
            return lines
        if level not in list(LineLevel):
            detail = f"{level!r} is not one of {', '.join(LineLevel)}."
            raise InvalidInput("Unknown level.", errors=[{"pointer": "/level", "detail": detail}])
        return lines.filter(level=level)
