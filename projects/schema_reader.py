"""Reader of annotation schemas in JSON, which reports all errors at once, each with a JSON pointer. Pure.

The minimum is `{"labels": [{"id": "Person"}]}`. Missing members get defaults (names from ids, colours from a palette
that colour-blind readers can distinguish, digits as hotkeys); unknown members are kept.
"""

import copy
import json
import re
from collections.abc import Mapping, Sequence

from annotator.problems import FieldError, InvalidInput
from annotator.text.json_objects import JsonObject, storage_errors
from projects.schema import (
    DOCUMENT_TYPES,
    SPAN_TYPES,
    Attribute,
    AttributeType,
    Boundaries,
    Choice,
    Label,
    LintRule,
    Nesting,
    RelationType,
    Schema,
)

LONGEST_ID = 64
# Names come from files in any language; an id is what files and exports call a label, so it keeps their name.
NOT_IN_IDS = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
COLOR = re.compile(r"#[0-9A-Fa-f]{6}\Z")
# Okabe and Ito's palette without yellow and black, which are invisible on white and on dark, and four more colours.
PALETTE = (
    "#0072B2", "#009E73", "#D55E00", "#E69F00", "#CC79A7", "#56B4E9", "#7A5195", "#8C564B", "#5B8C00", "#B22255",
)  # fmt: skip
CARDINALITIES = ("many-to-many", "many-to-one", "one-to-many", "one-to-one")
# How an item of a list is called in messages.
KINDS = {
    "labels": "label", "attributes": "attribute", "document_attributes": "attribute of the document",
    "choices": "choice", "relations": "relation", "lint": "hint",
}  # fmt: skip
MOST_LABELS, MOST_RELATIONS, MOST_ATTRIBUTES, MOST_CHOICES, MOST_LINT = 2_000, 500, 50, 2_000, 100
LARGEST = 4 * 1024 * 1024


def read_schema(definition: object) -> Schema:
    """Return the schema that a definition describes, or raise `InvalidInput` with all errors in it.

    The argument is not changed; `Schema.definition` is a completed copy.
    """
    if not isinstance(definition, dict):
        raise _invalid([{"pointer": "", "detail": "A schema must be an object with “labels”."}], definition)
    if errors := list(storage_errors(definition)):
        raise _invalid(errors, definition)
    if len(json.dumps(definition)) > LARGEST:
        raise InvalidInput(f"The schema is larger than {LARGEST // 1024} KB. Shorten its descriptions.")
    root = JsonObject(copy.deepcopy(definition), "", [])
    schema = _schema(root)
    if root.errors:
        raise _invalid(root.errors, definition)
    return schema


def _invalid(errors: list[FieldError], definition: object) -> InvalidInput:
    locations = {error["pointer"]: name_location(definition, error["pointer"]) for error in errors}
    (first,) = InvalidInput("", errors=errors[:1], locations=locations).messages()
    more = f" (the first of {len(errors)} errors)" if len(errors) > 1 else ""
    return InvalidInput(f"The schema is not valid. {first}{more}", errors=errors, locations=locations)


def name_location(definition: object, pointer: str) -> str:
    """Return a JSON pointer into a definition as people read it.

    >>> name_location({"labels": [{"id": "Claim", "attributes": [{"id": "type"}]}]}, "/labels/0/attributes/0/choices")
    'label “Claim”, attribute “type”, choices'
    """
    words: list[str] = []
    value = definition
    kind = ""
    for part in pointer.split("/")[1:]:
        if isinstance(value, list):
            value = value[int(part)] if int(part) < len(value) else None
            name = value.get("id") or value.get("name") if isinstance(value, dict) else value
            words[-1] = (
                f"{KINDS.get(kind, kind)} “{name}”"
                if isinstance(name, str)
                else f"{KINDS.get(kind, kind)} {int(part) + 1}"
            )
        else:
            kind = part.replace("~1", "/").replace("~0", "~")
            value = value.get(kind) if isinstance(value, dict) else None
            words.append(kind)
    return ", ".join(words)


def _schema(root: JsonObject) -> Schema:
    labels = _labels(root)
    relations = _relations(root, labels)
    document_attributes: dict[str, Attribute] = {}
    if "document_attributes" in root.fields:  # schemas without them stay as they are, to the byte
        document_attributes = _attributes(root, "document_attributes", DOCUMENT_TYPES)
    _check_hotkeys(root, labels, relations)
    return Schema(
        id=root.string("id", "schema", longest=64),
        version=root.string("version", "1", longest=32),
        name=root.string("name", "Schema", longest=100),
        description=root.string("description"),
        labels=labels,
        relations=relations,
        nesting=_nesting(root.object("nesting"), labels),
        boundaries=_boundaries(root.object("boundaries")),
        lint=tuple(_lint(root)),
        definition=root.fields,
        document_attributes=document_attributes,
    )


