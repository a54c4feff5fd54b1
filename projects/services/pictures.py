"""Pictures in guidelines: checked by their bytes, and stored once."""

import hashlib
from datetime import datetime

from django.utils.translation import gettext as _

from annotator.platform.accounts.models import User
from annotator.platform.http.display import format_size
from annotator.problems import InvalidInput
from projects.models import GuidelinePicture, Project

LARGEST_PICTURE = 1 << 20
MOST_PICTURES = 100
# No SVG: it is a document that can hold scripts.
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


def add_picture(project: Project, data: bytes, *, name: str, by: User, now: datetime) -> GuidelinePicture:
    """Store a picture of a project, or return the one with the same bytes.

    Raises `InvalidInput` for a file that is too large or no PNG, JPEG, GIF or WebP, and when a project has too many.
    """
    media_type = _media_type(data)
    digest = hashlib.sha256(data).hexdigest()[:16]
    existing = GuidelinePicture.objects.filter(project=project, digest=digest).order_by("id").first()
    if existing is not None:
        return existing
    if GuidelinePicture.objects.filter(project=project).count() >= MOST_PICTURES:
        raise _invalid(_("A project has at most %(limit)s pictures.") % {"limit": MOST_PICTURES})
    return GuidelinePicture.objects.create(
        project=project,
        digest=digest,
        name=name[:200] or digest,
        media_type=media_type,
        data=data,
        created_by=by,
        created_at=now,
    )


def _media_type(data: bytes) -> str:
    if len(data) > LARGEST_PICTURE:
        raise _invalid(_("The picture is larger than %(limit)s.") % {"limit": format_size(LARGEST_PICTURE)})
    for signature, media_type in SIGNATURES:
        if data.startswith(signature):
            return media_type
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    raise _invalid(_("This is no PNG, JPEG, GIF or WebP picture."))


def _invalid(detail: str) -> InvalidInput:
    return InvalidInput(detail, errors=[{"pointer": "/picture", "detail": detail}])
