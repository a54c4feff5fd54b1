"""Reading the language model of a project: what it may be asked, and what that would send."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Ceil
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import Document
from annotator.corpus.suggestions.selectors import documents_without
from annotator.platform.jobs.models import FINAL_STATES, Job
from annotator.platform.operations import AllowedServer
from annotator.suggestions.models import LanguageModelChoice
from annotator.suggestions.problems import LanguageModelNotAllowed
from annotator.suggestions.sources.language_model.prompt import (
    MOST_CHARACTERS,
    system_prompt,
    tokens_of,
    version_of,
)
from projects.models import Project, SchemaVersion
from projects.schema import Schema
from projects.selectors import current_guideline, current_schema, schema_of

LANGUAGE_MODEL = "language-model"
ASK_JOB = "ask_language_model"


@dataclass(frozen=True)
class Asking:
    """All that a request needs: server, model, prompt, and the version of the source that follows from them."""

    server: AllowedServer
    model: str
    system: str
    version: str
    schema: Schema
    schema_version: SchemaVersion
    guidelines: int


@dataclass(frozen=True)
class Estimate:
    """What asking about the documents without suggestions would send, about."""

    documents: int
    requests: int
    tokens: int


def allowed_servers() -> tuple[AllowedServer, ...]:
    """Return the servers that the operator allows."""
    servers: tuple[AllowedServer, ...] = settings.LANGUAGE_MODELS
    return servers


def choice_of(project: Project) -> LanguageModelChoice | None:
    """Return the language model that a project has chosen; None without one."""
    return LanguageModelChoice.objects.filter(project=project).select_related("agreed_by").first()


def asking_of(project: Project) -> Asking:
    """Return what a project asks; raises `LanguageModelNotAllowed` when it has chosen nothing, or may not any more."""
    choice = choice_of(project)
    if choice is None:
        raise LanguageModelNotAllowed(_("This project has chosen no language model. A lead chooses one on its page."))
    server = next((server for server in allowed_servers() if server.url == choice.url), None)
    if server is None:
        raise LanguageModelNotAllowed(
            _("The operator of this site does not allow %(url)s any more. Choose another server.") % {"url": choice.url}
        )
    version = current_schema(project)
    schema = schema_of(version)
    guideline = current_guideline(project)
    system = system_prompt(schema, guideline.text)
    name = version_of(system, url=choice.url, model=choice.model)
    return Asking(server, choice.model, system, name, schema, version, guideline.number)


def find_asking(project: Project) -> Asking | None:
    """Return what a project asks; None when it may ask nothing."""
    try:
        return asking_of(project)
    except LanguageModelNotAllowed:
        return None


def waiting_documents(project: Project, asking: Asking) -> QuerySet[Document]:
    """Return the documents without suggestions of this version."""
    return documents_without(project, LANGUAGE_MODEL, asking.version, asking.schema_version.pk)


def estimate(project: Project, asking: Asking) -> Estimate:
    """Return about how much would be sent."""
    parts = Sum(Ceil(1.0 * F("length") / MOST_CHARACTERS))
    row = (
        waiting_documents(project, asking).order_by().aggregate(documents=Count("pk"), text=Sum("length"), parts=parts)
    )
    requests = int(row["parts"] or 0)
    return Estimate(row["documents"], requests, tokens_of(row["text"] or 0) + requests * tokens_of(len(asking.system)))


def tokens_needed(asking: Asking, length: int) -> int:
    """Return about how many tokens it takes to send a text of so many characters, with the instructions."""
    return tokens_of(length) + -(-length // MOST_CHARACTERS) * tokens_of(len(asking.system))


def last_run(project: Project) -> Any:
    """Return what the last run that ended with a result did; None without one."""
    ended = Job.objects.filter(kind=ASK_JOB, project_id=project.pk, state__in=FINAL_STATES, result__isnull=False)
    return ended.order_by("-id").first()
