"""Replacing the name of a person by a pseudonym wherever the site stores it. It cannot be undone."""

import secrets
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Model, Q

from annotator.agreement.models import AgreementReport, Disagreement, Measurement, ReportedSet
from annotator.corpus.spans.models import AnnotationSet
from annotator.datasets.exports.models import Export
from annotator.datasets.exports.output.dataset import data_path
from annotator.datasets.exports.services import directory_of
from annotator.datasets.releases.models import FrozenSet, Release
from annotator.datasets.releases.services.creation import DRAFT_JOB
from annotator.platform.accounts.models import Preferences, User
from annotator.platform.jobs.models import Job
from annotator.platform.shared_files import SharedPath
from annotator.problems import Conflict, gettext_noop
from projects.models import Invitation, Project, SchemaVersion

IMPORTED = " (imported)"
ROWS_AT_ONCE = 200


class NameIsLabel(Conflict):
    """A label of a project has the name of the person, so that stored reports cannot be distinguished."""

    code = "name_is_label"
    title = gettext_noop("The name is also a label")


@dataclass(frozen=True)
class Pseudonymised:
    """The new name, what was changed, and the releases that keep the old name."""

    name: str
    sets: int
    reports: int
    exports: int
    releases: list[Release]


@transaction.atomic
def pseudonymise(user: User) -> Pseudonymised:
    """Give a person a random name in their account, annotation sets and reports, close the account and empty it.

    Exported files of their projects are removed: they can be made again. Releases never change and keep the name.
    Raises `NameIsLabel`.
    """
    old, new = user.username, f"person-{secrets.token_hex(4)}"
    projects = Project.objects.filter(documents__annotation_sets__annotator=user).distinct()
    keys = list(projects.order_by("id").values_list("id", flat=True))
    _check_labels(old, keys)
    sets = AnnotationSet.objects.filter(annotator=user, name=old).update(name=new)
    reports = _rename_in_reports(keys, old, new)
    exports = Export.objects.filter(project__in=keys).order_by("id")
    folders = [directory_of(export) for export in exports if data_path(directory_of(export)).is_file()]
    for export in exports:
        _rename(export, ("manifest",), old, {old: new})
    # Data cards that were read before a release name annotators; they can be made again.
    Job.objects.filter(kind=DRAFT_JOB, project_id__in=keys).update(result=None)
    _empty_account(user, old, new)
    frozen = FrozenSet.objects.filter(annotation_set__annotator=user, name=old)
    releases = list(Release.objects.filter(pk__in=frozen.values("release")).order_by("id"))
    transaction.on_commit(partial(_remove, folders))
    return Pseudonymised(new, sets, reports, len(folders), releases)


def _remove(folders: list[SharedPath]) -> None:
    for folder in folders:
        folder.remove()


def _check_labels(name: str, projects: list[int]) -> None:
    for version in SchemaVersion.objects.filter(project__in=projects).select_related("project").order_by("id"):
        if any(label.get("id") == name for label in version.definition.get("labels", [])):
            raise NameIsLabel(
                f"“{name}” is also a label of “{version.project.name}”, so that its reports cannot be changed safely. "
                "Delete the reports of this project first, or rename the account."
            )


def _rename_in_reports(projects: list[int], old: str, new: str) -> int:
    """Replace a name in everything that was measured, and return the number of reports."""
    names = {old: new, old + IMPORTED: new + IMPORTED}
    reports = AgreementReport.objects.filter(project__in=projects)
    for report in reports.order_by("id").iterator(chunk_size=ROWS_AT_ONCE):
        _rename(report, ("scope", "aliases", "result"), old, names)
    # Sums are added to those of the next report by name; without them it adds up everything again.
    reports.update(sums=None)
    measured = Measurement.objects.filter(document__project__in=projects)
    for measurement in measured.order_by("id").iterator(chunk_size=ROWS_AT_ONCE):
        _rename(measurement, ("tally", "statistics"), old, names)
    for before, after in names.items():
        ReportedSet.objects.filter(report__in=reports, author=before).update(author=after)
        for side in ("first", "second"):
            named = Q(**{side: before}, measurement__document__project__in=projects)
            Disagreement.objects.filter(named).update(**{side: after})
    return reports.count()


def _rename(row: Model, columns: tuple[str, ...], old: str, names: dict[str, str]) -> None:
    changed = []
    for column in columns:
        value = getattr(row, column)
        if value is not None and old in orjson.dumps(value).decode():
            setattr(row, column, renamed(value, names))
            changed.append(column)
    if changed:
        row.save(update_fields=changed)


def renamed(value: Any, names: dict[str, str]) -> Any:
    """Return JSON with names replaced: as values, as members, and in members that are JSON lists of names.

    >>> renamed({'["ada","ben"]': {"ada": ["ada", "adamant"]}}, {"ada": "x"})
    {'["x","ben"]': {'x': ['x', 'adamant']}}
    """
    if isinstance(value, str):
        if value.startswith("["):
            return _renamed_list(value, names)
        return names.get(value, value)
    if isinstance(value, dict):
        return {renamed(key, names): renamed(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    return value


def _renamed_list(text: str, names: dict[str, str]) -> str:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return orjson.dumps(renamed(value, names)).decode() if isinstance(value, list) else text


def _empty_account(user: User, old: str, name: str) -> None:
    """Replace the name, remove everything else that says who it was, and end all access."""
    user.username, user.first_name, user.last_name, user.email = name, "", "", ""
    user.password, user.is_active, user.last_login = make_password(None), False, None
    user.save()
    user.api_tokens.all().delete()
    Preferences.objects.filter(user=user).delete()
    Invitation.objects.filter(accepted_by=user).update(email="", note="")
    for log in (AccessAttempt, AccessFailureLog, AccessLog):
        log.objects.filter(username=old).delete()
    for session in Session.objects.order_by("session_key").iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()
