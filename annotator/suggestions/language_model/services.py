"""Choosing a language model for a project, and starting a run."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from annotator.platform.accounts.models import User
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import Job
from annotator.problems import InvalidInput
from annotator.suggestions.language_model.selectors import ASK_JOB, LANGUAGE_MODEL, allowed_servers, asking_of
from annotator.suggestions.models import LanguageModelChoice, SuggestionSettings
from projects.models import Project


def choose(project: Project, *, url: str, model: str, by: User, now: datetime) -> LanguageModelChoice:
    """Allow the texts of a project to be sent to a server, and switch its suggestions on.

    Raises `InvalidInput` for a server that the operator does not allow, and for a model without a name.
    """
    if url not in [server.url for server in allowed_servers()]:
        detail = _("The operator of this site does not allow this server.")
        raise InvalidInput(detail, errors=[{"pointer": "/url", "detail": detail}])
    if not model.strip() or not model.isprintable():
        detail = _("Give the name by which the server knows the model.")
        raise InvalidInput(detail, errors=[{"pointer": "/model", "detail": detail}])
    with transaction.atomic():
        values = {"url": url, "model": model.strip(), "agreed_by": by, "agreed_at": now}
        choice, _made = LanguageModelChoice.objects.update_or_create(project=project, defaults=values)
        _switch(project, on=True)
    return choice


def stop_using(project: Project) -> None:
    """Send nothing any more, and offer none of the suggestions that are stored."""
    with transaction.atomic():
        LanguageModelChoice.objects.filter(project=project).delete()
        _switch(project, on=False)


def _switch(project: Project, *, on: bool) -> None:
    settings, _made = SuggestionSettings.objects.get_or_create(project=project)
    sources = {*settings.sources, LANGUAGE_MODEL} if on else {*settings.sources} - {LANGUAGE_MODEL}
    SuggestionSettings.objects.filter(pk=settings.pk).update(sources=sorted(sources))


def start_asking(
    project: Project, *, documents: int | None, started_by: User | None, now: datetime, own_process: bool = False
) -> Job:
    """Start the job that asks about at most `documents` documents, or return the one under way.

    Raises `LanguageModelNotAllowed`.
    """
    asking_of(project)
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        return jobs.start_once(
            ASK_JOB,
            project_id=project.pk,
            params={"documents": documents},
            started_by=started_by,
            now=now,
            own_process=own_process,
        )
