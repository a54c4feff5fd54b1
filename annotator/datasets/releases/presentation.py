"""What the pages of releases show."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from annotator.datasets.releases.comparison import Comparison
from annotator.datasets.releases.layout import CARD
from annotator.datasets.releases.models import Release
from annotator.datasets.releases.options import parse_release
from annotator.datasets.releases.problems import ReleaseFileGone
from annotator.datasets.releases.services.building import archive_of, file_name
from projects.guidelines import render_markdown

MOST_FILES = 60
HOW = ("added", "removed", "changed")


def release_context(release: Release) -> dict[str, Any]:
    """Return what the page of a release shows."""
    context: dict[str, Any] = {"release": release, "project": release.project, "options": release.options}
    if release.manifest is None:
        return context
    manifest: Mapping[str, Any] = release.manifest
    files = sorted(manifest["files"].items())
    context |= {
        "manifest": manifest,
        "file_name": file_name(release),
        "splits": _splits(release, manifest),
        "files": files[:MOST_FILES],
        "more_files": max(0, len(files) - MOST_FILES),
    }
    try:
        context["card"] = render_markdown(_card(archive_of(release)))
    except ReleaseFileGone as problem:
        context["gone"] = problem.detail
    return context


def _splits(release: Release, manifest: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The splits in the order asked for: databases keep members in an order of their own."""
    options, found = parse_release(release.options), manifest["splits"]["by_split"]
    names = found if options.splits is None else options.splits.shares
    return [(name, found[name]) for name in names]


def _card(archive: Path) -> str:
    """The data card without the block for data hubs."""
    with zipfile.ZipFile(archive) as opened:
        text = opened.read(CARD).decode()
    return text.partition("\n---\n")[2]


def comparison_context(found: Comparison) -> dict[str, Any]:
    """Return what the page of a comparison shows."""
    return {
        "found": found,
        "sets": [(how, found.sets[how]) for how in (*HOW, "same")],
        "documents": [(how, found.documents[how], found.documents_named.get(how, [])) for how in ("added", "removed")],
        "spans": _by_label(found.spans),
        "relations": _by_label(found.relations),
    }


def _by_label(counts: Mapping[tuple[str, str], int]) -> list[tuple[str, list[int]]]:
    """Rows of label and how many were added, removed and changed."""
    labels = sorted({label for _, label in counts})
    return [(label, [counts.get((how, label), 0) for how in HOW]) for label in labels]
