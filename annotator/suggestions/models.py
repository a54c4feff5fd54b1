"""Settings of suggestions in a project, what was offered to annotators, and measured sources."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotator.corpus.spans.models import AnnotationSet
from projects.models import Project, SchemaVersion

DEFAULT_BAR = 0.6
TOKENS_PER_RUN, TOKENS_PER_DAY = 200_000, 1_000_000
"""What a project may take of a language model before its lead says otherwise."""


class SuggestionSettings(models.Model):
    """The sources that are on in a project, and the precision from which a suggestion is offered."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="suggestion_settings")
    bar = models.FloatField(default=DEFAULT_BAR)
    sources = models.JSONField(default=list, help_text="Names of the built-in sources that are on.")
    trains_itself = models.BooleanField(
        default=False, db_default=False, help_text="Whether the model is trained when finished work has grown."
    )
    blind_share = models.FloatField(
        default=0.0, db_default=0.0, help_text="The share of annotation sets that are made without suggestions."
    )
    blind_seed = models.CharField(max_length=32, blank=True, default="", db_default="", help_text="Of the draw.")
    checked_at = models.DateTimeField(null=True, help_text="When it was last looked whether to train.")

    def __str__(self) -> str:
        return f"suggestions of {self.project_id}"


class LanguageModelChoice(models.Model):
    """The language model that a project sends its texts to; a project without a row sends nothing."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="language_model_choice")
    url = models.CharField(max_length=500, help_text="The address of the server, one that the operator allows.")
    model = models.CharField(max_length=200, help_text="The name by which the server knows the model.")
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    agreed_at = models.DateTimeField()
    tokens_per_run = models.PositiveBigIntegerField(
        default=TOKENS_PER_RUN, db_default=TOKENS_PER_RUN, help_text="A run asks about no more documents from there on."
    )
    tokens_per_day = models.PositiveBigIntegerField(
        default=TOKENS_PER_DAY, db_default=TOKENS_PER_DAY, help_text="Of all runs of a day, in UTC."
    )

    def __str__(self) -> str:
        return f"{self.model} for {self.project_id}"


class LanguageModelUse(models.Model):
    """What a project took of language models in a day, in UTC; it counts also when the model is changed."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="language_model_uses")
    day = models.DateField()
    requests = models.PositiveBigIntegerField(default=0)
    tokens = models.PositiveBigIntegerField(default=0, help_text="Sent and received.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "day"], name="language_model_use_once_per_day")]
        indexes = [models.Index(fields=["day"], name="language_model_use_by_day")]

    def __str__(self) -> str:
        return f"{self.tokens} tokens of {self.project_id} on {self.day}"


class SuggestionOffer(models.Model):
    """What one version of a source offered in an annotation set, so that ignored suggestions can be counted."""

    annotation_set = models.ForeignKey(AnnotationSet, on_delete=models.CASCADE, related_name="suggestion_offers")
    source = models.CharField(max_length=64)
    version = models.CharField(max_length=150)
    bar = models.FloatField()
    offered = models.JSONField(help_text="Label and fragments of each offered suggestion, by its id.")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["annotation_set", "source", "version"], name="suggestion_offer_once_per_set"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.version} in {self.annotation_set_id}"


class SourceEvaluation(models.Model):
    """How good one version of a source was against the finished work of a project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="source_evaluations")
    source = models.CharField(max_length=64)
    version = models.CharField(max_length=150)
    figures = models.JSONField(help_text="As `evaluation.Figures` writes them.")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "source", "version"], name="source_evaluation_once_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.version} in {self.project_id}"


class TrainedModel(models.Model):
    """A model trained on finished work; immutable but for `is_active`. Its files are arrays of numbers, no code."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="trained_models")
    number = models.PositiveIntegerField(help_text="From 1 within the project.")
    is_active = models.BooleanField(default=False, help_text="Whether its suggestions are offered.")
    schema_version = models.ForeignKey(SchemaVersion, on_delete=models.PROTECT, related_name="+")
    documents = models.PositiveIntegerField(help_text="Documents that it was trained on.")
    figures = models.JSONField(help_text="Figures of held-out documents; see `trained.services`.")
    sha256 = models.CharField(max_length=64, help_text="Of `content`.")
    content = models.BinaryField(help_text="The model of all documents.")
    measured = models.BinaryField(help_text="The model that did not see the held-out documents.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="trained_model_number_once"),
            models.UniqueConstraint(fields=["project"], condition=Q(is_active=True), name="trained_model_one_active"),
        ]

    def __str__(self) -> str:
        return f"model {self.version} of {self.project_id}"

    @property
    def version(self) -> str:
        """The version of the source *model* that its suggestions have."""
        return f"{self.number}-{self.sha256[:8]}"


class TrainingSet(models.Model):
    """An annotation set that a model was trained on, at a revision; `is_held_out` when only its figures used it."""

    model = models.ForeignKey(TrainedModel, on_delete=models.CASCADE, related_name="sets")
    annotation_set = models.ForeignKey(AnnotationSet, on_delete=models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField()
    is_held_out = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "annotation_set"], name="training_set_once_per_model")]

    def __str__(self) -> str:
        return f"{self.annotation_set_id} in model {self.model_id}"


class SuggestionArm(models.Model):
    """Whether an annotation set is made without suggestions; drawn once, when it is first opened."""

    annotation_set = models.OneToOneField(
        AnnotationSet, on_delete=models.CASCADE, primary_key=True, related_name="suggestion_arm"
    )
    is_blind = models.BooleanField()
    share = models.FloatField(help_text="Of blind sets, when it was drawn.")
    withheld = models.JSONField(help_text="Label and fragments of what would have been offered; empty if not blind.")
    drawn_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{'blind' if self.is_blind else 'with suggestions'}: {self.annotation_set_id}"
