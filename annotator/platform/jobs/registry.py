"""The registry of job kinds, and of short work that workers do every few seconds.

An app registers its kinds in its module `jobs`, which is imported when needed. Commands import this module with every
app, so it imports no Celery.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from django.utils.module_loading import autodiscover_modules

from annotator.platform.jobs.context import JobContext
from annotator.platform.jobs.models import Job

Body = Callable[[JobContext], dict[str, Any] | None]


@dataclass(frozen=True)
class JobKind:
    """A kind of job: its name in the database, its title for people, and the function that does it.

    `long` says which of its jobs may take longer than some seconds; these leave a slot of each worker to short ones.
    `page` names the URL of the page of a project that starts such jobs; "" when there is none.
    """

    name: str
    title: str
    body: Body
    long: bool | Callable[[Job], bool] = True
    page: str = ""

    def is_long(self, job: Job) -> bool:
        """Return whether a job may take long."""
        return self.long if isinstance(self.long, bool) else self.long(job)


_kinds: dict[str, JobKind] = {}


def job_kind(
    name: str, *, title: str = "", long: bool | Callable[[Job], bool] = True, page: str = ""
) -> Callable[[Body], Body]:
    """Register the decorated function as the body of a kind of job.

    The body gets a `JobContext` and returns a JSON object. The page of the job shows its `summary` (a sentence) and its
    `url` with `url_text` (a link to the result, an address of this site), when present. Instead of `url`, `page` names
    the URL (`#` and a fragment may follow) and its arguments: the address is made when it is shown, because a command
    should not load all pages.

    The body must be idempotent per chunk: when its process is killed it is called again, with the last `cursor` that it
    saved.
    """

    def register(body: Body) -> Body:
        registered = _kinds.get(name)
        if registered is not None and registered.body is not body:
            raise ValueError(f"Two functions are registered for the job kind {name!r}.")
        _kinds[name] = JobKind(name, title or name.replace("_", " ").capitalize(), body, long, page)
        return body

    return register


def find_kind(name: str) -> JobKind | None:
    """Return the kind with this name; None when no installed app registers it."""
    if name not in _kinds:
        discover()
    return _kinds.get(name)


def kinds() -> Sequence[JobKind]:
    """Return the kinds of all installed apps."""
    discover()
    return tuple(_kinds.values())


def title_of(name: str) -> str:
    """Return the title of a kind of job."""
    kind = find_kind(name)
    return kind.title if kind else name.replace("_", " ").capitalize()


@cache
def discover() -> None:
    """Import the module `jobs` of every installed app that has one.

    This happens at first use, because job functions import a lot and an idle worker should be small.
    """
    autodiscover_modules("jobs")


class SweepTask(Protocol):
    """Short work of a package above."""

    def __call__(self, *, now: datetime) -> object:
        """Do what is due."""


_sweep_tasks: list[SweepTask] = []


def at_each_sweep(task: SweepTask) -> None:
    """Do short work of a package above every few seconds, in each worker."""
    if task not in _sweep_tasks:
        _sweep_tasks.append(task)


def sweep_tasks() -> Sequence[SweepTask]:
    """Return the work that was registered."""
    return tuple(_sweep_tasks)
