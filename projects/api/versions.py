"""API of schema and guideline versions, and of the pictures in guidelines."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.platform.accounts.requests import user_of
from annotator.platform.accounts.serializers import UserNameField
from annotator.platform.http.pagination import IdCursorPagination
from projects import selectors, services
from projects.api.serializers import GuidelineVersionIn, GuidelineVersionOut, SchemaVersionIn, SchemaVersionOut
from projects.models import GuidelinePicture, GuidelineVersion, SchemaVersion
from projects.roles import Capability
from projects.selectors import get_project
from projects.services import LARGEST_PICTURE


class NewestFirst(IdCursorPagination):
    """Short pages, because each version holds a whole text, with the newest first."""

    ordering = "-id"
    page_size = 20
    max_page_size = 100


class SchemaVersionList(ListAPIView[SchemaVersion]):
    """The schema versions of a project, newest first."""

    serializer_class = SchemaVersionOut
    pagination_class = NewestFirst
    queryset = SchemaVersion.objects.none()

    def get_queryset(self) -> QuerySet[SchemaVersion]:
        """Return the versions of a project of the user."""
        return selectors.schema_versions_of(get_project(self.kwargs["slug"], user=user_of(self.request)))

    @extend_schema(request=SchemaVersionIn, responses={201: SchemaVersionOut})
    def post(self, request: Request, slug: str) -> Response:
        """Publish a schema; a definition that equals the current version returns that version."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.MANAGE)
        body = SchemaVersionIn(data=request.data)
        body.is_valid(raise_exception=True)
        version = services.publish_schema(project, **body.validated_data, by=user, now=timezone.now())
        return Response(SchemaVersionOut(version).data, status=201)


class SchemaVersionDetail(APIView):
    """A schema version."""

    @extend_schema(responses=SchemaVersionOut)
    def get(self, request: Request, slug: str, number: int) -> Response:
        """Return a version, which never changes."""
        version = selectors.get_schema_version(get_project(slug, user=user_of(request)), number)
        return Response(SchemaVersionOut(version).data)


class GuidelineVersionList(ListAPIView[GuidelineVersion]):
    """The guideline versions of a project, newest first."""

    serializer_class = GuidelineVersionOut
    pagination_class = NewestFirst
    queryset = GuidelineVersion.objects.none()

    def get_queryset(self) -> QuerySet[GuidelineVersion]:
        """Return the versions of a project of the user."""
        return selectors.guideline_versions_of(get_project(self.kwargs["slug"], user=user_of(self.request)))

    @extend_schema(request=GuidelineVersionIn, responses={201: GuidelineVersionOut})
    def post(self, request: Request, slug: str) -> Response:
        """Publish guidelines; an unchanged text returns the current version."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.MANAGE)
        body = GuidelineVersionIn(data=request.data)
        body.is_valid(raise_exception=True)
        version = services.publish_guideline(project, **body.validated_data, by=user, now=timezone.now())
        return Response(GuidelineVersionOut(version).data, status=201)


class GuidelineVersionDetail(APIView):
    """A guideline version."""

    @extend_schema(responses=GuidelineVersionOut)
    def get(self, request: Request, slug: str, number: int) -> Response:
        """Return a version, which never changes."""
        version = selectors.get_guideline_version(get_project(slug, user=user_of(request)), number)
        return Response(GuidelineVersionOut(version).data)


class GuidelinePictureOut(serializers.ModelSerializer[GuidelinePicture]):
    """A picture of guidelines, written `![description](picture:DIGEST)` in their text; `url` sends its bytes."""

    created_by = UserNameField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = GuidelinePicture
        fields = ["id", "digest", "name", "media_type", "url", "created_by", "created_at"]

    def get_url(self, picture: GuidelinePicture) -> str:
        """Return the address of the picture on this site."""
        return reverse("projects:picture", args=[self.context["slug"], picture.digest])


class GuidelinePictureIn(serializers.Serializer[object]):
    """A PNG, JPEG, GIF or WebP picture of at most 1 MB."""

    picture = serializers.FileField()


class GuidelinePictureList(ListAPIView[GuidelinePicture]):
    """The pictures of the guidelines of a project."""

    serializer_class = GuidelinePictureOut
    pagination_class = NewestFirst
    parser_classes = [MultiPartParser]
    queryset = GuidelinePicture.objects.none()

    def get_queryset(self) -> QuerySet[GuidelinePicture]:
        """Return the pictures of a project of the user, newest first, without their bytes."""
        project = get_project(self.kwargs["slug"], user=user_of(self.request))
        return project.guideline_pictures.defer("data").select_related("created_by").order_by("-id")

    def get_serializer_context(self) -> dict[str, object]:
        """Add the slug of the project, which addresses need."""
        return {**super().get_serializer_context(), "slug": self.kwargs.get("slug", "")}

    @extend_schema(request=GuidelinePictureIn, responses={201: GuidelinePictureOut})
    def post(self, request: Request, slug: str) -> Response:
        """Store a picture (leads only); one with the same bytes is stored once. The guidelines are not changed."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.MANAGE)
        given = GuidelinePictureIn(data=request.data)
        given.is_valid(raise_exception=True)
        file = given.validated_data["picture"]
        data = file.read(LARGEST_PICTURE + 1)
        picture = services.add_picture(project, data, name=str(file.name), by=user, now=timezone.now())
        return Response(GuidelinePictureOut(picture, context={"slug": slug}).data, status=status.HTTP_201_CREATED)
