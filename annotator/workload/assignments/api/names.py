"""Names in files over the API: which member each of them is; for leads."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.corpus import identities
from annotator.corpus.spans.models import OutsideName
from annotator.platform.accounts.models import User
from annotator.platform.accounts.requests import user_of
from annotator.platform.accounts.serializers import UserNameField
from annotator.platform.http.input import InputSerializer, StringField, read_input
from annotator.problems import InvalidInput
from projects.roles import Capability
from projects.selectors import get_project


class OutsideNameIn(InputSerializer):
    """A name in files, and the user name of the member who it is; without one it is another person."""

    name = StringField()
    member = StringField(required=False, help_text="Leave it out for a person who is no member of the project.")


class OutsideNameOut(serializers.Serializer[Any]):
    """A name of annotation sets that no account made; `superseded` of them do not count beside the member's own.

    `link` is the id of its link, null while it has none; `member` is null for other people.
    """

    name = serializers.CharField()
    annotation_sets = serializers.IntegerField(source="sets")
    superseded = serializers.IntegerField()
    link = serializers.IntegerField(source="link.pk", allow_null=True, default=None)
    member = serializers.SerializerMethodField()
    suggestion = serializers.CharField(allow_blank=True)

    def get_member(self, summary: identities.NameSummary) -> str | None:
        """Return the user name of the member."""
        return summary.member or None


class NameLinkOut(serializers.ModelSerializer[OutsideName]):
    """A link of a name, in force while `unlinked_at` is null; `member` is null for another person."""

    member = UserNameField(source="user")
    linked_by = UserNameField()
    unlinked_by = UserNameField()

    class Meta:
        model = OutsideName
        fields = ["id", "name", "member", "linked_by", "linked_at", "unlinked_by", "unlinked_at"]


class OutsideNameList(APIView):
    """The names in files of a project."""

    @extend_schema(responses=OutsideNameOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """Return the names of annotation sets that no account made, and who they are (leads only)."""
        project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
        return Response(OutsideNameOut(identities.outside_names(project), many=True).data)

    @extend_schema(request=OutsideNameIn, responses={201: NameLinkOut})
    def post(self, request: Request, slug: str) -> Response:
        """Link a name to a member, or to another person (leads only)."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.MANAGE)
        values = read_input(OutsideNameIn(data=request.data), _("The name was not linked."))
        member = None
        if values.get("member") is not None:
            member = User.objects.filter(username=values["member"]).order_by("id").first()
            if member is None or member.get_username() not in identities.linkable_members(project):
                detail = _("“%(name)s” is no member of this project.") % {"name": values["member"]}
                raise InvalidInput(detail, errors=[{"pointer": "/member", "detail": detail}])
        link = identities.link(project, values["name"], member=member, by=user, now=timezone.now())
        return Response(NameLinkOut(link).data, status=status.HTTP_201_CREATED)


class EndNameLink(APIView):
    """The end of a link."""

    @extend_schema(request=None, responses=NameLinkOut)
    def post(self, request: Request, link_id: int) -> Response:
        """Let the sets of a name count under their own name again (leads only)."""
        user = user_of(request)
        row = identities.get_link(link_id, user=user)
        return Response(NameLinkOut(identities.unlink(row, by=user, now=timezone.now())).data)
