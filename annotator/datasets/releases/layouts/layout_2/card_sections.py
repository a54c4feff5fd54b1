"""The sections of a data card. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotator.datasets.releases.layouts.layout_1.card_sections import contents
from annotator.datasets.releases.layouts.layout_1.markdown import escaped, listed, table
from annotator.datasets.releases.layouts.layout_2.phrases import joined, number_of, size_of

__all__ = ["agreement", "contents", "files", "labels", "ledger", "limits", "losses", "making", "splits"]

Manifest = Mapping[str, Any]
MOST_PEOPLE = 40
MOST_REASONS = 12
LOW_ALPHA = 0.667
"""Krippendorff (2004), Content Analysis: below it no conclusions should be drawn."""
VIEWS = {
    "each": "Each finished annotation set is included under the name of its annotator; none is preferred.",
    "adjudicated": "Only adjudicated sets are included: what adjudicators decided after comparing the annotators.",
    "consensus": "Included is what more than half of the annotators of a document marked, with its support k of n.",
    "all": "The annotation sets of all annotators are included, and the adjudicated ones beside them.",
    "models": "Only the annotation sets of models are included.",
}
CREATORS = {
    "expert-generated": "experts",
    "crowdsourced": "crowd workers",
    "machine-generated": "machines",
    "other": "others, as the notes say",
}
CHOICES = {
    "quotation_marks": "Quotation marks around direct claims: {} of the span.",
    "nested": "Of spans that share characters only the {} one is included.",
    "discontinuous": "Discontinuous spans are included as their {}.",
}
FLAGS = {"negatives": "Documents without spans are left out.", "notes": "Notes of annotators are left out."}
STATUSES = {
    "asserted": "asserted",
    "contested": "contested",
    "evaded": "evaded",
    "contested-and-evaded": "contested and evaded",
}
LEDGER = """\
`ledger.jsonl` says who claims what, who denies it, and who avoids saying either. One line is one proposition: a Claim
with all Claims that restate it, and the statements about it, each with its speakers and its place in the text.

