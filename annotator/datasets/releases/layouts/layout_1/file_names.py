"""Names of the files in an archive of layout 1. Pure."""

FORMAT = "annotator-release/1"
JSONL = "jsonl"
WHOLE = "all"
"""The only split of a release without splits."""
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
    """Return the path of the complete data of a split."""
    return f"data/{split}.jsonl"


def format_file(key: str, split: str, ending: str) -> str:
    """Return the path of a split in another format that is one file."""
    return f"{key}/{split}{ending}"


def format_member(key: str, split: str, name: str) -> str:
    """Return the path of one of several files of a split in another format."""
    return f"{key}/{split}/{name}"


def older_schema(number: int) -> str:
    """Return the path of a version of the schema other than the newest used."""
    return f"older/schema-{number}.json"


def older_guideline(number: int) -> str:
    """Return the path of a version of the guidelines other than the newest used."""
    return f"older/guideline-{number}.md"
