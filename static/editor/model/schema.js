import { valueOf } from "./fields.js";
import { parseBoundaries } from "./text/boundary_rules.js";

/**
 * @typedef {import("./types.js").Schema} Schema
 * @typedef {import("./types.js").Attribute} Attribute
 * @typedef {import("./types.js").Span} Span
 */

/** What the server keeps of the value of an attribute, and of a note, in code points. */
export const LONGEST_VALUE = 500;
export const LONGEST_NOTE = 2000;

/**
 * What the schema forbids about a span; "" when it may be stored. An attribute may be missing, even a required one.
 *
 * @param {Schema} schema
 * @param {Span} span
 * @returns {string}
 */
export function spanProblem(schema, span) {
  const label = schema.labels.get(span.label);
  if (!label) return `The schema has no label “${span.label}”.`;
  if (span.fragments.length > 1 && !label.discontinuous) return `A ${label.name} cannot have several parts.`;
  for (const [name, value] of Object.entries(span.attributes)) {
    const attribute = label.attributes.find((known) => known.id === name);
    if (!attribute) return `A ${label.name} has no attribute “${name}”.`;
    if (!allowsValue(attribute, value)) return `“${attribute.name}” cannot be “${value}”.`;
  }
  return "";
}

/**
 * What the schema forbids about a relation between spans with two labels; "" when it may be stored.
 *
 * @param {Schema} schema
 * @param {string} relation id of the type
 * @param {string} from
 * @param {string} to
 * @returns {string}
 */
export function pairProblem(schema, relation, from, to) {
  const type = schema.relations.get(relation);
  if (!type) return `The schema has no relation “${relation}”.`;
  const name = (/** @type {string} */ id) => schema.labels.get(id)?.name ?? id;
  if (!type.from.includes(from)) return `“${type.name}” cannot start at a ${name(from)}.`;
  return type.to.includes(to) ? "" : `“${type.name}” cannot lead to a ${name(to)}.`;
}

/**
 * Whether an attribute takes a value.
 *
 * @param {Attribute} attribute
 * @param {string} value
 * @returns {boolean}
 */
export function allowsValue(attribute, value) {
  if (attribute.type === "choice") return attribute.choices.some((choice) => choice.id === value);
  return fits(value, LONGEST_VALUE);
}

/**
 * Whether a text can be stored: not too long, no NUL, no half of a surrogate pair.
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

/** How labels are told apart without colour, by their index; used again from the start when there are more. */
export const PATTERNS = Object.freeze(
  ["solid", "thick", "dashed", "dotted", "dash-dot", "hairline", "long-dash", "double", "thick-dashed"]);

/**
 * @param {Json} json schema.json as stored
 * @param {{showOptional?: boolean}} [options]
 * @returns {Schema}
 */
export function parseSchema(json, { showOptional = false } = {}) {
  const labels = json.labels.map(parseLabel);
  const ids = labels.map((/** @type {Label} */ label) => label.id);
  const relations = (json.relations ?? []).map((/** @type {Json} */ relation) => parseRelation(relation, ids));
  return {
    labels: new Map(labels.map((/** @type {Label} */ label) => [label.id, label])),
    relations: new Map(relations.map((/** @type {RelationType} */ type) => [type.id, type])),
    showOptional,
    boundaries: parseBoundaries(json.boundaries),
  };
}

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
 * The label of an id; for one that the schema does not know, a plain label that shows the id.
 *
 * @param {Schema} schema
 * @param {string} id
 * @returns {Label}
 */
export function labelOf(schema, id) {
  return schema.labels.get(id) ?? {
    id, name: id, description: "This label is not in the schema of this set.", color: "", hotkey: "", optional: false,
    discontinuous: true, attributes: [], pattern: "hairline", index: -1,
  };
}

/**
 * Labels to offer: optional ones only when the project shows them or a span has one.
 *
 * @param {Pick<EditorState, "schema"|"spans">} state
 * @returns {Label[]}
 */
export function visibleLabels({ schema, spans }) {
  return [...schema.labels.values()].filter((label) =>
    !label.optional || schema.showOptional || spans.countOf(label.id) > 0);
}

/**
 * Attributes of a new span: what the schema gives as default; empty defaults are not set.
 *
 * @param {Label} label
 * @returns {Record<string, string>}
 */
export function defaultAttributes(label) {
  return Object.fromEntries(label.attributes.filter((attribute) => attribute.default !== "")
    .map((attribute) => [attribute.id, attribute.default]));
}

/**
 * Attributes after a change of label: what the new label has and allows stays, the rest gets its defaults.
 *
 * @param {Span} span
 * @param {Label} label the new one
 * @returns {Record<string, string|null>} with null for what goes
 */
export function attributesForLabel(span, label) {
  const kept = label.attributes.map((attribute) => ({ attribute, value: valueOf(span, attribute.id) }))
    .filter(({ attribute, value }) => value !== null && allowsValue(attribute, value));
  return Object.fromEntries([
    ...Object.keys(span.attributes).map((name) => [name, null]),
    ...Object.entries(defaultAttributes(label)),
    ...kept.map(({ attribute, value }) => [attribute.id, value]),
  ]);
}

/**
 * Relation types of the schema that may go from one span to another.
 *
 * @param {Schema} schema
 * @param {Span} from
 * @param {Span} to
 * @returns {RelationType[]}
 */
export function allowedRelations(schema, from, to) {
  return [...schema.relations.values()].filter((type) => allowsPair(type, from, to));
}

/**
 * Whether a relation of this type may start at a span.
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
 * Whether a relation of this type may go from one span to another, whatever else is there.
 *
 * @param {RelationType} type
 * @param {Span} from
 * @param {Span} to
 * @returns {boolean}
 */
export function allowsPair(type, from, to) {
  return from.id !== to.id && startsAt(type, from) && type.to.includes(to.label);
}

/**
 * Why a relation may not be added; "" when it may.
 *
 * @param {Pick<EditorState, "schema"|"relations">} state
 * @param {RelationType} type
 * @param {Span} from
 * @param {Span} to
 * @returns {string}
 */
export function relationProblem({ schema, relations }, type, from, to) {
  if (from.id === to.id) return "A relation needs two different spans.";
  const first = labelOf(schema, from.label).name;
  const problem = pairProblem(schema, type.id, from.label, to.label);
  if (problem) return problem;
  if (!startsAt(type, from)) return `“${type.name}” cannot start at this ${first}.`;
  const same = relations.from(from.id).filter((relation) => relation.label === type.id);
  if (same.some((relation) => relation.to === to.id)) return `This “${type.name}” is there already.`;
  if (type.single && same.length > 0) return `This ${first} has a “${type.name}” already; remove it first.`;
  if (type.acyclic && leadsTo(relations, type.id, to.id, from.id)) return `“${type.name}” would lead in a circle.`;
  return "";
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