```python
import json

for line in open("ledger.jsonl", encoding="utf-8", newline="\\n"):
    proposition = json.loads(line)
    for entry in proposition["entries"]:
        for statement in entry["statements"]:
            place = entry["document_id"], statement["fragments"]
            print(proposition["text"], statement["role"], statement["speakers"], *place)
```"""
LEDGER_SETS = (
    "Each document is read from its adjudicated set, else from the consensus of its annotators; `basis` and `sets` say "
    "which. Choices of the release about boundaries and layers do not apply to it."
)
LEDGER_CSV = "ledger.csv"
LEDGER_TABLE = (
    "`ledger.csv` has the same as a table, one row a statement; `answer_to` is the place of the statement that it "
    "answers. Cells that a spreadsheet would run as a formula begin with an apostrophe."
)
LEDGER_ANNOTATIONS = "ledger.jsonld.jsonl"
LEDGER_AS_ANNOTATIONS = (
    "`ledger.jsonld.jsonl` has one annotation of the W3C Web Annotation model a statement: its bodies are the "
    "proposition, the role and the speakers, its targets the fragments, in code points and by their words."
)
LEDGER_NAMES = (
    "Speakers are named by the speaker registry of the project, else by the canonical name that annotators gave, else "
    "by the words of the mention."
)
FILES = """\
`selection.jsonl` lists every document with its split and the revision of each of its sets, `losses.json` what the
formats beside the complete JSONL cannot carry, by reason, `losses.jsonl` every single loss, and `manifest.json` the
figures of this page for programs."""


def labels(schema: Mapping[str, Any], manifest: Manifest) -> str:
    """Return what each label means, in the words of the schema."""
    used = manifest["counts"]["spans"]["by_label"]
    items = [
        f"**{escaped(label['name'])}**{_id(label)}: {escaped(label['description'] or 'no description')}"
        for label in schema["labels"]
        if label["id"] in used or not label["optional"]
    ]
    other = sorted(used.keys() - {label["id"] for label in schema["labels"]})
    items += [f"**{escaped(name)}**: not in the newest version of the schema" for name in other]
    more = "Attributes and relations are described in `schema.json`, the rules for annotators in `guideline.md`."
    return f"{listed(items)}\n\n{more}"


def _id(label: Mapping[str, Any]) -> str:
    return "" if label["id"] == label["name"] else f" ({escaped(label['id'])})"


def making(manifest: Manifest) -> str:
    """Return who made the annotations, under which rules, and which choices were made for the release."""
    data, left_out = manifest["options"]["data"], manifest["left_out"]
    items = [VIEWS[data["view"]], *_versions(manifest), *_people(manifest), *_choices(data)]
    documents, open_sets = left_out["documents"], left_out["open_sets"]
    if documents or open_sets:
        items.append(
            f"Left out: {number_of(documents, 'document')} without a finished annotation set of this kind, and "
            f"{number_of(open_sets, 'annotation set')} in progress."
        )
    else:
        items.append("Nothing was left out: every document has a finished annotation set of this kind.")
    # Manifests of releases without such sets, and of those made before they were counted, do not have these keys.
    if tested := left_out.get("tested_sets"):
        people = number_of(left_out["tested_people"], "person", "people")
        items.append(
            f"Not part of the data: {number_of(tested, 'annotation set')} of {people} for quality control (practice, "
            "qualification and gold checks)."
        )
    software = escaped(manifest["release"]["software"])
    items.append(f"Made with Annotator {software}; building it again gives the same bytes.")
    return listed(items)


def _versions(manifest: Manifest) -> Iterator[str]:
    schemas, guidelines = list(manifest["schema_versions"]), list(manifest["guideline_versions"])
    yield (
        f"Annotated with version{'s' * (len(schemas) > 1)} {joined(schemas)} of the schema and "
        f"version{'s' * (len(guidelines) > 1)} {joined(guidelines)} of the guidelines."
    )


def _people(manifest: Manifest) -> Iterator[str]:
    annotators = manifest["annotators"]
    pseudonyms = " The names are pseudonyms." if manifest["options"]["data"]["pseudonyms"] else ""
    if sets := annotators["sets"]:
        yield f"{number_of(len(sets), 'annotator')}, with the documents of each: {_names(sets)}.{pseudonyms}"
    if adjudicated := annotators["kinds"].get("adjudicated"):
        yield f"{number_of(adjudicated, 'adjudicated annotation set')}."
    if models := annotators["models"]:
        yield f"{number_of(len(models), 'model')}, with the documents of each: {_names(models)}."
    if others := annotators["agreement_only"]:
        yield (
            f"Agreement is measured on the annotation sets of {number_of(len(others), 'annotator')}: {_names(others)}. "
            f"{'These sets are' if sum(others.values()) > 1 else 'This set is'} not part of the data.{pseudonyms}"
        )
    if creators := manifest["options"].get("creators"):
        yield f"Stated by the authors of the release: the annotations were made by {CREATORS[creators]}."


def _names(counts: Mapping[str, int]) -> str:
    most = sorted(counts, key=lambda name: (-counts[name], name))[:MOST_PEOPLE]
    more = f" and {len(counts) - len(most):,} more" if len(counts) > len(most) else ""
    return ", ".join(f"{escaped(name)} ({counts[name]:,})" for name in most) + more


def _choices(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the options that are not the defaults, each in a sentence."""
    for name in ("labels", "attributes"):
        if data[name] is not None:
            yield f"Only these {name}: {', '.join(map(escaped, data[name])) or 'none'}."
    for name, sentence in CHOICES.items():
        if data[name] != "keep":
            yield sentence.format(data[name])
    if data["window"] is not None:
        context = number_of(data["window"], "sentence")
        yield f"Documents are divided into windows: one sentence with {context} of context on each side."
    for name, sentence in FLAGS.items():
        if not data[name]:
            yield sentence


