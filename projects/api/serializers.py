"""Serializers of projects, members and versions."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from annotator.platform.accounts.serializers import UserNameField
from projects.models import ROLE_CHOICES, GuidelineVersion, Invitation, Membership, Project, SchemaVersion
from projects.roles import Role
from projects.services.members import LONGEST_NOTE
from projects.services.projects import (
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    LONGEST_SLOT_DAYS,
    LONGEST_SLUG,
    MOST_ANNOTATORS,
    MOST_META_FIELDS,
)


@extend_schema_serializer(component_name="Standing")
class MembershipSummary(serializers.ModelSerializer[Membership]):
    """A project of the user, and their role in it."""

    project = serializers.SlugRelatedField[Project](slug_field="slug", read_only=True)
    name = serializers.CharField(source="project.name", read_only=True)

    class Meta:
        model = Membership
        fields = ["project", "name", "role"]


class Me(serializers.Serializer[object]):
    """The signed-in user."""

    id = serializers.IntegerField(source="pk")
    username = serializers.CharField()
    memberships = MembershipSummary(many=True)


class ProjectOut(serializers.ModelSerializer[Project]):
    """A project with the role of the user and the numbers of its current versions."""

    role = serializers.ChoiceField(choices=ROLE_CHOICES, read_only=True)
    schema_version = serializers.IntegerField(read_only=True)
    guideline_version = serializers.IntegerField(read_only=True)

    class Meta:
        model = Project
        fields = [
            "slug",
            "name",
            "description",
            "role",
            "annotators_per_document",
            "snap_to_tokens",
            "show_optional_labels",
            "review_required",
            "slot_days",
            "review_on_submit",
            "adjudicate_own",
            "shown_meta",
            "schema_version",
            "guideline_version",
            "created_at",
        ]


class ProjectIn(serializers.Serializer[object]):
    """A project to create; without template and schema it gets the template `claims-attribution`."""

    slug = serializers.CharField(max_length=LONGEST_SLUG)
    name = serializers.CharField(max_length=LONGEST_NAME, required=False)
    description = serializers.CharField(max_length=LONGEST_DESCRIPTION, required=False, allow_blank=True)
    template = serializers.CharField(required=False)
    schema = serializers.DictField(required=False, help_text="A schema definition, instead of a template.")
    guidelines = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False, help_text="Markdown.")
    annotators_per_document = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ANNOTATORS)


class SettingsIn(serializers.Serializer[object]):
    """Settings to change; those left out stay."""

    name = serializers.CharField(max_length=LONGEST_NAME, required=False)
    description = serializers.CharField(max_length=LONGEST_DESCRIPTION, required=False, allow_blank=True)
    annotators_per_document = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ANNOTATORS)
    snap_to_tokens = serializers.BooleanField(required=False)
    show_optional_labels = serializers.BooleanField(required=False)
    review_required = serializers.BooleanField(required=False, help_text="Submitted sets count once approved.")
    slot_days = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=LONGEST_SLOT_DAYS,
        help_text="Days without a change after which a slot is freed; null for never.",
    )
    review_on_submit = serializers.BooleanField(required=False)
    adjudicate_own = serializers.BooleanField(
        required=False, help_text="Whether adjudicators may decide documents that they annotated."
    )
    shown_meta = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_NAME), max_length=MOST_META_FIELDS, required=False
    )


class MemberOut(serializers.ModelSerializer[Membership]):
    """A member of a project."""

    username = serializers.CharField(source="user.username", read_only=True)

    class Meta:
        model = Membership
        fields = ["id", "username", "role", "joined_at"]


class RoleIn(serializers.Serializer[object]):
    """The new role of a member."""

    role = serializers.ChoiceField(choices=ROLE_CHOICES)


class InvitationOut(serializers.ModelSerializer[Invitation]):
    """An invitation without its link, which is shown on creation only."""

    created_by = UserNameField()
    accepted_by = UserNameField()

    class Meta:
        model = Invitation
        fields = [
            "id",
            "role",
            "note",
            "created_by",
            "created_at",
            "expires_at",
            "accepted_by",
            "accepted_at",
            "revoked_at",
        ]


class InvitationMade(InvitationOut):
    """A new invitation with its link."""

    link = serializers.URLField(read_only=True, help_text="Shown once; it can be used once.")

    class Meta(InvitationOut.Meta):
        fields = [*InvitationOut.Meta.fields, "link"]


class InvitationIn(serializers.Serializer[object]):
    """An invitation to create."""

    role = serializers.ChoiceField(choices=ROLE_CHOICES, default=Role.ANNOTATOR.value)
    note = serializers.CharField(max_length=LONGEST_NOTE, default="", allow_blank=True)


class SchemaVersionOut(serializers.ModelSerializer[SchemaVersion]):
    """A version of the schema, completed with defaults."""

    definition = serializers.DictField(read_only=True)
    created_by = UserNameField()

    class Meta:
        model = SchemaVersion
        fields = ["number", "definition", "sha256", "created_by", "created_at"]


class SchemaVersionIn(serializers.Serializer[object]):
    """A definition to publish; with `based_on` it is refused when a newer version exists."""

    definition = serializers.DictField()
    based_on = serializers.IntegerField(required=False)


class GuidelineVersionOut(serializers.ModelSerializer[GuidelineVersion]):
    """A version of the guidelines."""

    created_by = UserNameField()

    class Meta:
        model = GuidelineVersion
        fields = ["number", "text", "sha256", "created_by", "created_at"]


class GuidelineVersionIn(serializers.Serializer[object]):
    """Guidelines in Markdown to publish; `based_on` as for the schema."""

    text = serializers.CharField(allow_blank=True, trim_whitespace=False)
    based_on = serializers.IntegerField(required=False)
