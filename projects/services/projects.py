"""Creation of projects, and their settings."""

import itertools
import re
import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from annotator.platform.accounts.models import User
from annotator.problems import FieldError, InvalidInput
from annotator.text.json_objects import UNSTORABLE, UNSTORABLE_TEXT
from projects.builtin import get_template
from projects.models import Membership, Project
from projects.problems import MayNotCreateProjects, QuotaExceeded, SlugTaken
from projects.roles import Role
from projects.services.versions import publish_guideline, publish_schema

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
RESERVED_SLUGS = frozenset({"new"})
LONGEST_SLUG = 60
LONGEST_NAME = 200
LONGEST_DESCRIPTION = 5000
MOST_ANNOTATORS = 50
LONGEST_SLOT_DAYS = 365
DEFAULT_TEMPLATE = "claims-attribution"
# The permission that `manage.py allow_projects` gives to chosen users.
CREATE_PROJECTS = "projects.add_project"


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
    within_limits: bool = False,
) -> Project:
    """Create a project with the first versions of schema and guidelines; `created_by` becomes its lead.

    With `within_limits`, for requests of users, it also raises `MayNotCreateProjects` and `QuotaExceeded`.

    The schema is the definition `schema`, or that of the built-in `template` (default: claims & attribution);
    `guidelines` replace those of the template. Raises `InvalidInput` and `SlugTaken`.
    """
    if within_limits and created_by is not None:
        _check_may_create(created_by)
    if template and schema is not None:
        raise InvalidInput(_("Choose either a template or a schema, not both."))
    if schema is None:
        built_in = get_template(template or DEFAULT_TEMPLATE)
        schema, guidelines = built_in.definition, built_in.guidelines if guidelines is None else guidelines
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


def _check_may_create(user: User) -> None:
    """Raise a problem when a user may not create projects, or has created as many as the site permits."""
    chosen = settings.PROJECT_CREATORS == "chosen" and not user.has_perm(CREATE_PROJECTS)
    if chosen or user.limited_to_project is not None:
        raise MayNotCreateProjects(
            _("You may not create projects on this site. Ask your administrator, or use another API token.")
        )
    # The lock keeps requests at the same moment from passing the limit together.
    User.objects.select_for_update().get(pk=user.pk)
    if Project.objects.filter(created_by=user).count() >= settings.MOST_PROJECTS_PER_USER:
        raise QuotaExceeded(
            _("You have created %(count)s projects, the limit of this site. Delete one or ask your administrator.")
            % {"count": settings.MOST_PROJECTS_PER_USER}
        )


def update_settings(project: Project, **values: Any) -> Project:
    """Change some settings of a project and return it.

    `values`: their names are in `SETTINGS`. A lower number of annotators_per_document keeps existing assignments.
    """
    unknown = values.keys() - SETTINGS
    if unknown:
        raise InvalidInput(" ".join(f"Unknown setting “{name}”." for name in sorted(unknown)))
    _check(values)
    for name, value in values.items():
        setattr(project, name, value)
    if values:
        project.save(update_fields=list(values))
    return project


MOST_META_FIELDS = 20
SETTINGS = frozenset(
    {
        *("name", "description", "annotators_per_document", "snap_to_tokens", "show_optional_labels"),
        *("review_required", "slot_days", "review_on_submit", "shown_meta", "adjudicate_own"),
    }
)


def free_slug(name: str) -> str:
    """Return an address that no project has, made from a name; "project" for a name without Latin letters."""
    wanted = re.sub(r"[-_]+", "-", slugify(name))[: LONGEST_SLUG - 5].strip("-") or "project"
    taken = {*Project.objects.filter(slug__startswith=wanted).values_list("slug", flat=True), *RESERVED_SLUGS}
    numbered = (f"{wanted}-{number}" for number in itertools.count(2))
    return wanted if wanted not in taken else next(slug for slug in numbered if slug not in taken)


def check_slug(slug: str) -> None:
    """Raise `InvalidInput` when a project cannot have this address."""
    _check({"slug": slug})


def _insert(project: Project) -> Project:
    try:
        with transaction.atomic():
            project.save(force_insert=True)
    except IntegrityError as error:
        raise SlugTaken(
            _("The address “%(slug)s” is already in use. Choose another one.") % {"slug": project.slug}
        ) from error
    return project


def _check(fields: dict[str, Any]) -> None:
    """Raise `InvalidInput` with the errors of all fields."""
    checks = {
        "slug": _slug_error,
        "name": lambda value: _text_error(value, longest=LONGEST_NAME, required=True),
        "description": lambda value: _text_error(value, longest=LONGEST_DESCRIPTION),
        "annotators_per_document": _number_error,
        "slot_days": _days_error,
    }
    errors: list[FieldError] = [
        {"pointer": f"/{name}", "detail": detail}
        for name, value in fields.items()
        if (detail := checks.get(name, _no_error)(value))
    ]
    if errors:
        raise InvalidInput(" ".join(error["detail"] for error in errors), errors=errors)


def _no_error(_value: object) -> str:
    return ""


def _slug_error(slug: str) -> str:
    if len(slug) > LONGEST_SLUG or not SLUG.match(slug):
        detail = _("Use lowercase letters a–z, digits and single hyphens between them, at most %(limit)s characters.")
        return detail % {"limit": LONGEST_SLUG}
    return (
        _("The address “%(slug)s” is reserved. Choose another one.") % {"slug": slug} if slug in RESERVED_SLUGS else ""
    )


def _text_error(text: str, *, longest: int, required: bool = False) -> str:
    if required and not text.strip():
        return _("Enter a name.")
    if len(text) > longest:
        detail = _("This has %(count)s characters; the limit is %(limit)s.")
        return detail % {"count": f"{len(text):,}", "limit": f"{longest:,}"}
    return UNSTORABLE_TEXT if UNSTORABLE.search(text) else ""


def _number_error(number: int) -> str:
    if 1 <= number <= MOST_ANNOTATORS:
        return ""
    return _("Enter a number from 1 to %(limit)s.") % {"limit": MOST_ANNOTATORS}


def _days_error(days: Any) -> str:
    if days is None or 1 <= days <= LONGEST_SLOT_DAYS:
        return ""
    return _("Enter a number from 1 to %(limit)s, or nothing.") % {"limit": LONGEST_SLOT_DAYS}