# The rules of `static/editor/model/text/ends.js`.
DEFAULT_ENDS = ("noun", "verb", "clause", "reply", "punctuation")


def _labels(root: JsonObject) -> dict[str, Label]:
    if not root.fields.get("labels"):
        root.add_error("labels", 'At least one label is required, such as {"id": "Person"}.')
    labels: dict[str, Label] = {}
    free_digits = iter([digit for digit in "123456789" if digit not in _assigned_hotkeys(root.fields)])
    for index, item in enumerate(root.objects("labels", longest=MOST_LABELS)):
        if "hotkey" not in item.fields:
            item.fields["hotkey"] = next(free_digits, "")
        identifier = _identifier(item, labels)
        if item.fields.get("default_end", "punctuation") not in DEFAULT_ENDS:
            item.add_error("default_end", f"“default_end” must be one of {', '.join(DEFAULT_ENDS)}.")
        labels[identifier] = Label(
            id=identifier,
            name=_name(item, identifier),
            description=item.string("description"),
            color=_color(item, index),
            hotkey=_hotkey(item),
            optional=item.boolean("optional"),
            discontinuous=item.boolean("discontinuous"),
            attributes=_attributes(item, "attributes", SPAN_TYPES),
            index=index,
        )
    return labels


def _attributes(holder: JsonObject, key: str, types: Sequence[AttributeType]) -> dict[str, Attribute]:
    attributes: dict[str, Attribute] = {}
    for item in holder.objects(key, longest=MOST_ATTRIBUTES):
        identifier = _identifier(item, attributes)
        attributes[identifier] = _attribute(item, identifier, types)
    return attributes


def _attribute(item: JsonObject, identifier: str, types: Sequence[AttributeType]) -> Attribute:
    likely = AttributeType.CHOICE if item.fields.get("choices") else AttributeType.TEXT
    kind = AttributeType(item.choice("type", likely.value, [type_.value for type_ in types]))
    choices: dict[str, Choice] = {}
    for choice in item.objects("choices", longest=MOST_CHOICES):
        choice_id = _identifier(choice, choices)
        choices[choice_id] = Choice(choice_id, _name(choice, choice_id), choice.string("description"), _hotkey(choice))
    default = item.string("default", longest=500)
    if kind.has_choices and not choices:
        item.add_error("choices", f"An attribute of type “{kind}” requires choices.")
    elif default and types is DOCUMENT_TYPES:
        item.add_error("default", "Attributes of the document have no default: each annotator sets them.")
    elif kind is AttributeType.CHOICE and default and default not in choices:
        item.add_error("default", f"“{default}” is not one of the choices.")
    elif choices and not kind.has_choices:
        item.add_error("choices", f"An attribute of type “{kind}” must not have choices.")
    registry = item.string("registry", "speakers", longest=64) if kind is AttributeType.REGISTRY else ""
    return Attribute(
        id=identifier,
        name=_name(item, identifier),
        description=item.string("description"),
        type=kind,
        required=item.boolean("required"),
        default=default,
        registry=registry,
        choices=choices,
    )


def _relations(root: JsonObject, labels: Mapping[str, Label]) -> dict[str, RelationType]:
    relations: dict[str, RelationType] = {}
    for item in root.objects("relations", longest=MOST_RELATIONS):
        identifier = _identifier(item, relations)
        from_labels = _known_labels(item, "from", labels)
        relations[identifier] = RelationType(
            id=identifier,
            name=_name(item, identifier),
            description=item.string("description"),
            from_labels=from_labels,
            to_labels=_known_labels(item, "to", labels),
            hotkey=_hotkey(item),
            optional=item.boolean("optional"),
            cardinality=item.choice("cardinality", CARDINALITIES[0], CARDINALITIES),
            acyclic=item.boolean("acyclic"),
            from_attribute=_from_attribute(item.object("from_attribute"), [labels[name] for name in from_labels]),
        )
    return relations


def _from_attribute(item: JsonObject, from_labels: list[Label]) -> dict[str, tuple[str, ...]]:
    expected: dict[str, tuple[str, ...]] = {}
    for name in item.fields:
        attributes = [label.attributes[name] for label in from_labels if name in label.attributes]
        if not attributes:
            item.add_error(name, "None of the labels under “from” has this attribute.")
        values = item.strings(name)
        for value in values:
            if attributes and all(attribute.check(value) for attribute in attributes):
                item.add_error(name, f"“{value}” is not one of the choices of the attribute.")
        expected[name] = values
    return expected


def _nesting(item: JsonObject, labels: Mapping[str, Label]) -> Nesting:
    inside = item.object("may_contain")
    for name in inside.fields:
        if name not in labels:
            inside.add_error(name, f"Unknown label “{name}”.")
    return Nesting(
        crossing=item.choice("crossing", "allowed", ("allowed", "forbidden")) == "allowed",
        identical_extent=item.choice("identical_extent", "allowed", ("allowed", "forbidden")) == "allowed",
        may_contain={name: _known_labels(inside, name, labels) for name in inside.fields},
        max_same_label_depth=item.integer("max_same_label_depth", lowest=1),
    )


