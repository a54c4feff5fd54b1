"""What a release says about itself, for programs; the data card says the same for people."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from annotator.datasets.exports.output.dataset import Tally
from annotator.datasets.releases.layouts.layout_1.archive_files import ArchiveFiles
from annotator.datasets.releases.layouts.layout_1.file_names import FORMAT, WHOLE
from annotator.datasets.releases.options import ReleaseOptions
from annotator.datasets.splits.blind_test import blind_counts
from annotator.datasets.splits.requests import SplitPlan
from annotator.formats.interface import Format

Record = dict[str, Any]


def counts_of(tally: Tally) -> Record:
    """Return what is in a split."""
    return {
        "documents": tally.documents,
        "rows": tally.lines,
        "annotation_sets": tally.annotation_sets.total(),
        "spans": _by_label(tally.spans),
        "relations": _by_label(tally.relations),
    }


def totals_of(tallies: Mapping[str, Tally]) -> Record:
    """Return what is in all splits together."""
    sets: Counter[str] = sum((tally.annotation_sets for tally in tallies.values()), Counter())
    return {
        "documents": sum(tally.documents for tally in tallies.values()),
        "annotation_sets": {"all": sets.total(), "by_name": dict(sorted(sets.items()))},
        "spans": _by_label(sum((tally.spans for tally in tallies.values()), Counter())),
        "relations": _by_label(sum((tally.relations for tally in tallies.values()), Counter())),
    }


def _by_label(counts: Counter[str]) -> Record:
    return {"all": counts.total(), "by_label": dict(sorted(counts.items()))}


def splits_record(options: ReleaseOptions, plan: SplitPlan | None, tallies: Mapping[str, Tally]) -> Record:
    """Return how the documents were dealt out and what came of it."""
    record: Record = {"by_split": {name: counts_of(tally) for name, tally in tallies.items()}}
    if plan is None or options.splits is None:
        return record
    return record | {
        "salt": plan.salt,
        "shares": dict(options.splits.shares),
        "together": list(options.splits.together),
        "near_duplicates": options.splits.near_duplicates,
        "threshold": options.splits.threshold,
        "like": options.like,
        "groups": len(plan.groups),
        "grouped_documents": sum(len(group.members) for group in plan.groups),
        "moved": len(plan.moved),
        "notes": list(plan.notes),
        **({} if plan.blind is None else {"blind": blind_counts(plan.split_of, plan.blind)}),
    }


def files_record(bundle: ArchiveFiles) -> Record:
    """Return size, lines and checksum of every file so far, by its path."""
    return {name: member.as_json() for name, member in sorted(bundle.members.items())}


def split_names(plan: SplitPlan | None, options: ReleaseOptions) -> list[str]:
    """Return the names of the splits in the order asked for."""
    return [WHOLE] if plan is None or options.splits is None else list(options.splits.shares)


def about_file(key: str, recipe: Format, split: str) -> Record:
    """Return what the manifest says of a file of a shape beside size and checksum."""
    return {"format": key, "split": split, "offsets": recipe.unit}


def head(*, name: str, software: str, layout: int, origin: Mapping[str, Any], options: Mapping[str, Any]) -> Record:
    """Return the beginning of a manifest: what was frozen when the release was made."""
    return {
        "format": FORMAT,
        "release": {"name": name, "software": software, "layout": layout},
        "project": {key: origin[key] for key in ("slug", "name", "description")},
        "left_out": origin["left_out"],
        **{key: origin[key] for key in ("read_through_mappings",) if key in origin},
        "options": dict(options),
        "offsets": {"unit": "unicode-code-point", "start": "inclusive", "end": "exclusive"},
    }
