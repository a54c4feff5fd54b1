"""The arrangement of an archive: the names of its files. Pure.

`LAYOUT` counts up when anything of it changes, the words of the data card and the loading example included: a release
is built again with the same bytes by a version of the site that has its layout, and by no other.
"""

LAYOUT = 1
LONGEST_NAME = 100
FORMAT = "annotator-release/1"
JSONL = "jsonl"
WHOLE = "all"
"""The only split of a release without splits."""
ARCHIVE = "release.zip"
MANIFEST = "manifest.json"
CHECKSUMS = "SHA256SUMS"
SELECTION = "selection.jsonl"
GROUPS = "groups.jsonl"
LOSSES = "losses.json"
CARD = "README.md"
SCHEMA = "schema.json"
GUIDELINE = "guideline.md"
EXAMPLE = "load.py"


def data_file(split: str) -> str:
    """Where the complete data of a split lie."""
    return f"data/{split}.jsonl"


def shape_file(key: str, split: str, ending: str) -> str:
    """Where another shape of a split lies, when it is one file."""
    return f"{key}/{split}{ending}"


def shape_member(key: str, split: str, name: str) -> str:
    """Where one of the files of a shape that is made of several lies."""
    return f"{key}/{split}/{name}"


def older_schema(number: int) -> str:
    """Where a version of the schema lies that is not the newest used."""
    return f"older/schema-{number}.json"


def older_guideline(number: int) -> str:
    """Where a version of the guidelines lies that is not the newest used."""
    return f"older/guideline-{number}.md"
