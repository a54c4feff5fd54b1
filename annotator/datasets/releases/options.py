"""What a release is asked to be; with what is frozen it decides every byte. Pure but for the words of exports."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from annotator.datasets.exports.format_registry import FORMATS, JSONL, WRITABLE
from annotator.datasets.exports.options import ExportOptions, Vocabulary, parse_options
from annotator.datasets.releases.layouts.layout_1.licences import LICENCES, OTHER, UNKNOWN
from annotator.datasets.releases.models import LONGEST_NAME
from annotator.datasets.splits.requests import SplitRequest
from annotator.problems import FieldError, InvalidInput

LONGEST_NOTES = 20_000
MOST_LANGUAGES = 20
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_UNFIT = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_MEMBERS = ("name", "notes", "licence", "languages", "formats", "splits", "data")
_SPLIT_MEMBERS = ("shares", "together", "near_duplicates", "threshold", "salt", "like")
BESIDE = tuple(key for key in WRITABLE if key != JSONL and not FORMATS[key].needs)
"""Shapes that may lie beside the complete JSONL: what an extra package writes changes with its version."""
# The complete data are always JSONL, and other shapes lie beside them.
_NOT_HERE = ("format",)


@dataclass(frozen=True)
class ReleaseOptions:
    """The choices of a release.

    `data` says which sets leave and in what shape, `formats` what lies beside the complete JSONL. `like` is the number
    of an earlier release of the project, from whose splits no document moves.
    """

    name: str
    notes: str = ""
    licence: str = UNKNOWN
    languages: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    splits: SplitRequest | None = None
    like: int | None = None
    data: ExportOptions = field(default_factory=ExportOptions)

    def as_json(self) -> dict[str, Any]:
        """Return the options as they are stored, and as `parse_release` takes them."""
        splits = None
        if self.splits is not None:
            # Pairs, because databases do not keep the order of members, on which it depends who goes where.
            shares = [[name, share] for name, share in self.splits.shares.items()]
            together = list(self.splits.together)
            splits = asdict(self.splits) | {"shares": shares, "together": together, "like": self.like}
        data = {name: value for name, value in self.data.as_json().items() if name not in _NOT_HERE}
        return {
            "name": self.name,
            "notes": self.notes,
            "licence": self.licence,
            "languages": list(self.languages),
            "formats": list(self.formats),
            "splits": splits,
            "data": data,
        }


def parse_release(given: Mapping[str, Any], *, vocabulary: Vocabulary | None = None) -> ReleaseOptions:
    """Check options that come from a form, a command or the API; raise `InvalidInput` naming each that is wrong.

    With a `vocabulary`, labels and attributes must be in it.
    """
    errors = list(_faults(given))
    formats = given.get("formats")
    beside = [key for key in formats if key in BESIDE] if isinstance(formats, list | tuple) else []
    data = _nested(
        errors,
        "/data",
        lambda: parse_options(_without_format(given.get("data") or {}, errors), vocabulary=vocabulary, beside=beside),
    )
    splits, like = None, None
    if given.get("splits") is not None:
        splits, like = _splits(given["splits"], errors)
    if errors or data is None:
        raise InvalidInput("The options of the release are not valid.", errors=errors)
    return ReleaseOptions(
        name=given["name"].strip(),
        notes=given.get("notes", "").replace("\r\n", "\n").strip(),
        licence=given.get("licence") or UNKNOWN,
        languages=tuple(dict.fromkeys(given.get("languages") or ())),
        formats=tuple(sorted(set(given.get("formats") or ()) - {JSONL})),
        splits=splits,
        like=like,
        data=data,
    )


def _faults(given: Mapping[str, Any]) -> Iterator[FieldError]:
    name, notes = given.get("name"), given.get("notes", "")
    if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_NAME or _UNFIT.search(name):
        detail = f"Give the release a name of 1 to {LONGEST_NAME} characters, such as 1.0."
        yield {"pointer": "/name", "detail": detail}
    if not isinstance(notes, str) or len(notes) > LONGEST_NOTES or _UNSTORABLE.search(notes):
        yield {"pointer": "/notes", "detail": f"Give a text of at most {LONGEST_NOTES:,} characters."}
    elif given.get("licence") == OTHER and not notes.strip():
        yield {"pointer": "/notes", "detail": "Say here under which licence the data are given."}
    if (given.get("licence") or UNKNOWN) not in LICENCES:
        yield {"pointer": "/licence", "detail": f"{given['licence']!r} is not one of {', '.join(LICENCES)}."}
    yield from _list_faults(given, "languages", "a code such as en or pt-BR", _is_language)
    yield from _list_faults(given, "formats", f"one of {', '.join(BESIDE)}", lambda key: key in BESIDE)
    for each in given:
        if each not in _MEMBERS:
            yield {"pointer": f"/{each}", "detail": "There is no such option."}


def _is_language(code: object) -> bool:
    return isinstance(code, str) and bool(_LANGUAGE.fullmatch(code))


def _list_faults(given: Mapping[str, Any], name: str, what: str, is_right: Any) -> Iterator[FieldError]:
    values = given.get(name) or []
    if not isinstance(values, Sequence) or isinstance(values, str) or len(values) > MOST_LANGUAGES:
        yield {"pointer": f"/{name}", "detail": "Give a list."}
        return
    for index, value in enumerate(values):
        if not isinstance(value, str) or not is_right(value):
            yield {"pointer": f"/{name}/{index}", "detail": f"{value!r} is not {what}."}


def _without_format(data: Any, errors: list[FieldError]) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        errors.append({"pointer": "/data", "detail": "Give an object of options, as for an export."})
        return {}
    detail = "Name the shapes beside the data under “formats”."
    errors += [{"pointer": f"/data/{name}", "detail": detail} for name in _NOT_HERE if name in data]
    return data


def _splits(given: Any, errors: list[FieldError]) -> tuple[SplitRequest | None, int | None]:
    if not isinstance(given, Mapping):
        errors.append(
            {"pointer": "/splits", "detail": 'Give an object, such as {"shares": {"train": 0.8, "test": 0.2}}.'}
        )
        return None, None
    unknown = [name for name in given if name not in _SPLIT_MEMBERS]
    errors += [{"pointer": f"/splits/{name}", "detail": "There is no such option."} for name in unknown]
    like = given.get("like")
    if like is not None and (not isinstance(like, int) or isinstance(like, bool) or like < 1):
        errors.append({"pointer": "/splits/like", "detail": "Give the number of an earlier release."})
    wanted = {
        name: value for name, value in given.items() if name != "like" and value is not None and name not in unknown
    }
    return _nested(errors, "/splits", lambda: _request(wanted)), like


def _request(given: Mapping[str, Any]) -> SplitRequest:
    kinds: dict[str, Any] = {
        "shares": lambda value: _pairs(value) is not None,
        "together": lambda value: isinstance(value, Sequence) and not isinstance(value, str),
        "near_duplicates": lambda value: isinstance(value, bool),
        "threshold": _is_number,
        "salt": lambda value: isinstance(value, str),
    }
    errors: list[FieldError] = [
        {"pointer": f"/{name}", "detail": "This is not of the right kind."}
        for name, value in given.items()
        if not kinds[name](value)
    ]
    if errors:
        raise InvalidInput("The splits asked for are not possible.", errors=errors)
    values = dict(given)
    if "shares" in values:
        values["shares"] = {name: float(share) for name, share in _pairs(values["shares"]) or ()}
    if "together" in values:
        values["together"] = tuple(str(name).strip() for name in values["together"] if str(name).strip())
    return SplitRequest(**values)


def _pairs(shares: Any) -> list[tuple[str, float]] | None:
    """Names with their shares, out of an object or a list of pairs; None for anything else."""
    pairs = list(shares.items()) if isinstance(shares, Mapping) else shares
    if not isinstance(pairs, list) or not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
        return None
    return pairs if all(isinstance(name, str) and _is_number(share) for name, share in pairs) else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _nested(errors: list[FieldError], pointer: str, make: Any) -> Any:
    """Make a part of the options; what is wrong with it is told as part of the whole."""
    try:
        return make()
    except InvalidInput as problem:
        errors += [{"pointer": pointer + each["pointer"], "detail": each["detail"]} for each in problem.errors]
        return None
