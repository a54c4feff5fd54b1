"""The data card of a release: Markdown with the block of metadata that data hubs read. Pure.

Everything in it comes from the manifest, the schema and the notes. It claims nothing that was not counted or stated.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotator.datasets.releases.layouts.layout_1.file_names import JSONL, WHOLE, data_file, format_file
from annotator.datasets.releases.layouts.layout_1.licences import LICENCES
from annotator.datasets.releases.layouts.layout_1.markdown import escaped, listed
from annotator.datasets.releases.layouts.layout_2 import card_sections as sections
from annotator.datasets.releases.layouts.layout_2.phrases import joined, number_of

SIZES = [(1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M")]
LARGEST = "1M<n<10M"
Manifest = Mapping[str, Any]
LOADING = """\
```sh
sha256sum --check SHA256SUMS   # every file is unchanged
python load.py                 # the same, every offset, and the contents of each split; needs only Python
```

```python
import json

for line in open("{first}", encoding="utf-8", newline="\\n"):
    document = json.loads(line)
```

Offsets count Unicode code points, from `start` up to but not including `end`: `text[start:end]` in Python. They are
neither bytes nor UTF-16 units. Open the files with `newline="\\n"`: a text may contain any line separator."""


def card(manifest: Manifest, *, schema: Mapping[str, Any], notes: str) -> str:
    """Return the whole card; `schema` is the definition of the newest version used, `notes` the author's Markdown."""
    description = manifest["project"]["description"]
    title = f"# {escaped(manifest['project']['name'])}, release {escaped(manifest['release']['name'])}"
    parts = [title, *([escaped(description)] if description else []), _summary(manifest)]
    parts += [f"## {name}\n\n{text}" for name, text in _sections(manifest, schema, notes) if text]
    return _metadata(manifest) + "\n" + "\n\n".join(parts) + "\n"


def _sections(manifest: Manifest, schema: Mapping[str, Any], notes: str) -> Iterator[tuple[str, str]]:
    yield "Contents", sections.contents(manifest)
    yield "Labels", sections.labels(schema, manifest)
    yield "How it was made", sections.making(manifest)
    yield "Agreement", sections.agreement(manifest)
    yield "Ledger", sections.ledger(manifest)
    yield "Splits", sections.splits(manifest)
    yield "Losses", sections.losses(manifest)
    yield "Files", sections.files(manifest)
    yield "Loading", LOADING.replace("{first}", data_file(next(iter(manifest["splits"]["by_split"]))))
    yield "Licence", _licence(manifest)
    yield "Known limits", listed(escaped(limit) for limit in sections.limits(manifest))
    yield "Notes", notes


def _summary(manifest: Manifest) -> str:
    counts, splits = manifest["counts"], manifest["splits"]["by_split"]
    divided = ""
    if WHOLE not in splits:
        sizes = " / ".join(f"{count['documents']:,}" for count in splits.values())
        divided = f", divided into {joined(list(splits))} ({sizes} documents)"
    return (
        f"{number_of(counts['documents'], 'document')} with "
        f"{number_of(counts['annotation_sets']['all'], 'annotation set')}, "
        f"{number_of(counts['spans']['all'], 'span')} and {number_of(counts['relations']['all'], 'relation')}{divided}."
    )


def _licence(manifest: Manifest) -> str:
    licence = LICENCES[manifest["options"]["licence"]]
    return f"[{escaped(licence.name)}]({licence.url})" if licence.url else f"{escaped(licence.name)}."


def _metadata(manifest: Manifest) -> str:
    """Return the block that data hubs read, in YAML; strings are written as JSON, which YAML contains."""
    options, counts = manifest["options"], manifest["counts"]
    lines = [f"license: {json.dumps(options['licence'])}"]
    if options["licence"] == "other":
        lines.append('license_name: "see-notes"')
    lines += _yaml_list("language", options["languages"])
    lines += [f"pretty_name: {json.dumps(manifest['project']['name'] + ' ' + manifest['release']['name'])}"]
    lines += _yaml_list("task_categories", ["token-classification"])
    lines += _yaml_list("annotations_creators", _creators(manifest))
    size = next((name for most, name in SIZES if counts["documents"] < most), LARGEST)
    lines += _yaml_list("size_categories", [size])
    lines += _yaml_list("tags", ["span-annotation", "offsets-in-code-points"])
    return "\n".join(["---", *lines, *_configs(manifest), "---", ""])


def _creators(manifest: Manifest) -> list[str]:
    """Return who made the annotations, as data hubs classify it: what the author stated, and what was counted."""
    stated = manifest["options"].get("creators")
    machine = ["machine-generated"] if "model" in manifest["annotators"]["kinds"] else []
    return [*([stated] if stated and stated not in machine else []), *machine]


def _yaml_list(name: str, values: Sequence[str]) -> list[str]:
    return [f"{name}:", *(f"- {json.dumps(value)}" for value in values)] if values else []


def _configs(manifest: Manifest) -> list[str]:
    """Return which files make up which split, for every format that is one file of lines for each split."""
    lines = ["configs:"]
    for key in (JSONL, *manifest["options"]["formats"]):
        files = list(_files_of(manifest, key))
        if files:
            lines += [f"- config_name: {json.dumps('default' if key == JSONL else key)}", "  data_files:"]
        for split, path in files:
            # Data hubs do not know a split “all”, and call data without splits “train”.
            lines += [f"  - split: {'train' if split == WHOLE else split}", f"    path: {json.dumps(path)}"]
    return lines


def _files_of(manifest: Manifest, key: str) -> Iterator[tuple[str, str]]:
    """Yield the splits of a format with their files, without empty ones, which data hubs refuse."""
    for split in manifest["splits"]["by_split"]:
        path = data_file(split) if key == JSONL else format_file(key, split, ".jsonl")
        if manifest["files"].get(path, {}).get("lines"):
            yield split, path