def agreement(manifest: Manifest) -> str:
    """Return how well the annotators agree, with intervals, and how that was measured."""
    measured = manifest["agreement"]
    if not measured["documents"]:
        return "Not available: no document of this release was annotated by two people independently of each other."
    rows = [[escaped(label), *_figures(row)] for label, row in measured["labels"].items()]
    head = ["label", "spans", "exact F1", "overlap F1", "alpha over tokens"]
    documents = number_of(measured["documents"], "document")
    introduction = (
        f"Measured on {documents} that two or more people finished, over exactly the annotation sets and revisions "
        "that are frozen here, before any choice of this release was applied."
    )
    return "\n\n".join(
        [introduction, table(head, [["**all**", *_figures(measured["overall"])], *rows]), escaped(measured["method"])]
    )


def _figures(row: Mapping[str, Any]) -> list[str]:
    return [f"{row['spans']:,}", *(_figure(row.get(name)) for name in ("exact_f1", "overlap_f1", "alpha_tokens"))]


def _figure(figure: Mapping[str, Any] | None) -> str:
    """Return a figure with its interval.

    >>> _figure({"value": 0.5, "low": 0.25, "high": 0.75}), _figure({"value": None, "low": None, "high": None})
    ('0.500 (0.250–0.750)', 'not available')
    """
    if figure is None:
        return "–"
    if figure["value"] is None:
        return "not available"
    interval = "" if figure["low"] is None else f" ({figure['low']:.3f}–{figure['high']:.3f})"
    return f"{figure['value']:.3f}{interval}"


def ledger(manifest: Manifest) -> str:
    """Return what the ledger contains, how it was made, and what to know before training on it."""
    if (counted := manifest.get("ledger")) is None:
        return ""
    by_status = counted["propositions"]["by_status"]
    statuses = [f"{by_status[status]:,} {name}" for status, name in STATUSES.items() if status in by_status]
    propositions = number_of(counted["propositions"]["all"], "proposition") + (
        f" ({joined(statuses)})" if statuses else ""
    )
    left_out = number_of(counted["without_target"], "denial or hedge", "denials and hedges")
    items = [
        f"{propositions} with {number_of(counted['statements']['all'], 'statement')}.",
        LEDGER_SETS,
        LEDGER_NAMES,
        f"Left out: {left_out} without a Claim.",
    ]
    if counted["joined"]:
        items.append(
            f"{number_of(counted['joined'], 'proposition')} joined by people from claims at several places. Claims are "
            "joined only by a decision: others may state the same proposition."
        )
    else:
        items.append("No claims were joined across places: several propositions may state the same.")
    if counted["across_splits"]:
        items.append(f"{number_of(counted['across_splits'], 'proposition')} with statements in more than one split.")
    if LEDGER_CSV in manifest["files"]:
        items.append(LEDGER_TABLE)
    if LEDGER_ANNOTATIONS in manifest["files"]:
        items.append(LEDGER_AS_ANNOTATIONS)
    return f"{LEDGER}\n\n{listed(items)}"


def splits(manifest: Manifest) -> str:
    """Return how documents were divided, what was requested and what came of it."""
    divided = manifest["splits"]
    if "salt" not in divided:
        return ""
    rows = [
        [
            escaped(name),
            f"{divided['shares'][name]:.1%}".replace(".0%", "%").replace("%", " %"),
            f"{own['documents']:,}",
            f"{100 * own['share']:.1f} %",
            f"{divided['by_split'][name]['spans']['all']:,}",
        ]
        for name, own in divided["realised"].items()
    ]
    result = table(["split", "requested", "documents", "share of documents", "spans"], rows)
    return f"{result}\n\n{listed([*_division(divided), *(escaped(note) for note in divided['notes'])])}"


