"""Settings of suggestions, offering them, making them for all documents, and measuring them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet, Relation, Span
from annotator.corpus.spans.selectors import RELATION_COLUMNS, SPAN_COLUMNS, span_value
from annotator.corpus.suggestions.models import SuggestionRun
from annotator.corpus.suggestions.packing import unpack
from annotator.corpus.suggestions.services import replace_runs
from annotator.platform.accounts.models import User
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import Job
from annotator.suggestions import selectors
from annotator.suggestions.blind.services import draw_arm, new_seed
from annotator.suggestions.evaluation import Evaluation
from annotator.suggestions.language_model.selectors import LANGUAGE_MODEL
from annotator.suggestions.language_model.services import start_asking
from annotator.suggestions.models import SourceEvaluation, SuggestionOffer, SuggestionSettings
from annotator.suggestions.problems import NoSuchSource, NothingToMeasure, NothingToSuggest
from annotator.suggestions.sources.interface import Source
from annotator.suggestions.sources.registry import SOURCES
from annotator.suggestions.trained.selectors import MODEL
from annotator.suggestions.trained.services import train_when_grown, unseen_documents
from projects.models import Project, SchemaVersion
from projects.schema import Schema
from projects.selectors import current_schema, schema_of

SUGGEST_JOB = "suggest_spans"
EVALUATE_JOB = "evaluate_suggestions"
DOCUMENTS_AT_ONCE = 100


def save_settings(
    project: Project,
    *,
    bar: float,
    sources: Sequence[str],
    trains_itself: bool | None = None,
    blind_share: float | None = None,
) -> SuggestionSettings:
    """Save the bar and the built-in sources that are on; raises `NoSuchSource` for another name."""
    unknown = [name for name in sources if name not in SOURCES and name not in (MODEL, LANGUAGE_MODEL)]
    if unknown:
        raise NoSuchSource(_("There is no built-in source “%(name)s”.") % {"name": unknown[0][:64]})
    values: dict[str, Any] = {"bar": bar, "sources": sorted(set(sources))}
    if trains_itself is not None:
        values["trains_itself"] = trains_itself
    if blind_share is not None:
        values["blind_share"] = blind_share
        if blind_share and not selectors.settings_of(project).blind_seed:
            values["blind_seed"] = new_seed()
    settings, _made = SuggestionSettings.objects.update_or_create(project=project, defaults=values)
    return settings


def offer(annotation_set: AnnotationSet, *, now: datetime) -> list[selectors.Offered]:
    """Return what is suggested in a set that is being edited, and record what reaches the bar."""
    settings = selectors.settings_of(annotation_set.document.project)
    bar = settings.bar
    train_when_grown(annotation_set.document.project, settings, now=now)

    def withheld() -> list[Any]:
        rows = selectors.suggestions_for(annotation_set, of_blind=True)
        return [[span["label"], span["fragments"]] for run in rows for span in run.spans if span["offered"]]

    draw_arm(annotation_set, settings, withheld=withheld, now=now)
    offered = selectors.suggestions_for(annotation_set)
    for run in offered:
        above = {span["id"]: [span["label"], span["fragments"]] for span in run.spans if span["offered"]}
        with transaction.atomic():
            row, made = SuggestionOffer.objects.select_for_update().get_or_create(
                annotation_set=annotation_set,
                source=run.source,
                version=run.version,
                defaults={"bar": bar, "offered": above, "created_at": now},
            )
            if not made and not above.keys() <= row.offered.keys():
                row.offered |= above
                row.save(update_fields=["offered"])
    return offered


def start_suggesting(
    project: Project,
    source: str,
    *,
    started_by: User | None,
    now: datetime,
    own_process: bool = False,
    documents: int | None = None,
) -> Job:
    """Start the job that makes the suggestions of a source, or return the one under way.

    A language model is asked about at most `documents` documents. Raises `NoSuchSource`, `NothingToSuggest` when the
    schema has none of its labels, and `LanguageModelNotAllowed`.
    """
    if source == LANGUAGE_MODEL:
        return start_asking(project, documents=documents, started_by=started_by, now=now, own_process=own_process)
    recipe = selectors.sources_of(project).get(source)
    if recipe is None:
        raise NoSuchSource(_("There is no built-in source “%(name)s”.") % {"name": source[:64]})
    schema = schema_of(current_schema(project))
    if not recipe.suggest("", schema).spans and schema.labels.keys().isdisjoint(recipe.labels):
        raise NothingToSuggest(
            _("The source “%(name)s” suggests %(labels)s, and the schema has none of these labels.")
            % {"name": source, "labels": ", ".join(recipe.labels)}
        )
    return _start(SUGGEST_JOB, project, source, started_by, now, own_process=own_process)


def start_measuring(
    project: Project, source: str, *, started_by: User | None, now: datetime, own_process: bool = False
) -> Job:
    """Start the job that measures a source, or return the one under way; raises `NoSuchSource`."""
    selectors.get_source(project, source)
    return _start(EVALUATE_JOB, project, source, started_by, now, own_process=own_process)


def _start(
    kind: str, project: Project, source: str, started_by: User | None, now: datetime, *, own_process: bool
) -> Job:
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        return jobs.start_once(
            kind,
            project_id=project.pk,
            params={"source": source},
            same=["source"],
            started_by=started_by,
            now=now,
            own_process=own_process,
        )


def suggest_for(
    documents: Sequence[Document], source: str, schema: Schema, version: SchemaVersion, *, now: datetime
) -> int:
    """Make and store the suggestions of a built-in source for some documents; return how many there are."""
    recipe = selectors.sources_of(version.project)[source]
    made = [(document, recipe.suggest(document.text, schema).records()) for document in documents]
    replace_runs(made, source=source, version=recipe.version, schema_version=version, now=now)
    return sum(len(records["spans"]) for _document, records in made)


def measure(project: Project, source: str, *, now: datetime, on_progress: Any = None) -> SourceEvaluation:
    """Measure the newest version of a source against finished work and store the figures.

    Raises `NothingToMeasure` when no finished document has suggestions.
    """
    row = selectors.get_source(project, source)
    finished = selectors.finished_sets(project)
    version = current_schema(project)
    schema = schema_of(version)
    evaluation = Evaluation()
    ids = sorted(finished)
    recipe = selectors.sources_of(project).get(source)
    if source == MODEL:
        ids = unseen_documents(project, ids)
    for begin in range(0, len(ids), DOCUMENTS_AT_ONCE):
        batch = ids[begin : begin + DOCUMENTS_AT_ONCE]
        if on_progress is not None:
            on_progress(begin, len(ids))
        _add_batch(evaluation, batch, finished, row, (schema, recipe))
    if not evaluation.documents:
        raise NothingToMeasure(
            _("The model has learned from every finished document: its figures are those of held-out documents.")
            if source == MODEL
            else _(
                "No document with finished work has suggestions of “%(name)s”. Submit or adjudicate a document first."
            )
            % {"name": source}
        )
    stored, _made = SourceEvaluation.objects.update_or_create(
        project=project, source=source, version=row.version, defaults={"figures": evaluation.as_json(), "made_at": now}
    )
    return stored


def _add_batch(
    evaluation: Evaluation,
    batch: Sequence[int],
    finished: dict[int, list[int]],
    row: selectors.SourceRow,
    chosen: tuple[Schema, Source | None],
) -> None:
    schema, recipe = chosen
    runs = {
        run.document_id: unpack(bytes(run.packed))
        for run in SuggestionRun.objects.filter(document__in=batch, source=row.name, version=row.version).order_by("id")
    }
    if recipe is not None:
        missing = Document.objects.filter(pk__in=[key for key in batch if key not in runs]).order_by("id")
        runs |= {document.pk: recipe.suggest(document.text, schema).records() for document in missing}
    sets = [set_id for document_id in runs for set_id in finished[document_id]]
    spans: dict[int, list[Any]] = {set_id: [] for set_id in sets}
    for set_id, *columns in (
        Span.objects.filter(annotation_set__in=sets).order_by("id").values_list("annotation_set_id", *SPAN_COLUMNS)
    ):
        spans[set_id].append(span_value(tuple(columns)).wire())
    links: dict[int, list[Any]] = {set_id: [] for set_id in sets}
    for set_id, uid, label, start, end in (
        Relation.objects.filter(annotation_set__in=sets)
        .order_by("id")
        .values_list("annotation_set_id", *RELATION_COLUMNS)
    ):
        links[set_id].append({"id": uid, "label": label, "from": start, "to": end})
    labels = [name for name in schema.labels if recipe is None or name in recipe.labels]
    for document_id, content in runs.items():
        evaluation.start_document()
        for set_id in finished[document_id]:
            evaluation.add(content["spans"], content["relations"], spans[set_id], links[set_id], labels)
