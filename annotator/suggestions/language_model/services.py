"""Choosing a language model for a project, and starting a run."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from annotator.platform.accounts.models import User
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import Job
from annotator.problems import InvalidInput
from annotator.suggestions.language_model.limits import limits_of
from annotator.suggestions.language_model.selectors import ASK_JOB, LANGUAGE_MODEL, allowed_servers, asking_of
from annotator.suggestions.models import LanguageModelChoice, SuggestionSettings
from annotator.suggestions.problems import LanguageModelNotAllowed
from projects.models import Project


def choose(
    project: Project, *, url: str, model: str, by: User, now: datetime, limits: Mapping[str, int] | None = None
) -> LanguageModelChoice:
    """Allow the texts of a project to be sent to a server, and switch its suggestions on.

    `limits` may have `tokens_per_run` and `tokens_per_day`; without them they stay. Raises `InvalidInput` for a server
    that the operator does not allow, for a model without a name, and for a limit above that of the operator.
    """
    most = settings.LANGUAGE_MODEL_TOKENS_PER_DAY
    for name, tokens in (limits or {}).items():
        if most and tokens > most:
            detail = _("The operator of this site allows all projects together %(most)s tokens per day.") % {
                "most": f"{most:,}"
            }
            raise InvalidInput(detail, errors=[{"pointer": f"/{name}", "detail": detail}])
    if url not in [server.url for server in allowed_servers()]:
        detail = _("The operator of this site does not allow this server.")
        raise InvalidInput(detail, errors=[{"pointer": "/url", "detail": detail}])
    if not model.strip() or not model.isprintable():
        detail = _("Give the name by which the server knows the model.")
        raise InvalidInput(detail, errors=[{"pointer": "/model", "detail": detail}])
    with transaction.atomic():
        values = {"url": url, "model": model.strip(), "agreed_by": by, "agreed_at": now, **(limits or {})}
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

    Raises `LanguageModelNotAllowed`, also when a limit is reached already.
    """
    asking_of(project)
    if reached := limits_of(project, now=now).reached_by(1, of_run=0):
        raise LanguageModelNotAllowed(
            _("%(reached)s Days are counted in UTC; a lead sets the limits of the project.") % {"reached": reached}
        )
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
