"""API tokens and preferences over the API."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.platform.accounts import selectors, services
from annotator.platform.accounts.models import ApiToken
from annotator.platform.accounts.preferences import EditorPreferences, PreferencesShape
from annotator.platform.accounts.requests import user_of
from annotator.platform.accounts.services import LONGEST_TOKEN_NAME


class TokenOut(serializers.ModelSerializer[ApiToken]):
    """A token, without its secret."""

    class Meta:
        model = ApiToken
        fields = ["id", "name", "prefix", "created_at", "expires_at", "last_used_at"]


class TokenMade(TokenOut):
    """A new token with its secret."""

    token = serializers.CharField(read_only=True, help_text="Shown once: send it as `Authorization: Bearer …`.")

    class Meta(TokenOut.Meta):
        fields = [*TokenOut.Meta.fields, "token"]


class TokenIn(serializers.Serializer[Any]):
    """A token to make; without `expires_at` it is valid until it is withdrawn."""

    name = serializers.CharField(max_length=LONGEST_TOKEN_NAME)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)


class TokenList(ListAPIView[ApiToken]):
    """The API tokens of the person who asks."""

    serializer_class = TokenOut
    queryset = ApiToken.objects.none()

    def get_queryset(self) -> QuerySet[ApiToken]:
        """Limit to the person's own."""
        return selectors.tokens_of(user_of(self.request))

    @extend_schema(request=TokenIn, responses={201: TokenMade})
    def post(self, request: Request) -> Response:
        """Make a token."""
        body = TokenIn(data=request.data)
        body.is_valid(raise_exception=True)
        token, secret = services.create_token(user_of(request), **body.validated_data, now=timezone.now())
        return Response(TokenOut(token).data | {"token": secret}, status=201)


class TokenDetail(APIView):
    """One API token."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, token_id: int) -> Response:
        """Withdraw a token."""
        services.revoke_token(selectors.get_token(token_id, user=user_of(request)))
        return Response(status=204)


class MyPreferences(APIView):
    """How the person who asks likes to work."""

    @extend_schema(responses=PreferencesShape)
    def get(self, request: Request) -> Response:
        """Return all preferences, also those never set."""
        return Response({"editor_preferences": selectors.editor_preferences(user_of(request))})

    @extend_schema(request=PreferencesShape, responses=PreferencesShape)
    def put(self, request: Request) -> Response:
        """Set all preferences; what is left out goes back to what it was at first."""
        body = PreferencesShape(data=request.data)
        body.is_valid(raise_exception=True)
        preferences: EditorPreferences = body.validated_data["editor_preferences"]
        services.set_editor_preferences(user_of(request), preferences, now=timezone.now())
        return Response({"editor_preferences": preferences})
