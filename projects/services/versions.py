"""Publication of schema and guideline versions, which are never changed."""

import hashlib
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction
from django.utils.translation import gettext as _

from annotator.platform.accounts.models import User
from annotator.problems import InvalidInput
from annotator.text.json_objects import UNSTORABLE, UNSTORABLE_TEXT
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
    """Store a completed definition as the next schema version and return it.

    A definition that equals the current version returns that version. `based_on` is the version that the author edited;
    raises `StaleVersion` when it is not the newest one, and `InvalidInput` for an invalid definition.
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
    """Store guidelines in Markdown as the next version and return it; an unchanged text returns the current one.

    Line ends become single line feeds, because browsers send two characters. Raises as `publish_schema`.
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
    detail = ""
    if len(text) > LONGEST_GUIDELINES:
        detail = _("The guidelines have %(count)s characters; the limit is %(limit)s.")
        detail %= {"count": f"{len(text):,}", "limit": f"{LONGEST_GUIDELINES:,}"}
    elif UNSTORABLE.search(text):
        detail = UNSTORABLE_TEXT
    if detail:
        raise InvalidInput(detail, errors=[{"pointer": "/text", "detail": detail}])


def _next_number(current: Any, *, based_on: int | None) -> int:
    number: int = 0 if current is None else current.number
    if based_on is not None and based_on != number:
        author = current.created_by.username if current and current.created_by else _("Another user")
        detail = _("%(author)s has published version %(number)s since you opened this page. Read it, then save again.")
        raise StaleVersion(detail % {"author": author, "number": number})
    return number + 1
