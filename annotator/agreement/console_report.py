"""A report as lines of text for a terminal. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any

from annotator.agreement.wording import counted, label_sentence, left_out_sentence, shown

Record = dict[str, Any]
F1_HEAD = ["same place F1", "same edges F1"]
LABEL_HEAD = ["", "spans", *F1_HEAD, "alpha tokens", "alpha code points"]


def lines(result: Record, *, title: str) -> Iterator[str]:
    """The report: what was compared, each label in words, then tables."""
    annotators = result["annotators"]
    names = ", ".join(annotator["name"] for annotator in annotators)
    documents = counted(result["documents"], "document")
    yield f"Agreement in {title}: {documents} compared, {counted(len(annotators), 'annotator')} ({names})."
    if absent := left_out_sentence(result["left_out"]):
        yield absent
    for record in result["labels"]:
        sentence = label_sentence(record, result, name=record["label"])
        yield f"\n{record['label']}: {sentence}"
    yield from _section("By label", LABEL_HEAD, _labels(result))
    yield from _section("By pair of annotators", ["", "documents", *F1_HEAD], list(map(_pair, result["pairs"])))
    attributes = list(map(_attribute, result["attributes"]))
    yield from _section("Attributes of identical spans", ["", "spans", "same value", "kappa"], attributes)
    yield from _section("Relations", ["", "drawn", *F1_HEAD], list(map(_relation, result["relations"])))


def _labels(result: Record) -> list[list[str]]:
    overall = result["overall"]
    last = ["all", str(overall["spans"]), *_f1(overall), shown(overall["alpha_tokens"]).text, ""]
    without_labels = ["without labels", "", "", shown(overall["unlabelled_f1"]).text, "", ""]
    return [*map(_label, result["labels"]), last, without_labels]


def _label(row: Record) -> list[str]:
    alphas = [shown(row["alpha_tokens"]).text, shown(row["alpha_code_points"]).text]
    return [row["label"], str(row["spans"]), *_f1(row), *alphas]


def _pair(row: Record) -> list[str]:
    return [f"{row['first']}, {row['second']}", str(row["documents"]), *_f1(row["overall"])]


def _attribute(row: Record) -> list[str]:
    figures = [shown(row["observed"]).text, shown(row["kappa"]).text]
    return [f"{row['label']}.{row['attribute']}", str(row["matched"]), *figures]


def _relation(row: Record) -> list[str]:
    return [row["label"], f"{row['first_count']}, {row['second_count']}", *_f1(row)]


def _f1(record: Record) -> list[str]:
    return [shown(record["overlap_f1"]).text, shown(record["exact_f1"]).text]


def _section(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table with its title; nothing when it has no rows."""
    if not rows:
        return
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    yield f"\n{title}"
    for row in [head, *rows]:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        yield "  ".join(cells).rstrip()
