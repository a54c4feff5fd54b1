"""Members and invitations of a project; for leads."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.platform.accounts.requests import user_of
from projects import selectors, services
from projects.api.serializers import InvitationIn, InvitationMade, InvitationOut, MemberOut, RoleIn
from projects.models import Invitation, Membership, Project
from projects.roles import Capability, Role
from projects.services.mailed_invitations import invitation_link


class MemberList(ListAPIView[Membership]):
    """The members of a project."""

    serializer_class = MemberOut
    queryset = Membership.objects.none()

    def get_queryset(self) -> QuerySet[Membership]:
        """Return those of a project that the user leads."""
        return selectors.members_of(_project(self.request, self.kwargs["slug"]))


class MemberDetail(APIView):
    """A member."""

    @extend_schema(request=RoleIn, responses=MemberOut)
    def patch(self, request: Request, slug: str, member_id: int) -> Response:
        """Change the role of a member; the last lead cannot be changed."""
        member = selectors.get_member(_project(request, slug), member_id)
        body = RoleIn(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(MemberOut(services.change_role(member, role=Role(body.validated_data["role"]))).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, member_id: int) -> Response:
        """Remove a member; their annotations are kept."""
        services.remove_member(selectors.get_member(_project(request, slug), member_id))
        return Response(status=204)


class InvitationList(ListAPIView[Invitation]):
    """The invitations to a project, including used, revoked and expired ones."""

    serializer_class = InvitationOut
    queryset = Invitation.objects.none()

    def get_queryset(self) -> QuerySet[Invitation]:
        """Return those of a project that the user leads."""
        return selectors.invitations_to(_project(self.request, self.kwargs["slug"]))

    @extend_schema(request=InvitationIn, responses={201: InvitationMade})
    def post(self, request: Request, slug: str) -> Response:
        """Create an invitation link for one person."""
        project = _project(request, slug)
        body = InvitationIn(data=request.data)
        body.is_valid(raise_exception=True)
        role, note = Role(body.validated_data["role"]), body.validated_data["note"]
        invitation, secret = services.create_invitation(
            project, role=role, note=note, by=user_of(request), now=timezone.now()
        )
        return Response(InvitationOut(invitation).data | {"link": invitation_link(secret, request)}, status=201)


class InvitationDetail(APIView):
    """An invitation."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, invitation_id: int) -> Response:
        """Revoke an invitation."""
        invitation = selectors.get_invitation(_project(request, slug), invitation_id)
        services.revoke_invitation(invitation, now=timezone.now())
        return Response(status=204)


def _project(request: Request, slug: str) -> Project:
    return selectors.get_project(slug, user=user_of(request), capability=Capability.MANAGE)
