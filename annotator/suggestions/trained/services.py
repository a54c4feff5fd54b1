"""Training models, activating one, and training by itself when finished work has grown."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.platform.accounts.models import User
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import Job
from annotator.suggestions.models import SourceEvaluation, SuggestionSettings, TrainedModel, TrainingSet
from annotator.suggestions.problems import ModelUnusable, TooLittleToTrain
from annotator.suggestions.sources.model import learning
from annotator.suggestions.sources.model.tagger import Tagger, save
from annotator.suggestions.trained import selectors
from annotator.suggestions.trained.selectors import MODEL, MOST_DOCUMENTS, FinishedWork
from projects.models import Project
from projects.selectors import current_schema, schema_of

TRAIN_JOB = "train_model"
LEAST_DOCUMENTS = 10
GROWTH = 1.25
"""By itself, a model is trained again when there are so many times more finished documents."""
CHECKED_EVERY = timedelta(minutes=5)


def start_training(project: Project, *, started_by: User | None, now: datetime, own_process: bool = False) -> Job:
    """Start the job that trains a model, or return the one under way; raises `TooLittleToTrain`."""
    documents = len(selectors.finished_work(project).sets)
    check_enough(documents)
    params = {"documents": documents}
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        return jobs.start_once(
            TRAIN_JOB, project_id=project.pk, params=params, started_by=started_by, now=now, own_process=own_process
        )


def check_enough(documents: int) -> None:
    """Raise `TooLittleToTrain` when there are too few finished documents."""
    if documents < LEAST_DOCUMENTS:
        raise TooLittleToTrain(
            ngettext(
                "%(count)s document is finished; a model needs %(least)s. Submit or adjudicate more documents first.",
                "%(count)s documents are finished; a model needs %(least)s. Submit or adjudicate more documents first.",
                documents,
            )
            % {"count": documents, "least": LEAST_DOCUMENTS}
        )


def train_when_grown(project: Project, settings: SuggestionSettings, *, now: datetime) -> Job | None:
    """Start training when a project trains by itself and its finished work has grown enough since the last model."""
    if not settings.trains_itself or settings.pk is None:
        return None
    if settings.checked_at is not None and now - settings.checked_at < CHECKED_EVERY:
        return None
    SuggestionSettings.objects.filter(pk=settings.pk).update(checked_at=now)
    finished = len(selectors.finished_work(project).sets)
    newest = selectors.models_of(project).first()
    least = LEAST_DOCUMENTS if newest is None else GROWTH * newest.figures["finished_documents"]
    if finished < least or _has_failed_before(project, finished):
        return None
    return start_training(project, started_by=None, now=now)


def _has_failed_before(project: Project, finished: int) -> bool:
    """Return whether the last training failed or was cancelled with as many documents: it would do so again."""
    last = Job.objects.filter(kind=TRAIN_JOB, project_id=project.pk).order_by("-id").first()
    return last is not None and last.state in ("failed", "cancelled") and last.params.get("documents") == finished


def train(
    project: Project, *, by: User | None, now: datetime, on_progress: Callable[[float], None] = lambda _share: None
) -> TrainedModel:
    """Train a model on finished work, measure it on held-out documents, and activate it if it is not worse.

    Raises `TooLittleToTrain`.
    """
    version = current_schema(project)
    schema = schema_of(version)
    everything = selectors.finished_work(project)
    check_enough(len(everything.sets))
    work = _limited(everything)
    is_narrow = schema.definition.get("boundaries", {}).get("outer_quotation_marks") == "out"
    documents = list(selectors.read_finished(work, schema))
    try:
        learned = learning.learn(documents, is_narrow=is_narrow, on_progress=on_progress)
    except learning.TooFewSpans as error:
        raise TooLittleToTrain(
            _("No label has %(least)s spans in finished work yet.") % {"least": learning.LEAST_SPANS}
        ) from error
    comparison = _compare(project, learned, lambda: on_progress(1.0))
    figures = _figures(learned, len(everything.sets), comparison)
    on_progress(1.0)
    content, measured = (_saved(tagger, on_progress) for tagger in (learned.tagger, learned.measured))
    return _store(project, learned, work, {
        "schema_version": version,
        "documents": len(documents),
        "figures": figures,
        "sha256": hashlib.sha256(content).hexdigest(),
        "content": content,
        "measured": measured,
        "created_by": by,
        "created_at": now,
    })  # fmt: skip


def _limited(work: FinishedWork) -> FinishedWork:
    """Return the newest documents, when there are too many."""
    return FinishedWork(dict(list(work.sets.items())[-MOST_DOCUMENTS:]))


def _saved(tagger: Tagger, on_progress: Callable[[float], None]) -> bytes:
    on_progress(1.0)
    return save(tagger, {})


def _compare(project: Project, learned: learning.Learned, on_case: Callable[[], None]) -> dict[str, Any] | None:
    """Return the F1 of the new and of the active model on documents that neither has seen; None without any."""
    active = selectors.active_model(project)
    if active is None:
        return None
    try:
        tagger = selectors.read_tagger(active.pk, "measured")
    except ModelUnusable:
        return None
    seen = set(active.sets.filter(is_held_out=False).order_by().values_list("annotation_set__document_id", flat=True))
    unseen = [
        case
        for case in learned.cases
        if case.document.key in learned.held_out and case.document.key not in seen
    ]  # fmt: skip
    if not unseen:
        return None
    return {
        "number": active.number,
        "documents": len(unseen),
        "before": learning.overall_f1(tagger, unseen, on_case=on_case),
        "after": learning.overall_f1(learned.measured, unseen, on_case=on_case),
    }


def _figures(learned: learning.Learned, finished: int, comparison: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        **learned.evaluation.as_json(),
        "held_out_documents": len(learned.held_out),
        "finished_documents": finished,
        "curve": [{"documents": documents, "f1": f1} for documents, f1 in learned.curve],
        "compared": comparison,
        "coverage": {
            label: {"learned": row.learned, "left_out": row.left_out} for label, row in sorted(learned.coverage.items())
        },
    }


def _store(project: Project, learned: learning.Learned, work: FinishedWork, values: Mapping[str, Any]) -> TrainedModel:
    compared = values["figures"]["compared"]
    is_better = compared is None or compared["after"] >= compared["before"]
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        last = TrainedModel.objects.filter(project=project).order_by().aggregate(last=Max("number"))["last"] or 0
        if is_better:
            TrainedModel.objects.filter(project=project, is_active=True).update(is_active=False)
        model = TrainedModel.objects.create(project=project, number=last + 1, is_active=is_better, **values)
        TrainingSet.objects.bulk_create(
            TrainingSet(model=model, annotation_set_id=key, revision=revision, is_held_out=document in learned.held_out)
            for document, sets in work.sets.items()
            for key, revision in sets
        )
        SourceEvaluation.objects.update_or_create(
            project=project,
            source=MODEL,
            version=model.version,
            defaults={"figures": learned.evaluation.as_json(), "made_at": values["created_at"]},
        )
    return model


def activate(project: Project, number: int) -> TrainedModel:
    """Offer the suggestions of another model from now on; raises `NoSuchModel` and `ModelUnusable`."""
    model = selectors.get_model(project, number)
    selectors.read_tagger(model.pk, "content")
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        TrainedModel.objects.filter(project=project, is_active=True).update(is_active=False)
        TrainedModel.objects.filter(pk=model.pk).update(is_active=True)
    model.is_active = True
    return model


def unseen_documents(project: Project, ids: Sequence[int]) -> list[int]:
    """Return of some documents those that the active model was not trained on, not even for its final weights."""
    model = selectors.active_model(project)
    if model is None:
        return list(ids)
    seen = set(model.sets.order_by().values_list("annotation_set__document_id", flat=True))
    return [key for key in ids if key not in seen]
