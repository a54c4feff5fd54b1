"""Entries of the speaker registry, what people decided about mentions, and the history of both."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from annotator.corpus.documents.models import Document
from projects.models import Project


class EntryKind(models.TextChoices):
    """What an entry is; the values are those of the attribute *Kind* of a Speaker."""

    PERSON = "person", _("Person")
    INSTITUTION = "institution", _("Institution")
    GROUP = "group", _("Group")
    DOCUMENT = "document", _("Document")
    ANONYMOUS = "anonymous", _("Anonymous")


class SpeakerEntry(models.Model):
    """A speaker of a project. Rows are never deleted: a merged entry names the one that it became a part of."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="speaker_entries")
    uid = models.CharField(max_length=32, help_text="Made once, and kept when a project is moved.")
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=16, choices=EntryKind, blank=True)
    role = models.CharField(max_length=300, blank=True, help_text="Such as spokesman or minister.")
    affiliation = models.CharField(max_length=300, blank=True)
    outside_id = models.CharField(max_length=300, blank=True, help_text="As text, such as the id of a Wikidata item.")
    aliases = models.JSONField(default=list, help_text="Other names, confirmed metonyms included.")
    merged_into = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="merged")
    is_removed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "uid"], name="speaker_entry_uid_once")]
        indexes = [
            models.Index(
                fields=["project", "name"], condition=Q(is_removed=False, merged_into=None), name="speaker_entry_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class SpeakerKey(models.Model):
    """A key by which an entry is found (`mentions.names`); made again whenever the names of the entry change."""

    entry = models.ForeignKey(SpeakerEntry, on_delete=models.CASCADE, related_name="keys")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=330)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "key", "entry"], name="speaker_key_once_per_entry")]

    def __str__(self) -> str:
        return self.key


class MentionDecision(models.Model):
    """What a person decided about words of a document, or about one place; without an entry: it names no one."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="mention_decisions")
    uid = models.CharField(max_length=32)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    words = models.CharField(max_length=330, help_text="Folded.")
    start = models.PositiveIntegerField(null=True, help_text="Null for all mentions with these words.")
    end = models.PositiveIntegerField(null=True)
    entry = models.ForeignKey(SpeakerEntry, null=True, on_delete=models.CASCADE, related_name="decisions")
    is_removed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "uid"], name="mention_decision_uid_once"),
            models.UniqueConstraint(
                fields=["document", "words"], condition=Q(start=None, is_removed=False), name="mention_words_once"
            ),
            models.UniqueConstraint(
                fields=["document", "start", "end"],
                condition=Q(start__isnull=False, is_removed=False),
                name="mention_place_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.words} in {self.document_id}"


class SpeakerChange(models.Model):
    """One step in the history of a registry: what was, and what is. It is undone by a note beside it, never deleted."""

    class Kind(models.TextChoices):
        """What was done."""

        ADD = "add", _("Added")
        EDIT = "edit", _("Changed")
        MERGE = "merge", _("Merged")
        SPLIT = "split", _("Split")
        REMOVE = "remove", _("Removed")
        RESOLVE = "resolve", _("Resolved a mention")
        IMPORT = "import", _("Imported")
        CANONICAL = "canonical", _("Made from annotations")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="speaker_changes")
    kind = models.CharField(max_length=16, choices=Kind)
    detail = models.CharField(max_length=400, help_text="The names involved, for people.")
    payload = models.JSONField(help_text="Rows by uid, each with its values before and after.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["project", "-made_at"], name="speaker_change_newest")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"
