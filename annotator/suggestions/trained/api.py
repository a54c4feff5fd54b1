"""Trained models over the API."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.platform.accounts.requests import user_of
from annotator.suggestions.models import TrainedModel
from annotator.suggestions.trained import selectors, services
from projects.roles import Capability
from projects.selectors import get_project


class TrainedModelOut(serializers.ModelSerializer[TrainedModel]):
    """A model with its figures on documents that were held out."""

    version = serializers.CharField(help_text="The version of the source “model” that its suggestions have.")
    active = serializers.BooleanField(source="is_active")
    figures = serializers.JSONField()

    class Meta:
        model = TrainedModel
        fields = ["number", "version", "active", "documents", "sha256", "created_at", "figures"]


class TrainingJob(serializers.Serializer[Any]):
    """The job that was started."""

    job = serializers.IntegerField()


class ModelList(APIView):
    """The models of a project."""

    @extend_schema(operation_id="projects_suggestion_models_list", responses=TrainedModelOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """Return all models, newest first."""
        project = get_project(slug, user=user_of(request), capability=Capability.SEE_ALL_WORK)
        return Response(TrainedModelOut(selectors.models_of(project), many=True).data)

    @extend_schema(operation_id="projects_suggestion_models_train", request=None, responses={202: TrainingJob})
    def post(self, request: Request, slug: str) -> Response:
        """Start training a model on finished work."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.MANAGE)
        job = services.start_training(project, started_by=user, now=timezone.now())
        return Response({"job": job.pk}, status=status.HTTP_202_ACCEPTED)


class ModelActivation(APIView):
    """Which model is active."""

    @extend_schema(operation_id="projects_suggestion_models_activate", request=None, responses=TrainedModelOut)
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Offer the suggestions of this model from now on."""
        project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
        return Response(TrainedModelOut(services.activate(project, number)).data)
