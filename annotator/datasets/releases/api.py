"""The API of releases."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.datasets.exports.selectors import vocabulary_of
from annotator.datasets.exports.serializers import DataOptionsIn, parse_options
from annotator.datasets.releases import selectors, services
from annotator.datasets.releases.contents.comparison import Comparison, compare
from annotator.datasets.releases.contents.selection import preview
from annotator.datasets.releases.models import Release
from annotator.datasets.releases.serializers import ComparisonOut, PreviewOut, ReleaseIn, ReleaseOut, parse_release
from annotator.datasets.releases.services.building import archive_of, file_name
from annotator.platform.accounts.requests import user_of
from annotator.platform.accounts.scopes import Scope
from annotator.platform.jobs.serializers import JobOut
from projects.roles import Capability
from projects.selectors import get_project

MOST_SETS_COMPARED = 2_000


def archive_response(release: Release) -> FileResponse:
    """Return the archive as a download."""
    file = archive_of(release).open()
    response = FileResponse(file, as_attachment=True, filename=file_name(release), content_type="application/zip")
    response.headers["ETag"] = f'"{release.sha256}"'
    return response


class ReleaseList(ListAPIView[Release]):
    """The releases of a project."""

    serializer_class = ReleaseOut
    queryset = Release.objects.none()

    def get_queryset(self) -> QuerySet[Release]:
        """Return the releases of a project in which the user may export."""
        project = get_project(self.kwargs["slug"], user=user_of(self.request), capability=Capability.EXPORT)
        return selectors.releases_of(project)

    @extend_schema(request=ReleaseIn, responses={202: ReleaseOut})
    def post(self, request: Request, slug: str) -> Response:
        """Create a release of the selected sets as they are now, and start the job that builds it."""
        project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
        options = parse_release(request.data, vocabulary=vocabulary_of(project))
        release = services.create_release(project, options=options, created_by=user_of(request), now=timezone.now())
        return Response(ReleaseOut(release).data, status=status.HTTP_202_ACCEPTED)


class ReleaseCard(APIView):
    """The data card of a release before it is created."""

    @extend_schema(request=ReleaseIn, responses={202: JobOut})
    def post(self, request: Request, slug: str) -> Response:
        """Start the job that makes the data card of a release; nothing is frozen. The result of the job has `card`."""
        project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
        options = parse_release(request.data, vocabulary=vocabulary_of(project))
        job = services.start_draft(project, options=options, started_by=user_of(request), now=timezone.now())
        return Response(JobOut(job).data, status=status.HTTP_202_ACCEPTED)


class ReleasePreview(APIView):
    """The preview of a release."""

    token_scope = Scope.READ

    @extend_schema(request=DataOptionsIn, responses=PreviewOut)
    def post(self, request: Request, slug: str) -> Response:
        """Return what a release would contain now, and what it would not; nothing is stored."""
        project = get_project(slug, user=user_of(request), capability=Capability.EXPORT)
        return Response(preview(project, parse_options(request.data)))


class ReleaseDetail(APIView):
    """One release."""

    @extend_schema(responses=ReleaseOut)
    def get(self, request: Request, slug: str, number: int) -> Response:
        """Return the release, with manifest and checksum when it was built."""
        return Response(ReleaseOut(selectors.get_release(slug, number, user=user_of(request))).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, number: int) -> Response:
        """Discard a release that was never built."""
        user = user_of(request)
        services.discard_release(selectors.get_release(slug, number, user=user, capability=Capability.MANAGE))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ReleaseArchive(APIView):
    """The archive of a release."""

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, slug: str, number: int) -> FileResponse:
        """Download the archive."""
        return archive_response(selectors.get_release(slug, number, user=user_of(request)))


class ReleaseBuild(APIView):
    """Building of a release."""

    @extend_schema(request=None, responses={202: ReleaseOut})
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Start the job that builds the archive. A rebuilt archive must have the same bytes."""
        release = selectors.get_release(slug, number, user=user_of(request), capability=Capability.MANAGE)
        started = services.start_build(release, started_by=user_of(request), now=timezone.now())
        return Response(ReleaseOut(started).data, status=status.HTTP_202_ACCEPTED)


class ReleaseVerify(APIView):
    """Verification of a release."""

    token_scope = Scope.READ

    @extend_schema(request=None, responses={202: ReleaseOut})
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Start the job that verifies the archive and compares it with a new build; its report lists differences."""
        release = selectors.get_release(slug, number, user=user_of(request))
        started = services.start_check(release, started_by=user_of(request), now=timezone.now())
        return Response(ReleaseOut(started).data, status=status.HTTP_202_ACCEPTED)


class ReleaseComparison(APIView):
    """The comparison of two releases."""

    @extend_schema(responses=ComparisonOut)
    def get(self, request: Request, slug: str, number: int, other_number: int) -> Response:
        """Return what was added, removed and changed from the first release to the second."""
        first = selectors.get_release(slug, number, user=user_of(request))
        second = selectors.release_of(first.project, other_number)
        return Response(_comparison_json(compare(first, second, most_sets=MOST_SETS_COMPARED)))


def _comparison_json(comparison: Comparison) -> dict[str, Any]:
    return {
        "documents": dict(comparison.documents),
        "sets": dict(comparison.sets),
        "spans": [
            {"how": how, "label": label, "count": count} for (how, label), count in sorted(comparison.spans.items())
        ],
        "relations": [
            {"how": how, "label": label, "count": count} for (how, label), count in sorted(comparison.relations.items())
        ],
        "options": comparison.options,
        "examples": [asdict(example) for example in comparison.examples],
        "sets_left_out": comparison.left_out,
    }


def _differences(counts: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    return [{"how": how, "label": label, "count": count} for (how, label), count in sorted(counts.items())]
