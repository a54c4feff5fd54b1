import { compareText, fragmentsProblem, sameFragments } from "./fragments.js";
import { newId } from "./identifiers.js";

/**
 * @typedef {import("./types.js").Change} Change
 * @typedef {import("./types.js").Span} Span
 * @typedef {import("./types.js").SpanFields} SpanFields
 * @typedef {import("./types.js").UpdateSpan} UpdateSpan
 * @typedef {import("./types.js").Relation} Relation
 * @typedef {{get(id: string): Span|undefined, add(span: Span): number[], remove(id: string): number[],
 *   replace(span: Span): number[]}} SpanTable
 * @typedef {{get(id: string): Relation|undefined, add(relation: Relation): void, remove(id: string): void,
 *   of(spanId: string): Relation[]}} RelationTable
 * @typedef {{spans: SpanTable, relations: RelationTable, document: {text: string}}} Tables what changes are applied to
 * @typedef {{ids: Set<string>, blocks: Set<number>}} Touched
 */

/** A change that does not fit what it is applied to. The server refuses the same ones. */
export class ChangeRefused extends Error {
  /**
   * @param {Change} change
   * @param {string} reason
   */
  constructor(change, reason) {
    super(reason);
    this.name = "ChangeRefused";
    this.change = change;
  }
}

/**
 * Why a change cannot be applied; "" when it can.
 *
 * Strict, so that every change can be taken back without a look-up: what it says was there has to be there.
 *
 * @param {Tables} tables
 * @param {Change} change
 * @returns {string}
 */
export function problemOf(tables, change) {
  switch (change.kind) {
    case "add_span":
      if (tables.spans.get(change.span.id)) return `There is a span ${change.span.id} already.`;
      return fragmentsProblem(change.span.fragments, tables.document.text.length);
    case "remove_span":
      return removalProblem(tables, change.span);
    case "update_span":
      return updateProblem(tables, change);
    case "add_relation":
      return additionProblem(tables, change.relation);
    case "remove_relation": {
      const relation = tables.relations.get(change.relation.id);
      if (!relation) return `There is no relation ${change.relation.id}.`;
      return sameRelation(relation, change.relation) ? "" : `The relation ${relation.id} is another one by now.`;
    }
  }
}

/**
 * @param {Tables} tables
 * @param {Span} span
 */
function removalProblem(tables, span) {
  const current = tables.spans.get(span.id);
  if (!current) return `There is no span ${span.id}.`;
  if (!sameSpan(current, span)) return `The span ${span.id} was changed meanwhile.`;
  if (tables.relations.of(span.id).length > 0) return `The span ${span.id} still has relations.`;
  return "";
}

/**
 * @param {Tables} tables
 * @param {UpdateSpan} change
 */
function updateProblem(tables, { span_id: id, before, after }) {
  const span = tables.spans.get(id);
  if (!span) return `There is no span ${id}.`;
  if (fieldsOf(before).join() !== fieldsOf(after).join()) return "Before and after name different fields.";
  if (fieldsOf(after).length === 0) return "The change names no field.";
  if (!hasFields(span, before)) return `The span ${id} was changed meanwhile.`;
  return after.fragments ? fragmentsProblem(after.fragments, tables.document.text.length) : "";
}

/**
 * @param {Tables} tables
 * @param {Relation} relation
 */
function additionProblem(tables, relation) {
  if (tables.relations.get(relation.id)) return `There is a relation ${relation.id} already.`;
  for (const end of [relation.from, relation.to]) {
    if (!tables.spans.get(end)) return `There is no span ${end} for the relation.`;
  }
  return relation.from === relation.to ? "A relation needs two spans." : "";
}

/**
 * Apply one change to the tables.
 *
 * @param {Tables} tables
 * @param {Change} change
 * @param {Touched} [touched] collects the ids of spans and the blocks concerned
 * @throws {ChangeRefused} when it does not fit; the tables are as before then
 */
