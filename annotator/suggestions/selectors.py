"""Reading suggestions: what is offered in an annotation set, and how it was received."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet, SetKind, SetPurpose, SetState, Span
from annotator.corpus.suggestions.models import SuggestionRun
from annotator.corpus.suggestions.packing import unpack
from annotator.corpus.suggestions.selectors import rejected_in
from annotator.suggestions.blind.selectors import is_blind
from annotator.suggestions.evaluation import expected_precision, score_of
from annotator.suggestions.language_model.selectors import LANGUAGE_MODEL, find_asking
from annotator.suggestions.models import SourceEvaluation, SuggestionOffer, SuggestionSettings, TrainedModel
from annotator.suggestions.problems import NoSuchSource
from annotator.suggestions.sources.interface import Source
from annotator.suggestions.sources.registry import SOURCES
from annotator.suggestions.trained.selectors import MODEL, model_source
from projects.models import Project
from projects.schema import Schema
from projects.selectors import schema_of


@dataclass(frozen=True)
class Offered:
    """Suggestions of one version of a source for a set; each span has its score and whether it reaches the bar."""

    source: str
    version: str
    spans: Sequence[Mapping[str, Any]]
    relations: Sequence[Mapping[str, str]]


@dataclass
class Reception:
    """How the suggestions of a label were received in submitted sets."""

    offered: int = 0
    accepted: int = 0
    edited: int = 0
    rejected: int = 0

    @property
    def ignored(self) -> int:
        """Those neither accepted nor rejected; edited ones are accepted ones."""
        return max(0, self.offered - self.accepted - self.rejected)


@dataclass
class SourceRow:
    """A source in a project: built in, imported or pushed."""

    name: str
    version: str
    title: str
    is_built_in: bool
    is_on: bool
    documents: int
    evaluation: SourceEvaluation | None
    labels: dict[str, Reception] = field(default_factory=dict)


def settings_of(project: Project) -> SuggestionSettings:
    """Return the settings of a project; the defaults, not stored, when it has none."""
    return SuggestionSettings.objects.filter(project=project).first() or SuggestionSettings(project=project, sources=[])


def sources_of(project: Project) -> dict[str, Source]:
    """Return the sources of a project that suggest when asked: those built in, and the active model."""
    model = model_source(project)
    return {**SOURCES, **({MODEL: model} if model else {})}


def has_suggestions(document: Document, schema: Schema) -> bool:
    """Return whether a source may suggest something for a document."""
    runs = SuggestionRun.objects.filter(document=document.pk)
    project = Project.objects.filter(pk=document.project_id).order_by()
    model = TrainedModel.objects.filter(project=OuterRef("pk"), is_active=True)
    is_stored, on, has_model = project.values_list(Exists(runs), "suggestion_settings__sources", Exists(model)).get()
    return (
        is_stored
        or (MODEL in (on or ()) and has_model)
        or any(name in SOURCES and not schema.labels.keys().isdisjoint(SOURCES[name].labels) for name in on or ())
    )


def suggestions_for(annotation_set: AnnotationSet, *, of_blind: bool = False) -> list[Offered]:
    """Return what each source suggests in a set, by name; dismissed and accepted suggestions are left out.

    In a blind set that is nothing, but with `of_blind` what would be suggested.
    """
    if annotation_set.purpose in (SetPurpose.PRACTICE, SetPurpose.QUALIFICATION):
        return []  # these show what annotators do by themselves
    project = annotation_set.document.project
    settings = settings_of(project)
    if not of_blind and is_blind(annotation_set, settings):
        return []
    schema = schema_of(annotation_set.schema_version)
    gone, hidden = _handled(annotation_set), _hidden_labels(annotation_set, project, schema)
    found = []
    for source, version, content in _contents(annotation_set, settings, schema):
        figures = figures_of(project, source, version)
        spans = [
            _span(span, figures, math.inf if span["label"] in hidden else settings.bar)
            for span in content["spans"]
            if (source, version, span["id"]) not in gone
            and not schema.check_span(span["label"], len(span["fragments"]), span["attributes"])
        ]
        ids = {span["id"] for span in spans}
        relations = [link for link in content["relations"] if link["from"] in ids and link["to"] in ids]
        found.append(Offered(source, version, spans, relations))
    return found


def _hidden_labels(annotation_set: AnnotationSet, project: Project, schema: Schema) -> set[str]:
    """Return the optional labels that the editor does not show, with all suggestions of them."""
    optional = {name for name, label in schema.labels.items() if label.optional}
    if project.show_optional_labels or not optional:
        return set()
    shown = Span.objects.filter(annotation_set=annotation_set, label__in=optional).order_by()
    return optional - set(shown.values_list("label", flat=True))


def _contents(
    annotation_set: AnnotationSet, settings: SuggestionSettings, schema: Schema
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield source, version and content: the newest stored run, or what a source that is on makes of the text now."""
    document_id = annotation_set.document_id
    newest: dict[str, SuggestionRun] = {}
    for run in SuggestionRun.objects.filter(document_id=document_id).order_by("created_at", "id"):
        newest[run.source] = run
    known = sources_of(annotation_set.document.project) if MODEL in settings.sources or MODEL in newest else SOURCES
    for name in sorted({*newest, *settings.sources}):
        source, stored = known.get(name), newest.get(name)
        if source is None:
            # A language model is never asked while a document is opened: its suggestions are the stored ones.
            is_shown = name not in (MODEL, LANGUAGE_MODEL) or (name == LANGUAGE_MODEL and name in settings.sources)
            if stored is not None and is_shown:
                yield name, stored.version, unpack(bytes(stored.packed))
        elif name in settings.sources:
            is_fresh = (
                stored is not None
                and stored.version == source.version
                and stored.schema_version_id == annotation_set.schema_version_id
            )
            if stored is not None and is_fresh:
                yield name, stored.version, unpack(bytes(stored.packed))
            else:
                text = Document.objects.values_list("text", flat=True).get(pk=document_id)
                yield name, source.version, source.suggest(text, schema).records()


