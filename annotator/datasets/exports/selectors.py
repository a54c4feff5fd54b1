"""Reading exports."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import DocumentTag
from annotator.datasets.exports.models import Export
from annotator.datasets.exports.options import Vocabulary
from annotator.datasets.transforms.quotation_marks import DIRECT
from annotator.datasets.transforms.transformation import ATTRIBUTE_POINT
from annotator.platform.accounts.models import User
from annotator.problems import NotFound
from projects.models import Project
from projects.roles import Capability
from projects.selectors import projects_for, schema_of, schema_versions_of


def documents_with_tag(project: Project, name: str) -> list[int]:
    """Return the keys of the documents with a tag; raise `NotFound` when none has it."""
    tagged = DocumentTag.objects.filter(tag__project=project, tag__name=name).order_by("document")
    keys = list(tagged.values_list("document", flat=True))
    if not keys:
        raise NotFound(_("No document of this project has the tag “%(name)s”.") % {"name": name})
    return keys


def exports_of(project: Project) -> QuerySet[Export]:
    """Return the exports of a project, newest first."""
    return Export.objects.filter(project=project).select_related("job", "created_by", "project").order_by("-id")


def get_export(export_id: int, *, user: User) -> Export:
    """Return an export of a project in which the user may export; raise `NotFound` otherwise."""
    projects = projects_for(user, capability=Capability.EXPORT)
    exports = Export.objects.filter(pk=export_id, project__in=projects.order_by().values("pk"))
    export = exports.select_related("job", "created_by", "project").order_by("id").first()
    if export is None:
        raise NotFound(_("This export does not exist, or you do not have access to it."))
    return export


def vocabulary_of(project: Project) -> Vocabulary:
    """Return the names that the options of an export may use: those of all versions of the schema."""
    labels = [label for version in schema_versions_of(project) for label in schema_of(version).labels.values()]
    attributes = [(label, attribute) for label in labels for attribute in label.attributes.values()]
    names = {f"{label.id}{ATTRIBUTE_POINT}{attribute.id}" for label, attribute in attributes}
    return Vocabulary(
        labels=frozenset(label.id for label in labels),
        attributes=frozenset(names | {attribute.id for _, attribute in attributes}),
        direct=any(DIRECT in attribute.choices for _, attribute in attributes),
    )
