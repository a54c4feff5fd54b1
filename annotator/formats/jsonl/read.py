"""Reading JSONL: one document per line, with its annotation sets or one of them.

Both layouts of `write.py` are read, and handwritten lines: only `text` is required. Redundant members (sha256, the text
of a span) must match. An unknown member is refused, because it may be a typing error.
"""

from collections.abc import Iterator
from dataclasses import replace
from re import compile as compile_pattern
from typing import Any, BinaryIO

import orjson

from annotator.formats.incoming import (
    LONGEST_ID,
    LONGEST_LINE,
    LONGEST_SET_NAME,
    LONGEST_TITLE,
    IncomingDocument,
    IncomingOriginal,
    IncomingSet,
    LineProblem,
    Prediction,
    ReadLine,
    Source,
    read_original,
)
from annotator.formats.item_counts import ItemCounts, numbers_of
from annotator.formats.json_files import list_of, repeated_key, whole_number
from annotator.formats.offset_repair import OffsetRepair, in_text_order
from annotator.text.decoding import UTF16_MARKS, UnreadableText, decode_strictly, refuse_forbidden
from annotator.text.digest import text_digest

MOST_PROBLEMS = 20
_CONTROL = compile_pattern("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_HEAD_TYPES: dict[str, type] = {"revision": int, "state": str, "schema_version": int, "guideline_version": int}
# Exported for training; ignored on import.
_SUPPORT_MEMBERS = ("support", "sources")
_WINDOW_MEMBERS = {"document", "window", "focus"}
_SET_MEMBERS = {"spans", "relations", "document_attributes", "made_of", "purpose", *_HEAD_TYPES}
_MEMBERS = {"id", "title", "text", "sha256", "meta", "original", "suggestions"}
_USUAL_MEMBERS = {"id", "title", "text", "sha256", "meta", "annotators"}
_USUAL_SET_MEMBERS = {"spans", "relations"}
_SUGGESTION_MEMBERS = {"source", "version", "score", "spans", "relations"}


def read_jsonl(stream: BinaryIO, source: Source) -> Iterator[ReadLine]:
    """Yield every line that is not empty; a file without one is a problem."""
    number, end, seen = source.line, source.offset, source.line > 0
    while data := stream.readline(LONGEST_LINE + 1):
        number += 1
        if number == 1 and data.startswith(UTF16_MARKS):
            yield ReadLine(
                1, end, problems=(LineProblem(0, "", "The file is UTF-16, but JSONL must be UTF-8. Convert it."),)
            )
            return
        if len(data) > LONGEST_LINE and not data.endswith(b"\n"):
            end += len(data) + _skip_line(stream)
            message = f"The line is longer than {LONGEST_LINE:,} bytes. Split the document."
            yield ReadLine(number, end, problems=(LineProblem(number, "", message),))
        else:
            end += len(data)
            if data.isspace():
                continue
            yield _LineReader(number, source).read(data, end)
        seen = True
    if not seen:
        yield ReadLine(0, end, problems=(LineProblem(0, "", "The file is empty."),))


def _skip_line(stream: BinaryIO) -> int:
    """Read to the end of the line in pieces of limited size; return the number of bytes."""
    skipped = 0
    while piece := stream.readline(1 << 20):
        skipped += len(piece)
        if piece.endswith(b"\n"):
            break
    return skipped


class _LineReader:
    """One line, with the problems found in it."""

    def __init__(self, number: int, source: Source) -> None:
        self._number = number
        self._source = source
        self._problems: list[LineProblem] = []
        self._notes: list[LineProblem] = []
        self._repair: OffsetRepair | None = None
        self._may_repeat_text = True

    def read(self, data: bytes, end: int) -> ReadLine:
        document = None
        line = self._parse(data)
        if line is not None:
            if not self._source.is_checked and not self._source.encoding and (key := repeated_key(data, line)):
                self._add_problem("", f"The key “{key[:80]}” occurs twice in one object. Keep one of them.")
            sets = self._usual_sets(line)
            if sets is None:
                if b".0" in data:
                    _use_whole_numbers(line)
                self._may_repeat_text = bool(self._source.encoding) or _may_repeat_text(data)
            document = self._document(line, sets)
        if self._problems:
            problems = tuple(self._problems[:MOST_PROBLEMS])
            return ReadLine(self._number, end, problems=problems, items=_items_in(line or {}))
        return ReadLine(self._number, end, document, notes=tuple(self._notes))

    def _add_problem(self, pointer: str, message: str) -> None:
        self._problems.append(LineProblem(self._number, pointer, message))

    def _parse(self, data: bytes) -> dict[str, Any] | None:
        if not self._source.encoding:
            try:
                line = orjson.loads(data)
            except orjson.JSONDecodeError:
                # Invalid bytes, a byte order mark or invalid JSON: reported below.
                line = None
            if isinstance(line, dict):
                return line
        try:
            text = decode_strictly(data, self._source.encoding or "utf-8", bool(self._source.encoding))
            line = orjson.loads(text.removeprefix("\ufeff") if self._number == 1 else text)
        except UnreadableText as problem:
            self._add_problem("", problem.detail)
        except orjson.JSONDecodeError as error:
            self._add_problem("", f"This is not valid JSON, at column {error.pos + 1}: {error.msg}.")
        else:
            if isinstance(line, dict):
                return line
            self._add_problem("", 'A line must be an object, such as {"text": "…"}.')
        return None

    def _usual_sets(self, line: dict[str, Any]) -> dict[str, IncomingSet] | None:
        """Return the sets of a line that has only what nearly all lines have; None for one that needs a closer look."""
        recognise, text, annotators = self._source.recognise, line.get("text"), line.get("annotators")
        if recognise is None or type(text) is not str or type(annotators) is not dict:
            return None
        if not line.keys() <= _USUAL_MEMBERS:
            return None
        sets = {}
        for name, work in annotators.items():
            if not 1 <= len(name) <= LONGEST_SET_NAME or not name.isprintable():
                return None
            if type(work) is not dict or not work.keys() <= _USUAL_SET_MEMBERS:
                return None
            spans, relations = work.get("spans", []), work.get("relations", [])
            usual = recognise(spans, relations, len(text))
            if usual is None:
                return None
            sets[name] = IncomingSet(spans, relations, f"/annotators/{_escaped(name)}", usual=usual)
        return sets

    def _document(self, line: dict[str, Any], usual: dict[str, IncomingSet] | None) -> IncomingDocument | None:
        is_checked = self._source.is_checked
        text = line["text"] if is_checked else self._text(line)
        external_id = self._id(line.get("id"))
        title = self._string(line, "title", LONGEST_TITLE)
        meta = line.get("meta") or {} if is_checked else self._meta(line.get("meta"))
        original = self._original(line.get("original"))
        sets = usual if usual is not None else self._sets(line, text) | self._suggestions(line.get("suggestions"), text)
        digest = text_digest(text) if text else ""
        if text and line.get("sha256", digest) != digest:
            self._add_problem("/sha256", "The text does not match this checksum: it was changed.")
        if self._problems:
            return None
        return IncomingDocument(external_id, title, text, digest, meta, sets, original)

    def _text(self, line: dict[str, Any]) -> str:
        text = line.get("text")
        if text is None:
            own = _MEMBERS | {"annotator"}
            others = [name for name, value in line.items() if isinstance(value, str) and name not in own]
            hint = f" If a field has it, map “text” to that field: {', '.join(others)[:200]}." if others else ""
            self._add_problem("/text", f"The line has no text.{hint}")
            return ""
        if not isinstance(text, str):
            self._add_problem("/text", "The text must be a string.")
            return ""
        try:
            refuse_forbidden(text)
        except UnreadableText as problem:
            self._add_problem("/text", problem.detail)
            return ""
        if text.isspace() or not text:
            self._add_problem("/text", "The text is empty.")
            return ""
        return text

    def _id(self, given: Any) -> str:
        if given is None:
            return f"{self._source.stem[: LONGEST_ID - 20]}-{self._number}"
        if isinstance(given, int) and not isinstance(given, bool):
            return str(given)
        return self._name(given, "/id", LONGEST_ID)

    def _string(self, line: dict[str, Any], key: str, longest: int) -> str:
        given = line.get(key)
        return "" if given is None or given == "" else self._name(given, f"/{key}", longest)

    def _name(self, given: Any, pointer: str, longest: int) -> str:
        if isinstance(given, str) and 1 <= len(given) <= longest and not _CONTROL.search(given):
            return given
        self._add_problem(pointer, f"This must be a string of 1 to {longest} characters without control characters.")
        return ""

    def _meta(self, meta: Any) -> dict[str, Any]:
        if meta is None:
            return {}
        if not isinstance(meta, dict):
            self._add_problem("/meta", "This must be an object.")
            return {}
        try:
            if meta and b"\\u0000" in orjson.dumps(meta) and _holds_nul(meta):
                self._add_problem("/meta", "This contains a NUL character, which cannot be stored.")
        except TypeError as error:  # orjson says so of what is nested too deep
            self._add_problem("/meta", f"This cannot be stored: {error}.")
        return meta

    def _original(self, given: Any) -> IncomingOriginal | None:
        try:
            return None if given is None else read_original(given)
        except ValueError as error:
            self._add_problem("/original", str(error))
            return None

    def _sets(self, line: dict[str, Any], text: str) -> dict[str, IncomingSet]:
        members = set(line) - _MEMBERS - (_WINDOW_MEMBERS if "window" in line else set())
        if "annotators" in members:
            self._refuse_unknown(members - {"annotators"}, "")
            return self._sets_by_name(line["annotators"], text)
        if not members & {"annotator", "spans", "relations", "document_attributes"}:
            self._refuse_unknown(members, "")
            return {}
        self._refuse_unknown(members - _SET_MEMBERS - {"annotator"}, "")
        name = self._name(line.get("annotator"), "/annotator", LONGEST_SET_NAME)
        return {name: self._set(line, "", text)}

    def _sets_by_name(self, annotators: Any, text: str) -> dict[str, IncomingSet]:
        if not isinstance(annotators, dict):
            self._add_problem("/annotators", 'This must be an object of sets by name, such as {"A": {"spans": []}}.')
            return {}
        sets = {}
        for given, work in annotators.items():
            pointer = f"/annotators/{_escaped(given)}"
            name = self._name(given, pointer, LONGEST_SET_NAME)
            if isinstance(work, dict):
                self._refuse_unknown(set(work) - _SET_MEMBERS, pointer)
                sets[name] = self._set(work, pointer, text)
            else:
                self._add_problem(pointer, "This must be an object with “spans” and “relations”.")
        return sets

    def _suggestions(self, given: Any, text: str) -> dict[str, IncomingSet]:
        """Return the suggestions of a line by the names of their sets."""
        sets: dict[str, IncomingSet] = {}
        if given is not None and not isinstance(given, list):
            self._add_problem("/suggestions", "This must be a list.")
        for index, work in enumerate(given if isinstance(given, list) else ()):
            pointer = f"/suggestions/{index}"
            if not isinstance(work, dict):
                self._add_problem(pointer, "This must be an object with “source”, “version” and “spans”.")
                continue
            self._refuse_unknown(set(work) - _SUGGESTION_MEMBERS, pointer)
            source = self._name(work.get("source"), f"{pointer}/source", 64)
            version = self._name(work.get("version"), f"{pointer}/version", LONGEST_SET_NAME)
            score = work.get("score")
            scores = {}
            for span in list_of(work, "spans"):
                if isinstance(span, dict) and isinstance(own := span.pop("score", None), int | float):
                    scores[str(span.get("id"))] = float(own)
            prediction = Prediction(source, version, float(score) if isinstance(score, int | float) else None)
            made = self._set({"spans": work.get("spans", []), "relations": work.get("relations", [])}, pointer, text)
            sets[prediction.set_name] = replace(made, prediction=prediction, scores=scores)
        return sets

    def _set(self, work: dict[str, Any], pointer: str, text: str) -> IncomingSet:
        for member, kind in _HEAD_TYPES.items():
            value = work.get(member)
            if value is not None and type(value) is not kind:
                self._add_problem(f"{pointer}/{member}", f"This must be a {'number' if kind is int else 'string'}.")
        if work.get("purpose"):
            self._add_problem(f"{pointer}/purpose", "This set checked its annotator and is no data. Leave it out.")
        spans, relations = work.get("spans", []), work.get("relations", [])
        for member, items in (("spans", spans), ("relations", relations)):
            if not isinstance(items, list):
                self._add_problem(f"{pointer}/{member}", "This must be a list.")
            if self._may_repeat_text:
                _drop_support(items)
        for index, span in enumerate(spans if isinstance(spans, list) and text else ()):
            if isinstance(span, dict):
                if self._may_repeat_text and "text" in span:
                    self._covered(span, f"{pointer}/spans/{index}", text)
                if ordered := in_text_order(span.get("fragments")):
                    how = "in another order than the text and were sorted"
                    if len(ordered) < len(span["fragments"]):
                        how = "side by side and were merged"
                    message = f"The fragments stood {how}."
                    self._notes.append(LineProblem(self._number, f"{pointer}/spans/{index}/fragments", message))
                    span["fragments"] = ordered
        values = work.get("document_attributes")
        return IncomingSet(spans, relations, pointer, document_attributes={} if values is None else values)

    def _covered(self, span: dict[str, Any], pointer: str, text: str) -> None:
        """Compare the text of a span with the document; other errors are reported later."""
        claimed = span.pop("text")
        try:
            covered = [text[start:end] for start, end in span["fragments"]]
        except (KeyError, TypeError, ValueError):
            return
        if covered not in (claimed, [claimed]):
            self._correct(span, claimed, covered, pointer, text)

    def _correct(self, span: dict[str, Any], claimed: Any, covered: list[str], pointer: str, text: str) -> None:
        """Move a span if exactly one known error explains its offsets; otherwise add a problem."""
        several = isinstance(claimed, list) and all(isinstance(part, str) for part in claimed)
        words = " ".join(claimed) if several else claimed
        pairs = [list(pair) for pair in span["fragments"]]
        plain = isinstance(words, str) and all(type(offset) is int for pair in pairs for offset in pair)
        self._repair = self._repair or OffsetRepair(text)
        moved = self._repair.explain(pairs, words) if plain else None
        if moved is None:
            shown = orjson.dumps(covered).decode()[:200]
            self._add_problem(
                f"{pointer}/text", f"The fragments cover {shown}, not this text. Offsets must count code points."
            )
            return
        was = ", ".join(f"{start} to {end}" for start, end in pairs[:5])
        message = f"“{words[:80]}”: offsets {was} were wrong ({moved.reason}) and were corrected."
        self._notes.append(LineProblem(self._number, f"{pointer}/fragments", message))
        span["fragments"] = moved.fragments

    def _refuse_unknown(self, members: set[str], pointer: str) -> None:
        for member in sorted(members)[:MOST_PROBLEMS]:
            known = (
                "id, title, text, meta, annotators. Put anything else into meta, or import with a mapping of fields"
                if not pointer
                else "spans, relations, document_attributes"
            )
            self._add_problem(
                f"{pointer}/{_escaped(member)}", f"Unknown member “{member[:64]}”. Known members: {known}."
            )


def _use_whole_numbers(value: Any) -> None:
    """Turn offsets such as 4.0, which tables make of 4, into whole numbers."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name == "fragments" and isinstance(item, list):
                value[name] = [
                    [whole_number(offset) for offset in pair] if isinstance(pair, list) else pair for pair in item
                ]
            elif name != "meta":
                _use_whole_numbers(item)
    elif isinstance(value, list):
        for item in value:
            _use_whole_numbers(item)


def _items_in(line: dict[str, Any]) -> ItemCounts:
    """Count the items in a line that is refused."""
    items = ItemCounts()
    by_name = line.get("annotators")
    suggested = list_of(line, "suggestions")
    for work in (line, *(by_name.values() if isinstance(by_name, dict) else ()), *suggested):
        if isinstance(work, dict):
            values = work.get("document_attributes")
            items.found.update(numbers_of(list_of(work, "spans"), list_of(work, "relations"), values))
    return items


def _may_repeat_text(data: bytes) -> bool:
    """Return whether spans of a line may have their text or a support; False spares a look at each of them.

    A key may also be written with escapes of ASCII characters.
    """
    return data.count(b'"text"') > 1 or b'"support"' in data or b"\\u00" in data


def _drop_support(items: Any) -> None:
    """Remove the support from spans and relations."""
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and "support" in item:
            for member in _SUPPORT_MEMBERS:
                item.pop(member, None)


def _holds_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any("\0" in key or _holds_nul(item) for key, item in value.items())
    if isinstance(value, list):
        return any(map(_holds_nul, value))
    return isinstance(value, str) and "\0" in value


def _escaped(name: str) -> str:
    """Return a name as part of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
