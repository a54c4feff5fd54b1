import { gettext, interpolate } from "../../pages/text.js";
import { valueOf } from "./fields.js";
import { parseBoundaries } from "./text/boundary_rules.js";

/**
 * @typedef {import("./types.js").Schema} Schema
 * @typedef {import("./types.js").Attribute} Attribute
 * @typedef {import("./types.js").Span} Span
 */

/** The longest value of an attribute, and the longest note, that the server stores, in code points. */
export const LONGEST_VALUE = 500;
export const LONGEST_NOTE = 2000;

/** With more choices than this, an attribute has a field to type into in place of buttons. */
export const MOST_BUTTONS = 12;

/**
 * Return why the schema forbids a span; "" when it may be stored. Attributes may be missing, even required ones.
 *
 * @param {Schema} schema
 * @param {Span} span
 * @returns {string}
 */
export function spanProblem(schema, span) {
  const label = span.id === "" ? schema.whole : schema.labels.get(span.label);
  if (!label) return interpolate(gettext("The schema has no label “%(label)s”."), { label: span.label });
  if (span.fragments.length > 1 && !label.discontinuous) {
    return interpolate(gettext("%(label)s spans cannot have several fragments."), { label: label.name });
  }
  for (const [name, value] of Object.entries(span.attributes)) {
    const attribute = label.attributes.find((known) => known.id === name);
    if (!attribute) {
      return interpolate(gettext("%(label)s spans have no attribute “%(attribute)s”."),
        { label: label.name, attribute: name });
    }
    if (!allowsValue(attribute, value)) {
      return interpolate(gettext("“%(attribute)s” cannot be “%(value)s”."), { attribute: attribute.name, value });
    }
  }
  return "";
}

/**
 * Return why the schema forbids a relation between spans with two labels; "" when it may be stored.
 *
 * @param {Schema} schema
 * @param {string} relation id of the type
 * @param {string} from
 * @param {string} to
 * @returns {string}
 */
export function pairProblem(schema, relation, from, to) {
  const type = schema.relations.get(relation);
  if (!type) return interpolate(gettext("The schema has no relation “%(relation)s”."), { relation });
  const name = (/** @type {string} */ id) => schema.labels.get(id)?.name ?? id;
  if (!type.from.includes(from)) {
    return interpolate(gettext("“%(relation)s” cannot start at %(label)s."),
      { relation: type.name, label: name(from) });
  }
  return type.to.includes(to) ? ""
    : interpolate(gettext("“%(relation)s” cannot lead to %(label)s."), { relation: type.name, label: name(to) });
}

/**
 * Return whether an attribute allows a value.
 *
 * @param {Attribute} attribute
 * @param {import("./types.js").Value} value
 * @returns {boolean}
 */
export function allowsValue({ type, choices }, value) {
  if (type === "number") return Number.isFinite(value);
  if (type === "text" || type === "registry") return fits(value, LONGEST_VALUE);
  return [value].flat().every((id) => choices.some((choice) => choice.id === id));
}

/**
 * Return whether a string can be stored: it is not too long and has no NUL and no lone surrogate.
 *
 * @param {string} text
 * @param {number} longest in code points
 * @returns {boolean}
 */
export function fits(text, longest) {
  return !/[\0\p{Surrogate}]/u.test(text) && (text.length <= longest || Array.from(text).length <= longest);
}

/**
 * @typedef {import("./types.js").Label} Label
 * @typedef {import("./types.js").RelationType} RelationType
 * @typedef {import("./types.js").EditorState} EditorState
 * @typedef {Record<string, any>} Json parsed JSON of the stored schema, checked by the server
 */

/** The line patterns that tell labels apart without colour, by their index; with more labels they repeat. */
export const PATTERNS = Object.freeze(
  ["solid", "thick", "dashed", "dotted", "dash-dot", "hairline", "long-dash", "double", "thick-dashed"]);

/**
 * @param {Json} json schema.json as it is stored
 * @param {{showOptional?: boolean}} [options]
 * @returns {Schema}
 */
export function parseSchema(json, { showOptional = false } = {}) {
  const labels = json.labels.map(parseLabel);
  const ids = labels.map((/** @type {Label} */ label) => label.id);
  const relations = (json.relations ?? []).map((/** @type {Json} */ relation) => parseRelation(relation, ids));
  return {
    labels: new Map(labels.map((/** @type {Label} */ label) => [label.id, label])),
    whole: parseLabel({ id: "", name: gettext("Document"), hotkey: "", attributes: json.document_attributes }, -1),
    relations: new Map(relations.map((/** @type {RelationType} */ type) => [type.id, type])),
    showOptional,
    boundaries: parseBoundaries(json.boundaries),
  };
}

/**
 * Where spans of a label end by default, by the value of `default_end` or the id of a label.
 *
 * @type {Readonly<Record<string, import("./text/ends.js").EndRule>>}
 */
const END_RULES = Object.freeze({ noun: "noun", verb: "verb", clause: "clause", reply: "reply",
  punctuation: "punctuation", Speaker: "noun", Source: "noun", Cue: "verb", Claim: "clause", Content: "clause",
  Denial: "reply", Hedge: "reply" });

/**
 * @param {Json} json
 * @param {number} index
 * @returns {Label}
 */
function parseLabel(json, index) {
  return {
    id: json.id,
    name: json.name ?? json.id,
    description: json.description ?? "",
    color: json.color ?? "",
    hotkey: json.hotkey ?? (index < 9 ? String(index + 1) : ""),
    optional: json.optional === true,
    discontinuous: json.discontinuous === true,
    attributes: (json.attributes ?? []).map(parseAttribute),
    pattern: PATTERNS[index % PATTERNS.length],
    index,
    rule: END_RULES[json.default_end ?? json.id] ?? "punctuation",
  };
}

