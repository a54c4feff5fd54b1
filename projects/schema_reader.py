"""Reading an annotation schema from JSON: everything that is wrong at once, each with a JSON pointer. Pure.

The least that is needed is `{"labels": [{"id": "Person"}]}`. What is left out is filled in (names from ids, colours
from a palette told apart by colour-blind readers, digits as hotkeys); what is not known here is kept as it is.
"""

import copy
import json
import re
from collections.abc import Mapping

from annotator.problems import InvalidInput
from annotator.text.json_objects import JsonObject, storage_errors
from projects.schema import Attribute, AttributeType, Boundaries, Choice, Label, LintRule, Nesting, RelationType, Schema

ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}\Z")
COLOR = re.compile(r"#[0-9A-Fa-f]{6}\Z")
# Okabe and Ito's palette without yellow and black, which vanish on white and on dark, and four more of like contrast.
PALETTE = (
    "#0072B2", "#009E73", "#D55E00", "#E69F00", "#CC79A7", "#56B4E9", "#7A5195", "#8C564B", "#5B8C00", "#B22255",
)  # fmt: skip
CARDINALITIES = ("many-to-many", "many-to-one", "one-to-many", "one-to-one")
MOST_LABELS, MOST_RELATIONS, MOST_ATTRIBUTES, MOST_CHOICES, MOST_LINT = 60, 40, 20, 200, 100
LARGEST = 512 * 1024


def read_schema(definition: object) -> Schema:
    """Return the schema that a definition describes, or raise `InvalidInput` with all that is wrong in it.

    The argument is left as it is; `Schema.definition` is a completed copy.
    """
    if not isinstance(definition, dict):
        raise _invalid(JsonObject({}, "", [{"pointer": "", "detail": "This must be an object with “labels”."}]))
    if errors := list(storage_errors(definition)):
        raise _invalid(JsonObject({}, "", errors))
    if len(json.dumps(definition)) > LARGEST:
        raise InvalidInput(f"The schema is larger than {LARGEST // 1024} kB. Shorten its descriptions.")
    root = JsonObject(copy.deepcopy(definition), "", [])
    schema = _schema(root)
    if root.errors:
        raise _invalid(root)
    return schema


def _invalid(root: JsonObject) -> InvalidInput:
    first, count = root.errors[0], len(root.errors)
    more = f" (The first of {count} things that are wrong.)" if count > 1 else ""
    where = first["pointer"] or "the schema"
    detail = f"The schema cannot be used: at {where}: {first['detail']}{more}"
    return InvalidInput(detail, errors=root.errors)


def _schema(root: JsonObject) -> Schema:
    labels = _labels(root)
    relations = _relations(root, labels)
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
    )


def _labels(root: JsonObject) -> dict[str, Label]:
    if not root.fields.get("labels"):
        root.add_error("labels", 'A schema needs at least one label, such as {"id": "Person"}.')
    labels: dict[str, Label] = {}
    free_digits = iter([digit for digit in "123456789" if digit not in _hotkeys_given(root.fields)])
    for index, item in enumerate(root.objects("labels", longest=MOST_LABELS)):
        if "hotkey" not in item.fields:
            item.fields["hotkey"] = next(free_digits, "")
        identifier = _identifier(item, labels)
        labels[identifier] = Label(
            id=identifier,
            name=_name(item, identifier),
            description=item.string("description"),
            color=_color(item, index),
            hotkey=_hotkey(item),
            optional=item.boolean("optional"),
            discontinuous=item.boolean("discontinuous"),
            attributes=_attributes(item),
            index=index,
        )
    return labels


def _attributes(label: JsonObject) -> dict[str, Attribute]:
    attributes: dict[str, Attribute] = {}
    for item in label.objects("attributes", longest=MOST_ATTRIBUTES):
        identifier = _identifier(item, attributes)
        attributes[identifier] = _attribute(item, identifier)
    return attributes


