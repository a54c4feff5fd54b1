"""The files of an export as downloads."""

from django.http import FileResponse
from django.utils.translation import gettext as _

from annotator.datasets.exports.format_registry import FORMATS, JSONL
from annotator.datasets.exports.models import Export
from annotator.datasets.exports.output.dataset import LOSS_LIST, data_path, loss_list_path, losses_path, manifest_path
from annotator.datasets.exports.services import ExportFileGone, directory_of, file_name, manifest_of
from annotator.platform.shared_files import SharedPath


def data_response(export: Export) -> FileResponse:
    """Return the data."""
    recipe = FORMATS[export.options.get("format", JSONL)]
    kind = "application/zip" if recipe.archive else recipe.media_type
    return _response(export, data_path(directory_of(export)), file_name(export), kind)


def losses_response(export: Export) -> FileResponse:
    """Return the loss report."""
    path = losses_path(directory_of(export))
    return _response(export, path, f"{file_name(export)}.losses.json", "application/json")


def loss_list_response(export: Export) -> FileResponse:
    """Return the list of all losses; exports of earlier versions have it in their loss report."""
    path = loss_list_path(directory_of(export))
    return _response(export, path, f"{file_name(export)}.{LOSS_LIST}", "application/gzip")


def manifest_response(export: Export) -> FileResponse:
    """Return the manifest."""
    path = manifest_path(directory_of(export))
    return _response(export, path, f"{file_name(export)}.manifest.json", "application/json")


def _response(export: Export, path: SharedPath, name: str, content_type: str) -> FileResponse:
    manifest_of(export)
    try:
        file = path.open()
    except FileNotFoundError as error:
        raise ExportFileGone(
            _("The file of this export is missing. Export the data again: the same data give the same bytes.")
        ) from error
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    response.headers["ETag"] = f'"{export.sha256}"'
    return response
