"""The jobs that make suggestions and measure them."""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.corpus.suggestions.selectors import documents_without
from annotator.platform.jobs.context import JobContext
from annotator.platform.jobs.registry import job_kind
from annotator.suggestions import selectors, services
from annotator.suggestions.language_model.run import Run
from annotator.suggestions.language_model.selectors import ASK_JOB, LANGUAGE_MODEL, asking_of
from annotator.suggestions.trained.services import TRAIN_JOB, train
from projects.models import Project
from projects.selectors import current_schema, schema_of


@job_kind(services.SUGGEST_JOB, title="Suggestions", page="sources:suggestions")
def suggest_spans(context: JobContext) -> dict[str, Any]:
    """Make the suggestions of a source for the documents that have none of its version; each batch commits."""
    project = Project.objects.get(pk=context.project_id or 0)
    source = context.params["source"]
    version = current_schema(project)
    schema = schema_of(version)
    row = selectors.get_source(project, source)
    waiting = documents_without(project, source, row.version, version.pk)
    made = context.cursor or {"documents": 0, "spans": 0}
    total = made["documents"] + waiting.count()
    last = 0  # looking again at the documents that are done would take longer with every batch
    while batch := list(waiting.filter(pk__gt=last)[: services.DOCUMENTS_AT_ONCE]):
        last = batch[-1].pk
        context.set_progress(made["documents"], total)
        with transaction.atomic():
            spans = services.suggest_for(batch, source, schema, version, now=timezone.now())
            made = {"documents": made["documents"] + len(batch), "spans": made["spans"] + spans}
            context.save_checkpoint(made)
    context.set_progress(made["documents"], total)
    summary = ngettext(
        "%(spans)s suggestions were made for %(count)s document.",
        "%(spans)s suggestions were made for %(count)s documents.",
        made["documents"],
    )
    return {
        **made,
        "source": source,
        "summary": summary % {"spans": f"{made['spans']:,}", "count": f"{made['documents']:,}"},
        "url": reverse("sources:suggestions", args=[project.slug]),
        "url_text": _("Open the suggestions"),
    }


@job_kind(ASK_JOB, title="Suggestions of a language model", page="sources:language-model")
def ask_language_model(context: JobContext) -> dict[str, Any]:
    """Ask about the documents without suggestions of the present version; each document commits."""
    project = Project.objects.get(pk=context.project_id or 0)
    asking = asking_of(project)
    made = Run(context, project, asking, most=context.params.get("documents")).do()
    summary = ngettext(
        "%(spans)s suggestions for %(count)s document; %(refused)s were refused, %(failed)s documents failed. "
        "%(sent)s tokens were sent and %(received)s received.",
        "%(spans)s suggestions for %(count)s documents; %(refused)s were refused, %(failed)s documents failed. "
        "%(sent)s tokens were sent and %(received)s received.",
        made["documents"],
    )
    counts = {
        "spans": made["spans"],
        "count": made["documents"],
        "refused": sum(made["refused"].values()),
        "failed": len(made["failed"]),
        "sent": made["tokens_sent"],
        "received": made["tokens_received"],
    }
    text = summary % {name: f"{count:,}" for name, count in counts.items()}
    if made["limit"]:
        left = ngettext("%(count)s document is left.", "%(count)s documents are left.", made["left"])
        text = f"{text} {made['limit']} {left % {'count': format(made['left'], ',')}}"
    return {
        **{name: value for name, value in made.items() if name != "failed"},
        "failed": len(made["failed"]),
        "source": LANGUAGE_MODEL,
        "version": asking.version,
        "instructions": asking.system,
        "summary": text,
        "url": reverse("sources:language-model", args=[project.slug]),
        "url_text": _("Open the language model"),
    }


@job_kind(services.EVALUATE_JOB, title="Measure suggestions", page="sources:suggestions")
def evaluate_suggestions(context: JobContext) -> dict[str, Any]:
    """Measure the suggestions of a source against finished work."""
    project = Project.objects.get(pk=context.project_id or 0)
    source = context.params["source"]
    evaluation = services.measure(project, source, now=timezone.now(), on_progress=context.set_progress)
    documents = evaluation.figures["documents"]
    summary = ngettext(
        "“%(source)s” was measured on %(count)s document.",
        "“%(source)s” was measured on %(count)s documents.",
        documents,
    )
    return {
        "source": source,
        "summary": summary % {"source": source, "count": f"{documents:,}"},
        "url": f"{reverse('sources:figures', args=[project.slug])}?{urlencode({'source': source})}",
        "url_text": _("Open the figures"),
    }


@job_kind(TRAIN_JOB, title="Train a model", page="sources:models")
def train_model(context: JobContext) -> dict[str, Any]:
    """Train a model on the finished work of a project; nothing is stored when it is cancelled."""
    project = Project.objects.get(pk=context.project_id or 0)
    model = train(
        project,
        by=context.started_by,
        now=timezone.now(),
        on_progress=lambda share: context.set_progress(round(100 * share), 100),
    )
    context.set_progress(100, 100)
    if model.is_active:
        summary = _("Model %(number)s was trained on %(documents)s documents and is active.")
    else:
        summary = _(
            "Model %(number)s was trained on %(documents)s documents. The active one is better and stays active."
        )
    return {
        "number": model.number,
        "active": model.is_active,
        "summary": summary % {"number": model.number, "documents": f"{model.documents:,}"},
        "url": reverse("sources:model", args=[project.slug, model.number]),
        "url_text": _("Open the model"),
    }
