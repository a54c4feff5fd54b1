"""Who annotates what: assignments with their slots, rounds, the plan of each document, skips and returned sets."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet
from projects.models import Project, SchemaVersion


class Assignment(models.Model):
    """A document assigned to an annotator. `slot` counts from 0, below the annotators per document of its round.

    The two constraints guarantee that there are never more annotators than slots, and never the same one twice, also
    when two users request a document at the same time. An assignment without a slot holds no place: its slot was freed
    for another annotator, or its set is excluded.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="assignments")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    slot = models.PositiveSmallIntegerField(null=True)
    annotation_set = models.OneToOneField(AnnotationSet, on_delete=models.PROTECT, related_name="assignment")
    created_at = models.DateTimeField()
    freed_at = models.DateTimeField(null=True, help_text="When the slot was freed before the set was submitted.")
    freed_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "slot"], name="assignment_slot_once_per_document"),
            models.UniqueConstraint(fields=["document", "annotator"], name="assignment_annotator_once_per_document"),
        ]

    def __str__(self) -> str:
        return f"{self.annotator} annotates {self.document_id}"


class RoundOrder(models.TextChoices):
    """The order in which the documents of a round are assigned."""

    SEEDED = "seeded", _("A different random order for each annotator")
    FIXED = "fixed", _("The order of the import, the same for all")


class Round(models.Model):
    """A named stage of a project, such as a pilot, with people, annotators per document and schema of its own."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="rounds")
    name = models.CharField(max_length=100)
    annotators_per_document = models.PositiveSmallIntegerField()
    schema_version = models.ForeignKey(
        SchemaVersion, null=True, on_delete=models.PROTECT, related_name="+", help_text="Null for the newest one."
    )
    order = models.CharField(max_length=8, choices=RoundOrder, default=RoundOrder.SEEDED)
    priority = models.SmallIntegerField(default=0, help_text="Rounds of higher priority are assigned first.")
    is_open = models.BooleanField(default=True, help_text="Whether documents of the round are assigned.")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="round_name_once_per_project"),
            models.CheckConstraint(condition=Q(annotators_per_document__gte=1), name="round_has_annotators"),
        ]

    def __str__(self) -> str:
        return self.name


class RoundMember(models.Model):
    """A person of a round. A round without any is for all annotators of the project."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    annotates_all = models.BooleanField(default=False, help_text="A slot of every document is kept for this person.")
    quota = models.PositiveIntegerField(null=True, help_text="At most this many documents; null for no limit.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "user"], name="round_member_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.round}"


class Stage(models.TextChoices):
    """How far the annotation of a document is, beside the number of its submitted sets."""

    UNASSIGNED = "", _("Not assigned")
    BEGUN = "begun", _("In progress")
    ADJUDICATED = "adjudicated", _("Adjudicated")


class DocumentPlan(models.Model):
    """How a document is assigned: its round, its priority, and how many slots are taken.

    A copy of what the queue sorts by, in a narrow table, so that the next document is found without reading texts.
    """

    document = models.OneToOneField(Document, primary_key=True, on_delete=models.CASCADE, related_name="plan")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    round = models.ForeignKey(Round, null=True, on_delete=models.SET_NULL, related_name="plans", db_index=False)
    priority = models.SmallIntegerField(default=0, db_default=0)
    taken = models.PositiveSmallIntegerField(default=0, db_default=0)
    shuffle_key = models.PositiveIntegerField(help_text="That of the document.")
    position = models.PositiveIntegerField(help_text="That of the document.")
    is_reserved = models.BooleanField(
        default=False, db_default=False, help_text="Kept for checking annotators, and never assigned as data."
    )
    # Tallies, as `services.tallies` counted them last.
    stage = models.CharField(max_length=12, choices=Stage, blank=True, default="", db_default="")
    submitted = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="Submitted sets.")
    spans = models.PositiveIntegerField(default=0, db_default=0, help_text="Of all sets but those of models.")
    seconds = models.PositiveIntegerField(default=0, db_default=0, help_text="Active time of all annotators.")
    has_imported = models.BooleanField(default=False, db_default=False, help_text="Whether it has an imported set.")
    comparable = models.PositiveSmallIntegerField(null=True, help_text="Sets that agreement counts; null: none.")
    changed_at = models.DateTimeField(
        null=True, help_text="When a change of its sets was counted; null where none was since this is stored."
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["project", "round", "stage", "submitted", "has_imported", "taken"],
                name="document_plan_progress",
            ),
            models.Index(fields=["project", "spans", "document"], name="document_plan_spans"),
            models.Index(fields=["project", "seconds", "document"], name="document_plan_seconds"),
            models.Index(
                fields=["project", "round", "taken", "priority", "shuffle_key", "position", "document"],
                name="document_plan_queue",
            ),
            models.Index(fields=["project", "position", "document"], name="document_plan_order"),
            models.Index(fields=["project", "comparable"], name="document_plan_comparable"),
            models.Index(
                fields=["project", "changed_at"], condition=Q(changed_at__isnull=False), name="document_plan_changed"
            ),
        ]

    def __str__(self) -> str:
        return f"plan of {self.document_id}"


