"""Which files of an archive are read, and under which names: projects of INCEpTION, and folders of documents."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from annotator.formats.incoming import LONGEST_ID, Head, Opener, ReadResult

NAMED_BY_FOLDERS = ("webanno", "uima")
"""Formats of which a folder is named after a document, and its files after annotators."""
MOST_LOOKED_AT = 3
NO_ANNOTATIONS = (
    "This file of an INCEpTION project has the text without its annotations. Export the project with the format "
    "“WebAnno TSV v3.3” or “UIMA CAS JSON 0.4.0”, and import that."
)
_PROJECT = re.compile(r"exportedproject\w*\.json")
_UNANNOTATED = "INITIAL_CAS"


def project_members(members: Mapping[str, Opener]) -> tuple[Mapping[str, Opener], frozenset[str]]:
    """Return what is to be read of an archive, and those of its files that lack their annotations.

    A project of INCEpTION or WebAnno has settings, logs, and annotations in a format of Java beside those that others
    can read; of its sources, those are read that have no annotations.
    """
    top = next((path.parent for path in map(PurePosixPath, members) if _PROJECT.fullmatch(path.name)), None)
    if top is None:
        return members, frozenset()
    by_folder: dict[str, list[PurePosixPath]] = defaultdict(list)
    for path in map(PurePosixPath, members):
        if path.is_relative_to(top) and len(path.relative_to(top).parts) > 1:
            by_folder[path.relative_to(top).parts[0]].append(path)
    work = [path for folder in ("annotation", "curation") for path in by_folder[folder] if path.stem != _UNANNOTATED]
    in_java = [path for folder in ("annotation_ser", "curation_ser") for path in by_folder[folder]]
    annotated = {path.parent.name for path in work}
    lacking = {path for path in work if path.suffix == ".txt"}
    for path in by_folder["source"]:
        if path.name not in annotated:
            work.append(path)
            if any(one.parent.name == path.name and one.stem != _UNANNOTATED for one in in_java):
                lacking.add(path)
    return {str(path): members[str(path)] for path in work}, frozenset(map(str, lacking))


def is_type_system(head: Head) -> bool:
    """Return whether a file declares types of UIMA, which lies beside the data and holds no documents."""
    return head.ending == ".xml" and b"<typeSystemDescription" in head.data[:4_000]


def flat_folders(keys: Mapping[str, str | None], digest_of: Callable[[str], str]) -> frozenset[str]:
    """Return the folders whose files are documents of their own, because the first two have different texts.

    `keys` are the formats of the files by their paths; `digest_of` returns the checksum of the text of one. When none
    of the first folders is one, neither are the others.
    """
    flat: set[str] = set()
    folders = _by_folder(path for path, key in keys.items() if key in NAMED_BY_FOLDERS)
    for number, (folder, paths) in enumerate(item for item in folders.items() if len(item[1]) > 1):
        if number >= MOST_LOOKED_AT and not flat:
            break
        if digest_of(paths[0]) != digest_of(paths[1]):
            flat.add(folder)
    return frozenset(flat)


class FileNames:
    """Names documents of one archive apart that have the same file name in different folders."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def apart(self, result: ReadResult, path: PurePosixPath) -> ReadResult:
        """Return the document of a file, named after its folder as well if another text has its name.

        Only documents without annotations: files of several annotators have the same name on purpose.
        """
        document = result.document
        if document is None or document.sets:
            return result
        name = document.external_id
        for folder in (folder for folder in path.parents if folder.name):
            if self._texts.get(name, document.sha256) == document.sha256:
                break
            name = f"{folder.name}/{name}"[-LONGEST_ID:]
        self._texts.setdefault(name, document.sha256)
        if name == document.external_id:
            return result
        note = f"Several files are called “{document.external_id}”; this document is named “{name}”, after its folder."
        title = name if document.title == document.external_id else document.title
        return replace(result, document=replace(document, external_id=name, title=title), notes=(*result.notes, note))


def _by_folder(paths: Iterable[str]) -> dict[str, list[str]]:
    by_folder: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        by_folder[str(PurePosixPath(path).parent)].append(path)
    return by_folder
