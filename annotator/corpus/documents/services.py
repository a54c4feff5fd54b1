"""Writing documents: original files, tags, the archive."""

import hashlib
import zlib
from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import Document, DocumentTag, Original, Tag
from annotator.formats.incoming import IncomingOriginal
from annotator.problems import InvalidInput, NotFound
from annotator.text.json_objects import UNSTORABLE, UNSTORABLE_TEXT
from projects.models import Project

LONGEST_TAG = 60
MOST_TAGS = 200


def keep_originals(originals: Mapping[int, IncomingOriginal | None]) -> None:
    """Store the original files of new documents, by their keys; documents imported as plain text have none."""
    rows = [
        Original(
            document_id=key,
            name=original.name,
            media_type=original.media_type,
            size=len(original.data),
            sha256=hashlib.sha256(original.data).hexdigest(),
            packed=zlib.compress(original.data),
        )
        for key, original in originals.items()
        if original is not None
    ]
    if rows:
        Original.objects.bulk_create(rows)


def bytes_of(original: Original) -> bytes:
    """Return a file as it was uploaded."""
    return zlib.decompress(original.packed)


@transaction.atomic
def tag_documents(project: Project, name: str, documents: QuerySet[Document]) -> int:
    """Give a tag to documents; return how many did not have it. Raises `InvalidInput` for a name that cannot be one."""
    tag = Tag.objects.filter(project=project, name=name).order_by("id").first()
    if tag is None:
        _check_tag(project, name)
        tag = Tag.objects.create(project=project, name=name)
    untagged = documents.exclude(pk__in=DocumentTag.objects.filter(tag=tag).order_by().values("document"))
    keys = list(untagged.values_list("pk", flat=True))
    rows = (DocumentTag(tag=tag, document_id=key) for key in keys)
    DocumentTag.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(keys)


@transaction.atomic
def untag_documents(project: Project, name: str, documents: QuerySet[Document]) -> int:
    """Take a tag from documents; return how many had it. A tag without documents is deleted."""
    tag = Tag.objects.filter(project=project, name=name).order_by("id").first()
    if tag is None:
        raise NotFound(_("This project has no tag “%(name)s”.") % {"name": name})
    count, _deleted = DocumentTag.objects.filter(tag=tag, document__in=documents.order_by().values("pk")).delete()
    if not DocumentTag.objects.filter(tag=tag).exists():
        tag.delete()
    return count


def archive_documents(documents: QuerySet[Document], *, archived: bool) -> int:
    """Put documents into the archive or take them out; return how many changed."""
    changed = documents.order_by().filter(is_archived=not archived).values("pk")
    return Document.objects.filter(pk__in=changed).update(is_archived=archived)


def _check_tag(project: Project, name: str) -> None:
    detail = ""
    if not name or len(name) > LONGEST_TAG:
        detail = _("Enter a tag of at most %(limit)s characters.") % {"limit": LONGEST_TAG}
    elif UNSTORABLE.search(name):
        detail = UNSTORABLE_TEXT
    elif Tag.objects.filter(project=project).count() >= MOST_TAGS:
        detail = _("A project has at most %(limit)s tags. Remove one that you no longer need.") % {"limit": MOST_TAGS}
    if detail:
        raise InvalidInput(detail, errors=[{"pointer": "/tag", "detail": detail}])
