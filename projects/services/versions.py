"""Publishing versions of schema and guidelines. What is stored is never changed."""

import hashlib
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction

from annotator.platform.accounts.models import User
from annotator.problems import InvalidInput
from annotator.text.json_objects import UNSTORABLE
from projects import selectors
from projects.models import GuidelineVersion, Project, SchemaVersion
from projects.problems import StaleVersion
from projects.schema_reader import read_schema
from projects.services.locks import lock_project

LONGEST_GUIDELINES = 200_000


@transaction.atomic
def publish_schema(
    project: Project, definition: object, *, by: User | None, now: datetime, based_on: int | None = None
) -> SchemaVersion:
    """Store a definition, completed, as the next schema version and return it.

    A definition that says what the current version says makes no new one. `based_on` is the version that the author
    had before them; raises `StaleVersion` when another was published meanwhile, `InvalidInput` for a wrong definition.
    """
    completed = read_schema(definition).definition
    digest = hashlib.sha256(orjson.dumps(completed, option=orjson.OPT_SORT_KEYS)).hexdigest()
    lock_project(project)
    current = selectors.schema_versions_of(project).first()
    if current is not None and current.sha256 == digest:
        return current
    return SchemaVersion.objects.create(
        project=project,
        number=_next_number(current, based_on=based_on),
        definition=completed,
        sha256=digest,
        created_by=by,
        created_at=now,
    )


@transaction.atomic
def publish_guideline(
    project: Project, text: str, *, by: User | None, now: datetime, based_on: int | None = None
) -> GuidelineVersion:
    """Store guidelines in Markdown as the next version and return it; the text of the current one makes no new one.

    Line ends become single line feeds, since browsers send two characters. Raises as `publish_schema` does.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    _check_guidelines(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    lock_project(project)
    current = selectors.guideline_versions_of(project).first()
    if current is not None and current.sha256 == digest:
        return current
    return GuidelineVersion.objects.create(
        project=project,
        number=_next_number(current, based_on=based_on),
        text=text,
        sha256=digest,
        created_by=by,
        created_at=now,
    )


def _check_guidelines(text: str) -> None:
    wrong = ""
    if len(text) > LONGEST_GUIDELINES:
        wrong = f"The guidelines hold {len(text):,} characters; at most {LONGEST_GUIDELINES:,} are kept."
    elif UNSTORABLE.search(text):
        wrong = "The guidelines hold a NUL or half a surrogate pair, which cannot be stored."
    if wrong:
        raise InvalidInput(wrong, errors=[{"pointer": "/text", "detail": wrong}])


def _next_number(current: Any, *, based_on: int | None) -> int:
    number: int = 0 if current is None else current.number
    if based_on is not None and based_on != number:
        author = current.created_by.username if current and current.created_by else "Somebody"
        raise StaleVersion(f"{author} published version {number} meanwhile. Look at it, then save yours again.")
    return number + 1
