"""Documents being settled: sources, units, and every decision about them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotator.adjudication.units.versions import DecisionKind, SettlingRule
from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet
from projects.models import Project

RULE_CHOICES = [
    (SettlingRule.OFF.value, "Off: everything is shown"),
    (SettlingRule.EXACT.value, "Exact: same label, fragments and attributes"),
    (SettlingRule.SAME_TOKENS.value, "Same tokens: same label and attributes over the same tokens"),
]
DECISION_CHOICES = [(kind.value, kind.value) for kind in DecisionKind]


class AdjudicationState(models.TextChoices):
    """Where an adjudication stands."""

    OPEN = "open"
    SETTLED = "settled"


class UnitKind(models.TextChoices):
    """What is decided about."""

    SPAN = "span"
    RELATION = "relation"


class Reason(models.TextChoices):
    """Why something was decided as it was."""

    BOUNDARY = "boundary", "Wrong boundary"
    LABEL = "label", "Wrong label"
    ATTRIBUTE = "attribute", "Wrong attribute"
    SEGMENTATION = "segmentation", "One or several"
    MISSED = "missed", "Overlooked"
    OUTSIDE = "outside", "Not to be marked"
    RELATION = "relation", "Wrong relation"
    UNCLEAR = "unclear", "The guidelines are unclear"
    SILENT = "silent", "The guidelines say nothing"
    SLIP = "slip", "A slip"
    OTHER = "other", "Something else"


class ProjectRule(models.Model):
    """How adjudications of a project start, as its lead states it."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="adjudication_rule")
    rule = models.CharField(max_length=16, choices=RULE_CHOICES, default=SettlingRule.EXACT.value)
    blind = models.BooleanField(default=True, help_text="Adjudicators see letters, not names.")

    def __str__(self) -> str:
        return f"{self.rule} in {self.project_id}"


class Adjudication(models.Model):
    """A document being settled, or settled. `revision` counts what was done; it never goes back."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="adjudication")
    annotation_set = models.OneToOneField(AnnotationSet, on_delete=models.PROTECT, related_name="adjudication")
    rule = models.CharField(max_length=16, choices=RULE_CHOICES)
    blind = models.BooleanField()
    state = models.CharField(max_length=16, choices=AdjudicationState, default=AdjudicationState.OPEN)
    revision = models.PositiveIntegerField(default=0)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField()
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    settled_at = models.DateTimeField(null=True)
    reopened_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"adjudication of {self.document_id}"


class Source(models.Model):
    """An annotator's set in an adjudication, at the revision at which it was looked at.

    The four counts are taken when the document is settled: how the set agrees with the adjudicated one.
    """

    adjudication = models.ForeignKey(Adjudication, on_delete=models.CASCADE, related_name="sources")
    annotation_set = models.ForeignKey(AnnotationSet, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(help_text="Its place in the versions of units, and its letter.")
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


class Stands(models.TextChoices):
    """Where a unit stands; kept with it, so that no decision has to look at all others. Empty: not yet found out."""

    OPEN = "open"
    LATER = "later"
    """Open, and left for later or decided once."""
    DECIDED = "decided"
    AGREED = "agreed"
    FOLLOWS = "follows"
    GONE = "gone"
    WAITING = "waiting"


CONTESTED = (Stands.OPEN, Stands.LATER, Stands.DECIDED)


class Unit(models.Model):
    """What every annotator has at one place: spans, or relations between two such units.

    `versions` holds for each source, by its position, a list of spans (relations) as on the wire.
    """

    adjudication = models.ForeignKey(Adjudication, on_delete=models.CASCADE, related_name="units")
    kind = models.CharField(max_length=16, choices=UnitKind)
    uid = models.CharField(max_length=36, help_text="The id that its span has in the adjudicated set.")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    kinds = models.JSONField(default=list, help_text="In which ways the versions differ.")
    versions = models.JSONField()
    from_unit = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="+")
    to_unit = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="+")
    is_moved = models.BooleanField(default=False, help_text="Decided once, and changed by an annotator since.")
    is_added = models.BooleanField(default=False, help_text="By an adjudicator: nobody had marked anything there.")
    stands = models.CharField(max_length=8, choices=Stands, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["adjudication", "uid"], name="unit_uid_once_per_adjudication")]
        indexes = [models.Index(fields=["adjudication", "start", "end", "id"], name="unit_order")]

    def __str__(self) -> str:
        return f"{self.kind} unit {self.start}-{self.end}"


class Subject(models.TextChoices):
    """By what turned-down readings are counted."""

    LABEL = "label"
    REASON = "reason"
    SECTION = "section"


class Reversals(models.Model):
    """How many readings (one an annotator and unit) a settled document has, and how many of them were turned down."""

    adjudication = models.ForeignKey(Adjudication, on_delete=models.CASCADE, related_name="reversals")
    subject = models.CharField(max_length=16, choices=Subject)
    value = models.CharField(max_length=200, help_text="A label, a reason, or a heading of the guidelines.")
    readings = models.PositiveIntegerField()
    turned_down = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["adjudication", "subject", "value"], name="reversals_once_per_adjudication")
        ]

    def __str__(self) -> str:
        return f"{self.turned_down} of {self.readings} readings of {self.value}"


class Decision(models.Model):
    """What was done about a unit; append-only but for `is_current` and `is_undone`.

    `number` is the revision of the adjudication that the action made; an action about several units has several rows.
    """

    adjudication = models.ForeignKey(Adjudication, on_delete=models.CASCADE, related_name="decisions")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="decisions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=DECISION_CHOICES)
    source = models.PositiveSmallIntegerField(null=True, help_text="The position of the source that was taken.")
    outcome = models.JSONField(default=list, help_text="Spans as in the adjudicated set, or labels of relations.")
    merged_into = models.ForeignKey(Unit, null=True, on_delete=models.SET_NULL, related_name="+")
    support = models.PositiveSmallIntegerField(default=0, help_text="How many annotators had the outcome.")
    support_of = models.PositiveSmallIntegerField(default=0, help_text="Of how many.")
    reason = models.CharField(max_length=16, choices=Reason, blank=True)
    section = models.CharField(max_length=200, blank=True, help_text="Heading of the guidelines that decides it.")
    note = models.CharField(max_length=2000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    is_current = models.BooleanField(default=True)
    undoes = models.PositiveIntegerField(null=True, help_text="The number of the action that this one takes back.")
    is_undone = models.BooleanField(default=False)
    pinned_in = models.PositiveIntegerField(null=True, help_text="The guideline version that shows it as an example.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=Q(is_current=True), name="decision_current_once_per_unit"
            ),
            models.UniqueConstraint(fields=["unit", "number"], name="decision_number_once_per_unit"),
        ]
        indexes = [models.Index(fields=["adjudication", "number", "id"], name="decision_order")]

    def __str__(self) -> str:
        return f"{self.kind} about unit {self.unit_id}"
