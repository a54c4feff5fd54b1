"""Files that all machines of a site share: uploads, exports and archives of releases.

They are reached by name, such as `exports/12/data.jsonl`, through Django's storage API: today below `VAR_DIR`, with
`SHARED_STORAGE` in another storage, such as a bucket of S3. A storage with paths writes and renames files in place;
for any other, files are made and read as local copies below `VAR_DIR`, and each is stored when it is complete.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files import File
from django.core.files.storage import FileSystemStorage, InvalidStorageError, Storage, storages
from django.utils._os import safe_join

from annotator.platform.atomic_files import replaced_file

SHARED = "shared"
# Folders of shared files, and the settings with their paths on this machine.
FOLDERS = {"uploads": "UPLOADS_DIR", "exports": "EXPORTS_DIR", "releases": "RELEASES_DIR"}
UNFINISHED = "at-work-"
COPIED_AT_ONCE = 1 << 20


class LocalStorage(FileSystemStorage):
    """The shared files in folders of this machine."""

    def path(self, name: str) -> str:
        """Return the path of a shared file."""
        folder, _, rest = str(name).partition("/")
        return safe_join(getattr(settings, FOLDERS[folder]), rest)


class StorageUnusable(Exception):
    """The storage of `SHARED_STORAGE` cannot be used; the message says why."""


def shared_storage() -> Storage:
    """Return the storage of the shared files; raise `StorageUnusable`."""
    try:
        return storages[SHARED]
    except (InvalidStorageError, ImproperlyConfigured, ImportError, TypeError) as error:
        raise StorageUnusable(f"SHARED_STORAGE cannot be used: {error}") from error


@dataclass(frozen=True, order=True)
class SharedPath:
    """The place of a shared file, or of a folder of them. Folders exist as long as files are in them."""

    name: str

    def __truediv__(self, name: object) -> "SharedPath":
        return SharedPath(f"{self.name}/{name}")

    def __str__(self) -> str:
        return self.name

    @property
    def last(self) -> str:
        """The last part of the name."""
        return self.name.rpartition("/")[2]

    @property
    def local(self) -> Path | None:
        """The path on this machine; None when the storage has no paths."""
        try:
            return Path(shared_storage().path(self.name))
        except NotImplementedError:
            return None

    def open(self) -> BinaryIO:
        """Open the file for reading; raise `FileNotFoundError`."""
        path = self.local
        return path.open("rb") if path else cast("BinaryIO", shared_storage().open(self.name, "rb"))

    def read_bytes(self) -> bytes:
        """Return the content of the file; raise `FileNotFoundError`."""
        with self.open() as file:
            return file.read()

    def is_file(self) -> bool:
        """Return whether the file exists."""
        path = self.local
        return path.is_file() if path else shared_storage().exists(self.name)

    def files(self) -> Iterator["SharedPath"]:
        """Yield all complete files in the folder and in folders within it, in order."""
        try:
            folders, names = shared_storage().listdir(self.name)
        except FileNotFoundError:
            return
        inner = set(folders)
        for name in sorted({*folders, *names}):
            if name and not name.startswith((".", UNFINISHED)):
                if name in inner:
                    yield from (self / name).files()
                else:
                    yield self / name

    def folders(self) -> list["SharedPath"]:
        """Return the folders in this one."""
        try:
            return [self / name for name in sorted(shared_storage().listdir(self.name)[0])]
        except FileNotFoundError:
            return []

    def changed_at(self) -> datetime | None:
        """Return when the folder was last changed; None when it is gone."""
        if path := self.local:
            try:
                return datetime.fromtimestamp(path.stat().st_mtime, UTC)
            except FileNotFoundError:
                return None
        return max((shared_storage().get_modified_time(file.name) for file in self.files()), default=None)

    def remove(self) -> None:
        """Remove the file, or the folder with all its files, if it exists."""
        if path := self.local:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
            return
        for file in [self, *self.files()]:
            if shared_storage().exists(file.name):
                shared_storage().delete(file.name)

    def write(self, chunks: Iterable[bytes]) -> int:
        """Write a new file in pieces, and return its size."""
        size = 0
        with self._new_file() as file:
            for chunk in chunks:
                size += file.write(chunk)
        return size

    @contextmanager
    def _new_file(self) -> Iterator[BinaryIO]:
        if path := self.local:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with path.open("xb") as file:
                yield file
            return
        with self.replaced() as file:
            yield file

    @contextmanager
    def replaced(self) -> Iterator[BinaryIO]:
        """Open a local file that replaces this one when the block succeeds, and is removed when it fails."""
        if path := self.local:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with replaced_file(path) as file:
                yield file
            return
        with tempfile.NamedTemporaryFile(dir=scratch_root()) as temporary:
            file = cast("BinaryIO", temporary)
            yield file
            file.flush()
            file.seek(0)
            self._store(file)

    def take(self, source: Path) -> None:
        """Replace this file by a local one, which is complete; that one may be moved away."""
        if path := self.local:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            source.replace(path)
            return
        with source.open("rb") as file:
            self._store(file)

    def _store(self, file: BinaryIO) -> None:
        storage = shared_storage()
        # Storages that never overwrite would store it under another name.
        if storage.exists(self.name):
            storage.delete(self.name)
        stored = storage.save(self.name, File(file, self.name))
        if stored != self.name:
            storage.delete(stored)
            raise OSError(f"{self.name} cannot be stored: the storage chose the name {stored}.")

    @contextmanager
    def local_copy(self) -> Iterator[Path]:
        """Provide the path of the file, or of a copy that is removed afterwards; raise `FileNotFoundError`."""
        if path := self.local:
            yield path
            return
        with tempfile.NamedTemporaryFile(dir=scratch_root()) as copy:
            with self.open() as source:
                shutil.copyfileobj(source, copy, COPIED_AT_ONCE)
            copy.flush()
            yield Path(copy.name)

    def remove_unfinished(self) -> None:
        """Remove the scratch folders in this folder that were left by processes that were killed."""
        for leftover in self.local.glob(f"{UNFINISHED}*") if self.local else ():
            shutil.rmtree(leftover, ignore_errors=True)

    @contextmanager
    def scratch_folder(self) -> Iterator[Path]:
        """Provide an empty local folder for files that are being made; from it, `take` moves without copying."""
        parent = self.local or scratch_root()
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=parent) as folder:
            yield Path(folder)


class WorkFolder:
    """The files of a shared folder while a job works on them: in place, or as local copies that are made when needed.

    Files that the job writes are stored with `share`, so that another attempt finds them on any machine.
    """

    def __init__(self, shared: SharedPath) -> None:
        self._shared = shared
        self._folder = shared.local
        self._copies = ExitStack()

    def __enter__(self) -> Self:
        if self._folder is None:
            copies = tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=scratch_root())
            self._folder = Path(self._copies.enter_context(copies))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._copies.close()

    def path(self, name: str) -> Path:
        """Return the local path of a file that may be written; nothing is copied."""
        if self._folder is None:
            raise ValueError("The folder is used before it is entered.")
        return self._folder / name

    def existing(self, name: str) -> Path:
        """Return the local path of a stored file; raise `FileNotFoundError`."""
        path, file = self.path(name), self._shared / name
        if not path.exists():
            with file.open() as source, path.open("xb") as copy:
                shutil.copyfileobj(source, copy, COPIED_AT_ONCE)
        return path

    def share(self, name: str) -> None:
        """Store a file that was written."""
        if (self._shared / name).local is None:
            (self._shared / name).take(self.path(name))

    def forget(self, name: str) -> None:
        """Remove the local copy of a file that is not needed for now."""
        if (self._shared / name).local is None:
            self.path(name).unlink(missing_ok=True)


def scratch_root() -> Path:
    """Return the folder of this machine for files that are being made or read."""
    return Path(settings.FILE_UPLOAD_TEMP_DIR)


def remove_old_scratch(*, before: datetime) -> int:
    """Remove what processes that were killed have left in the folder for files being made; return the number."""
    removed = 0
    for entry in list(os.scandir(scratch_root())):
        try:
            if entry.stat(follow_symlinks=False).st_mtime >= before.timestamp():
                continue
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                Path(entry.path).unlink()
            removed += 1
        except FileNotFoundError:
            continue  # its process has just removed it
    return removed
