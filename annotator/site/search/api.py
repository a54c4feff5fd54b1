"""Search over the API."""

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.platform.accounts.requests import user_of
from annotator.problems import InvalidInput
from annotator.site.search import selectors, services
from annotator.site.search.query import parse
from projects.selectors import get_project

MOST = 1000


class HitOut(serializers.Serializer[object]):
    """A passage with what stands on either side, and its location in code points."""

    document = serializers.IntegerField(source="document.pk")
    external_id = serializers.CharField(source="document.external_id")
    left = serializers.CharField(trim_whitespace=False)
    text = serializers.CharField(trim_whitespace=False)
    right = serializers.CharField(trim_whitespace=False)
    start = serializers.IntegerField()
    end = serializers.IntegerField()


class FoundDocument(serializers.Serializer[object]):
    """A document that a search finds."""

    id = serializers.IntegerField(source="pk")
    external_id = serializers.CharField()
    title = serializers.CharField()


class SearchOut(serializers.Serializer[object]):
    """The first documents and passages; `is_complete` unless documents are still being indexed."""

    documents = FoundDocument(many=True)
    hits = HitOut(many=True)
    is_complete = serializers.BooleanField()


class Search(APIView):
    """Search in the documents of a project."""

    @extend_schema(
        responses=SearchOut,
        parameters=[
            OpenApiParameter(
                "q", str, required=True, description="Words, “phrases”, beginnings*, -without, label:Denial."
            ),
            OpenApiParameter("sort", str, description="text, left, hit or right."),
            OpenApiParameter("limit", int, description="At most so many documents and passages, up to 1,000."),
        ],
    )
    def get(self, request: Request, slug: str) -> Response:
        """Return documents and passages; annotators search their own documents."""
        user = user_of(request)
        project = get_project(slug, user=user)
        query, limit = parse(request.query_params.get("q", "")), request.query_params.get("limit", "100")
        if query.is_empty or not limit.isdecimal() or not 1 <= int(limit[:9]) <= MOST:
            raise InvalidInput(_("Give q, and a limit from 1 to %(most)s.") % {"most": f"{MOST:,}"})
        job = services.bring_up_to_date(project, by=user, now=timezone.now())
        sort = request.query_params.get("sort", "text")
        documents = selectors.find_documents(project, query, user=user, reads_all=sort != "text")
        hits = selectors.concordance(documents, query, most=int(limit), sort=sort) if query.phrases else []
        answer = {"documents": documents[: int(limit)], "hits": hits, "is_complete": job is None}
        return Response(SearchOut(answer).data)
