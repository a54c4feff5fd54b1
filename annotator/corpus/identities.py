"""One person, one identity: names of sets that no account of this site made, linked to members of a project.

Such names come with imported files, with work that an annotator saved as a file, and with projects moved from another
site. The sets of a linked name are the member's: they count, are exported and excluded under the member's user name,
and never beside a set of the member over the same document (`lifecycle.one_of_person`). Nothing is copied or renamed,
so that ending a link restores everything.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from annotator.corpus.spans import exclusions, lifecycle
from annotator.corpus.spans.models import AnnotationSet, OutsideName, SetKind
from annotator.corpus.spans.problems import NameLinkChanged
from annotator.platform.accounts.models import User
from annotator.problems import InvalidInput, NotFound
from projects.models import Membership, Project
from projects.roles import Capability, roles_that_can
from projects.selectors import projects_for

_SAVED_WORK = re.compile(r"(.+), saved as a file \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
"""The name of a set that the editor saved as a file (`savedName` in `static/editor/model/wire.js`)."""
MOST_WRITTEN = 2_000


@dataclass(frozen=True, slots=True)
class NameSummary:
    """An outside name: its sets, and who it is.

    `member` is the user name of the member it is linked to. `superseded` counts its sets that do not count because
    another set of the member over the same document does. `suggestion` is the member who seems to be meant, "" when
    there is none or a lead has decided.
    """

    name: str
    sets: int
    superseded: int
    link: OutsideName | None
    suggestion: str

    @property
    def member(self) -> str:
        """The user name of the member; "" for other people."""
        return self.link.user.get_username() if self.link is not None and self.link.user is not None else ""

    @property
    def is_other(self) -> bool:
        """Whether a lead has decided that this is none of the members."""
        return self.link is not None and self.link.user is None


def outside_sets(project: Project) -> QuerySet[AnnotationSet]:
    """Return the sets of people that no account of this site made."""
    kinds = (SetKind.IMPORTED, SetKind.ANNOTATOR)
    return AnnotationSet.objects.filter(document__project=project, annotator=None, kind__in=kinds).order_by("id")


def outside_names(project: Project) -> list[NameSummary]:
    """Return the outside names of a project in order, those without a set that are linked included."""
    sets = outside_sets(project).order_by()
    counts = dict(sets.values_list("name").annotate(count=Count("id")))
    beside = sets.filter(member__isnull=False).exclude(lifecycle.one_of_person())
    superseded = dict(beside.values_list("name").annotate(count=Count("id")))
    links = {link.name: link for link in links_in_force(project)}
    decided = set(OutsideName.objects.filter(project=project).values_list("name", flat=True))
    members = linkable_members(project)
    return [
        NameSummary(
            name=name,
            sets=counts.get(name, 0),
            superseded=superseded.get(name, 0),
            link=links.get(name),
            suggestion="" if name in decided else suggested_member(name, members),
        )
        for name in sorted({*counts, *links})
    ]


def links_in_force(project: Project) -> QuerySet[OutsideName]:
    """Return the links of a project that were not ended."""
    return OutsideName.objects.filter(project=project, unlinked_at=None).select_related("user").order_by("id")


def linkable_members(project: Project) -> dict[str, int]:
    """Return the keys of the people to whom names can be linked, by user name: members, and others who have sets."""
    members = Membership.objects.filter(project=project, user=OuterRef("pk"))
    sets = AnnotationSet.objects.filter(document__project=project, annotator=OuterRef("pk"))
    users = User.objects.filter(Exists(members) | Exists(sets)).order_by("username")
    return dict(users.values_list("username", "pk"))


def suggested_member(name: str, members: Iterable[str]) -> str:
    """Return the member whose user name an outside name is, or whose saved work; "" for none.

    >>> suggested_member("ada, saved as a file 2026-11-29T10:00:00Z", ["ada"])
    'ada'
    """
    saved = _SAVED_WORK.fullmatch(name)
    person = saved[1] if saved else name
    return next((member for member in members if person in (member, member[:100] if saved else member)), "")


@transaction.atomic
def link(project: Project, name: str, *, member: User | None, by: User | None, now: datetime) -> OutsideName:
    """Link an outside name to a member, or to none: it is another person then.

    Raises `NotFound` for a name without a set, `InvalidInput` for a user who is no member, and `NameLinkChanged` when
    the name is linked already.
    """
    if not outside_sets(project).filter(name=name).exists():
        raise NotFound(_("No imported annotation set of this project has the name “%(name)s”.") % {"name": name})
    if member is not None and member.get_username() not in linkable_members(project):
        detail = _("“%(name)s” is no member of this project.") % {"name": member.get_username()}
        raise InvalidInput(detail, errors=[{"pointer": "/member", "detail": detail}])
    row = _create_link(project, name, member, by=by, now=now)
    if member is not None:
        _set_member(project, name, member.pk)
    return row


def _create_link(project: Project, name: str, member: User | None, *, by: User | None, now: datetime) -> OutsideName:
    try:
        with transaction.atomic():
            return OutsideName.objects.create(project=project, name=name, user=member, linked_by=by, linked_at=now)
    except IntegrityError as error:
        detail = _("“%(name)s” is linked already. End that link first.") % {"name": name}
        raise NameLinkChanged(detail) from error


def link_accounts(project: Project, accounts: Mapping[str, User], *, now: datetime) -> None:
    """Link the names of people in another site to their accounts here, so that files with these names are theirs.

    A name that has imported sets, or on which a lead has decided, may be another person: it stays as it is.
    """
    decided = set(OutsideName.objects.filter(project=project, name__in=accounts).values_list("name", flat=True))
    taken = set(outside_sets(project).order_by().filter(name__in=accounts).values_list("name", flat=True))
    for name in sorted(accounts.keys() - decided - taken):
        _create_link(project, name, accounts[name], by=None, now=now)


@transaction.atomic
def unlink(row: OutsideName, *, by: User | None, now: datetime) -> OutsideName:
    """End a link: its sets count under their own name again. Raises `NameLinkChanged` when it was ended already."""
    if not OutsideName.objects.filter(pk=row.pk, unlinked_at=None).update(unlinked_by=by, unlinked_at=now):
        raise NameLinkChanged(_("This link was ended already. Load the page again."))
    row.refresh_from_db()
    _set_member(row.project, row.name, None)
    return row


def _set_member(project: Project, name: str, member_id: int | None) -> None:
    """Write the member into the sets of a name, and what exclusions of the member cover now."""
    keys = list(outside_sets(project).filter(name=name).values_list("pk", flat=True))
    for start in range(0, len(keys), MOST_WRITTEN):
        sets = AnnotationSet.objects.filter(pk__in=keys[start : start + MOST_WRITTEN])
        sets.update(member=member_id, is_tallied=False)
        exclusions.refresh(sets)


def get_link(link_id: int, *, user: User) -> OutsideName:
    """Return a link of a project that a user manages."""
    managed = projects_for(user, capability=Capability.MANAGE).order_by()
    row = OutsideName.objects.filter(pk=link_id, project__in=managed).select_related("project").first()
    if row is None:
        raise NotFound(_("There is no link %(number)s, or you may not change it.") % {"number": link_id})
    return row


@dataclass(frozen=True, slots=True)
class ImportedNames:
    """Who the names of an import are: the keys of members by name, and what was linked now, in words."""

    members: Mapping[str, int]
    messages: Sequence[str]


def check_people(project: Project, chosen: Mapping[str, str | None]) -> None:
    """Raise `InvalidInput` when a mapping names a person who is no member of the project."""
    members = linkable_members(project)
    for name, member in chosen.items():
        if member is not None and member not in members:
            detail = _("“%(member)s” is no member of this project, so that “%(name)s” cannot be linked to them.")
            shown = detail % {"member": member, "name": name}
            raise InvalidInput(shown, errors=[{"pointer": "/map/people", "detail": shown}])


def link_imported(
    project: Project, names: Iterable[str], chosen: Mapping[str, str | None], *, by: User | None, now: datetime
) -> ImportedNames:
    """Link the names of an import as `chosen`, or to the members whose user names or saved work they are.

    A name that a lead has decided on before stays as it is, unless it is chosen. The caller opens the transaction.
    """
    plan = _plan_links(project, names, chosen)
    found: dict[str, int] = {}
    messages = []
    for name, (link_before, member) in plan.items():
        row = link_before
        if row is not None and name in chosen and _user_name(row) != member:
            unlink(row, by=by, now=now)
            row = None
        if row is None and (name in chosen or member is not None):
            user = User.objects.get(username=member) if member is not None else None
            row = _create_link(project, name, user, by=by, now=now)
            if user is not None:
                _set_member(project, name, user.pk)
                messages.append(_linked_message(name, user.get_username()))
        if row is not None and row.user_id is not None:
            found[name] = row.user_id
    return ImportedNames(found, messages)


def links_to_make(project: Project, names: Iterable[str], chosen: Mapping[str, str | None]) -> dict[str, str]:
    """Return the members to whom an import of these names would link them, by name; for previews."""
    plan = _plan_links(project, names, chosen)
    return {name: member for name, (row, member) in plan.items() if member is not None
            and (row is None or _user_name(row) != member)}  # fmt: skip


def _plan_links(
    project: Project, names: Iterable[str], chosen: Mapping[str, str | None]
) -> dict[str, tuple[OutsideName | None, str | None]]:
    """Return the link in force and the member that is chosen or suggested, by name in order."""
    wanted = set(names)
    links = {row.name: row for row in links_in_force(project) if row.name in wanted}
    decided = set(OutsideName.objects.filter(project=project, name__in=wanted).values_list("name", flat=True))
    annotating = _annotating(project)
    return {
        name: (
            links.get(name),
            chosen.get(name) if name in chosen or name in decided else suggested_member(name, annotating) or None,
        )
        for name in sorted(wanted)
    }


def _user_name(row: OutsideName) -> str | None:
    return None if row.user is None else row.user.get_username()


def _annotating(project: Project) -> list[str]:
    roles = roles_that_can(Capability.ANNOTATE)
    members = Membership.objects.filter(project=project, role__in=roles).order_by("user__username")
    return list(members.values_list("user__username", flat=True))


def _linked_message(name: str, member: str) -> str:
    message = _(
        "“%(name)s” is the member %(member)s: these annotation sets count as theirs, and never beside a set that "
        "%(member)s has submitted over the same document. “Names in files” ends the link."
    )
    return message % {"name": name, "member": member}
