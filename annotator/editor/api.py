"""The API of the editor."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from annotator.corpus.spans.models import SetState
from annotator.corpus.spans.selectors import get_set
from annotator.corpus.spans.serializers import RelationShape, SpanShape
from annotator.editor.payload import editor_payload, upcoming_payload
from annotator.platform.accounts.requests import user_of
from projects.roles import Capability
from projects.selectors import get_project


class ShownMetaField(serializers.Serializer[object]):
    """A meta field that stands above the text; `is_link` when its text is an address."""

    name = serializers.CharField()
    text = serializers.CharField()
    is_link = serializers.BooleanField()


class EditorDocument(serializers.Serializer[object]):
    """Text, with tokens and sentences as `[gap, length, …]` in code points; a gap follows the end of the one before."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    sha256 = serializers.CharField()
    meta = ShownMetaField(many=True)
    text = serializers.CharField()
    tokens = serializers.ListField(child=serializers.IntegerField())
    sentences = serializers.ListField(child=serializers.IntegerField())


class EditorSet(serializers.Serializer[object]):
    """The annotation set; `editable` when it is the user's own and open."""

    id = serializers.IntegerField(allow_null=True, help_text="Null for a document that is not assigned yet.")
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=SetState.choices)
    revision = serializers.IntegerField()
    schema_version = serializers.IntegerField()
    guideline_version = serializers.IntegerField()
    editable = serializers.BooleanField()
    active_seconds = serializers.IntegerField(
        allow_null=True, help_text="Active time of the annotator; null for other users."
    )
    waived_hints = serializers.ListField(child=serializers.CharField(), help_text="Hints that the annotator waived.")
    spans = SpanShape(many=True)
    relations = RelationShape(many=True)


class EditorProject(serializers.Serializer[object]):
    """Settings of the project that the editor needs."""

    slug = serializers.CharField()
    name = serializers.CharField()
    snap = serializers.BooleanField(help_text="Whether selections snap to whole tokens.")
    show_optional_labels = serializers.BooleanField()
    review_on_submit = serializers.BooleanField(help_text="Whether the editor shows hints before submitting.")


class EditorOut(serializers.Serializer[object]):
    """Everything that the editor needs."""

    document = EditorDocument()
    set = EditorSet()
    schema = serializers.JSONField(help_text="The schema as it is stored.")
    speakers = serializers.ListField(
        child=serializers.CharField(), help_text="Names that the annotator has used before."
    )
    project = EditorProject()
    suggests = serializers.BooleanField(help_text="Whether a source may suggest spans here.")


class EditorPayload(APIView):
    """Everything that the editor needs, in one request."""

    @extend_schema(responses=EditorOut)
    def get(self, request: Request, set_id: int) -> HttpResponse:
        """Return everything that the editor needs about an annotation set that the user may see."""
        user = user_of(request)
        return HttpResponse(editor_payload(get_set(set_id, user=user), user=user), content_type="application/json")


class UpcomingPayload(APIView):
    """Everything that the editor needs for the document after this one, so that it opens at once."""

    @extend_schema(responses={200: EditorOut, 204: None})
    def get(self, request: Request, set_id: int) -> HttpResponse:
        """Return the document that would be assigned to the user after this set, without assigning it; 204 for none."""
        user = user_of(request)
        annotation_set = get_set(set_id, user=user)
        get_project(annotation_set.document.project.slug, user=user, capability=Capability.ANNOTATE)
        payload = upcoming_payload(annotation_set, user=user)
        return HttpResponse(payload or b"", content_type="application/json", status=200 if payload else 204)
