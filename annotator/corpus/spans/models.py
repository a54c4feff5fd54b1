"""Annotation sets, their spans and relations as rows, and the log of their changes."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from annotator.corpus.documents.models import Document
from projects.models import GuidelineVersion, Project, SchemaVersion

MOST_WAIVED_HINTS = 5_000


class SetKind(models.TextChoices):
    """The author of a set."""

    ANNOTATOR = "annotator", _("Annotator")
    IMPORTED = "imported", _("Imported")
    ADJUDICATED = "adjudicated", _("Adjudicated")
    MODEL = "model", _("Model")


class SetState(models.TextChoices):
    """The state of a set; only open sets are edited. `lifecycle` has the transitions."""

    OPEN = "open", _("Open")
    SUBMITTED = "submitted", _("Submitted")
    ADJUDICATED = "adjudicated", _("Adjudicated")
    UNFINISHED = "unfinished", _("Unfinished")


class SetPurpose(models.TextChoices):
    """What a set was made for; sets that check an annotator are never counted as new data."""

    DATA = "", _("Data")
    PRACTICE = "practice", _("Practice")
    QUALIFICATION = "qualification", _("Qualification")
    CHECK = "check", _("Gold check")


class AnnotationSet(models.Model):
    """One author's spans and relations over one document, at a revision."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="annotation_sets")
    kind = models.CharField(max_length=16, choices=SetKind)
    annotator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="annotation_sets"
    )
    name = models.CharField(max_length=150, help_text="The annotator's user name, or the name given in the file.")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        help_text="The member whose work a set without an annotator is: its name is linked to them.",
    )
    revision = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=16, choices=SetState, default=SetState.OPEN)
    schema_version = models.ForeignKey(SchemaVersion, on_delete=models.PROTECT, related_name="+")
    guideline_version = models.ForeignKey(GuidelineVersion, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    submits_at = models.DateTimeField(
        null=True, help_text="When a submit takes effect that its annotator may still undo; the set is open until then."
    )
    is_excluded = models.BooleanField(default=False, db_default=False, help_text="Whether an exclusion covers it.")
    purpose = models.CharField(max_length=16, choices=SetPurpose, blank=True, default="", db_default="")
    awaits_review = models.BooleanField(
        default=False, db_default=False, help_text="Submitted, and counts once a lead has approved it."
    )
    is_tallied = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether tallies of the project contain the set as it is; everything that changes it clears this.",
    )
    waived_hints = models.JSONField(
        default=list,
        db_default=models.Value([], models.JSONField()),
        blank=True,
        help_text="Hints of the review before submitting that the annotator has waived.",
    )
    document_attributes = models.JSONField(
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        blank=True,
        help_text="What the author says about the document as a whole, by attribute.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "name"], name="annotation_set_name_once_per_document"),
            models.UniqueConstraint(
                fields=["document", "annotator"],
                condition=Q(annotator__isnull=False),
                name="annotation_set_annotator_once_per_document",
            ),
        ]
        indexes = [
            models.Index(fields=["document"], condition=Q(is_excluded=True), name="annotation_set_excluded"),
            models.Index(fields=["document"], condition=Q(awaits_review=True), name="annotation_set_to_review"),
            models.Index(fields=["submits_at"], condition=Q(submits_at__isnull=False), name="annotation_set_submits"),
            models.Index(fields=["document"], condition=Q(is_tallied=False), name="annotation_set_not_tallied"),
            models.Index(
                fields=["kind", "state", "annotator"],
                condition=Q(submitted_at=None),
                name="annotation_set_not_submitted",
            ),
            models.Index(fields=["annotator", "document"], condition=Q(state="open"), name="annotation_set_open"),
            # The people of a project, and sets that check annotators, which are few.
            models.Index(fields=["name", "kind", "member", "annotator", "document"], name="annotation_set_people"),
            models.Index(fields=["annotator", "purpose"], condition=~Q(purpose=""), name="annotation_set_checks"),
            # Adjudicated documents, of which there are few at first.
            models.Index(fields=["document"], condition=Q(kind="adjudicated"), name="annotation_set_adjudicated"),
        ]

    def __str__(self) -> str:
        return f"{self.name} over {self.document_id}"

    @property
    def is_open(self) -> bool:
        """Whether the set takes changes."""
        return self.shown_state == SetState.OPEN

    @property
    def shown_state(self) -> SetState:
        """The state that people see: a set whose submit can still be undone is submitted."""
        state = SetState(self.state)
        return SetState.SUBMITTED if state is SetState.OPEN and self.submits_at is not None else state

    @property
    def is_closed(self) -> bool:
        """Whether adjudication has closed the set."""
        return self.state == SetState.ADJUDICATED


