"""Names of folders and files that stand for a part of a corpus, such as `train` and `dev`, and not for a person."""

import re
from pathlib import PurePosixPath

SPLIT = "split"
"""The field of the metadata that keeps the split of a corpus."""
_NAMES = frozenset(
    [
        "train",
        "training",
        "dev",
        "devel",
        "development",
        "val",
        "valid",
        "validation",
        "test",
        "testing",
        "testa",
        "testb",
        "eval",
        "evaluation",
    ]
)
_SEPARATORS = re.compile(r"[._\- ]+")


def is_split_name(name: str) -> bool:
    """Return whether a name is that of a split.

    >>> is_split_name("Train"), is_split_name("annotator-training")
    (True, False)
    """
    return name.lower() in _NAMES


def split_of_folders(path: str) -> str:
    """Return the innermost folder of a path that is named after a split; "" for none.

    >>> split_of_folders("corpus/dev/01.txt"), split_of_folders("train.txt")
    ('dev', '')
    """
    return next((part for part in reversed(PurePosixPath(path).parts[:-1]) if is_split_name(part)), "")


def split_of_file(path: str) -> str:
    """Return the split that a file, or else one of its folders, is named after; "" for none.

    >>> split_of_file("en_ewt-ud-train.conllu"), split_of_file("eng.testa"), split_of_file("test/ada.conll")
    ('train', 'testa', 'test')
    """
    parts = _SEPARATORS.split(PurePosixPath(path).name)
    return next((part for part in parts if is_split_name(part)), "") or split_of_folders(path)
