"""Everything that is stored as a file, with a storage that has no paths, as those of S3 have none."""

import io
import json
import os
import time
import zipfile
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils import timezone

from annotator.corpus.documents.models import Document
from annotator.datasets.exports import services as exports
from annotator.datasets.exports.options import ExportOptions
from annotator.datasets.releases import services as releases
from annotator.datasets.releases.serializers import parse_release
from annotator.datasets.releases.services.building import archive_of, check_release
from annotator.imports import uploads
from annotator.imports.options import ImportOptions
from annotator.imports.preview.services import field_names_of, start_from_preview
from annotator.imports.services import start_import
from annotator.imports.uploads import IncomingFile
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import JobState
from annotator.platform.jobs.services import run_here
from annotator.platform.shared_files import SharedPath
from annotator.site.backup.archive import open_archive
from annotator.site.backup.project_export import export_project
from annotator.site.backup.project_import import import_project
from annotator.site.backup.project_people import PeopleChoice
from annotator.site.backup.site_backup import SITE, back_up_site
from annotator.site.backup.site_restore import check_backup
from annotator.site.removal.jobs import TIDY_UP
from annotator.site.removal.services import delete_project
from annotator.site.serving.health import run_checks

pytestmark = pytest.mark.django_db
SPAN = {"id": "s1", "label": "Claim", "fragments": [[0, 3]], "attributes": {}}


class DistantStorage(Storage):
    """A storage without paths and folders, which never overwrites; its files are kept for the test."""

    def __init__(self):
        self.files = {}

    def _open(self, name, mode="rb"):
        if name not in self.files:
            raise FileNotFoundError(name)
        return ContentFile(self.files[name][0], name)

    def _save(self, name, content):
        self.files[name] = (content.read(), timezone.now())
        return name

    def delete(self, name):
        del self.files[name]

    def exists(self, name):
        return name in self.files

    def listdir(self, path):
        parts = [name.removeprefix(f"{path}/").split("/") for name in self.files if name.startswith(f"{path}/")]
        return sorted({part[0] for part in parts if part[1:]}), [part[0] for part in parts if not part[1:]]

    def get_modified_time(self, name):
        return self.files[name][1]


@pytest.fixture(autouse=True)
def shared(settings, tmp_path):
    """A distant storage; no shared file may be written below the folders of this machine."""
    settings.STORAGES = settings.STORAGES | {"shared": {"BACKEND": f"{__name__}.DistantStorage"}}
    settings.UPLOADS_DIR = settings.EXPORTS_DIR = settings.RELEASES_DIR = tmp_path / "unused"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "scratch"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    yield storages["shared"]
    assert not settings.UPLOADS_DIR.exists()
    assert list(settings.FILE_UPLOAD_TEMP_DIR.iterdir()) == []


@pytest.fixture
def imported(project, lead):
    """A project with documents from a file read in place and from one that is converted, after a preview."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("eve/a.txt", "Bo said no.")
        opened.writestr("eve/a.ann", "T1\tClaim 0 2\tBo\n")
    line = json.dumps({"id": "j", "text": "Ada left.", "annotators": {"ada": {"spans": [SPAN]}}}).encode() + b"\n"
    files = [IncomingFile("a.zip", [archive.getvalue()]), IncomingFile("b.jsonl", [line[:9], line[9:]])]
    options = ImportOptions(preview=True)
    preview = start_import(project, files=files, options=options, started_by=lead, now=timezone.now())
    assert run_here(preview).state == JobState.DONE
    assert field_names_of(preview) == ["id", "text", "annotators"]
    job = start_from_preview(preview, options=ImportOptions(), started_by=lead, now=timezone.now())
    ended = run_here(job)
    assert (ended.state, ended.problem) == (JobState.DONE, None)
    assert sorted(Document.objects.values_list("text", flat=True)) == ["Ada left.", "Bo said no."]
    assert list(SharedPath("uploads").files()) == []
    return project


@pytest.fixture
def export(imported, lead, now):
    """A finished export."""

    def export(**options):
        made = exports.start_export(imported, options=ExportOptions(**options), started_by=lead, now=now)
        assert run_here(exports.job_of(made)).state == JobState.DONE
        made.refresh_from_db()
        return made

    return export


def test_files_live_in_any_storage(imported, export, client, lead, now, tmp_path):
    plain, archive = export(), export(format="brat")
    assert b"Ada left." in (exports.directory_of(plain) / "data.jsonl").read_bytes()
    assert exports.copy_export(archive, tmp_path / "brat.zip").exists()
    assert zipfile.is_zipfile(tmp_path / "brat.zip")
    options = parse_release({"name": "1.0"})
    release = releases.create_release(imported, options=options, created_by=lead, now=now)
    assert run_here(releases.job_of(release)).state == JobState.DONE
    release.refresh_from_db()
    assert check_release(release, on_progress=lambda *_: None).errors == ()

    client.force_login(lead)
    answer = client.get(f"/api/v1/projects/{imported.slug}/releases/{release.number}/archive/")
    data = b"".join(answer)
    assert data == archive_of(release).read_bytes()

    back_up_site(tmp_path / "site.backup", now=now)
    assert check_backup(tmp_path / "site.backup").files
    with open_archive(tmp_path / "site.backup", kind=SITE) as opened:
        names = {file.name for file in opened.manifest.files}
    assert {f"releases/{release.pk}/release.zip", f"exports/{plain.pk}/data.jsonl"} <= names

    export_project(imported, tmp_path / "one.project", now=now)
    choice = PeopleChoice(same_names=True)
    copy = import_project(tmp_path / "one.project", now=now, slug="copy", choice=choice).project
    assert archive_of(copy.releases.get()).read_bytes() == data

    delete_project(copy, confirmed="copy", with_releases=True)
    assert run_checks(["disk"])[0].passed


def test_uploads_that_were_left_are_removed(project, shared, settings):
    stored = uploads.store_files([IncomingFile("a.txt", [b"Ada"])])[0]
    assert uploads.is_available(stored)
    uploads.remove_left_over()
    assert uploads.is_available(stored)
    (settings.FILE_UPLOAD_TEMP_DIR / "killed").mkdir()
    long_ago = time.time() - timedelta(days=9).total_seconds()
    os.utime(settings.FILE_UPLOAD_TEMP_DIR / "killed", (long_ago, long_ago))
    shared.files[f"uploads/{stored}/0"] = (b"Ada", timezone.now() - timedelta(hours=2))
    job = jobs.start(TIDY_UP, project_id=None, params={}, started_by=None, now=timezone.now(), own_process=True)
    assert run_here(job).state == JobState.DONE
    assert not uploads.is_available(stored)


def test_failed_write_stores_nothing(shared):
    def breaking():
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        uploads.store_files([IncomingFile("a.txt", breaking())])
    assert list(SharedPath("uploads").files()) == []
