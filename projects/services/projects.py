"""Creating projects and changing their settings."""

import re
import secrets
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from annotator.platform.accounts.models import User
from annotator.problems import FieldError, InvalidInput
from annotator.text.json_objects import UNSTORABLE
from projects.builtin import get_template
from projects.models import Membership, Project
from projects.problems import SlugTaken
from projects.roles import Role
from projects.services.versions import publish_guideline, publish_schema

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
RESERVED_SLUGS = frozenset({"new"})
LONGEST_SLUG = 60
LONGEST_NAME = 200
LONGEST_DESCRIPTION = 5000
MOST_ANNOTATORS = 50
DEFAULT_TEMPLATE = "claims-attribution"


@transaction.atomic
def create_project(
    slug: str,
    *,
    created_by: User | None,
    now: datetime,
    name: str = "",
    description: str = "",
    template: str = "",
    schema: object = None,
    guidelines: str | None = None,
    annotators_per_document: int = 2,
    seed: str = "",
) -> Project:
    """Create a project with the first version of schema and guidelines; `created_by` becomes its lead.

    The schema is the definition `schema`, or that of the built-in `template` (by default claims & attribution);
    `guidelines` replace those of the template. Raises `InvalidInput`, `SlugTaken`.
    """
    if template and schema is not None:
        raise InvalidInput("Choose a template or give a schema, not both.")
    if schema is None:
        chosen = get_template(template or DEFAULT_TEMPLATE)
        schema, guidelines = chosen.definition, chosen.guidelines if guidelines is None else guidelines
    fields = {
        "slug": slug,
        "name": name.strip() or slug,
        "description": description,
        "annotators_per_document": annotators_per_document,
    }
    _check(fields)
    project = _insert(Project(**fields, seed=seed or secrets.token_hex(16), created_by=created_by, created_at=now))
    publish_schema(project, schema, by=created_by, now=now)
    publish_guideline(project, guidelines or "", by=created_by, now=now)
    if created_by is not None:
        Membership.objects.create(project=project, user=created_by, role=Role.LEAD, joined_at=now)
    return project


def update_settings(project: Project, **settings: Any) -> Project:
    """Change the settings that are given and return the project.

    `settings`: name, description, annotators_per_document, snap_to_tokens, show_optional_labels. Lowering
    annotators_per_document takes no document away from anybody; it only gives out no more.
    """
    unknown = settings.keys() - SETTINGS
    if unknown:
        raise InvalidInput("; ".join(f"There is no setting “{name}”." for name in sorted(unknown)))
    _check(settings)
    for name, value in settings.items():
        setattr(project, name, value)
    if settings:
        project.save(update_fields=list(settings))
    return project


SETTINGS = frozenset({"name", "description", "annotators_per_document", "snap_to_tokens", "show_optional_labels"})


def _insert(project: Project) -> Project:
    try:
        with transaction.atomic():
            project.save(force_insert=True)
    except IntegrityError as error:
        raise SlugTaken(f"The address “{project.slug}” belongs to another project. Choose another one.") from error
    return project


def _check(fields: dict[str, Any]) -> None:
    """Raise `InvalidInput` for all fields whose values cannot be stored."""
    checks = {
        "slug": _slug_fault,
        "name": lambda value: _text_fault(value, longest=LONGEST_NAME, required=True),
        "description": lambda value: _text_fault(value, longest=LONGEST_DESCRIPTION),
        "annotators_per_document": _number_fault,
    }
    errors: list[FieldError] = [
        {"pointer": f"/{name}", "detail": fault}
        for name, value in fields.items()
        if (fault := checks.get(name, _no_fault)(value))
    ]
    if errors:
        raise InvalidInput(" ".join(error["detail"] for error in errors), errors=errors)


def _no_fault(_value: object) -> str:
    return ""


def _slug_fault(slug: str) -> str:
    if len(slug) > LONGEST_SLUG or not SLUG.match(slug):
        return (
            f"“{slug[:80]}” cannot be an address: use small letters a-z, digits and single hyphens between them, "
            f"{LONGEST_SLUG} at most."
        )
    return f"“{slug}” is an address of the site itself; choose another one." if slug in RESERVED_SLUGS else ""


def _text_fault(text: str, *, longest: int, required: bool = False) -> str:
    if required and not text.strip():
        return "A name must not be empty."
    if len(text) > longest:
        return f"This holds {len(text):,} characters; at most {longest:,} are kept."
    return "This holds a NUL or half a surrogate pair, which cannot be stored." if UNSTORABLE.search(text) else ""


def _number_fault(number: int) -> str:
    if 1 <= number <= MOST_ANNOTATORS:
        return ""
    return f"{number} annotators per document cannot be: choose from 1 to {MOST_ANNOTATORS}."
