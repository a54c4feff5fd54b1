import { labelOf } from "./schema.js";
import { excerpt } from "./text/document.js";

/**
 * @typedef {import("./types.js").Change} Change
 * @typedef {import("./types.js").Span} Span
 * @typedef {import("./types.js").Relation} Relation
 * @typedef {import("./types.js").UpdateSpan} UpdateSpan
 * @typedef {import("./types.js").Schema} Schema
 * @typedef {{document: {text: string}, schema: Schema, spans: {get(id: string): Span|undefined}}} View what words are
 *   made from
 */

/**
 * "Claim “It was a balloon”".
 *
 * @param {Pick<View, "document"|"schema">} state
 * @param {Span} span
 * @returns {string}
 */
export function describeSpan({ document, schema }, span) {
  return `${labelOf(schema, span.label).name} “${excerpt(document, span.fragments)}”`;
}

/**
 * "Claim “…” attributed to Speaker “…”".
 *
 * @param {View} state
 * @param {Relation} relation
 * @returns {string}
 */
export function describeRelation(state, relation) {
  const name = state.schema.relations.get(relation.label)?.name ?? relation.label;
  return `${describeEnd(state, relation.from)} ${name} ${describeEnd(state, relation.to)}`;
}

/**
 * @param {View} state
 * @param {string} id
 */
function describeEnd(state, id) {
  const span = state.spans.get(id);
  return span ? describeSpan(state, span) : "a span that is gone";
}

/**
 * A value of a span in words.
 *
 * @param {Pick<View, "document"|"schema">} state
 * @param {string} label id of the label whose attributes are meant
 * @param {string} field "label", "fragments", "note" or "attributes.<name>"
 * @param {unknown} value
 * @returns {string}
 */
export function describeValue({ document, schema }, label, field, value) {
  if (value === null || value === undefined || value === "") return "nothing";
  if (field === "fragments") return `“${excerpt(document, /** @type {import("./types.js").Fragment[]} */ (value))}”`;
  if (field === "label") return labelOf(schema, String(value)).name;
  const choices = attributeOf({ schema }, label, field)?.choices ?? [];
  return choices.find((choice) => choice.id === value)?.name ?? `“${value}”`;
}

/**
 * The name of a field in words.
 *
 * @param {Pick<View, "schema">} state
 * @param {string} label
 * @param {string} field
 * @returns {string}
 */
export function describeField(state, label, field) {
  if (field === "fragments") return "Boundaries";
  if (!field.startsWith("attributes.")) return field === "label" ? "Label" : "Note";
  return attributeOf(state, label, field)?.name ?? field.slice("attributes.".length);
}

/**
 * @param {Pick<View, "schema">} state
 * @param {string} label
 * @param {string} field
 */
function attributeOf({ schema }, label, field) {
  return labelOf(schema, label).attributes.find((attribute) => `attributes.${attribute.id}` === field);
}

/**
 * A change in words: "Claim “…” added", "Kind of Denial “…”: Rejection of a plan".
 *
 * @param {View} state
 * @param {Change} change
 * @returns {string}
 */
export function describe(state, change) {
  switch (change.kind) {
    case "add_span":
      return `${describeSpan(state, change.span)} added`;
    case "remove_span":
      return `${describeSpan(state, change.span)} removed`;
    case "add_relation":
      return `${describeRelation(state, change.relation)}: added`;
    case "remove_relation":
      return `${describeRelation(state, change.relation)}: removed`;
    case "update_span":
      return describeUpdate(state, change);
  }
}

/**
 * @param {View} state
 * @param {UpdateSpan} change
 */
function describeUpdate(state, { span_id: id, before, after }) {
  const span = state.spans.get(id);
  const name = span ? describeSpan(state, span) : "A span that is gone";
  if (after.label !== undefined) {
    const [old, now] = [before.label ?? "", after.label].map((label) => labelOf(state.schema, label).name);
    return `${name}: ${old} became ${now}`;
  }
  const label = span?.label ?? "";
  const parts = Object.entries(after.attributes ?? {}).map(([attribute, value]) => {
    const field = `attributes.${attribute}`;
    return `${describeField(state, label, field)} is ${describeValue(state, label, field, value)}`;
  });
  if (after.fragments) parts.push(`now covers ${describeValue(state, label, "fragments", after.fragments)}`);
  if (after.note !== undefined) parts.push(after.note ? "note changed" : "note removed");
  return `${name}: ${parts.join(", ")}`;
}
