"""Reading Prodigy's JSONL: one task per line, with spans and relations. Offsets count code points, as in Python."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from annotator.formats.incoming import (
    LONGEST_SET_NAME,
    LONGEST_TITLE,
    IncomingDocument,
    IncomingFiles,
    IncomingSet,
    Prediction,
    ReadResult,
    document_id,
)
from annotator.formats.item_counts import ItemCounts
from annotator.formats.json_files import iterate_elements, list_of, list_problems, other_fields
from annotator.formats.set_builder import CODE_POINTS, SetBuilder, clean_id
from annotator.text.digest import text_digest

_OWN = {"text", "spans", "relations", "meta", "answer", "score", "html"}


def read_prodigy(incoming: IncomingFiles) -> Iterator[ReadResult]:
    """Yield a document for each task that has a text."""
    with incoming.open() as stream:
        for number, task in enumerate(iterate_elements(stream), 1):
            location = f"task {number}"
            if isinstance(task, dict) and isinstance(task.get("text"), str) and task["text"].strip():
                yield _document(task, incoming, location, number)
            else:
                yield ReadResult(location, problems=("A task must be an object with a text.",))


def _document(task: dict[str, Any], incoming: IncomingFiles, location: str, number: int) -> ReadResult:
    text = task["text"]
    builder = SetBuilder(text, **incoming.span_options(CODE_POINTS))
    builder.problems += list_problems(task, "spans", "relations")
    answer = task.get("answer", "accept")
    sets: dict[str, IncomingSet] = {}
    notes: tuple[str, ...] = ()
    rejected = ItemCounts()
    if answer == "accept":
        _gather(builder, task)
        prediction = _prediction(task)
        name = prediction.set_name if prediction else _annotator(task, incoming)
        sets[name] = replace(builder.build(), prediction=prediction, scores=_scores(task) if prediction else {})
        notes = tuple(builder.notes)
    else:
        spans, relations = list_of(task, "spans"), list_of(task, "relations")
        for kind, listed in (("spans", spans), ("relations", relations)):
            rejected.leave_out(kind, "rejected", len(listed))
        notes = (f"Imported without annotations: the answer was “{str(answer)[:40]}”.",)
    given = task.get("meta")
    meta = other_fields(task, _OWN) | (given if isinstance(given, dict) else {})
    if isinstance(task.get("accept"), list):
        meta.setdefault("accept", task["accept"])  # the options that were chosen for the whole text
    if "answer" in task and meta.keys() & {"accept", "label"}:
        meta.setdefault("answer", answer)
    identifier = meta.pop("id", None) or task.get("_input_hash")
    title = str(meta.pop("title", "") or "")[:LONGEST_TITLE]
    document = IncomingDocument(
        document_id(identifier, incoming.stem, number), title, text, text_digest(text), meta, sets
    )
    return ReadResult(location, document, tuple(builder.problems), notes, rejected)


def _prediction(task: dict[str, Any]) -> Prediction | None:
    """Return what made the spans of an unanswered task and whose spans name a model."""
    models = [str(span["source"]) for span in list_of(task, "spans") if isinstance(span, dict) and span.get("source")]
    if not models or "answer" in task or "_annotator_id" in task or "_session_id" in task:
        return None
    score = task.get("score")
    return Prediction("prodigy", models[0][:LONGEST_SET_NAME], float(score) if isinstance(score, int | float) else None)


def _scores(task: dict[str, Any]) -> dict[str, float]:
    spans = enumerate((span for span in list_of(task, "spans") if isinstance(span, dict)), 1)
    return {
        clean_id(span.get("id") or f"s{number}"): float(span["score"])
        for number, span in spans
        if isinstance(span.get("score"), int | float)
    }


def _annotator(task: Mapping[str, Any], incoming: IncomingFiles) -> str:
    chosen = incoming.options.get("annotator")
    return chosen or str(task.get("_annotator_id") or task.get("_session_id") or incoming.stem)


def _gather(builder: SetBuilder, task: dict[str, Any]) -> None:
    by_place: dict[Any, str] = {}
    for span in list_of(task, "spans"):
        if not isinstance(span, dict) or span.get("label") is None:
            builder.refuse("spans", f"{str(span)[:80]} is not a span with a label.")
            continue
        span_id = builder.add_span(
            span.get("id"),
            span["label"],
            [(span.get("start"), span.get("end"))],
            covered=span["text"] if isinstance(span.get("text"), str) else None,
            attributes=builder.attributes_of(span),
            note=str(span.get("note") or ""),
        )
        if span_id is not None:
            by_place.setdefault(_place(span), span_id)
            builder.set_origin(span_id, span.get("origin"))
            builder.set_suggestion(span_id, span.get("suggestion"))
    for relation in list_of(task, "relations"):
        if not isinstance(relation, dict):
            builder.refuse("relations", f"{str(relation)[:80]} is not a relation.")
            continue
        ends = [_end(relation.get(name), by_place) for name in ("head_span", "child_span")]
        tokens = [name for name in ("head_span", "child_span") if _is_token(relation.get(name))]
        if tokens and not all(builder.has_span(end) for end in ends):
            what = f"Relation “{relation.get('label')}” was left out: it joins a token without a label, not a span."
            builder.leave_out("relations", "no_end", what)
            continue
        builder.add_relation(relation.get("id"), relation.get("label"), *ends)


def _is_token(span: Any) -> bool:
    """Return whether an end of a relation is a token without a label."""
    return isinstance(span, dict) and span.get("label") in (None, "")


def _end(span: Any, by_place: Mapping[Any, str]) -> str:
    """Return the id of the span at one end of a relation."""
    if not isinstance(span, dict):
        return "?"
    return clean_id(span["id"]) if span.get("id") else by_place.get(_place(span), f"at {span.get('start')}")


def _place(span: Mapping[str, Any]) -> tuple[Any, ...]:
    return span.get("start"), span.get("end"), span.get("label")