def _handled(annotation_set: AnnotationSet) -> set[tuple[str, str, str]]:
    """Return source, version and id of the suggestions that were dismissed or accepted."""
    dismissed = {key[1:] for key in rejected_in([annotation_set.pk])}
    accepted = Span.objects.filter(annotation_set=annotation_set, suggestion__isnull=False).order_by()
    return dismissed | {_key(suggestion) for suggestion in accepted.values_list("suggestion", flat=True) if suggestion}


def _key(suggestion: Mapping[str, Any]) -> tuple[str, str, str]:
    return suggestion["source"], suggestion["version"], suggestion["id"]


def _span(span: Mapping[str, Any], figures: Mapping[str, Any] | None, bar: float) -> dict[str, Any]:
    score = expected_precision(figures, span["label"], score_of(span))
    return {
        "id": span["id"],
        "label": span["label"],
        "fragments": span["fragments"],
        "attributes": span["attributes"],
        "score": round(score, 3),
        "offered": score >= bar - 1e-9,
    }


def figures_of(project: Project, source: str, version: str) -> Mapping[str, Any] | None:
    """Return the figures of a version of a source in a project; None when it was not measured."""
    found = SourceEvaluation.objects.filter(project=project, source=source, version=version)
    figures: Mapping[str, Any] | None = found.values_list("figures", flat=True).first()
    return figures


def source_rows(project: Project) -> list[SourceRow]:
    """Return the sources of a project: those built in, and those with stored suggestions."""
    settings = settings_of(project)
    runs = Counter(
        SuggestionRun.objects.filter(document__project=project).order_by().values_list("source", "version").iterator()
    )
    known = sources_of(project)
    asking = find_asking(project)
    built_in = {(source.name, source.version) for source in known.values()}
    if asking is not None:
        built_in.add((LANGUAGE_MODEL, asking.version))
    evaluations = {
        (row.source, row.version): row for row in SourceEvaluation.objects.filter(project=project).order_by("id")
    }
    rows = []
    for name, version in sorted({*runs, *built_in}):
        source = known.get(name)
        is_asked = name == LANGUAGE_MODEL
        rows.append(
            SourceRow(
                name=name,
                version=version,
                title=source.title if source else _("Language model") if is_asked else name,
                is_built_in=source is not None or is_asked,
                is_on=_is_on(name, version, source, settings),
                documents=runs[name, version],
                evaluation=evaluations.get((name, version)),
                labels=receptions(project, name, version),
            )
        )
    return rows


