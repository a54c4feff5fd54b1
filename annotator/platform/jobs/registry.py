"""The kinds of background work. An app names its own in its `jobs.py`, which is found when it is needed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.module_loading import autodiscover_modules

from annotator.platform.jobs.context import JobContext

Body = Callable[[JobContext], dict[str, Any] | None]


@dataclass(frozen=True)
class JobKind:
    """A kind of work: its name in the database, what people call it, and the function that does it."""

    name: str
    title: str
    body: Body


_kinds: dict[str, JobKind] = {}


def job_kind(name: str, *, title: str = "") -> Callable[[Body], Body]:
    """Register the function below as the body of a kind of job.

    The body gets a `JobContext` and returns a JSON object. The page of the job shows two things of it, if there:
    `summary` (a sentence) and `url` with `url_text` (a link to what came of it, an address on this site). The body must
    be idempotent per chunk: when its process is killed it is called again, with the last `cursor` that it saved.
    """

    def register(body: Body) -> Body:
        known = _kinds.get(name)
        if known is not None and known.body is not body:
            raise ValueError(f"There are two bodies for jobs of the kind {name!r}.")
        _kinds[name] = JobKind(name, title or name.replace("_", " ").capitalize(), body)
        return body

    return register


def find_kind(name: str) -> JobKind | None:
    """Return the kind with this name; None when no installed app knows it."""
    discover()
    return _kinds.get(name)


def title_of(name: str) -> str:
    """Return what people call a kind of job."""
    kind = find_kind(name)
    return kind.title if kind else name.replace("_", " ").capitalize()


@cache
def discover() -> None:
    """Import `jobs` of every installed app that has it.

    At the first need and no sooner: bodies import a lot, and a worker that waits for work shall be small.
    """
    autodiscover_modules("jobs")
