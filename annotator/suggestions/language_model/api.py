"""The language model of a project over the API."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.platform.accounts.requests import user_of
from annotator.platform.http.input import BooleanField, InputSerializer, StringField, read_input
from annotator.problems import InvalidInput
from annotator.suggestions.language_model import selectors, services
from annotator.suggestions.language_model.limits import MOST_TOKENS, limits_of
from annotator.suggestions.models import TOKENS_PER_DAY, TOKENS_PER_RUN
from projects.models import Project
from projects.roles import Capability
from projects.selectors import get_project


class LanguageModelIn(InputSerializer):
    """The server and the model; `agreed` says that the texts of the project may be sent there."""

    url = StringField(max_length=500)
    model = StringField(max_length=200)
    agreed = BooleanField()
    tokens_per_run = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_TOKENS, help_text="The limit of a run; without it, as it was."
    )
    tokens_per_day = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_TOKENS,
        help_text="The limit of a day, in UTC; without it, as it was.",
    )


class LanguageModelOut(serializers.Serializer[Any]):
    """The language model of a project; `url` and `model` are empty without one."""

    allowed = serializers.ListField(child=serializers.CharField(), help_text="Servers that the operator allows.")
    url = serializers.CharField(allow_blank=True)
    model = serializers.CharField(allow_blank=True)
    version = serializers.CharField(allow_blank=True, help_text="Of the source; empty when nothing may be asked.")
    documents = serializers.IntegerField(help_text="Documents without suggestions of this version.")
    requests = serializers.IntegerField(help_text="Requests that these need, about.")
    tokens = serializers.IntegerField(help_text="Tokens that these send, about.")
    tokens_per_run = serializers.IntegerField(help_text="The limit of a run.")
    tokens_per_day = serializers.IntegerField(help_text="The limit of a day, in UTC.")
    tokens_left_today = serializers.IntegerField(help_text="What is left of the limits of the project and of the site.")


class LanguageModelDetail(APIView):
    """The language model of a project."""

    @extend_schema(responses=LanguageModelOut)
    def get(self, request: Request, slug: str) -> Response:
        """Return which model is chosen, and what asking about all documents would send."""
        project = get_project(slug, user=user_of(request), capability=Capability.SEE_ALL_WORK)
        return Response(_state(project))

    @extend_schema(request=LanguageModelIn, responses=LanguageModelOut)
    def put(self, request: Request, slug: str) -> Response:
        """Choose a server and a model, and agree that the texts are sent there; nothing is sent yet."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.MANAGE)
        given = read_input(LanguageModelIn(data=request.data), "No language model was chosen.")
        if not given["agreed"]:
            detail = "Without this nothing can be asked."
            raise InvalidInput("No language model was chosen.", errors=[{"pointer": "/agreed", "detail": detail}])
        limits = {name: given[name] for name in ("tokens_per_run", "tokens_per_day") if name in given}
        services.choose(project, url=given["url"], model=given["model"], by=user, now=timezone.now(), limits=limits)
        return Response(_state(project))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str) -> Response:
        """Send nothing any more; stored suggestions stay, and are not offered."""
        services.stop_using(get_project(slug, user=user_of(request), capability=Capability.MANAGE))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _state(project: Project) -> dict[str, Any]:
    choice, asking = selectors.choice_of(project), selectors.find_asking(project)
    estimate = selectors.estimate(project, asking) if asking else selectors.Estimate(0, 0, 0)
    limits = limits_of(project, now=timezone.now()) if choice else None
    return {
        "allowed": [server.url for server in selectors.allowed_servers()],
        "url": choice.url if choice else "",
        "model": choice.model if choice else "",
        "version": asking.version if asking else "",
        "documents": estimate.documents,
        "requests": estimate.requests,
        "tokens": estimate.tokens,
        "tokens_per_run": limits.per_run if limits else TOKENS_PER_RUN,
        "tokens_per_day": limits.per_day if limits else TOKENS_PER_DAY,
        "tokens_left_today": limits.left_today if limits else 0,
    }
