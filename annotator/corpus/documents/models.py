"""Documents: immutable text, and original files."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from projects.models import Project


class Document(models.Model):
    """An imported text. It never changes once work on it has begun, because offsets of spans count its code points."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="documents")
    external_id = models.CharField(max_length=200, help_text="The id given in the file, or made from the file name.")
    title = models.CharField(max_length=500, blank=True)
    text = models.TextField()
    sha256 = models.CharField(max_length=64, help_text="Of the UTF-8 bytes of the text as stored.")
    length = models.PositiveIntegerField(help_text="In code points.")
    meta = models.JSONField(default=dict)
    position = models.PositiveIntegerField(help_text="Order in which documents came in.")
    shuffle_key = models.PositiveIntegerField(help_text="From the project's seed; annotators' orders are made of it.")
    created_at = models.DateTimeField()
    is_excluded = models.BooleanField(default=False, db_default=False, help_text="Whether an exclusion covers it.")
    is_archived = models.BooleanField(
        default=False, db_default=False, help_text="Not listed and not assigned; its annotations count."
    )

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "external_id"], name="document_id_once_per_project"),
            # Equal texts under different ids are different documents. This is the index by text; its name is older.
            models.UniqueConstraint(fields=["project", "sha256", "external_id"], name="document_text_once_per_project"),
            models.CheckConstraint(condition=Q(shuffle_key__lt=2147483647), name="document_shuffle_key_below_prime"),
        ]
        indexes = [
            models.Index(fields=["project", "position", "id"], name="document_order"),
            models.Index(fields=["project"], condition=Q(is_excluded=True), name="document_excluded"),
            models.Index(fields=["project"], condition=Q(is_archived=True), name="document_archived"),
            # The orders of the table of documents.
            models.Index(fields=["project", "title", "id"], name="document_title_order"),
            models.Index(fields=["project", "length", "id"], name="document_length_order"),
            # Imports: all documents of one have the time of its start.
            models.Index(fields=["project", "created_at"], name="document_imports"),
        ]

    def __str__(self) -> str:
        return self.title or self.external_id


class Original(models.Model):
    """The file that the text of a document was extracted from, such as a web page."""

    document = models.OneToOneField(Document, on_delete=models.CASCADE, primary_key=True, related_name="original")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(help_text="In bytes, uncompressed.")
    sha256 = models.CharField(max_length=64, help_text="Of the uploaded bytes.")
    packed = models.BinaryField(help_text="The bytes, compressed by zlib.")

    def __str__(self) -> str:
        return self.name


class SearchText(models.Model):
    """The folded words of a document, made when the project is searched first (`annotator.text.folding`).

    The databases index `lexicon`, the different words, each in its way; `words` tells phrases. Both give the same hits.
    """

    document = models.OneToOneField(Document, on_delete=models.CASCADE, primary_key=True, related_name="search_text")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    position = models.PositiveIntegerField(help_text="That of the document.")
    details = models.TextField(help_text="Words of title, id and metadata, with a space before and after each.")
    words = models.TextField(help_text="Words of the text, with a space before and after each.")
    lexicon = models.TextField(help_text="The different words of both.")

    class Meta:
        indexes = [models.Index(fields=["project", "position", "document"], name="search_text_order")]

    def __str__(self) -> str:
        return f"words of {self.document_id}"


class Tag(models.Model):
    """A name that leads give to documents."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="tags")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="tag_name_once_per_project")]

    def __str__(self) -> str:
        return self.name


class DocumentTag(models.Model):
    """A tag of a document."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="documents", db_index=False)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="tags")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "document"], name="tag_once_per_document")]

    def __str__(self) -> str:
        return f"tag {self.tag_id} of {self.document_id}"


class DocumentCorrection(models.Model):
    """A correction of a document before work on it began: who made it, and what changed, without earlier values."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="corrections")
    changed = models.JSONField(default=list, help_text="`title`, `text`, `meta`: what was changed.")
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    corrected_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"correction of {self.document_id}"


class DeletedDocument(models.Model):
    """What is known of a document that was deleted with its annotations: never its text."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="deleted_documents")
    external_id = models.CharField(max_length=200)
    title = models.CharField(max_length=500, blank=True)
    sha256 = models.CharField(max_length=64)
    length = models.PositiveIntegerField()
    sets = models.PositiveIntegerField(help_text="Annotation sets that were deleted with it.")
    spans = models.PositiveIntegerField()
    used_by = models.JSONField(default=dict, help_text='`{"reports": [key, …]}`: agreement reports that measured it.')
    reason = models.CharField(max_length=500)
    deleted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    deleted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"deleted {self.external_id}"