class QueueChange(models.Model):
    """A document that may be assigned again, or otherwise than before; without a key: all documents of a project.

    From these, processes bring their copies of the plans up to date. Each is needed for about an hour.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    document_key = models.BigIntegerField(null=True, help_text="The document may have been deleted since.")
    created_at = models.DateTimeField(help_text="By the clock, also where an action has a time of its own.")

    class Meta:
        indexes = [models.Index(fields=["project", "id"], name="queue_change_order")]

    def __str__(self) -> str:
        return f"change {self.pk} of the queue"


class SkipReason(models.TextChoices):
    """Why a document is not for an annotator."""

    LANGUAGE = "language", _("Not my language")
    NOT_NEWS = "not_news", _("Not news")
    UNREADABLE = "unreadable", _("Unreadable")
    OTHER = "other", _("Another reason")
    WITHDRAWN = "withdrawn", _("Withdrawn by a lead")


OWN_SKIP_REASONS = [choice for choice in SkipReason.choices if choice[0] != SkipReason.WITHDRAWN]
"""The reasons that annotators give."""


class SkipDecision(models.TextChoices):
    """What a lead decided about a skipped document."""

    DISMISSED = "dismissed", _("Left to the other annotators")
    EXCLUDED = "excluded", _("Excluded the document")
    REASSIGNED = "reassigned", _("Assigned to another annotator")


class Skip(models.Model):
    """A document that is not offered to an annotator again: skipped by them, or withdrawn from them."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="skips")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="skips")
    reason = models.CharField(max_length=16, choices=SkipReason)
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    decision = models.CharField(max_length=16, choices=SkipDecision, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "annotator"], name="skip_once_per_annotator")]

    def __str__(self) -> str:
        return f"{self.annotator} skipped {self.document_id}"


class ReturnedSet(models.Model):
    """A submitted set that was sent back to its annotator with a note; submitting it again answers the note."""

    annotation_set = models.ForeignKey(AnnotationSet, on_delete=models.PROTECT, related_name="returns")
    note = models.CharField(max_length=2000)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    returned_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, help_text="When the annotator opened “My documents” or the set.")

    class Meta:
        ordering = ["-returned_at", "-id"]

    def __str__(self) -> str:
        return f"return of {self.annotation_set_id}"


class SetTally(models.Model):
    """A submitted set as it was counted last: by whom, in which week, and its time; `WeekTally` is the sum of these."""

    annotation_set = models.OneToOneField(
        AnnotationSet, on_delete=models.CASCADE, primary_key=True, related_name="tally"
    )
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    annotator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    week = models.DateField(help_text="The Monday before it was submitted, UTC.")
    submitted_at = models.DateTimeField()
    seconds = models.PositiveIntegerField(help_text="Active time; 0 where none was reported.")
    words = models.PositiveIntegerField(help_text="Of the document; 0 where no time was reported.")

    class Meta:
        indexes = [models.Index(fields=["project", "annotator", "week"], name="set_tally_group")]

    def __str__(self) -> str:
        return f"tally of {self.annotation_set_id}"


class WeekTally(models.Model):
    """The work of a person in a week: a copy of what the overview shows, so that it takes no time to read."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="week_tallies", db_index=False)
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    week = models.DateField(help_text="A Monday; weeks begin at midnight UTC.")
    sets = models.PositiveIntegerField()
    seconds = models.PositiveIntegerField()
    median_seconds = models.PositiveIntegerField(null=True, help_text="Of a set; null where no time was reported.")
    paces = models.JSONField(default=list, help_text="Minutes per 1,000 words of each set with a time, in order.")
    last_at = models.DateTimeField(help_text="When the newest of the sets was submitted.")

    class Meta:
        indexes = [models.Index(fields=["project", "week", "annotator"], name="week_tally_order")]

    def __str__(self) -> str:
        return f"work of {self.annotator_id} in the week of {self.week}"
