"""API of the user and their projects."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.platform.accounts.requests import user_of
from projects import selectors, services
from projects.api.serializers import Me, ProjectIn, ProjectOut, SettingsIn
from projects.models import Project
from projects.roles import Capability


class MeView(APIView):
    """The signed-in user."""

    @extend_schema(operation_id="me_retrieve", responses=Me)
    def get(self, request: Request) -> Response:
        """Return the signed-in user with their projects and roles."""
        user = user_of(request)
        memberships = selectors.memberships_of(user)
        return Response(Me({"pk": user.pk, "username": user.username, "memberships": memberships}).data)


class ProjectList(ListAPIView[Project]):
    """The projects of the user."""

    serializer_class = ProjectOut
    queryset = Project.objects.none()

    def get_queryset(self) -> QuerySet[Project]:
        """Return the projects of the user."""
        return selectors.projects_with_role(user_of(self.request))

    @extend_schema(request=ProjectIn, responses={201: ProjectOut})
    def post(self, request: Request) -> Response:
        """Create a project and become its lead."""
        body = ProjectIn(data=request.data)
        body.is_valid(raise_exception=True)
        project = services.create_project(
            **body.validated_data, within_limits=True, created_by=user_of(request), now=timezone.now()
        )
        return Response(_document(project, request), status=201)


class ProjectDetail(APIView):
    """A project."""

    @extend_schema(responses=ProjectOut)
    def get(self, request: Request, slug: str) -> Response:
        """Return a project."""
        return Response(_document(selectors.get_project(slug, user=user_of(request)), request))

    @extend_schema(request=SettingsIn, responses=ProjectOut)
    def patch(self, request: Request, slug: str) -> Response:
        """Change settings of a project."""
        project = selectors.get_project(slug, user=user_of(request), capability=Capability.MANAGE)
        body = SettingsIn(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(_document(services.update_settings(project, **body.validated_data), request))


def _document(project: Project, request: Request) -> object:
    return ProjectOut(selectors.projects_with_role(user_of(request)).get(pk=project.pk)).data