def _boundaries(item: JsonObject) -> Boundaries:
    pairs = item.strings("balanced_pairs")
    for pair in pairs:
        if len(pair) != 2:
            item.add_error("balanced_pairs", f"“{pair}” must be an opening and a closing mark.")
    return Boundaries(
        trim_whitespace=item.boolean("trim_whitespace", default=True),
        trim_trailing=item.strings("trim_trailing"),
        keep_trailing=item.strings("keep_trailing"),
        balanced_pairs=pairs,
    )


def _lint(root: JsonObject) -> list[LintRule]:
    rules: dict[str, LintRule] = {}
    for item in root.objects("lint", longest=MOST_LINT):
        identifier = _identifier(item, rules)
        severity = item.choice("severity", "warning", ("info", "warning", "error"))
        rules[identifier] = LintRule(identifier, severity, item.string("when"))
    return list(rules.values())


def _identifier(item: JsonObject, taken: Mapping[str, object]) -> str:
    """Return the id of an object; a missing or invalid id is reported and replaced by a unique one."""
    value = item.fields.get("id")
    if not isinstance(value, str) or not is_id(value):
        item.add_error(
            "id",
            f"An id must have 1 to {LONGEST_ID} characters, without control characters, and must not begin or end with "
            "a space.",
        )
    elif value in taken:
        item.add_error("id", f"“{value}” is used twice.")
    else:
        return value
    return item.pointer


def is_id(value: str) -> bool:
    """Return whether a string can be the id of a label, attribute, choice or relation type.

    >>> [is_id(value) for value in ("Claim", "人名", "2 Health", "", " PER", "a" * 65)]
    [True, True, True, False, False, False]
    """
    return 1 <= len(value) <= LONGEST_ID and value == value.strip() and not NOT_IN_IDS.search(value)


def _name(item: JsonObject, identifier: str) -> str:
    name = item.string("name", identifier, longest=100)
    if not name.strip():
        item.add_error("name", "The name is empty; omit it to use the id.")
    return name


def _color(item: JsonObject, index: int) -> str:
    color = item.string("color", PALETTE[index % len(PALETTE)])
    if not COLOR.match(color):
        item.add_error("color", f"“{color[:40]}” must be a colour such as #0072B2.")
    return color


def _hotkey(item: JsonObject) -> str:
    hotkey = item.string("hotkey")
    if hotkey and (len(hotkey) != 1 or not hotkey.isprintable() or hotkey.isspace()):
        item.add_error("hotkey", "A hotkey must be one printable character.")
    return hotkey


def _known_labels(item: JsonObject, key: str, labels: Mapping[str, Label]) -> tuple[str, ...]:
    """Return a list of labels; all labels when it is missing."""
    names = item.strings(key, list(labels))
    for name in names:
        if name not in labels:
            item.add_error(key, f"Unknown label “{name}”.")
    return tuple(dict.fromkeys(name for name in names if name in labels))


def _assigned_hotkeys(value: object) -> set[str]:
    """Return all hotkeys in a definition, valid or not."""
    if isinstance(value, list):
        return set().union(*map(_assigned_hotkeys, value))
    if not isinstance(value, dict):
        return set()
    own = value.get("hotkey")
    return set().union(*map(_assigned_hotkeys, value.values()), {own} if isinstance(own, str) else set())


def _check_hotkeys(root: JsonObject, labels: Mapping[str, Label], relations: Mapping[str, RelationType]) -> None:
    """Report hotkeys that are used twice: among labels and relations, and among these and the choices of one label."""
    taken: dict[str, str] = {}
    for kind, hotkeys in (
        ("labels", {label.id: label.hotkey for label in labels.values()}),
        ("relations", {relation.id: relation.hotkey for relation in relations.values()}),
    ):
        for index, (name, hotkey) in enumerate(hotkeys.items()):
            _take(root, hotkey, name, taken, f"{kind}/{index}/hotkey")
    for label in labels.values():
        taken_on_label = dict(taken)
        for number, attribute in enumerate(label.attributes.values()):
            for index, choice in enumerate(attribute.choices.values()):
                pointer = f"labels/{label.index}/attributes/{number}/choices/{index}/hotkey"
                _take(root, choice.hotkey, choice.id, taken_on_label, pointer)


def _take(root: JsonObject, hotkey: str, name: str, taken: dict[str, str], pointer: str) -> None:
    if hotkey in taken:
        root.add_error(pointer, f"The hotkey “{hotkey}” is already used for “{taken[hotkey]}”.")
    elif hotkey:
        taken[hotkey] = name
