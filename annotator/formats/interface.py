"""What a format consists of: how it is detected, read and written, and what it cannot carry.

A format is one folder of this package, one line of `registry.FORMATS`, one test file and one page under
`docs/reference/formats/`. `docs/developers/adding-a-format.md` shows the steps.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, NamedTuple

from annotator.formats.incoming import Head, IncomingFiles, ReadLine, ReadResult, Source
from annotator.formats.outgoing import ExportContext, ExportDocument, Piece


class Format(NamedTuple):
    """A format. Each function has the signature that its field names; what a format cannot do is None."""

    name: str
    """The name shown to people."""
    endings: tuple[str, ...]
    """Endings of its files, in lower case with the dot."""
    sniff: Callable[[Head], float]
    """How likely a file is of this format, from 0 to 1, by its name and first bytes."""
    read: Callable[[IncomingFiles], Iterator[ReadResult]] | None = None
    """Reads files as a whole."""
    read_lines: Callable[[BinaryIO, Source], Iterator[ReadLine]] | None = None
    """Reads line by line from any line on, for formats that can; such files are imported where they lie."""
    read_mapped: Callable[[IncomingFiles], Iterator[ReadResult]] | None = None
    """Reads records whose fields have other names, given by `IncomingFiles.fields`."""
    write: Callable[[Iterable[ExportDocument], ExportContext], Iterator[Piece]] | None = None
    """Writes documents piece by piece."""
    unit: str = "unicode-code-point"
    """What offsets in the files count."""
    archive: bool = False
    """Whether an export consists of several files."""
    single: bool = False
    """Whether one file of an archive can be read without the others."""
    media_type: str = "application/octet-stream"
    lost: tuple[str, ...] = ()
    """What never leaves in this format, in sentences."""
    needs: tuple[str, ...] = ()
    """Packages beyond the requirements, by the name under which they are imported and installed.

    Import them in the functions that read and write, and nowhere else.
    """
    field_names: Callable[[Head], Iterable[str]] | None = None
    """Names of the fields of its first record, or the columns of its table, for formats whose fields may be mapped."""
    side_files: tuple[str, ...] = ()
    """Names of files that lie beside the data and hold no documents."""
    set_per_record: bool = False
    """Whether each annotation set is a record of its own, so that an empty one can be left out alone."""

    @property
    def is_readable(self) -> bool:
        """Whether files of this format can be imported."""
        return self.read is not None or self.read_lines is not None

    @property
    def needs_archive(self) -> bool:
        """Whether a document consists of several files that only together can be read."""
        return self.archive and not self.single
