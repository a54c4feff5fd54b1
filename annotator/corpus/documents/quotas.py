"""How much a project stores, and the limit of the site."""

from django.apps import apps
from django.conf import settings
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import Document, Original
from projects.models import Project
from projects.problems import QuotaExceeded

# Files of a project that packages above this one keep, each with its size.
FILES = (("datasets", "Export"), ("releases", "Release"))


def stored_bytes(project: Project) -> int:
    """Return how many bytes of texts, originals, exports and releases a project has; a text counts its characters."""
    texts = Document.objects.filter(project=project).aggregate(size=Sum("length"))
    originals = Original.objects.filter(document__project=project).aggregate(size=Sum("size"))
    files = [
        apps.get_model(app, model).objects.filter(project=project).aggregate(size=Sum("size")) for app, model in FILES
    ]
    return sum(part["size"] or 0 for part in (texts, originals, *files))


def check_quota(project: Project, *, more: int = 0) -> None:
    """Raise `QuotaExceeded` when a project with some more bytes would store more than the site permits."""
    most: int = settings.MOST_BYTES_PER_PROJECT
    if stored_bytes(project) + more > most:
        raise QuotaExceeded(
            _("The project may store %(limit)s. Delete what is no longer needed, or ask your administrator.")
            % {"limit": filesizeformat(most)}
        )
