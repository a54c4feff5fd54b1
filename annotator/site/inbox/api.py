"""The inbox over the API."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.platform.accounts.requests import user_of
from annotator.site.inbox.selectors import inbox_of


class InboxProjectOut(serializers.Serializer[object]):
    """What waits in a project for its leads."""

    project = serializers.CharField(source="project.slug")
    skips = serializers.IntegerField()
    reviews = serializers.IntegerField()
    stuck = serializers.IntegerField()
    alerts = serializers.IntegerField(help_text="People whose gold checks failed.")


class InboxOut(serializers.Serializer[object]):
    """What waits for the user: ids of questions and sets, projects with new guidelines, counts for leads."""

    unread = serializers.ListField(child=serializers.IntegerField())
    unanswered = serializers.ListField(child=serializers.IntegerField())
    returned = serializers.ListField(child=serializers.IntegerField())
    guidelines = serializers.ListField(child=serializers.CharField())
    projects = InboxProjectOut(many=True)


class InboxView(APIView):
    """The inbox of the user."""

    @extend_schema(responses=InboxOut)
    def get(self, request: Request) -> Response:
        """Return what waits, at most 100 of each kind."""
        inbox = inbox_of(user_of(request), now=timezone.now())
        answer = {
            "unread": [question.pk for question in inbox.unread],
            "unanswered": [question.pk for question in inbox.unanswered],
            "returned": [annotation_set.pk for annotation_set in inbox.returned],
            "guidelines": [version.project.slug for version in inbox.guidelines],
            "projects": inbox.projects,
        }
        return Response(InboxOut(answer).data)
