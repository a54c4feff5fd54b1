"""Handing out archives, always as a download."""

from django.http import FileResponse

from annotator.datasets.releases.models import Release
from annotator.datasets.releases.services.building import archive_of, file_name


def archive_response(release: Release) -> FileResponse:
    """Stream the archive."""
    file = archive_of(release).open("rb")
    response = FileResponse(file, as_attachment=True, filename=file_name(release), content_type="application/zip")
    response.headers["ETag"] = f'"{release.sha256}"'
    return response