def _division(divided: Mapping[str, Any]) -> Iterator[str]:
    salt = " ".join(divided["salt"].replace("`", "'").split())
    added = "." if "blind" in divided else ": documents that are added later move none of these."
    yield f"Documents were divided by hash with the salt `{salt}`{added}"
    yield from _blind(divided)
    kept = [f"the same value in the field “{escaped(name)}”" for name in divided["together"]]
    if divided["near_duplicates"]:
        kept.append(f"nearly the same text (MinHash; {divided['threshold']:.0%} of the shingles or more)")
    if not kept:
        yield "No documents were kept together."
    elif divided["groups"]:
        documents, groups = number_of(divided["grouped_documents"], "document"), number_of(divided["groups"], "group")
        yield (
            f"Documents with {' or '.join(kept)} are in one split: {documents} in {groups}, which `groups.jsonl` lists "
            "with the reason."
        )
    else:
        yield f"Documents with {' or '.join(kept)} would be in one split. No such documents were found."
    if divided["like"] is not None:
        moved = number_of(divided["moved"], "document")
        yield f"The splits of release {divided['like']} were kept; {moved} had to move."


def _blind(divided: Mapping[str, Any]) -> Iterator[str]:
    """Yield how many documents of the split “test” were annotated without suggestions, if they come first there."""
    if "blind" not in divided:
        return
    blind = divided["blind"]
    test = divided["realised"].get("test", {"documents": 0})["documents"]
    elsewhere = sum(count for split, count in blind.items() if split != "test")
    yield (
        "Documents annotated without suggestions take the places of others in the split “test”: "
        f"{blind.get('test', 0):,} of its {number_of(test, 'document')} "
        f"{'was' if blind.get('test', 0) == 1 else 'were'}, and {elsewhere:,} in other splits. "
        "Labels made with suggestions are partly those that were suggested. "
        "`selection.jsonl` says `blind` for each of them; documents that are added later may move others."
    )


def losses(manifest: Manifest) -> str:
    """Return what the choices of the release and its formats leave out, by reason."""
    rows = [
        [escaped(key), escaped(reason["what"]), escaped(reason["why"]), f"{reason['count']:,}"]
        for key, summary in manifest["losses"].items()
        for reason in summary["reasons"]
    ]
    if not rows:
        return "None: the files carry everything of the annotation sets but what `losses.json` lists as never carried."
    shown = table(["format", "what", "why", "number"], rows[:MOST_REASONS], numbers_from=3)
    more = number_of(len(rows) - MOST_REASONS, "more reason")
    return shown + (f"\n\n{more} in `losses.json`." if len(rows) > MOST_REASONS else "")


def files(manifest: Manifest) -> str:
    """Return the files with their sizes."""
    rows = [(path, entry["bytes"]) for path, entry in sorted(manifest["files"].items())]
    shown = [[f"`{_code(path)}`", size_of(size)] for path, size in rows if path.count("/") < 2]
    hidden = [size for path, size in rows if path.count("/") >= 2]
    more = f"\n\n{number_of(len(hidden), 'more file')} in folders, {size_of(sum(hidden))}." if hidden else ""
    return f"{table(['file', 'size'], shown)}{more}\n\n{FILES}"


def _code(path: str) -> str:
    return " ".join(path.replace("`", "'").split())


def limits(manifest: Manifest) -> Sequence[str]:
    """Return what a user of the data should know."""
    return list(_limits(manifest))


def _limits(manifest: Manifest) -> Iterator[str]:
    documents, kinds = manifest["counts"]["documents"], manifest["annotators"]["kinds"]
    alone = documents - manifest["agreement"]["documents"]
    if alone > 0 and set(kinds) != {"model"}:
        finished = "was" if alone == 1 else "were"
        yield (
            f"{alone:,} of {number_of(documents, 'document')} {finished} annotated by at most one person: agreement "
            "says nothing about them."
        )
    if imported := kinds.get("imported"):
        yield f"{number_of(imported, 'annotation set')} came from files; how they were made is not known here."
    if len(manifest["schema_versions"]) > 1:
        yield "Annotation sets were made with different versions of the schema: some labels may not have existed yet."
    if len(manifest["guideline_versions"]) > 1:
        yield "Annotation sets were made with different versions of the guidelines."
    for label, row in manifest["agreement"]["labels"].items():
        alpha = row["alpha_tokens"]["value"]
        if alpha is not None and alpha < LOW_ALPHA:
            yield f"Agreement on “{label}” is low (alpha {alpha:.3f}, below {LOW_ALPHA})."
    if not manifest["options"]["languages"]:
        yield "The language of the texts is not stated."