/**
 * @param {Json} json
 * @returns {Attribute}
 */
function parseAttribute(json) {
  return {
    id: json.id,
    name: json.name ?? json.id,
    type: json.type ?? (json.choices?.length > 0 ? "choice" : "text"),
    required: json.required === true,
    default: json.default ?? "",
    choices: (json.choices ?? []).map((/** @type {Json} */ choice) => ({
      id: choice.id,
      name: choice.name ?? choice.id,
      description: choice.description ?? "",
      ...(choice.hotkey ? { hotkey: choice.hotkey } : {}),
    })),
  };
}

/**
 * @param {Json} json
 * @param {string[]} labels all of them, which is what a list that is left out means
 * @returns {RelationType}
 */
function parseRelation(json, labels) {
  return {
    id: json.id,
    name: json.name ?? json.id,
    description: json.description ?? "",
    from: json.from ?? labels,
    to: json.to ?? labels,
    hotkey: json.hotkey ?? "",
    fromAttribute: json.from_attribute ?? {},
    single: json.cardinality === "many-to-one" || json.cardinality === "one-to-one",
    acyclic: json.acyclic === true,
  };
}

/**
 * Return the label with an id; for an id that the schema does not have, a plain label that shows it.
 *
 * @param {Schema} schema
 * @param {string} id
 * @returns {Label}
 */
export function labelOf(schema, id) {
  return id === "" ? schema.whole : schema.labels.get(id) ?? {
    id, name: id, description: gettext("This label is not in the schema."), color: "", hotkey: "", optional: false,
    discontinuous: true, attributes: [], pattern: "hairline", index: -1, rule: "punctuation",
  };
}

/**
 * Return the labels to show: optional ones only when the project shows them or a span has one.
 *
 * @param {Pick<EditorState, "schema"|"spans">} state
 * @returns {Label[]}
 */
export function visibleLabels({ schema, spans }) {
  return [...schema.labels.values()].filter((label) =>
    !label.optional || schema.showOptional || spans.countOf(label.id) > 0);
}

/**
 * Return the attributes of a new span: the defaults of the schema; empty defaults are not set.
 *
 * @param {Label} label
 * @returns {Record<string, string>}
 */
export function defaultAttributes(label) {
  return Object.fromEntries(label.attributes.filter((attribute) => attribute.default !== "")
    .map((attribute) => [attribute.id, attribute.default]));
}

/**
 * Return the attributes after a change of label: values that the new label allows are kept, then those that the span
 * had when it had this label before, then the defaults.
 *
 * @param {Pick<EditorState, "schema"|"formerAttributes">} state
 * @param {Span} span
 * @param {Label} label the new one
 * @returns {Record<string, string|null>} with null for those to remove
 */
export function attributesForLabel({ schema, formerAttributes }, span, label) {
  const former = formerAttributes.get(`${span.id} ${label.id}`) ?? {};
  const defaults = defaultAttributes(labelOf(schema, span.label));
  const allows = (/** @type {Attribute} */ attribute, /** @type {string|null|undefined} */ value) =>
    value !== null && value !== undefined && allowsValue(attribute, value);
  const kept = label.attributes.flatMap((attribute) => {
    const [now, before] = [valueOf(span, attribute.id), former[attribute.id]];
    const isDefault = Object.hasOwn(former, attribute.id) && now === defaults[attribute.id];
    return [isDefault ? before : now, before].filter((value) => allows(attribute, value)).slice(0, 1)
      .map((value) => [attribute.id, value]);
  });
  return Object.fromEntries([
    ...Object.keys(span.attributes).map((name) => [name, null]),
    ...Object.entries(defaultAttributes(label)),
    ...kept,
  ]);
}

/**
 * Return whether a relation of this type may start at a span.
 *
 * @param {RelationType} type
 * @param {Span} span
 * @returns {boolean}
 */
export function startsAt(type, span) {
  return type.from.includes(span.label)
    && Object.entries(type.fromAttribute).every(([name, values]) => values.includes(valueOf(span, name) ?? ""));
}

/**
 * Return why a relation may not be added; "" when it may.
 *
 * @param {Pick<EditorState, "schema"|"relations">} state
 * @param {RelationType} type
 * @param {Span} from
 * @param {Span} to
 * @returns {string}
 */
export function relationProblem({ schema, relations }, type, from, to) {
  if (from.id === to.id) return gettext("A relation needs two different spans.");
  const names = { relation: type.name, label: labelOf(schema, from.label).name };
  const problem = pairProblem(schema, type.id, from.label, to.label);
  if (problem) return problem;
  if (!startsAt(type, from)) {
    return interpolate(gettext("“%(relation)s” cannot start at this %(label)s span."), names);
  }
  const same = relations.from(from.id).filter((relation) => relation.label === type.id);
  if (same.some((relation) => relation.to === to.id)) {
    return interpolate(gettext("The relation “%(relation)s” between these spans exists already."), names);
  }
  if (type.single && same.length > 0) {
    return interpolate(gettext("This %(label)s span has a relation “%(relation)s” already. Delete that one first."),
      names);
  }
  const isCircular = type.acyclic && leadsTo(relations, type.id, to.id, from.id);
  return isCircular ? interpolate(gettext("“%(relation)s” relations cannot form a circle."), names) : "";
}

/**
 * @param {EditorState["relations"]} relations
 * @param {string} label
 * @param {string} start
 * @param {string} goal
 */
function leadsTo(relations, label, start, goal) {
  const seen = new Set([start]);
  for (const id of seen) {
    if (id === goal) return true;
    for (const relation of relations.from(id)) if (relation.label === label) seen.add(relation.to);
  }
  return false;
}
