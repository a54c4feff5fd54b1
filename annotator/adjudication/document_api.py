"""Attributes of the document in an adjudication, over the API."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.adjudication import selectors, services
from annotator.adjudication.board.document_units import document_units
from annotator.adjudication.models import Adjudication
from annotator.platform.accounts.requests import user_of
from annotator.platform.accounts.scopes import Scope
from annotator.platform.http.input import InputSerializer, StringField, read_input


class DocumentVersionOut(serializers.Serializer[object]):
    """A value of an attribute of the document, and who gave it."""

    value = serializers.JSONField(help_text="Null for annotators without a value.")
    names = serializers.ListField(child=serializers.CharField(), help_text="Letters where names are hidden.")


class DocumentUnitOut(serializers.Serializer[object]):
    """An attribute of the document on which annotators said something."""

    attribute = serializers.CharField(source="attribute.id")
    versions = DocumentVersionOut(many=True)
    is_contested = serializers.BooleanField(help_text="Whether annotators differ.")
    is_decided = serializers.BooleanField()
    value = serializers.JSONField(help_text="What was decided; null: nothing, or none of the versions.")


class DocumentUnitsOut(serializers.Serializer[object]):
    """The attributes of the document, and the revision of the adjudicated set."""

    set_revision = serializers.IntegerField()
    attributes = DocumentUnitOut(many=True)


class DocumentDecisionIn(InputSerializer):
    """A decision about an attribute of the document."""

    attribute = StringField()
    version = serializers.IntegerField(
        min_value=0, allow_null=True, help_text="The position of the version, from 0; null for none of them."
    )
    set_revision = serializers.IntegerField(
        required=False, min_value=0, help_text="That you read: a later decision of another user is not replaced then."
    )


class DocumentDecisions(APIView):
    """Decisions about the attributes of a document."""

    token_scope = Scope.ANNOTATE

    @extend_schema(responses=DocumentUnitsOut)
    def get(self, request: Request, document_id: int) -> Response:
        """Return the attributes on which annotators said something, in the order of the schema."""
        return Response(_shown(selectors.get_adjudication(document_id, user=user_of(request))))

    @extend_schema(request=DocumentDecisionIn, responses={201: DocumentUnitsOut})
    def post(self, request: Request, document_id: int) -> Response:
        """Decide an attribute of the document; to change the decision, decide again."""
        user = user_of(request)
        adjudication = selectors.get_adjudication(document_id, user=user)
        values = read_input(DocumentDecisionIn(data=request.data), _("The decision was not stored."))
        services.decide_document(
            adjudication,
            values["attribute"],
            version=values["version"],
            base_revision=values.get("set_revision"),
            by=user,
            now=timezone.now(),
        )
        return Response(_shown(adjudication), status=status.HTTP_201_CREATED)


def _shown(adjudication: Adjudication) -> Any:
    adjudication.annotation_set.refresh_from_db()
    units = document_units(adjudication)
    return DocumentUnitsOut({"set_revision": adjudication.annotation_set.revision, "attributes": units}).data
