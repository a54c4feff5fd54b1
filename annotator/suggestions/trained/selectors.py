"""Reading trained models: the active one as a source of suggestions, and the finished work that they learn from."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.lifecycle import data_sets, gold_sets, sets_for_agreement
from annotator.corpus.spans.models import AnnotationSet, Span
from annotator.suggestions.models import SuggestionOffer, TrainedModel
from annotator.suggestions.problems import ModelUnusable, NoSuchModel
from annotator.suggestions.sources.interface import Source, SourceSchema, Suggestions
from annotator.suggestions.sources.model.learning import FinishedDocument, FinishedSpan
from annotator.suggestions.sources.model.tagger import Tagger, UnreadableModel, load
from projects.models import Project
from projects.schema import Schema

MODEL = "model"
MOST_DOCUMENTS = 1000
"""A model learns from no more documents: memory and time grow with them, and what is gained by more is little."""
MODELS_KEPT = 3
LISTED = ("content", "measured")
"""Columns that lists of models leave in the database."""


def models_of(project: Project) -> QuerySet[TrainedModel]:
    """Return the models of a project without their files, newest first."""
    rows = TrainedModel.objects.filter(project=project).defer(*LISTED)
    return rows.select_related("created_by").order_by("-number", "id")


def get_model(project: Project, number: int) -> TrainedModel:
    """Return a model without its files; raises `NoSuchModel`."""
    model = models_of(project).filter(number=number).first()
    if model is None:
        raise NoSuchModel(_("This project has no model %(number)s.") % {"number": number})
    return model


def active_model(project: Project) -> TrainedModel | None:
    """Return the model whose suggestions are offered, without its files."""
    return models_of(project).filter(is_active=True).first()


def model_source(project: Project) -> Source | None:
    """Return the active model of a project as a source; None without one."""
    model = active_model(project)
    if model is None:
        return None
    labels = tuple(model.figures.get("labels", {}))
    key = model.pk, model.sha256

    def suggest(text: str, schema: SourceSchema) -> Suggestions:
        return _tagger(*key).suggest(text, schema)

    return Source(MODEL, model.version, _("Model trained in this project"), labels, suggest)


@lru_cache(maxsize=MODELS_KEPT)
def _tagger(key: int, _sha256: str) -> Tagger:
    return read_tagger(key, "content")


def read_tagger(key: int, column: str) -> Tagger:
    """Return the content of a model; raises `ModelUnusable`."""
    content = TrainedModel.objects.values_list(column, flat=True).get(pk=key)
    try:
        return load(bytes(content))[0]
    except UnreadableModel as error:
        raise ModelUnusable(
            _("%(reason)s Train a new model, or turn the source “model” off.") % {"reason": error}
        ) from error


@dataclass(frozen=True)
class FinishedWork:
    """Sets to learn from by document, each with its revision."""

    sets: dict[int, list[tuple[int, int]]]


def finished_work(project: Project) -> FinishedWork:
    """Return the finished work of people: adjudicated sets, else submitted and imported ones that count.

    Sets of models, and suggestions that no one accepted, are never among them.
    """
    counting = Q(gold_sets()) | (Q(sets_for_agreement()) & Q(data_sets()))
    rows = AnnotationSet.objects.filter(counting, document__project=project).order_by("id")
    gold: dict[int, list[tuple[int, int]]] = {}
    others: dict[int, list[tuple[int, int]]] = {}
    for key, document, kind, revision in rows.values_list("id", "document_id", "kind", "revision"):
        (gold if kind == "adjudicated" else others).setdefault(document, []).append((key, revision))
    return FinishedWork({document: gold.get(document) or others[document] for document in sorted({*gold, *others})})


def read_finished(work: FinishedWork, schema: Schema) -> Iterator[FinishedDocument]:
    """Yield documents with the spans of their finished sets, of labels that the schema has."""
    keys = list(work.sets)
    for begin in range(0, len(keys), 200):
        batch = keys[begin : begin + 200]
        sets = [key for document in batch for key, _revision in work.sets[document]]
        offered = _offered(sets)
        spans: dict[int, list[FinishedSpan]] = defaultdict(list)
        rows = Span.objects.filter(annotation_set__in=sets, label__in=list(schema.labels)).order_by("id")
        for key, label, start, end, fragments, suggestion in rows.values_list(
            "annotation_set_id", "label", "start", "end", "fragments", "suggestion"
        ):
            pieces = fragments or [[start, end]]
            is_accepted = suggestion is not None and offered.get((key, suggestion["id"])) in (None, [label, pieces])
            spans[key].append(FinishedSpan(label, [(pair[0], pair[1]) for pair in pieces], is_accepted))
        texts = dict(Document.objects.filter(pk__in=batch).order_by("id").values_list("id", "text"))
        for document in batch:
            found = [spans[key] for key, _revision in work.sets[document]]
            yield FinishedDocument(document, texts[document], found)


def _offered(sets: list[int]) -> dict[tuple[int, str], Any]:
    rows = SuggestionOffer.objects.filter(annotation_set__in=sets).order_by("id")
    return {
        (key, suggestion): given
        for key, offered in rows.values_list("annotation_set_id", "offered")
        for suggestion, given in offered.items()
    }
