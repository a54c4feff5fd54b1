import { compareText, sameFragments } from "./fragments.js";
import { newId } from "../../pages/identifiers.js";

/**
 * @typedef {import("./types.js").Span} Span
 * @typedef {import("./types.js").SpanFields} SpanFields
 * @typedef {import("./types.js").UpdateSpan} UpdateSpan
 * @typedef {import("./types.js").Relation} Relation
 */

/**
 * Return a span with some fields replaced; attributes one by one, null removes one.
 *
 * @param {Span} span
 * @param {SpanFields} fields
 * @returns {Span}
 */
export function withFields(span, fields) {
  const { attributes: changed = {}, ...rest } = fields;
  const attributes = new Map(Object.entries(span.attributes));
  for (const [name, value] of Object.entries(changed)) {
    if (value === null) attributes.delete(name);
    else attributes.set(name, value);
  }
  return { ...span, ...rest, attributes: Object.fromEntries(attributes) };
}

/**
 * Return the change that updates a span, with only the fields that differ; null when none does.
 *
 * @param {Span} span as it is
 * @param {SpanFields} wanted
 * @returns {UpdateSpan|null}
 */
export function updateOf(span, wanted) {
  /** @type {SpanFields} */
  const before = {};
  /** @type {SpanFields} */
  const after = {};
  if (wanted.label !== undefined && wanted.label !== span.label) {
    [before.label, after.label] = [span.label, wanted.label];
  }
  if (wanted.note !== undefined && wanted.note !== span.note) [before.note, after.note] = [span.note, wanted.note];
  if (wanted.fragments && !sameFragments(wanted.fragments, span.fragments)) {
    [before.fragments, after.fragments] = [span.fragments, wanted.fragments];
  }
  const names = Object.entries(wanted.attributes ?? {})
    .filter(([name, value]) => !sameValue(valueOf(span, name), value));
  if (names.length > 0) {
    before.attributes = Object.fromEntries(names.map(([name]) => [name, valueOf(span, name)]));
    after.attributes = Object.fromEntries(names);
  }
  return fieldsOf(after).length > 0 ? { id: newId(), kind: "update_span", span_id: span.id, before, after } : null;
}

/**
 * @param {Span} span
 * @param {string} name
 * @returns {import("./types.js").Value|null} null when the attribute is not set
 */
export function valueOf(span, name) {
  return Object.hasOwn(span.attributes, name) ? span.attributes[name] : null;
}

/**
 * Return whether a span has these values.
 *
 * @param {Span} span
 * @param {SpanFields} fields
 * @returns {boolean}
 */
export function hasFields(span, fields) {
  if (fields.label !== undefined && fields.label !== span.label) return false;
  if (fields.note !== undefined && fields.note !== span.note) return false;
  if (fields.fragments && !sameFragments(fields.fragments, span.fragments)) return false;
  return Object.entries(fields.attributes ?? {}).every(([name, value]) => sameValue(valueOf(span, name), value));
}

/**
 * Return the names of the fields, attributes one by one, sorted.
 *
 * @param {SpanFields} fields
 * @returns {string[]}
 */
export function fieldsOf(fields) {
  const { attributes = {}, ...rest } = fields;
  return [...Object.keys(rest), ...Object.keys(attributes).map((name) => `attributes.${name}`)].sort(compareText);
}

/**
 * @param {Span} first
 * @param {Span} second
 * @returns {boolean}
 */
export function sameSpan(first, second) {
  return first.id === second.id && first.origin === second.origin && hasFields(first, second)
    && Object.keys(first.attributes).length === Object.keys(second.attributes).length;
}

/**
 * @param {Relation} first
 * @param {Relation} second
 * @returns {boolean}
 */
export function sameRelation(first, second) {
  return first.id === second.id && first.label === second.label && first.from === second.from && first.to === second.to;
}

/**
 * Return some of the fields of a change.
 *
 * @param {SpanFields} fields
 * @param {string[]} [names] as fieldsOf names them; all when left out
 * @returns {SpanFields}
 */
export function pick(fields, names = fieldsOf(fields)) {
  const { attributes = {}, ...rest } = fields;
  const plain = Object.fromEntries(Object.entries(rest).filter(([name]) => names.includes(name)));
  const picked = Object.entries(attributes).filter(([name]) => names.includes(`attributes.${name}`));
  return picked.length > 0 ? { ...plain, attributes: Object.fromEntries(picked) } : plain;
}

/**
 * Return the value of one field; null for an attribute that is not set.
 *
 * @param {SpanFields} fields of a change, or a span
 * @param {string} field as fieldsOf names it
 * @returns {unknown}
 */
export function valueIn(fields, field) {
  if (!field.startsWith("attributes.")) return fields[/** @type {"label"|"fragments"|"note"} */ (field)];
  const { attributes = {} } = fields;
  const name = field.slice("attributes.".length);
  return Object.hasOwn(attributes, name) ? attributes[name] : null;
}

/**
 * @param {unknown} first value of a field
 * @param {unknown} second
 * @returns {boolean}
 */
export function sameValue(first, second) {
  return JSON.stringify(first) === JSON.stringify(second);
}
