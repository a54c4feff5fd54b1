"""Verification without a database finds every changed byte and names the file."""

import hashlib
import io
import random
import zipfile

import pytest
from django.core.management import CommandError, call_command

from annotator.datasets.releases import services
from annotator.datasets.releases.services.building import archive_of
from annotator.datasets.releases.verification.archive import differences, verify
from annotator.formats.incoming import UnreadableFile
from annotator.platform.jobs.models import JobState
from annotator.platform.jobs.services import run_here
from tests.unit.datasets.releases.conftest import members_of

SPLITS = {"shares": {"train": 0.5, "test": 0.5}}


@pytest.fixture
def archive(work, released, tmp_path):
    """A copy of a release."""
    path = tmp_path / "copy.zip"
    path.write_bytes(archive_of(released(splits=SPLITS, formats=["brat"])).read_bytes())
    return path


def repacked(path, **changed):
    """Write the archive with some members as given; None leaves one out."""
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()} | changed
    with zipfile.ZipFile(path, "w") as new:
        for name, data in members.items():
            if data is not None:
                new.writestr(name, data)
    return path


def test_archive_and_unpacked_folder_are_valid(archive, tmp_path):
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
        count = len(opened.namelist())

    assert (verify(archive).files, verify(archive).errors) == (count, [])
    assert (verify(folder).files, verify(folder).errors) == (count, [])


def test_one_changed_byte_anywhere_is_found(archive):
    original = archive.read_bytes()
    chance = random.Random(7)
    missed = []
    for _ in range(150):
        at = chance.randrange(len(original))
        archive.write_bytes(original[:at] + bytes([original[at] ^ 1 << chance.randrange(8)]) + original[at + 1 :])
        try:
            wrong = verify(archive).errors
        except UnreadableFile:
            continue
        if not wrong:
            missed.append(at)

    assert missed == []


def test_changed_byte_names_its_file(archive):
    data = archive.read_bytes()
    with zipfile.ZipFile(archive) as opened:
        for member in opened.infolist():
            if member.file_size:
                at = member.header_offset + 30 + len(member.filename.encode()) + member.file_size // 2
                archive.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
                assert any(error.startswith(member.filename) for error in verify(archive).errors), member.filename


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"guideline.md": b"other"}, "guideline.md was changed"),
        ({"guideline.md": None}, "guideline.md is missing."),
        ({"more.txt": b"more"}, "more.txt is not part of the release"),
        ({"SHA256SUMS": None}, "SHA256SUMS is missing"),
        ({"SHA256SUMS": b"\xff"}, "SHA256SUMS cannot be read"),
        ({"SHA256SUMS": b"nothing of the kind\n"}, "SHA256SUMS is not a list of checksums."),
        ({"manifest.json": None}, "manifest.json is missing"),
    ],
)
def test_change_of_a_file_is_reported(archive, changed, told):
    wrong = verify(repacked(archive, **changed)).errors

    assert told in wrong[0]


def test_repacked_archive_is_detected(archive):
    assert verify(repacked(archive)).errors == ["The files are unchanged, but the archive was repacked or changed."]


def test_new_checksums_do_not_hide_contradictions(work, released, tmp_path):
    release = released()
    members = members_of(release)
    data = members["data/all.jsonl"].replace(b'"label":"Hedge"', b'"label":"Claim"').replace(b"[[0,3]]", b"[[0,2]]")
    folder = tmp_path / "forged"
    for name, content in (members | {"data/all.jsonl": data}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    sums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in members if name != "SHA256SUMS"}
    (folder / "SHA256SUMS").write_text("".join(f"{digest}  {name}\n" for name, digest in sums.items()))

    wrong = verify(folder).errors

    assert any("do not match its text" in error for error in wrong)
    assert any("the manifest has other spans" in error for error in wrong)
    assert "manifest.json and the list of checksums disagree about data/all.jsonl." in wrong


def test_file_that_is_no_archive_is_refused(tmp_path):
    path = tmp_path / "text.zip"
    path.write_bytes(b"PK no archive")

    with pytest.raises(UnreadableFile):
        verify(path)


def test_two_archives_are_compared_file_by_file(archive, tmp_path):
    other = tmp_path / "other.zip"
    other.write_bytes(archive.read_bytes())
    assert differences(archive, other) == []

    repacked(other, **{"guideline.md": b"other", "load.py": None, "new.txt": b""})

    assert differences(archive, other) == [
        "guideline.md differs from a new build.",
        "load.py is not part of a new build.",
        "new.txt is missing; a new build has it.",
    ]


def test_job_reports_the_changed_file(work, released, now):
    release = released()
    path = archive_of(release).local
    path.write_bytes(path.read_bytes().replace(b"rain", b"RAIN"))

    services.start_check(release, started_by=None, now=now, own_process=True)
    ended = run_here(services.job_of(release))

    assert (ended.state, ended.problem["code"]) == (JobState.FAILED, "release_differs")
    assert ended.lines.filter(message__startswith="data/all.jsonl is damaged").exists()


@pytest.mark.parametrize("target", ["file", "stored"])
def test_command_succeeds_or_prints_differences(work, released, tmp_path, capsys, target):
    release = released()
    path = archive_of(release).local
    given = str(path) if target == "file" else "news/1"
    call_command("verify_release", given)
    assert f"{given} is unchanged: 10 files." in capsys.readouterr().out

    repacked(path, **{"guideline.md": b"other"})

    with pytest.raises(CommandError, match=r"has changed: [1-9]"):
        call_command("verify_release", given)
    assert "guideline.md was changed" in capsys.readouterr().err


def test_command_explains_what_cannot_be_verified(db, project, tmp_path):
    with pytest.raises(CommandError, match="does not exist"):
        call_command("verify_release", str(tmp_path / "nothing.zip"))
    with pytest.raises(CommandError, match="This project has no release 7"):
        call_command("verify_release", "news/7")


def test_archive_is_compared_with_a_checksum(archive):
    assert verify(archive, sha256="0" * 64).errors[0].startswith("The archive as a whole has SHA-256")
    assert io.BytesIO(archive.read_bytes()).read(2) == b"PK"
