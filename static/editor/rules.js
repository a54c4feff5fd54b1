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
