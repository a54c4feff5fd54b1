"""Ledgers as computed, and the decisions about which claims of different documents state the same proposition."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from annotator.corpus.documents.models import Document
from projects.models import Project


class LedgerStatus(models.TextChoices):
    """How a proposition stands; the values are those of `statements.Status`."""

    CONTESTED_AND_EVADED = "contested-and-evaded", _("Contested and evaded")
    CONTESTED = "contested", _("Contested")
    EVADED = "evaded", _("Evaded")
    ASSERTED = "asserted", _("Asserted")


class Ledger(models.Model):
    """One view of a project's finished work, as a ledger.

    `view` says what is read where a document has no adjudicated set: nothing (`adjudicated`), the consensus of its
    annotators (`consensus`), or the set of one annotator (`set:NAME`).
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="ledgers")
    view = models.CharField(max_length=160)
    made_at = models.DateTimeField(null=True)
    without_target = models.PositiveIntegerField(default=0, help_text="Denials and Hedges that lead to no Claim.")
    registry = models.CharField(
        max_length=60, default="", db_default="", help_text="The state of the speaker registry by which it was read."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "view"], name="ledger_once_per_view")]

    def __str__(self) -> str:
        return f"{self.view} of {self.project_id}"


class LedgerDocument(models.Model):
    """A document as it was read into a ledger, with the revisions of the sets it was read from."""

    ledger = models.ForeignKey(Ledger, on_delete=models.CASCADE, related_name="documents")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    basis = models.CharField(max_length=160, help_text="adjudicated, consensus, or the name of the set.")
    sets = models.JSONField(help_text="The revision of each set, by its id.")
    without_target = models.PositiveIntegerField(default=0)
    mentions = models.JSONField(
        null=True,
        help_text="Start, end, words, canonical name and registered name of each mention of a speaker; null: not read.",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ledger", "document"], name="ledger_document_once")]

    def __str__(self) -> str:
        return f"{self.document_id} in {self.ledger_id}"


class Proposition(models.Model):
    """A proposition of a ledger: one row of its page. Made of one or more entries; made again when they change."""

    ledger = models.ForeignKey(Ledger, on_delete=models.CASCADE, related_name="propositions")
    text = models.TextField()
    status = models.CharField(max_length=24, choices=LedgerStatus)
    rank = models.PositiveSmallIntegerField(help_text="The order of statuses on the page, the most disputed first.")
    is_sourced = models.BooleanField(help_text="Whether a speaker or the narrator claims it.")
    has_warning = models.BooleanField(
        default=False, help_text="Whether a denial is only reported while the speaker's own words are evasions."
    )
    first_seen = models.CharField(max_length=10, blank=True, help_text="The earliest date of its documents.")
    last_seen = models.CharField(max_length=10, blank=True)
    documents = models.PositiveIntegerField()
    statements = models.PositiveIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["ledger", "rank", "-documents", "-statements", "id"], name="proposition_page_order")
        ]

    def __str__(self) -> str:
        return self.text[:80]


class LedgerEntry(models.Model):
    """A proposition of one document with its statements."""

    ledger_document = models.ForeignKey(LedgerDocument, on_delete=models.CASCADE, related_name="entries")
    proposition = models.ForeignKey(Proposition, null=True, on_delete=models.SET_NULL, related_name="entries")
    start = models.PositiveIntegerField(help_text="Of the first mention.")
    end = models.PositiveIntegerField()
    text = models.TextField()
    statements = models.JSONField()
    words = models.BinaryField(help_text="The words of its claims, for pairing; see `services.read_documents`.")
    is_new = models.BooleanField(default=True, help_text="Read since pairs and propositions were made last.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ledger_document", "start", "end"], name="ledger_entry_once_per_place")
        ]

    def __str__(self) -> str:
        return self.text[:80]


class PropositionSpeaker(models.Model):
    """A speaker of a proposition and what they do to it; for filters, the matrix, and the page of a speaker."""

    proposition = models.ForeignKey(Proposition, on_delete=models.CASCADE, related_name="speakers")
    name = models.CharField(max_length=300)
    role = models.CharField(max_length=12)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposition", "name", "role"], name="proposition_speaker_once_per_role")
        ]
        indexes = [models.Index(fields=["name", "proposition"], name="proposition_speaker_name")]

    def __str__(self) -> str:
        return f"{self.name}: {self.role}"


class LedgerPair(models.Model):
    """Two entries of different documents, or of one, that may state the same proposition."""

    first = models.ForeignKey(LedgerEntry, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(LedgerEntry, on_delete=models.CASCADE, related_name="+")
    cosine = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="ledger_pair_once")]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"

    @property
    def ends(self) -> tuple[LedgerEntry, LedgerEntry]:
        """Both entries."""
        return self.first, self.second


class LedgerDecision(models.Model):
    """A person's decision that claims at two places state the same proposition, or different ones.

    Places are kept rather than entries, so that decisions hold for every view and outlive changes of the sets. They are
    never deleted: undoing one is noted beside it.
    """

    class Kind(models.TextChoices):
        """What was decided."""

        SAME = "same", _("Same proposition")
        DIFFERENT = "different", _("Different propositions")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="ledger_decisions")
    kind = models.CharField(max_length=12, choices=Kind)
    first_document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    first_start = models.PositiveIntegerField()
    first_end = models.PositiveIntegerField()
    second_document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    second_start = models.PositiveIntegerField()
    second_end = models.PositiveIntegerField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField()
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(first_start__lt=F("first_end")), name="ledger_decision_first_not_empty"),
            models.CheckConstraint(
                condition=Q(second_start__lt=F("second_end")), name="ledger_decision_second_not_empty"
            ),
        ]
        indexes = [models.Index(fields=["project", "-decided_at"], name="ledger_decision_newest")]

    def __str__(self) -> str:
        return f"{self.kind}, {self.decided_at:%Y-%m-%d}"
