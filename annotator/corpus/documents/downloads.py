"""Downloads of the original files of documents."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from annotator.corpus.documents.models import Original
from annotator.corpus.documents.services import bytes_of


def original_response(original: Original) -> HttpResponse:
    """Return the file as a download only: a foreign web page must never be shown as a page of this site."""
    response = HttpResponse(bytes_of(original), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=original.name) or ""
    )
    response.headers["ETag"] = f'"{original.sha256}"'
    return response
