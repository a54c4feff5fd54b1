"""The file of a backup or of a project: a zip file with JSON lines for each table, files, and a manifest at the end.

    tables/spans_span.jsonl      one row a line, as `annotator.site.backup.rows` writes it
    files/releases/12/release.zip
    manifest.json                format, version, migrations; columns, rows and SHA-256 of each table; size and SHA-256
                                 of each file

It is written and read as a stream: memory does not grow with the data.
"""

import hashlib
import io
import os
import secrets
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import orjson

from annotator.platform.bulk_rows import Row
from annotator.site.backup.encryption import DecryptedFile, EncryptedWriter, is_encrypted
from annotator.site.backup.problems import BackupFailed, BackupTooNew, BackupUnreadable
from annotator.site.backup.tables import Column

FORMAT = 1
MANIFEST = "manifest.json"
PIECE = 1 << 20
LINES_AT_ONCE = 1 << 18
# Text shrinks to a third at the lowest level; the highest would take five times as long for a tenth less.
LEVEL = 1
STORED_ENDINGS = (".zip", ".gz", ".parquet")


@dataclass
class TableEntry:
    """A table in the file; `last_key` is the last key it has given, in the file of a project the highest one in it."""

    name: str
    columns: list[Column]
    rows: int
    last_key: int
    sha256: str

    @property
    def entry(self) -> str:
        """The name of its rows in the zip file."""
        return f"tables/{self.name}.jsonl"


@dataclass(frozen=True)
class FileEntry:
    """A file in the file, by its path below the folder for data."""

    name: str
    size: int
    sha256: str

    @property
    def entry(self) -> str:
        """Its name in the zip file."""
        return f"files/{self.name}"


@dataclass
class Manifest:
    """What a file holds."""

    kind: str
    version: str
    created_at: str
    database: str
    migrations: dict[str, list[str]]
    secrets: dict[str, int] = field(default_factory=dict)
    project: dict[str, Any] = field(default_factory=dict)
    tables: list[TableEntry] = field(default_factory=list)
    files: list[FileEntry] = field(default_factory=list)
    format: int = FORMAT

    def table(self, name: str) -> TableEntry | None:
        """Return the entry of a table."""
        return next((table for table in self.tables if table.name == name), None)


class ArchiveWriter:
    """A file that is being written."""

    def __init__(self, file: BinaryIO, manifest: Manifest) -> None:
        self.manifest = manifest
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)

    def add_table(self, name: str, columns: Sequence[Column], batches: Iterable[Sequence[Row]], *, last: int) -> int:
        """Write the rows of a table and return their number."""
        digest, count = hashlib.sha256(), 0
        with self._zip.open(f"tables/{name}.jsonl", "w", force_zip64=True) as entry:
            for batch in batches:
                data = b"\n".join([*map(orjson.dumps, batch), b""])
                digest.update(data)
                entry.write(data)
                count += len(batch)
        self.manifest.tables.append(TableEntry(name, list(columns), count, last, digest.hexdigest()))
        return count

    def add_file(self, name: str, file: BinaryIO) -> None:
        """Copy a file."""
        digest, size = hashlib.sha256(), 0
        information = zipfile.ZipInfo(f"files/{name}")
        information.compress_type = zipfile.ZIP_STORED if name.endswith(STORED_ENDINGS) else zipfile.ZIP_DEFLATED
        with self._zip.open(information, "w", force_zip64=True) as entry:
            while piece := file.read(PIECE):
                digest.update(piece)
                entry.write(piece)
                size += len(piece)
        self.manifest.files.append(FileEntry(name, size, digest.hexdigest()))

    def close(self) -> None:
        """Write the manifest and the directory of the zip file."""
        self._zip.writestr(MANIFEST, orjson.dumps(asdict(self.manifest), option=orjson.OPT_INDENT_2))
        self._zip.close()


@contextmanager
def new_archive(path: Path, manifest: Manifest, *, passphrase: str = "") -> Iterator[ArchiveWriter]:
    """Write a file that replaces `path` when the block succeeds; only its owner may read it."""
    with private_file(path) as file:
        stream: BinaryIO = cast(BinaryIO, EncryptedWriter(file, passphrase)) if passphrase else file
        writer = ArchiveWriter(stream, manifest)
        try:
            yield writer
        finally:
            writer.close()
        if stream is not file:
            stream.close()


@contextmanager
def private_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that replaces `path` when the block succeeds; only its owner may read it. Raise `BackupFailed`."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise BackupFailed(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        temporary.unlink(missing_ok=True)