def _attribute(item: JsonObject, identifier: str) -> Attribute:
    likely = AttributeType.CHOICE if item.fields.get("choices") else AttributeType.TEXT
    kind = AttributeType(item.choice("type", likely.value, [each.value for each in AttributeType]))
    choices: dict[str, Choice] = {}
    for choice in item.objects("choices", longest=MOST_CHOICES):
        choice_id = _identifier(choice, choices)
        choices[choice_id] = Choice(choice_id, _name(choice, choice_id), choice.string("description"), _hotkey(choice))
    default = item.string("default", longest=500)
    if kind is AttributeType.CHOICE and not choices:
        item.add_error("choices", "An attribute of type “choice” needs choices.")
    elif kind is AttributeType.CHOICE and default and default not in choices:
        item.add_error("default", f"“{default}” is not among the choices.")
    elif kind is not AttributeType.CHOICE and choices:
        item.add_error("choices", f"An attribute of type “{kind}” has no choices.")
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
            item.add_error(name, "No label that the relation leads from has this attribute.")
        values = item.strings(name)
        for value in values:
            if attributes and all(attribute.check(value) for attribute in attributes):
                item.add_error(name, f"“{value}” is not among the choices of the attribute.")
        expected[name] = values
    return expected


def _nesting(item: JsonObject, labels: Mapping[str, Label]) -> Nesting:
    inside = item.object("may_contain")
    for name in inside.fields:
        if name not in labels:
            inside.add_error(name, f"There is no label “{name}”.")
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
            item.add_error("balanced_pairs", f"“{pair}” is not an opening and a closing mark.")
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
    """Return the id of an object; one that is missing or wrong is reported and gets a name that no other can have."""
    value = item.fields.get("id")
    if not isinstance(value, str) or not ID.match(value):
        item.add_error("id", "An id begins with a letter A-Z and goes on with letters, digits, _ and -, 64 at most.")
    elif value in taken:
        item.add_error("id", f"“{value}” is there twice.")
    else:
        return value
    return item.pointer


def _name(item: JsonObject, identifier: str) -> str:
    name = item.string("name", identifier, longest=100)
    if not name.strip():
        item.add_error("name", "A name must not be empty; leave it out to use the id.")
    return name


def _color(item: JsonObject, index: int) -> str:
    color = item.string("color", PALETTE[index % len(PALETTE)])
    if not COLOR.match(color):
        item.add_error("color", f"“{color[:40]}” is not a colour like #0072B2.")
    return color


def _hotkey(item: JsonObject) -> str:
    hotkey = item.string("hotkey")
    if hotkey and (len(hotkey) != 1 or not hotkey.isprintable() or hotkey.isspace()):
        item.add_error("hotkey", "A hotkey is one character that a single key types.")
    return hotkey


def _known_labels(item: JsonObject, key: str, labels: Mapping[str, Label]) -> tuple[str, ...]:
    """Return a list of labels; when it is left out, all of them."""
    names = item.strings(key, list(labels))
    for name in names:
        if name not in labels:
            item.add_error(key, f"There is no label “{name}”.")
    return tuple(dict.fromkeys(name for name in names if name in labels))


def _hotkeys_given(value: object) -> set[str]:
    """Return every hotkey named anywhere in a definition, right or wrong."""
    if isinstance(value, list):
        return set().union(*map(_hotkeys_given, value))
    if not isinstance(value, dict):
        return set()
    own = value.get("hotkey")
    return set().union(*map(_hotkeys_given, value.values()), {own} if isinstance(own, str) else set())


def _check_hotkeys(root: JsonObject, labels: Mapping[str, Label], relations: Mapping[str, RelationType]) -> None:
    """Complain of keys that would mean two things at once: labels and relations always, choices on their own label."""
    taken: dict[str, str] = {}
    for place, hotkeys in (
        ("labels", {label.id: label.hotkey for label in labels.values()}),
        ("relations", {relation.id: relation.hotkey for relation in relations.values()}),
    ):
        for index, (name, hotkey) in enumerate(hotkeys.items()):
            _take(root, hotkey, name, taken, f"{place}/{index}/hotkey")
    for label in labels.values():
        taken_on_label = dict(taken)
        for number, attribute in enumerate(label.attributes.values()):
            for index, choice in enumerate(attribute.choices.values()):
                where = f"labels/{label.index}/attributes/{number}/choices/{index}/hotkey"
                _take(root, choice.hotkey, choice.id, taken_on_label, where)


def _take(root: JsonObject, hotkey: str, name: str, taken: dict[str, str], where: str) -> None:
    if hotkey in taken:
        root.add_error(where, f"“{hotkey}” belongs to “{taken[hotkey]}” already.")
    elif hotkey:
        taken[hotkey] = name
