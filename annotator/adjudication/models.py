"""Documents in adjudication: sources, units, and every decision about them.

The columns of the database and the values on the wire keep their first names.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from annotator.adjudication.units.versions import AcceptanceRule, DecisionKind
from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet
from projects.models import Project

RULE_CHOICES = [
    (AcceptanceRule.OFF.value, _("Off: every span needs a decision")),
    (AcceptanceRule.EXACT.value, _("Exact: same label, boundaries and attributes")),
    (AcceptanceRule.SAME_TOKENS.value, _("Same tokens: same label and attributes over the same tokens")),
]
DECISION_CHOICES = [(kind.value, kind.value) for kind in DecisionKind]


class AdjudicationState(models.TextChoices):
    """The state of an adjudication."""

    OPEN = "open", _("Open")
    COMPLETED = "settled", _("Completed")


class UnitKind(models.TextChoices):
    """What a unit is about."""

    SPAN = "span"
    RELATION = "relation"


class Reason(models.TextChoices):
    """The reason for a decision."""

    BOUNDARY = "boundary", _("Wrong boundary")
    LABEL = "label", _("Wrong label")
    ATTRIBUTE = "attribute", _("Wrong attribute")
    SEGMENTATION = "segmentation", _("Wrongly split or merged")
    MISSED = "missed", _("Missed")
    OUTSIDE = "outside", _("Should not be annotated")
    RELATION = "relation", _("Wrong relation")
    UNCLEAR = "unclear", _("Guidelines unclear")
    SILENT = "silent", _("Not covered by the guidelines")
    SLIP = "slip", _("Mistake")
    OTHER = "other", _("Other")


class ProjectRule(models.Model):
    """How adjudications of a project start, as set by its lead."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="adjudication_rule")
    rule = models.CharField(max_length=16, choices=RULE_CHOICES, default=AcceptanceRule.EXACT.value)
    blind = models.BooleanField(default=True, help_text="Adjudicators see letters, not names.")
    least = models.PositiveSmallIntegerField(
        null=True, help_text="How many annotators must agree, more than half; null: all of them."
    )

    def __str__(self) -> str:
        return f"{self.rule} in {self.project_id}"


