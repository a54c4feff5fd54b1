"""The file of a backup: what was written is read, and whatever was changed, cut off or exchanged is noticed."""

import io
import zipfile

import pytest

from annotator.site.backup import encryption
from annotator.site.backup.archive import Manifest, new_archive, open_archive
from annotator.site.backup.encryption import FRAME
from annotator.site.backup.problems import BackupFailed, BackupTooNew, BackupUnreadable
from annotator.site.backup.tables import Column

PASSPHRASE = "correct horse battery staple"
COLUMNS = [Column("id", "BigAutoField"), Column("text", "TextField")]
ROWS = [(1, "Ada\n"), (2, None), (3, "\N{PILE OF POO} \u2028")]
# Longer than two frames, and compressed to no less.
FILE = bytes(range(256)) * (FRAME // 100)


def write(path, *, passphrase="", kind="site", number=1):
    manifest = Manifest(kind=kind, version="9.9", created_at="", database="sqlite", migrations={}, format=number)
    with new_archive(path, manifest, passphrase=passphrase) as archive:
        archive.add_table("spans_span", COLUMNS, [ROWS[:2], ROWS[2:]], last=7)
        archive.add_file("releases/1/release.zip", io.BytesIO(FILE))
    return path


def read(path, *, passphrase=""):
    with open_archive(path, kind="site", passphrase=passphrase) as archive:
        table, file, target = archive.manifest.tables[0], archive.manifest.files[0], io.BytesIO()
        archive.check()
        archive.copy_file(file, target)
        return [row for batch in archive.rows(table) for row in batch], table.last_key, target.getvalue()


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE], ids=["plain", "encrypted"])
def test_file_is_read_as_it_was_written(tmp_path, passphrase):
    path = write(tmp_path / "x.backup", passphrase=passphrase)

    assert read(path, passphrase=passphrase) == (ROWS, 7, FILE)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["x.backup"]
    assert zipfile.is_zipfile(path) == (not passphrase)


def test_nothing_is_left_when_writing_fails(tmp_path):
    with pytest.raises(RuntimeError), new_archive(tmp_path / "x", Manifest("site", "", "", "", {})):
        raise RuntimeError

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("passphrase", "message"), [("", "is encrypted"), ("wrong passphrase", "is wrong")])
def test_encrypted_file_needs_its_passphrase(tmp_path, passphrase, message):
    path = write(tmp_path / "x.backup", passphrase=PASSPHRASE)

    with pytest.raises(BackupUnreadable, match=message):
        read(path, passphrase=passphrase)


def test_short_passphrase_is_refused(tmp_path):
    with pytest.raises(BackupFailed, match="at least 12"):
        write(tmp_path / "x.backup", passphrase="short")


def changed(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: changed(data, 100),
        lambda data: changed(data, len(data) // 2),
        lambda data: changed(data, FRAME + 200),
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: data[: FRAME + 16 + 38],
        lambda data: data[:38] + data[38 + FRAME + 16 : 38 + 2 * (FRAME + 16)] + data[38 : 38 + FRAME + 16],
        lambda data: data[:30],
        lambda data: data + b"\0",
    ],
    ids=["start", "middle", "second frame", "last byte", "half", "one frame", "exchanged", "no frame", "added"],
)
def test_damage_of_an_encrypted_file_is_noticed(tmp_path, monkeypatch, damage):
    monkeypatch.setattr(encryption, "COST", 1 << 4)  # quick to derive; the other tests use the real cost
    path = write(tmp_path / "x.backup", passphrase=PASSPHRASE)
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(BackupUnreadable):
        read(path, passphrase=PASSPHRASE)


@pytest.mark.parametrize("share", [0.001, 0.3, 0.6, 0.9])
def test_damage_of_a_plain_file_is_noticed(tmp_path, share):
    path = write(tmp_path / "x.backup")
    data = path.read_bytes()
    path.write_bytes(changed(data, int(len(data) * share)) if share > 0.1 else data[: int(len(data) * share)])

    with pytest.raises(BackupUnreadable):
        read(path)


@pytest.mark.parametrize(
    ("entry", "data", "message"),
    [
        ("tables/spans_span.jsonl", b'[1,"Ada\\n"]\n[2,null]\n[3,"other"]\n', "not those that were written"),
        ("tables/spans_span.jsonl", b'[1,"Ada"]\n[2]\n', "does not have 2 values"),
        ("tables/spans_span.jsonl", b"[1,", "not valid JSON"),
        ("tables/spans_span.jsonl", None, "is missing"),
        ("files/releases/1/release.zip", b"other", "not as it was written"),
        ("manifest.json", b"{}", "not a backup"),
        ("manifest.json", b'{"format": 1, "kind": "site"}', "manifest of the file is damaged"),
    ],
)
def test_exchanged_content_is_noticed(tmp_path, entry, data, message):
    path, other = write(tmp_path / "x.backup"), tmp_path / "other.backup"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            content = data if name == entry else old.read(name)
            if content is not None:
                new.writestr(name, content)

    with pytest.raises(BackupUnreadable, match=message):
        read(other)


def test_other_files_are_refused(tmp_path):
    (tmp_path / "text").write_text("Ada")
    with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
        archive.writestr("a", "b")

    for name, message in [("text", "is not a backup"), ("zip", "but not a backup"), ("none", "cannot be read")]:
        with pytest.raises(BackupUnreadable, match=message):
            read(tmp_path / name)


def test_file_of_another_kind_or_a_newer_format_is_refused_in_words(tmp_path):
    with pytest.raises(BackupUnreadable, match=r"Use manage\.py import_project"):
        read(write(tmp_path / "project", kind="project"))
    with pytest.raises(BackupTooNew, match=r"version 9\.9"):
        read(write(tmp_path / "new", number=2))
