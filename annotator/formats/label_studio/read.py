"""Reading Label Studio's JSON, complete or JSON-MIN, over text, HTML or dialogues."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import accumulate
from typing import Any

from annotator.formats.incoming import (
    LARGEST_ORIGINAL,
    LONGEST_SET_NAME,
    LONGEST_TITLE,
    IncomingDocument,
    IncomingFiles,
    IncomingOriginal,
    IncomingSet,
    Prediction,
    ReadResult,
    document_id,
)
from annotator.formats.item_counts import ItemCounts
from annotator.formats.json_files import iterate_elements, list_of, list_problems
from annotator.formats.label_studio.rendered import RenderedText, is_html
from annotator.formats.set_builder import CODE_POINTS, SetBuilder, clean_id
from annotator.text.digest import text_digest

NAMES, NOTE_CONTROL, DOCUMENT_CONTROL = "annotators", "note", "document_"
# Several choices: the answers of Label Studio do not say whether one or several could be chosen.
CHOICES_CONTROL = "documents_"
SOURCE = "label-studio"
REGIONS = ("labels", "hypertextlabels", "paragraphlabels")
_MINIMAL = {"id", "text", "label", "labels", "annotator", "annotation_id", "created_at", "updated_at", "lead_time"}


def read_label_studio(incoming: IncomingFiles) -> Iterator[ReadResult]:
    """Yield a document for each task."""
    with incoming.open() as stream:
        for number, task in enumerate(iterate_elements(stream), 1):
            location = f"task {number}"
            if isinstance(task, dict):
                yield read_task(task, incoming, number, location)
            else:
                yield ReadResult(location, problems=("A task must be an object.",))


def read_task(task: Mapping[str, Any], incoming: IncomingFiles, number: int, location: str) -> ReadResult:
    """Return the document of a task."""
    return _Task(task, incoming, number).result(location)


class _Task:
    def __init__(self, task: Mapping[str, Any], incoming: IncomingFiles, number: int) -> None:
        self._task = task
        self._incoming = incoming
        self._number = number
        data = task.get("data")
        self._minimal = not isinstance(data, dict)
        self._data: Mapping[str, Any] = data if isinstance(data, dict) else task
        self._sets: dict[str, IncomingSet] = {}
        self._problems: list[str] = []
        self._notes: list[str] = []
        self._rendered: RenderedText | None = None
        self._paragraphs: list[int] = []
        self._items = ItemCounts()

    def result(self, location: str) -> ReadResult:
        key = self._text_key()
        if key is None:
            listed = ", ".join(map(str, self._data))[:200] or "there are none"
            problem = f"It is not clear which field has the text. Map “text” to one of the fields: {listed}."
            return ReadResult(location, problems=(problem,))
        text = self._text(self._data[key])
        if not text.strip():
            return ReadResult(location, problems=("The text of the task is empty.",))
        self._gather(text)
        title = str(self._data.get("title") or "")[:LONGEST_TITLE]
        identifier = self._data.get("id") if not self._minimal else None
        identifier = identifier if identifier not in (None, "") else self._task.get("id")
        document = IncomingDocument(
            document_id(identifier, self._incoming.stem, self._number),
            title,
            text,
            text_digest(text),
            self._meta(key),
            self._sets,
            self._original(key),
        )
        return ReadResult(location, document, tuple(self._problems), tuple(self._notes), self._items)

    def _text(self, value: Any) -> str:
        """Return the text of a task: rendered HTML, the lines of a dialogue, or plain text."""
        if isinstance(value, list):
            lines = [str(line.get("text", "")) for line in value]
            self._paragraphs = [0, *accumulate(len(line) + 1 for line in lines)]
            return "\n".join(lines)
        if is_html(value) and self._has_hypertext():
            self._rendered = RenderedText(value)
            return self._rendered.text
        return str(value)

    def _has_hypertext(self) -> bool:
        work = [*list_of(self._task, "annotations"), *list_of(self._task, "predictions")]
        items = [item for one in work if isinstance(one, dict) for item in list_of(one, "result")]
        kinds = {str(item.get("type")) for item in items if isinstance(item, dict)}
        given = [*list_of(self._task, "label"), *list_of(self._task, "labels")]
        is_minimal = any(isinstance(item, dict) and "hypertextlabels" in item for item in given)
        return is_minimal or "hypertextlabels" in kinds or ("labels" not in kinds and self._is_html_field())

    def _is_html_field(self) -> bool:
        return isinstance(self._data.get("html"), str) and not isinstance(self._data.get("text"), str)

    def _original(self, key: str) -> IncomingOriginal | None:
        if self._rendered is None:
            return None
        data = str(self._data[key]).encode()
        return IncomingOriginal("task.html", "text/html", data) if len(data) <= LARGEST_ORIGINAL else None

    def _place(self, value: Mapping[str, Any]) -> tuple[Any, Any]:
        """Return start and end of a region in the text."""
        given = value.get("globalOffsets")
        if isinstance(given, dict):
            return given.get("start"), given.get("end")
        ends = [(value.get(name), value.get(f"{name}Offset")) for name in ("start", "end")]
        if self._rendered is not None:
            start, end = (self._rendered.offset_of(*pair) for pair in ends)
            return start, end
        if self._paragraphs and all(str(line).isdecimal() and type(at) is int for line, at in ends):
            start, end = (self._in_paragraph(int(str(line)), at) for line, at in ends)
            return start, end
        return value.get("start"), value.get("end")

    def _in_paragraph(self, line: int, at: Any) -> int | None:
        return self._paragraphs[line] + int(at) if line < len(self._paragraphs) else None

    def _text_key(self) -> str | None:
        wanted = self._incoming.fields.get("text", "text")
        if isinstance(self._data.get(wanted), str) or _is_dialogue(self._data.get(wanted)):
            return wanted
        strings = [
            name
            for name, value in self._data.items()
            if (isinstance(value, str) or _is_dialogue(value)) and name not in _MINIMAL
        ]
        return strings[0] if len(strings) == 1 else "html" if "html" in strings else None

    def _meta(self, key: str) -> dict[str, Any]:
        ours = {key, "id", "title", "meta", NAMES} | (_MINIMAL if self._minimal else set())
        # Choices for the whole text may be named as regions are.
        ours -= {name for name in ("label", "labels") if isinstance(self._data.get(name), str)}
        given = self._data.get("meta")
        rest = {name: value for name, value in self._data.items() if name not in ours}
        return {**(given if isinstance(given, dict) else {}), **rest}

    def _gather(self, text: str) -> None:
        if self._minimal:
            items = [*list_of(self._task, "label"), *list_of(self._task, "labels")]
            result = [{"type": _type_of(item), "value": item} for item in items]
            who = self._task.get("annotator")
            name = (
                self._incoming.stem if who in (None, "") else f"annotator-{who}" if isinstance(who, int) else str(who)
            )
            self._add(self._incoming.options.get("annotator") or name, result, text)
            return
        named = self._data.get(NAMES)
        self._problems += list_problems(self._task, "annotations", "completions", "predictions")
        self._count_drafts()
        annotations = [*list_of(self._task, "annotations"), *list_of(self._task, "completions")]
        for index, annotation in enumerate(annotations):
            if not isinstance(annotation, dict) or annotation.get("was_cancelled"):
                self._leave_out(annotation, "rejected")
                self._notes.append(f"Annotation {index + 1} was left out: its annotator skipped it.")
                continue
            own = isinstance(named, list) and len(named) == len(annotations)
            name = str(named[index]) if own and named else _author(annotation, self._incoming)
            self._add(name, list_of(annotation, "result"), text)
        for prediction in list_of(self._task, "predictions"):
            if isinstance(prediction, dict):
                score = prediction.get("score")
                made_by = Prediction(
                    SOURCE,
                    str(prediction.get("model_version") or "unknown")[:LONGEST_SET_NAME],
                    float(score) if isinstance(score, int | float) else None,
                )
                self._add(made_by.set_name, list_of(prediction, "result"), text, made_by)

    def _count_drafts(self) -> None:
        """Report drafts, the work that annotators have not submitted."""
        drafts = [one for one in list_of(self._task, "drafts") if isinstance(one, dict) and list_of(one, "result")]
        for draft in drafts:
            self._leave_out(draft, "draft")
        if drafts:
            self._notes.append(f"Drafts were left out, because they were not submitted: {len(drafts)}.")

    def _leave_out(self, work: Any, reason: str) -> None:
        """Count the regions and relations of work that is not imported."""
        regions = list_of(work, "result") if isinstance(work, dict) else []
        kinds = [item.get("type") for item in regions if isinstance(item, dict)]
        self._items.leave_out("spans", reason, sum(kind in REGIONS for kind in kinds))
        self._items.leave_out("relations", reason, kinds.count("relation"))

    def _add(self, name: str, result: list[Any], text: str, prediction: Prediction | None = None) -> None:
        builder = SetBuilder(text, **self._incoming.span_options(CODE_POINTS))
        _Result(builder, self._place).read(result)
        free, number = name, 1
        while free in self._sets:
            number += 1
            free = f"{name}-{number}"
        if free != name:
            self._notes.append(f"{name} has several annotations; this one was imported as {free}.")
        if prediction is not None and free != name:
            prediction = prediction._replace(version=f"{prediction.version}-{number}")
        self._sets[free] = replace(builder.build(), prediction=prediction, scores=_scores(result))
        self._problems += [f"{free}: {problem}" for problem in builder.problems]
        self._notes += [f"{free}: {note}" for note in builder.notes]


def _scores(result: list[Any]) -> dict[str, float]:
    """Return the scores of regions by their ids."""
    scored = [item for item in result if isinstance(item, dict) and isinstance(item.get("score"), int | float)]
    return {clean_id(item.get("id")): float(item["score"]) for item in scored}


def _is_dialogue(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(line, dict) and "text" in line for line in value)


def _type_of(item: Any) -> str:
    """Return the type of a region in JSON-MIN, by the name of the list of its labels."""
    kinds = [kind for kind in REGIONS if isinstance(item, dict) and kind in item]
    return kinds[0] if kinds else "labels"


def _author(annotation: Mapping[str, Any], incoming: IncomingFiles) -> str:
    by = annotation.get("completed_by")
    if isinstance(by, dict):
        by = by.get("username") or by.get("email") or by.get("id")
    chosen = incoming.options.get("annotator")
    return chosen or ("annotator" if by is None else f"annotator-{by}" if isinstance(by, int) else str(by))


class _Result:
    """The items of one annotation: regions are read first, then what refers to them."""

    def __init__(self, builder: SetBuilder, place: Callable[[Mapping[str, Any]], tuple[Any, Any]]) -> None:
        self._builder = builder
        self._place = place
        self._label_of: dict[str, str] = {}

    def read(self, given: list[Any]) -> None:
        items = [item for item in given if isinstance(item, dict)]
        self._builder.problems += [f"{item!r:.60} is not a region." for item in given if not isinstance(item, dict)]
        for item in items:
            if item.get("type") in REGIONS:
                self._region(item)
        for item in items:
            kind = item.get("type")
            if kind == "relation":
                self._relation(item)
            elif kind not in REGIONS:
                self._detail(item, str(kind))

    def _region(self, item: Mapping[str, Any]) -> None:
        value = item.get("value")
        if not isinstance(value, dict):
            self._builder.refuse("spans", f"Region {item.get('id')} has no value.")
            return
        labels = value.get(str(item.get("type"))) or value.get("labels")
        if not isinstance(labels, list) or not labels:
            self._builder.leave_out("spans", "no_label", f"Region {item.get('id')} was left out: it has no label.")
            return
        covered = value.get("text")
        for label in labels:
            span_id = self._builder.add_span(
                item.get("id"),
                label,
                [self._place(value)],
                # Old versions write a line break as a backslash and an n.
                covered=covered.replace("\\n", "\n") if isinstance(covered, str) else None,
            )
            if span_id is not None:
                self._label_of.setdefault(span_id, str(label))
                self._comment(span_id, item)

    def _comment(self, span_id: str, item: Mapping[str, Any]) -> None:
        """Add what an annotator wrote about a region, which Label Studio calls its meta information."""
        meta = item.get("meta")
        given = meta.get("text") if isinstance(meta, dict) else None
        words = "\n".join(map(str, given)) if isinstance(given, list) else str(given or "")
        if words:
            self._builder.add_note(span_id, words)

    def _relation(self, item: Mapping[str, Any]) -> None:
        ends = [item.get("from_id"), item.get("to_id")]
        labels = item.get("labels")
        for label in labels if isinstance(labels, list) and labels else ["related"]:
            if item.get("direction") != "left":
                self._builder.add_relation(None, label, *ends)
            if item.get("direction") in ("left", "bi"):
                self._builder.add_relation(None, label, *reversed(ends))

    def _detail(self, item: Mapping[str, Any], kind: str) -> None:
        control, region, value = str(item.get("from_name")), clean_id(item.get("id")), item.get("value")
        given = value.get(kind, value.get("text")) if isinstance(value, dict) else None
        if region not in self._label_of and control.startswith((DOCUMENT_CONTROL, CHOICES_CONTROL)):
            self._document(control, given)
        elif region not in self._label_of:
            kind = "notes" if control == NOTE_CONTROL else "attributes"
            self._builder.leave_out(kind, "no_span", f"“{control}” was left out: it belongs to no region.")
        elif control == NOTE_CONTROL:
            self._builder.add_note(region, "\n".join(map(str, given)) if isinstance(given, list) else str(given))
        else:
            self._builder.set_attribute(region, control.removeprefix(f"{self._label_of[region]}_"), given)

    def _document(self, control: str, given: Any) -> None:
        """Set an attribute of the document, as our exports write it."""
        if control.startswith(CHOICES_CONTROL):
            self._builder.set_document_attribute(control.removeprefix(CHOICES_CONTROL), given)
            return
        value = "\n".join(map(str, given)) if isinstance(given, list) else given
        self._builder.set_document_attribute(control.removeprefix(DOCUMENT_CONTROL), value)
