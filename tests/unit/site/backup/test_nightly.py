"""The nightly backup: started once a day by whichever worker looks first, and limited in number."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from annotator.platform.environment import SettingError
from annotator.platform.jobs import services, sweeper
from annotator.platform.jobs.models import Job
from annotator.platform.operations import NightlyBackup, read_operations
from annotator.site.backup.jobs import remove_old
from annotator.site.backup.site_restore import check_backup

NIGHT = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_job_starts_once_after_its_time(settings):
    settings.DAILY_JOBS = {"back_up_site": "03:00"}

    started = [
        sweeper.start_due(now=NIGHT + timedelta(minutes=minutes)) for minutes in (0, 1, 60 * 23, 60 * 24, 60 * 25)
    ]

    assert started == [["back_up_site"], [], [], ["back_up_site"], []]


@pytest.mark.django_db
def test_job_writes_a_backup_and_keeps_the_newest(settings, tmp_path, project):
    settings.NIGHTLY_BACKUP = NightlyBackup(tmp_path / "backups", "03:00", 2, None)
    old = [tmp_path / "backups" / f"annotator-2020-01-0{day}T030000Z.backup" for day in (1, 2, 3)]
    old[0].parent.mkdir()
    for path in [*old, tmp_path / "backups/other"]:
        path.touch()
    job = services.start("back_up_site", project_id=None, params={}, started_by=None, now=NIGHT, own_process=True)

    services.run_here(job)

    job = Job.objects.get()
    assert (job.state, job.result["removed"]) == ("done", [old[0].name, old[1].name])
    assert {path.name for path in old[0].parent.iterdir()} == {"other", old[2].name, job.result["file"]}
    assert check_backup(old[0].parent / job.result["file"]).table("projects_project").rows == 1


@pytest.mark.django_db
def test_job_without_a_folder_fails_in_words(settings):
    settings.NIGHTLY_BACKUP = NightlyBackup(None, "03:00", 2, None)
    job = services.start("back_up_site", project_id=None, params={}, started_by=None, now=NIGHT, own_process=True)

    assert services.run_here(job).problem["detail"] == "BACKUP_DIR is not set."


def test_fewer_backups_than_kept_all_stay(tmp_path):
    (tmp_path / "annotator-2020-01-01T030000Z.backup").touch()

    assert remove_old(tmp_path, keep=2) == []


def test_settings_are_read():
    assert read_operations({}).daily_jobs == {}
    given = {"BACKUP_DIR": "/b", "BACKUP_AT": "23:59", "BACKUP_KEEP": "3", "BACKUP_PASSPHRASE_FILE": "/p"}
    assert read_operations(given).backup == NightlyBackup(Path("/b"), "23:59", 3, Path("/p"))
    assert read_operations(given).daily_jobs == {"back_up_site": "23:59"}


@pytest.mark.parametrize(
    "given", [{"BACKUP_DIR": "b"}, {"BACKUP_AT": "24:00"}, {"BACKUP_AT": "3"}, {"BACKUP_KEEP": "0"}], ids=str
)
def test_invalid_settings_are_refused(given):
    with pytest.raises(SettingError, match=next(iter(given))):
        read_operations(given)