def _is_on(name: str, version: str, source: Source | None, settings: SuggestionSettings) -> bool:
    """Return whether suggestions of a version are offered: imported ones always are."""
    if name == LANGUAGE_MODEL:
        return name in settings.sources
    return source is None or (name in settings.sources and version == source.version)


def get_source(project: Project, name: str) -> SourceRow:
    """Return the newest version of a source; raises `NoSuchSource`."""
    rows = [row for row in source_rows(project) if row.name == name]
    if not rows:
        raise NoSuchSource(f"This project has no source “{name[:64]}”.")
    current = sources_of(project).get(name) or (find_asking(project) if name == LANGUAGE_MODEL else None)
    return next((row for row in rows if current and row.version == current.version), rows[-1])


def receptions(project: Project, source: str, version: str) -> dict[str, Reception]:
    """Return by label how often suggestions were offered, accepted, edited and rejected in submitted sets."""
    # The project of each offer, so that the database does not begin with all sets of the project.
    project_of = AnnotationSet.objects.filter(pk=OuterRef("annotation_set")).order_by().values("document__project")[:1]
    offers = SuggestionOffer.objects.filter(
        source=source, version=version, annotation_set__kind=SetKind.ANNOTATOR
    ).exclude(annotation_set__state=SetState.OPEN)
    offers = offers.alias(of=Subquery(project_of)).filter(of=project.pk)
    found: dict[str, Reception] = {}
    offered: dict[int, Mapping[str, Any]] = {}
    for set_id, by_id in offers.order_by("id").values_list("annotation_set_id", "offered"):
        offered[set_id] = by_id
        for label, _fragments in by_id.values():
            found.setdefault(label, Reception()).offered += 1
    accepted = Span.objects.filter(annotation_set__in=list(offered), suggestion__isnull=False).order_by("id")
    for set_id, suggestion, label, start, end, fragments in accepted.values_list(
        "annotation_set_id", "suggestion", "label", "start", "end", "fragments"
    ):
        given = offered[set_id].get(suggestion["id"]) if suggestion else None
        if suggestion is None or given is None or (suggestion["source"], suggestion["version"]) != (source, version):
            continue
        reception = found[given[0]]
        reception.accepted += 1
        reception.edited += [label, fragments or [[start, end]]] != list(given)
    for set_id, *version_of, rejected in rejected_in(list(offered)):
        given = offered[set_id].get(rejected)
        if given is not None and version_of == [source, version]:
            found[given[0]].rejected += 1
    return dict(sorted(found.items()))


def finished_sets(project: Project) -> dict[int, list[int]]:
    """Return by document the sets to measure against: the adjudicated one, else the submitted and imported ones."""
    sets = AnnotationSet.objects.filter(document__project=project, is_excluded=False, purpose=SetPurpose.DATA)
    adjudicated: dict[int, list[int]] = {}
    submitted: dict[int, list[int]] = {}
    rows = sets.order_by("id").values_list("id", "document_id", "kind", "state")
    for set_id, document_id, kind, state in rows:
        if kind == SetKind.ADJUDICATED and state != SetState.OPEN:
            adjudicated.setdefault(document_id, []).append(set_id)
        elif (kind == SetKind.ANNOTATOR and state in (SetState.SUBMITTED, SetState.ADJUDICATED)) or (
            kind == SetKind.IMPORTED
        ):
            submitted.setdefault(document_id, []).append(set_id)
    return submitted | adjudicated
