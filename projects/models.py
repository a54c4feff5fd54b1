"""Projects, members, invitations, and the versions of schema and guidelines."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.roles import Role

ROLE_CHOICES = [
    (Role.LEAD.value, _("Lead")),
    (Role.ADJUDICATOR.value, _("Adjudicator")),
    (Role.ANNOTATOR.value, _("Annotator")),
    (Role.VIEWER.value, _("Viewer")),
]


class Project(models.Model):
    """A set of documents that a team annotates with one schema."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    annotators_per_document = models.PositiveSmallIntegerField(default=2)
    seed = models.CharField(max_length=64, help_text="Determines the order of documents for each annotator.")
    snap_to_tokens = models.BooleanField(default=True)
    show_optional_labels = models.BooleanField(default=False)
    review_required = models.BooleanField(
        default=False, db_default=False, help_text="Submitted sets count once a lead has approved them."
    )
    slot_days = models.PositiveSmallIntegerField(
        null=True, help_text="Days without a change after which a slot is freed; null for never."
    )
    adjudicate_own = models.BooleanField(
        default=True, db_default=True, help_text="Whether adjudicators may decide documents that they annotated."
    )
    review_on_submit = models.BooleanField(
        default=True, db_default=True, help_text="Whether annotators see what may be missing before they submit."
    )
    shown_meta = models.JSONField(
        default=list,
        db_default=models.Value([], models.JSONField()),
        blank=True,
        help_text="Names of the meta fields that stand above the text in the editor.",
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(annotators_per_document__gte=1), name="project_annotators_per_document_at_least_one"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """The role of a user in a project."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=ROLE_CHOICES)
    joined_at = models.DateTimeField()
    annotates = models.BooleanField(
        null=True, help_text="Whether documents are assigned to the member; null as the role has it."
    )
    guidelines_seen = models.PositiveIntegerField(
        null=True, help_text="The number of the guideline version that the member has seen last."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="membership_once_per_project")]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} in {self.project}"


class Invitation(models.Model):
    """A link with which one person can join a project once; only the SHA-256 of its secret is stored."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=16, choices=ROLE_CHOICES)
    digest = models.CharField(max_length=64, unique=True)
    note = models.CharField(max_length=200, blank=True, help_text="Who the link is for. Only leads see this note.")
    email = models.EmailField(blank=True, help_text="The address to which the link was sent.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"invitation to {self.project} as {self.role}"


class SchemaVersion(models.Model):
    """A version of the schema, which is never changed."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="schema_versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    sha256 = models.CharField(max_length=64)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="schema_version_number_once")]

    def __str__(self) -> str:
        return f"schema {self.number} of {self.project}"


class GuidelineVersion(models.Model):
    """A version of the guidelines in Markdown, which is never changed."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="guideline_versions")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="guideline_version_number_once")]

    def __str__(self) -> str:
        return f"guidelines {self.number} of {self.project}"


class GuidelinePicture(models.Model):
    """A picture in the guidelines of a project, known by the digest of its bytes."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="guideline_pictures")
    digest = models.CharField(max_length=16, help_text="The beginning of the SHA-256 of its bytes.")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=32)
    data = models.BinaryField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "digest"], name="guideline_picture_once")]

    def __str__(self) -> str:
        return self.name


class SchemaMigration(models.Model):
    """A mapping from one schema version to another. While it is active, older work is read through it."""

    class State(models.TextChoices):
        """How far a migration is."""

        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Carried out")
        UNDONE = "undone", _("Undone")

    class Review(models.TextChoices):
        """Which sets are queued to be looked at again."""

        NONE = "none", _("None")
        BY_HAND = "by_hand", _("Those with spans to decide by hand")
        ALL = "all", _("All in which something changes")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="schema_migrations")
    source = models.ForeignKey(SchemaVersion, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(SchemaVersion, on_delete=models.PROTECT, related_name="+")
    definition = models.JSONField(help_text="The mapping, as `projects.schema_mapping` reads it.")
    review = models.CharField(max_length=16, choices=Review, default=Review.BY_HAND)
    state = models.CharField(max_length=16, choices=State, default=State.DRAFT)
    preview = models.JSONField(null=True, help_text="Counts and examples of the last preview.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(state="active"), name="schema_migration_active_once_per_source"
            )
        ]

    def __str__(self) -> str:
        return f"migration {self.pk} of {self.project}"
