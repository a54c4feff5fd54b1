"""The sections of a data card. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotator.datasets.releases.layouts.layout_1.file_names import WHOLE
from annotator.datasets.releases.layouts.layout_1.markdown import escaped, listed, table

Manifest = Mapping[str, Any]
MOST_PEOPLE = 40
LOW_ALPHA = 0.667
"""Krippendorff (2004), Content Analysis: below it no conclusions should be drawn."""
VIEWS = {
    "each": "Every finished annotation set leaves under the name of whoever made it; none is preferred.",
    "adjudicated": "Only the adjudicated sets leave: what adjudicators settled after comparing what annotators marked.",
    "consensus": "What more than half of the annotators of a document marked leaves, with its support k of n.",
    "all": "The sets of every annotator leave, and the adjudicated ones beside them.",
}


def contents(manifest: Manifest) -> str:
    """Documents, sets, spans and relations by split and label."""
    by_split = manifest["splits"]["by_split"]
    names = list(by_split)
    counts: list[tuple[str, list[int]]] = [
        (what, [by_split[name][key] for name in names])
        for what, key in (("documents", "documents"), ("annotation sets", "annotation_sets"))
    ]
    for key in ("spans", "relations"):
        counts.append((f"**{key}**", [by_split[name][key]["all"] for name in names]))
        found = {label for name in names for label in by_split[name][key]["by_label"]}
        counts += [
            (escaped(label), [by_split[name][key]["by_label"].get(label, 0) for name in names])
            for label in sorted(found)
        ]
    whole = names == [WHOLE]
    head = ["what", *(["count"] if whole else [*names, "all"])]
    return table(head, [[what, *map(_number, row if whole else [*row, sum(row)])] for what, row in counts])


def _number(value: int) -> str:
    return f"{value:,}"


def labels(schema: Mapping[str, Any], manifest: Manifest) -> str:
    """What each label means, in the words of the schema."""
    found = manifest["counts"]["spans"]["by_label"]
    told = [
        f"**{escaped(label['name'])}**{_id(label)}: {escaped(label['description'] or 'not described')}"
        for label in schema["labels"]
        if label["id"] in found or not label["optional"]
    ]
    other = sorted(found.keys() - {label["id"] for label in schema["labels"]})
    told += [f"**{escaped(name)}**: of an earlier version of the schema, or of a file" for name in other]
    return (
        listed(told) + "\n\nAttributes and relations are in `schema.json`, the rules for annotators in `guideline.md`."
    )


def _id(label: Mapping[str, Any]) -> str:
    return "" if label["id"] == label["name"] else f" ({escaped(label['id'])})"


def making(manifest: Manifest) -> str:
    """Who made it, under which rules, and what was done to it before it left."""
    data = manifest["options"]["data"]
    told = [VIEWS[data["view"]], _versions(manifest), _people(manifest), *_shaping(data)]
    left = manifest["left_out"]
    told.append(
        f"Left at home: {left['documents']:,} documents without a finished set of this kind, and "
        f"{left['open_sets']:,} sets that were still being worked on."
    )
    software = manifest["release"]["software"]
    told.append(f"Frozen and built by Annotator {escaped(software)}; built again, it has the same bytes.")
    return listed(told)


def _versions(manifest: Manifest) -> str:
    schemas, guidelines = ", ".join(manifest["schema_versions"]), ", ".join(manifest["guideline_versions"])
    return f"Made under version {schemas} of the schema and version {guidelines} of the guidelines."


def _people(manifest: Manifest) -> str:
    sets = manifest["annotators"]["sets"]
    most = sorted(sets, key=lambda name: (-sets[name], name))[:MOST_PEOPLE]
    names = ", ".join(f"{escaped(name)} ({sets[name]:,})" for name in most)
    more = f" and {len(sets) - len(most):,} more" if len(sets) > len(most) else ""
    pseudonyms = " These are pseudonyms." if manifest["options"]["data"]["pseudonyms"] else ""
    return f"By {len(sets):,} annotators, with the documents of each: {names}{more}.{pseudonyms}"


def _shaping(data: Mapping[str, Any]) -> Iterator[str]:
    """The options that are not as usual, each in words."""
    for name in ("labels", "attributes"):
        if data[name] is not None:
            yield f"Only these {name}: {', '.join(map(escaped, data[name])) or 'none'}."
    for name, words in CHOICES.items():
        if data[name] != "keep":
            yield words.format(data[name])
    if data["window"] is not None:
        yield f"Documents leave in windows of one sentence with {data['window']} of context on either side."
    for name, words in FLAGS.items():
        if not data[name]:
            yield words


CHOICES = {
    "quotation_marks": "Quotation marks around direct claims: {} of the span.",
    "nested": "Where spans share characters only the {} one leaves.",
    "discontinuous": "Discontinuous spans leave as their {}.",
}
FLAGS = {"negatives": "What has no span was left out.", "notes": "The notes of annotators were left out."}


def agreement(manifest: Manifest) -> str:
    """How well the annotators agree, with intervals, and how that was measured."""
    measured = manifest["agreement"]
    if not measured["documents"]:
        return "Not measured: no document of this release was finished by two people independently of each other."
    rows = [[escaped(label), *_figures(row)] for label, row in measured["labels"].items()]
    head = ["label", "spans", "F1 exact", "F1 same place", "alpha over tokens"]
    return "\n\n".join(
        [
            (
                f"Measured on the {measured['documents']:,} documents that two or more people finished, over exactly "
                "the sets and revisions that are frozen here, before anything was shaped or split."
            ),
            table(head, [["**all**", *_figures(measured["overall"])], *rows]),
            escaped(measured["method"]),
        ]
    )


def _figures(row: Mapping[str, Any]) -> list[str]:
    return [_number(row["spans"]), *(_figure(row.get(name)) for name in ("exact_f1", "overlap_f1", "alpha_tokens"))]


def _figure(figure: Mapping[str, Any] | None) -> str:
    """Return a figure with its interval.

    >>> _figure({"value": 0.5, "low": 0.25, "high": 0.75}), _figure({"value": None, "low": None, "high": None})
    ('0.500 (0.250 to 0.750)', 'not defined')
    """
    if figure is None:
        return "–"
    if figure["value"] is None:
        return "not defined"
    interval = "" if figure["low"] is None else f" ({figure['low']:.3f} to {figure['high']:.3f})"
    return f"{figure['value']:.3f}{interval}"


def splits(manifest: Manifest) -> str:
    """How documents were dealt out."""
    dealt = manifest["splits"]
    if "salt" not in dealt:
        return ""
    shares = ", ".join(f"{name} {share:.0%}" for name, share in dealt["shares"].items())
    told = [
        f"Asked for: {shares}. Documents were dealt out by hash under the salt `{_code(dealt['salt'])}`, not shuffled:"
    ]
    told[0] += " documents that are added later move none of these."
    if dealt["together"]:
        fields = ", ".join(f"“{escaped(name)}”" for name in dealt["together"])
        told.append(f"Documents with the same value in the field {fields} are never parted.")
    if dealt["near_duplicates"]:
        told.append(f"Nor are near-duplicates (MinHash; shingles alike by {dealt['threshold']:.0%} or more).")
    told.append(
        f"{dealt['grouped_documents']:,} documents stand in {dealt['groups']:,} groups of two or more; "
        "`groups.jsonl` lists them with the reason."
    )
    if dealt["like"] is not None:
        told.append(f"The splits of release {dealt['like']} were kept to; {dealt['moved']:,} documents had to move.")
    return listed([*told, *(escaped(note) for note in dealt["notes"])])


def _code(words: str) -> str:
    return " ".join(words.replace("`", "'").split())


def files(manifest: Manifest) -> str:
    """What each file is."""
    rows = [[f"`{_code(path)}`", _number(about["bytes"])] for path, about in sorted(manifest["files"].items())]
    shown = [row for row in rows if row[0].count("/") < 2]
    more = f"\n\nand {len(rows) - len(shown):,} more in folders." if len(rows) > len(shown) else ""
    return table(["file", "bytes"], shown) + more + "\n\n" + FILES


FILES = """\
`selection.jsonl` names every document with the revision of each of its sets and its split, `losses.json` what the
shapes beside the complete JSONL could not carry, `manifest.json` everything that is told here, for programs."""


def limits(manifest: Manifest) -> Sequence[str]:
    """What somebody should know before they build on it."""
    return list(_limits(manifest))


def _limits(manifest: Manifest) -> Iterator[str]:
    yield from _limits_of_sets(manifest)
    for label, row in manifest["agreement"]["labels"].items():
        alpha = row["alpha_tokens"]["value"]
        if alpha is not None and alpha < LOW_ALPHA:
            yield f"Annotators do not agree well on “{label}” (alpha {alpha:.3f}, below {LOW_ALPHA})."
    if lost := sum(about["all"] for about in manifest["losses"].values()):
        yield f"The shaping and the other shapes leave {lost:,} things behind, listed in losses.json."
    if not manifest["options"]["languages"]:
        yield "The language of the texts is not stated."


def _limits_of_sets(manifest: Manifest) -> Iterator[str]:
    documents = manifest["counts"]["documents"]
    alone = documents - manifest["agreement"]["documents"]
    if alone > 0:
        yield f"{alone:,} of {documents:,} documents were finished by one annotator only: nothing checks their spans."
    if imported := manifest["annotators"]["kinds"].get("imported"):
        yield f"{imported:,} annotation sets came with files; how they were made is not known here."
    if len(manifest["schema_versions"]) > 1:
        yield "Sets were made under different versions of the schema: a label may not have been there yet."
    if len(manifest["guideline_versions"]) > 1:
        yield "Sets were made under different versions of the guidelines."
