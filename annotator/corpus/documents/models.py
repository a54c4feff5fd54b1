"""Documents: immutable text, and original files."""

from django.db import models
from django.db.models import Q

from projects.models import Project


class Document(models.Model):
    """An imported text. It never changes once it is stored, because offsets of spans count its code points."""

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