export function apply(tables, change, touched = { ids: new Set(), blocks: new Set() }) {
  const problem = problemOf(tables, change);
  if (problem) throw new ChangeRefused(change, problem);
  for (const id of spansOf(change)) touched.ids.add(id);
  for (const block of perform(tables, change)) touched.blocks.add(block);
}

/**
 * @param {Tables} tables
 * @param {Change} change
 * @returns {number[]} blocks concerned
 */
function perform({ spans, relations }, change) {
  switch (change.kind) {
    case "add_span":
      return spans.add(change.span);
    case "remove_span":
      return spans.remove(change.span.id);
    case "update_span":
      return spans.replace(withFields(/** @type {Span} */ (spans.get(change.span_id)), change.after));
    case "add_relation":
      relations.add(change.relation);
      return [];
    case "remove_relation":
      relations.remove(change.relation.id);
      return [];
  }
}

/**
 * Apply all changes, or none when one of them does not fit.
 *
 * @param {Tables} tables
 * @param {Change[]} changes
 * @param {Touched} [touched]
 * @throws {ChangeRefused}
 */
export function applyAll(tables, changes, touched) {
  let done = 0;
  try {
    for (; done < changes.length; done += 1) apply(tables, changes[done], touched);
  } catch (error) {
    for (const change of changes.slice(0, done).reverse()) apply(tables, invert(change));
    throw error;
  }
}

/**
 * The change that takes a change back, under an id of its own.
 *
 * @param {Change} change
 * @param {string} [id]
 * @returns {Change}
 */
export function invert(change, id = newId()) {
  switch (change.kind) {
    case "add_span":
      return { id, kind: "remove_span", span: change.span };
    case "remove_span":
      return { id, kind: "add_span", span: change.span };
    case "update_span":
      return { id, kind: "update_span", span_id: change.span_id, before: change.after, after: change.before };
    case "add_relation":
      return { id, kind: "remove_relation", relation: change.relation };
    case "remove_relation":
      return { id, kind: "add_relation", relation: change.relation };
  }
}

/**
 * Ids of the spans that a change concerns: a relation concerns both its ends.
 *
 * @param {Change} change
 * @returns {string[]}
 */
export function spansOf(change) {
  if (change.kind === "update_span") return [change.span_id];
  if (change.kind === "add_span" || change.kind === "remove_span") return [change.span.id];
  return [change.relation.from, change.relation.to];
}

/**
 * A span with some fields replaced; attributes one by one, null takes one away.
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
 * An update of a span as a change, with only what differs; null when nothing does.
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
  if (wanted.label !== undefined && wanted.label !== span.label) [before.label, after.label] = [span.label, wanted.label];
  if (wanted.note !== undefined && wanted.note !== span.note) [before.note, after.note] = [span.note, wanted.note];
  if (wanted.fragments && !sameFragments(wanted.fragments, span.fragments)) {
    [before.fragments, after.fragments] = [span.fragments, wanted.fragments];
  }
  const names = Object.entries(wanted.attributes ?? {}).filter(([name, value]) => valueOf(span, name) !== value);
  if (names.length > 0) {
    before.attributes = Object.fromEntries(names.map(([name]) => [name, valueOf(span, name)]));
    after.attributes = Object.fromEntries(names);
  }
  return fieldsOf(after).length > 0 ? { id: newId(), kind: "update_span", span_id: span.id, before, after } : null;
}

/**
 * @param {Span} span
 * @param {string} name
 * @returns {string|null} null when the attribute is not set
 */
export function valueOf(span, name) {
  return Object.hasOwn(span.attributes, name) ? span.attributes[name] : null;
}

/**
 * Whether a span has these values.
 *
 * @param {Span} span
 * @param {SpanFields} fields
 * @returns {boolean}
 */
export function hasFields(span, fields) {
  if (fields.label !== undefined && fields.label !== span.label) return false;
  if (fields.note !== undefined && fields.note !== span.note) return false;
  if (fields.fragments && !sameFragments(fields.fragments, span.fragments)) return false;
  return Object.entries(fields.attributes ?? {}).every(([name, value]) => valueOf(span, name) === value);
}

/**
 * Names of the fields, attributes one by one, sorted.
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