class Span(models.Model):
    """A label on one or more fragments `[start, end)` of a document, in code points."""

    # The unique constraint begins with the set: it serves the queries of an index of its own.
    annotation_set = models.ForeignKey(AnnotationSet, on_delete=models.PROTECT, related_name="spans", db_index=False)
    uid = models.CharField(max_length=64)
    label = models.CharField(max_length=64)
    start = models.PositiveIntegerField(help_text="Of the first fragment.")
    end = models.PositiveIntegerField(help_text="Of the last fragment.")
    fragments = models.JSONField(null=True, help_text="[[start, end], …] when there are two or more, else null.")
    attributes = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    origin = models.CharField(max_length=16, default="manual")
    suggestion = models.JSONField(null=True, help_text="The suggestion it was accepted from, else null.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["annotation_set", "uid"], name="span_uid_once_per_set"),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="span_not_empty"),
        ]
        indexes = [
            # Searches for labels: whether any span has one, the sets of one that few spans have, and what spans cover.
            models.Index(fields=["label", "annotation_set", "start", "end"], name="span_label_extent"),
            models.Index(fields=["annotation_set"], condition=~Q(note=""), name="span_with_note"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.start}-{self.end}"


class Relation(models.Model):
    """A labelled, directed link between two spans of one set."""

    annotation_set = models.ForeignKey(
        AnnotationSet, on_delete=models.PROTECT, related_name="relations", db_index=False
    )
    uid = models.CharField(max_length=64)
    label = models.CharField(max_length=64)
    source = models.ForeignKey(Span, on_delete=models.RESTRICT, related_name="outgoing", db_index=False)
    target = models.ForeignKey(Span, on_delete=models.RESTRICT, related_name="incoming")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["annotation_set", "uid"], name="relation_uid_once_per_set"),
            models.UniqueConstraint(fields=["source", "target", "label"], name="relation_once_per_pair"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="relation_between_two_spans"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.source_id} to {self.target_id}"


class Change(models.Model):
    """One invertible entry of a set's log; append-only."""

    annotation_set = models.ForeignKey(AnnotationSet, on_delete=models.PROTECT, related_name="changes", db_index=False)
    revision = models.PositiveIntegerField(help_text="Of the set after this change.")
    change_id = models.CharField(max_length=64, help_text="Made by the client, so that a resend is recognised.")
    kind = models.CharField(max_length=24)
    payload = models.JSONField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["annotation_set", "revision"], name="change_revision_once_per_set"),
            models.UniqueConstraint(fields=["annotation_set", "change_id"], name="change_id_once_per_set"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to revision {self.revision}"


class Exclusion(models.Model):
    """Work that a lead has left out: a set, a document, or all sets of a person. It is lifted, never deleted.

    A person is the name of their sets with the kind of these sets: members of the site and names in imported files are
    different people, until a lead links them.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="exclusions")
    annotation_set = models.ForeignKey(AnnotationSet, null=True, on_delete=models.PROTECT, related_name="exclusions")
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="exclusions")
    person = models.CharField(max_length=150, blank=True)
    person_kind = models.CharField(max_length=16, choices=SetKind, blank=True)
    reason = models.CharField(max_length=500)
    excluded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    excluded_at = models.DateTimeField()
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(annotation_set__isnull=False, document__isnull=True, person="")
                | Q(annotation_set__isnull=True, document__isnull=False, person="")
                | (Q(annotation_set__isnull=True, document__isnull=True) & ~Q(person="")),
                name="exclusion_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["annotation_set"], condition=Q(lifted_at__isnull=True), name="exclusion_of_set_once"
            ),
            models.UniqueConstraint(
                fields=["document"], condition=Q(lifted_at__isnull=True), name="exclusion_of_document_once"
            ),
            models.UniqueConstraint(
                fields=["project", "person_kind", "person"],
                condition=Q(lifted_at__isnull=True) & ~Q(person=""),
                name="exclusion_of_person_once",
            ),
        ]

    def __str__(self) -> str:
        return f"exclusion of {self.person or self.document_id or self.annotation_set_id}"


class OutsideName(models.Model):
    """A name of sets that no account of this site made, and which member it is; null for another person.

    Links are ended, never deleted: a name whose link was ended is not linked again by an import.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="outside_names")
    name = models.CharField(max_length=150)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    linked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    linked_at = models.DateTimeField()
    unlinked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    unlinked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"], condition=Q(unlinked_at__isnull=True), name="outside_name_linked_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