class ArchiveReader:
    """A file that is read; its manifest is known."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._zip, self.manifest = archive, manifest

    def rows(self, table: TableEntry) -> Iterator[list[Row]]:
        """Yield the rows of a table, a batch at a time; raise `BackupUnreadable` at the end if they were changed."""
        digest, count = hashlib.sha256(), 0
        with self._opened(table.entry) as entry:
            for lines in _complete_lines(entry, digest):
                rows = [self._row(line, table) for line in lines]
                count += len(rows)
                yield rows
        if (digest.hexdigest(), count) != (table.sha256, table.rows):
            raise BackupUnreadable(f"The rows of {table.name} are not those that were written: the file was changed.")

    def copy_file(self, file: FileEntry, target: BinaryIO | None) -> None:
        """Copy a file to `target`, or only read it; raise `BackupUnreadable` if it was changed."""
        digest = hashlib.sha256()
        with self._opened(file.entry) as entry:
            while piece := entry.read(PIECE):
                digest.update(piece)
                if target:
                    target.write(piece)
        if digest.hexdigest() != file.sha256:
            raise BackupUnreadable(f"{file.name} is not as it was written: the file was changed.")

    def check(self) -> None:
        """Read everything and compare it with the manifest; raise `BackupUnreadable`."""
        for table in self.manifest.tables:
            for _ in self.rows(table):
                pass
        for file in self.manifest.files:
            self.copy_file(file, None)

    @contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes]]:
        try:
            with self._zip.open(name) as entry:
                yield entry
        except KeyError as error:
            raise BackupUnreadable(f"{name} is missing in the file.") from error
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise BackupUnreadable(f"{name} cannot be read: {error}. The file is damaged.") from error

    @staticmethod
    def _row(line: bytes, table: TableEntry) -> Row:
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise BackupUnreadable(f"A row of {table.name} is not valid JSON. The file is damaged.") from error
        if not isinstance(row, list) or len(row) != len(table.columns):
            raise BackupUnreadable(f"A row of {table.name} does not have {len(table.columns)} values.")
        return tuple(row)


def _complete_lines(entry: IO[bytes], digest: Any) -> Iterator[list[bytes]]:
    """Yield lines, as many at once as a piece of the file holds, so that long rows come in small batches."""
    rest = b""
    while piece := entry.read(LINES_AT_ONCE):
        digest.update(piece)
        lines = (rest + piece).split(b"\n")
        rest = lines.pop()
        if lines:
            yield lines
    if rest:
        yield [rest]


@contextmanager
def open_archive(path: Path, *, kind: str, passphrase: str = "") -> Iterator[ArchiveReader]:
    """Open a file of a kind; raise `BackupUnreadable`, or `BackupTooNew` for a newer format."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise BackupUnreadable(f"{path} cannot be read: {error.strerror}.") from error
    with file:
        try:
            with zipfile.ZipFile(_decrypted(file, passphrase)) as archive:
                yield ArchiveReader(archive, _manifest(archive, path, kind))
        except zipfile.BadZipFile as error:
            raise BackupUnreadable(f"{path} is not a backup, or it was cut off.") from error


def _decrypted(file: BinaryIO, passphrase: str) -> BinaryIO:
    if not is_encrypted(file):
        return file
    if not passphrase:
        raise BackupUnreadable("The file is encrypted. Give its passphrase with --passphrase-file.")
    return io.BufferedReader(DecryptedFile(file, passphrase), PIECE)


def _manifest(archive: zipfile.ZipFile, path: Path, kind: str) -> Manifest:
    try:
        values = orjson.loads(archive.read(MANIFEST))
        version, made_as = values["format"], values["kind"]
    except (KeyError, TypeError, ValueError) as error:
        raise BackupUnreadable(f"{path} is a zip file, but not a backup.") from error
    if version > FORMAT:
        raise BackupTooNew(
            f"{path} was written by version {values.get('version')} of the site, in a format that this version "
            "does not know. Install that version or a newer one."
        )
    if made_as != kind:
        command = {"site": "restore", "project": "import_project"}.get(made_as, made_as)
        raise BackupUnreadable(f"{path} holds a {made_as}, not a {kind}. Use manage.py {command}.")
    try:
        tables = [
            TableEntry(**table | {"columns": [Column(**column) for column in table["columns"]]})
            for table in values["tables"]
        ]
        files = [FileEntry(**file) for file in values["files"]]
        return Manifest(**values | {"tables": tables, "files": files})
    except (KeyError, TypeError) as error:
        raise BackupUnreadable("The manifest of the file is damaged.") from error
