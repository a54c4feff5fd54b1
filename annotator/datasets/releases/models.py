"""Releases: which documents and annotation sets, at which revisions, with which options, and what was built of them.

Frozen columns cannot be changed: triggers of the database refuse it (second migration).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet
from annotator.platform.jobs.models import Job
from projects.models import Project

LONGEST_NAME = 100


class Release(models.Model):
    """A numbered and named selection of annotation sets with its options. `sha256` is empty until it was built."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField(help_text="Counts the releases of a project.")
    name = models.CharField(max_length=LONGEST_NAME)
    options = models.JSONField()
    origin = models.JSONField(help_text="Address, name and description of the project, as they were.")
    layout = models.PositiveSmallIntegerField(help_text="Which arrangement of files the archive has.")
    software = models.CharField(max_length=32, help_text="The version of the site that froze it.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+", help_text="The last one.")
    built_at = models.DateTimeField(null=True)
    manifest = models.JSONField(null=True)
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the archive.")
    size = models.PositiveBigIntegerField(null=True, help_text="Of the archive, in bytes.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="release_number_once_per_project"),
            models.UniqueConstraint(fields=["project", "name"], name="release_name_once_per_project"),
            models.CheckConstraint(
                condition=Q(sha256="", built_at=None, manifest=None, size=None)
                | (~Q(sha256="") & Q(built_at__isnull=False, manifest__isnull=False, size__isnull=False)),
                name="release_built_or_not",
            ),
        ]

    def __str__(self) -> str:
        return f"release {self.number} ({self.name})"

    @property
    def is_built(self) -> bool:
        """Whether the archive was built, so that its checksum is known."""
        return bool(self.sha256)


class FrozenDocument(models.Model):
    """A document of a release, the checksum of its text, and the split that it got when the release was built."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="documents")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, help_text="Of the text.")
    split = models.CharField(max_length=32, blank=True)
    facts = models.JSONField(
        null=True, help_text="What the archive needs of it that may change later; see `contents.facts`. Null: nothing."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "document"], name="frozen_document_once_per_release")]

    def __str__(self) -> str:
        return f"document {self.document_id} in release {self.release_id}"


class FrozenSet(models.Model):
    """An annotation set of a release: its revision, and columns of the set that may change later.

    A set with `is_evidence` is not part of the data: agreement is measured on it, as on the annotators' sets behind
    adjudicated ones.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="sets")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    annotation_set = models.ForeignKey(AnnotationSet, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField()
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=16)
    state = models.CharField(max_length=16)
    schema_version = models.PositiveIntegerField()
    guideline_version = models.PositiveIntegerField()
    is_evidence = models.BooleanField(default=False)
    origins = models.JSONField(null=True, help_text="Of an adjudicated set: where each span came from, by its id.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "annotation_set"], name="frozen_set_once_per_release")
        ]
        indexes = [models.Index(fields=["release", "document"], name="frozen_set_by_document")]

    def __str__(self) -> str:
        return f"set {self.annotation_set_id} at revision {self.revision} in release {self.release_id}"
