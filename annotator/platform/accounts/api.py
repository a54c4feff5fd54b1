"""API tokens and preferences over the API."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.platform.accounts import selectors, services
from annotator.platform.accounts.models import ApiToken
from annotator.platform.accounts.preferences import EditorPreferences
from annotator.platform.accounts.requests import user_of
from annotator.platform.accounts.scopes import Scope
from annotator.platform.accounts.serializers import PreferencesShape, TokenIn, TokenMade, TokenOut


class TokenList(ListAPIView[ApiToken]):
    """The API tokens of the user."""

    serializer_class = TokenOut
    queryset = ApiToken.objects.none()

    def get_queryset(self) -> QuerySet[ApiToken]:
        """Return the tokens of the user."""
        return selectors.tokens_of(user_of(self.request))

    @extend_schema(request=TokenIn, responses={201: TokenMade})
    def post(self, request: Request) -> Response:
        """Create a token."""
        user = user_of(request)
        body = TokenIn(data=request.data, user=user)
        body.is_valid(raise_exception=True)
        made_with = request.auth if isinstance(request.auth, ApiToken) else None
        token, secret = services.create_token(user, **body.validated_data, now=timezone.now(), made_with=made_with)
        return Response(TokenOut(token).data | {"token": secret}, status=201)


class TokenDetail(APIView):
    """One API token."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, token_id: int) -> Response:
        """Delete a token, which is refused from now on."""
        services.revoke_token(selectors.get_token(token_id, user=user_of(request)))
        return Response(status=204)


class MyPreferences(APIView):
    """The preferences of the user."""

    token_scope = Scope.ANNOTATE

    @extend_schema(responses=PreferencesShape)
    def get(self, request: Request) -> Response:
        """Return all preferences, including defaults."""
        return Response({"editor_preferences": selectors.editor_preferences(user_of(request))})

    @extend_schema(request=PreferencesShape, responses=PreferencesShape)
    def put(self, request: Request) -> Response:
        """Replace all preferences; those left out are reset to their defaults."""
        body = PreferencesShape(data=request.data)
        body.is_valid(raise_exception=True)
        preferences: EditorPreferences = body.validated_data["editor_preferences"]
        services.set_editor_preferences(user_of(request), preferences, now=timezone.now())
        return Response({"editor_preferences": preferences})


class BearerToken(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """OpenAPI security scheme of API tokens."""

    target_class = "annotator.platform.accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """Return the security scheme."""
        return {"type": "http", "scheme": "bearer", "description": "An API token, created on your account page."}


class SessionOfPage(SessionScheme):  # type: ignore[no-untyped-call]
    """OpenAPI security scheme of the session of a browser."""

    target_class = "annotator.platform.accounts.authentication.PageAuthentication"