class Adjudication(models.Model):
    """The adjudication of a document. `revision` counts the actions; it never goes back."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="adjudication")
    annotation_set = models.OneToOneField(AnnotationSet, on_delete=models.PROTECT, related_name="adjudication")
    rule = models.CharField(max_length=16, choices=RULE_CHOICES)
    blind = models.BooleanField()
    least = models.PositiveSmallIntegerField(null=True, help_text="As of `ProjectRule`.")
    state = models.CharField(max_length=16, choices=AdjudicationState, default=AdjudicationState.OPEN)
    revision = models.PositiveIntegerField(default=0)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField()
    completed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_column="settled_by_id"
    )
    completed_at = models.DateTimeField(null=True, db_column="settled_at")
    reopened_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"adjudication of {self.document_id}"


class Source(models.Model):
    """An annotator's set in an adjudication, at the revision at which it was read.

    The four counts are stored when the adjudication is completed: how the set agrees with the adjudicated one.
    """

    adjudication = models.ForeignKey(Adjudication, on_delete=models.CASCADE, related_name="sources")
    annotation_set = models.ForeignKey(AnnotationSet, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(help_text="Its index in the versions of units; its letter follows.")
    revision = models.PositiveIntegerField()
    spans = models.PositiveIntegerField(null=True)
    adjudicated_spans = models.PositiveIntegerField(null=True)
    exact_matches = models.PositiveIntegerField(null=True)
    overlap_matches = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["adjudication", "annotation_set"], name="source_once_per_adjudication"),
            models.UniqueConstraint(fields=["adjudication", "position"], name="source_position_once"),
        ]

    def __str__(self) -> str:
        return f"set {self.annotation_set_id} at revision {self.revision}"


class StoredStatus(models.TextChoices):
    """The status of a unit as it is stored, so that no decision has to read all units; empty when not yet computed."""

    OPEN = "open"
    LATER = "later"
    """Open, and skipped or decided once."""
    DECIDED = "decided"
    AGREED = "agreed"
    FOLLOWS = "follows"
    GONE = "gone"
    WAITING = "waiting"


CONTESTED = (StoredStatus.OPEN, StoredStatus.LATER, StoredStatus.DECIDED)


class Unit(models.Model):
    """The versions of all annotators at one location: spans, or relations between two units of spans.

    `versions` holds for each source, by its position, a list of spans (relations) as on the wire.
    """

    adjudication = models.ForeignKey(Adjudication, on_delete=models.CASCADE, related_name="units")
    kind = models.CharField(max_length=16, choices=UnitKind)
    uid = models.CharField(max_length=36, help_text="The id of its span in the adjudicated set.")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    kinds = models.JSONField(default=list, help_text="Types of disagreement between the versions.")
    versions = models.JSONField()
    from_unit = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="+")
    to_unit = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="+")
    is_moved = models.BooleanField(default=False, help_text="Decided, and changed by an annotator since.")
    is_added = models.BooleanField(default=False, help_text="Added by an adjudicator: no annotator marked it.")
    status = models.CharField(max_length=8, choices=StoredStatus, blank=True, db_column="stands")
    location = models.PositiveIntegerField(
        null=True, help_text="Equal for units at one location; null when not yet computed, and for additions."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["adjudication", "uid"], name="unit_uid_once_per_adjudication")]
        indexes = [
            models.Index(fields=["adjudication", "start", "end", "id"], name="unit_order"),
            # All that the list of contested units needs: the rows themselves hold the versions of all annotators.
            models.Index(fields=["adjudication", "status", "start", "kind", "end", "location"], name="unit_overview"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} unit {self.start}-{self.end}"


class Subject(models.TextChoices):
    """What overruled versions are counted by."""

    LABEL = "label"
    REASON = "reason"
    SECTION = "section"


class Reversals(models.Model):
    """How many versions (one for each annotator and unit) a completed adjudication has, and how many it overruled."""

    adjudication = models.ForeignKey(Adjudication, on_delete=models.CASCADE, related_name="reversals")
    subject = models.CharField(max_length=16, choices=Subject)
    value = models.CharField(max_length=200, help_text="A label, a reason, or a heading of the guidelines.")
    versions = models.PositiveIntegerField(db_column="readings")
    overruled = models.PositiveIntegerField(db_column="turned_down")  # wording: name of a column

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["adjudication", "subject", "value"], name="reversals_once_per_adjudication")
        ]

    def __str__(self) -> str:
        return f"{self.overruled} of {self.versions} versions of {self.value}"


class Step(models.Model):
    """An action that decides no unit: completing, reopening, applying updates, an attribute of the document.

    It has the id that its page gave it, so that an action whose answer was lost and which is sent again is made once.
    """

    adjudication = models.ForeignKey(Adjudication, on_delete=models.CASCADE, related_name="steps")
    action = models.CharField(max_length=36)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["adjudication", "action"], name="step_once_per_action")]

    def __str__(self) -> str:
        return f"step {self.action} of {self.adjudication_id}"


class Decision(models.Model):
    """A decision about a unit; append-only but for `is_current` and `is_undone`.

    `number` is the revision of the adjudication after the action; an action on several units has several rows.
    """

    adjudication = models.ForeignKey(Adjudication, on_delete=models.CASCADE, related_name="decisions")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="decisions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=DECISION_CHOICES)
    source = models.PositiveSmallIntegerField(null=True, help_text="The position of the source that was chosen.")
    outcome = models.JSONField(default=list, help_text="Spans as in the adjudicated set, or labels of relations.")
    merged_into = models.ForeignKey(Unit, null=True, on_delete=models.SET_NULL, related_name="+")
    support = models.PositiveSmallIntegerField(default=0, help_text="How many annotators had the outcome.")
    support_of = models.PositiveSmallIntegerField(default=0, help_text="Out of how many annotators.")
    reason = models.CharField(max_length=16, choices=Reason, blank=True)
    section = models.CharField(max_length=200, blank=True, help_text="Heading of the guidelines that applies.")
    note = models.CharField(max_length=2000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    is_current = models.BooleanField(default=True)
    undoes = models.PositiveIntegerField(null=True, help_text="The number of the action that this one undoes.")
    is_undone = models.BooleanField(default=False)
    pinned_in = models.PositiveIntegerField(null=True, help_text="The guideline version that shows it as an example.")
    action = models.CharField(
        max_length=36, blank=True, default="", db_default="", help_text="The id of the action, as its page gave it."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=Q(is_current=True), name="decision_current_once_per_unit"
            ),
            models.UniqueConstraint(fields=["unit", "number"], name="decision_number_once_per_unit"),
        ]
        indexes = [
            models.Index(fields=["adjudication", "number", "id"], name="decision_order"),
            models.Index(fields=["action"], condition=~Q(action=""), name="decision_action"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} about unit {self.unit_id}"
