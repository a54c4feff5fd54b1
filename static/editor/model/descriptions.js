import { gettext, interpolate, ngettext } from "../../pages/text.js";
import { labelOf } from "./schema.js";
import { excerpt } from "./text/document.js";

/**
 * @typedef {import("./types.js").Change} Change
 * @typedef {import("./types.js").Span} Span
 * @typedef {import("./types.js").Relation} Relation
 * @typedef {import("./types.js").UpdateSpan} UpdateSpan
 * @typedef {import("./types.js").Schema} Schema
 * @typedef {{document: {text: string}, schema: Schema, spans: {get(id: string): Span|undefined}}} View what
 *   descriptions are made from
 */

/**
 * Return a span in words: "Claim “It was a balloon”".
 *
 * @param {Pick<View, "document"|"schema">} state
 * @param {Pick<Span, "label"|"fragments">} span
 * @returns {string}
 */
export function describeSpan({ document, schema }, span) {
  const { name } = labelOf(schema, span.label);
  return span.label === "" ? name : `${name} “${excerpt(document, span.fragments)}”`;
}

/**
 * Return a relation in words: "Claim “…” attributed to Speaker “…”".
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
  return span ? describeSpan(state, span) : gettext("a deleted span");
}

/**
 * Return a value of a span in words.
 *
 * @param {Pick<View, "document"|"schema">} state
 * @param {string} label id of the label that has the attributes
 * @param {string} field "label", "fragments", "note" or "attributes.<name>"
 * @param {unknown} value
 * @returns {string}
 */
export function describeValue({ document, schema }, label, field, value) {
  if (value === null || value === undefined || value === "") return gettext("nothing");
  if (field === "fragments") return `“${excerpt(document, /** @type {import("./types.js").Fragment[]} */ (value))}”`;
  if (field === "label") return labelOf(schema, String(value)).name;
  const choices = attributeOf({ schema }, label, field)?.choices ?? [];
  return [value].flat().map((id) => choices.find((choice) => choice.id === id)?.name ?? `“${id}”`).join(", ");
}

/**
 * Return the name of a field in words.
 *
 * @param {Pick<View, "schema">} state
 * @param {string} label
 * @param {string} field
 * @returns {string}
 */
export function describeField(state, label, field) {
  if (field === "fragments") return gettext("Boundaries");
  if (!field.startsWith("attributes.")) return field === "label" ? gettext("Label") : gettext("Note");
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
 * Return a change in words: "Claim “…” added", "Kind of Denial “…”: Rejection of a plan".
 *
 * @param {View} state
 * @param {Change} change
 * @returns {string}
 */
export function describe(state, change) {
  switch (change.kind) {
    case "add_span":
      return interpolate(gettext("%(span)s added"), { span: describeSpan(state, change.span) });
    case "remove_span":
      return interpolate(gettext("%(span)s deleted"), { span: describeSpan(state, change.span) });
    case "add_relation":
      return interpolate(gettext("%(relation)s: added"), { relation: describeRelation(state, change.relation) });
    case "remove_relation":
      return interpolate(gettext("%(relation)s: deleted"), { relation: describeRelation(state, change.relation) });
    case "update_span":
      return describeUpdate(state, change);
  }
}

/**
 * Return the changes of one action in words: the only one, or how many there are of each kind.
 *
 * @param {View} state
 * @param {Change[]} changes
 * @returns {string}
 */
export function describeAll(state, changes) {
  if (changes.length === 1) return describe(state, changes[0]);
  const spans = changes.filter(({ kind }) => kind.endsWith("_span"));
  if (spans.length === 1) return describe(state, spans[0]);
  const count = (/** @type {Change["kind"]} */ wanted) => changes.filter(({ kind }) => kind === wanted).length;
  /** @type {[string, number][]} */
  const parts = [
    [ngettext("%(count)s span added", "%(count)s spans added", count("add_span")), count("add_span")],
    [ngettext("%(count)s span deleted", "%(count)s spans deleted", count("remove_span")), count("remove_span")],
    [ngettext("%(count)s span changed", "%(count)s spans changed", count("update_span")), count("update_span")],
    [ngettext("%(count)s relation added", "%(count)s relations added", count("add_relation")), count("add_relation")],
    [ngettext("%(count)s relation deleted", "%(count)s relations deleted", count("remove_relation")),
      count("remove_relation")],
  ];
  return parts.filter(([, number]) => number > 0).map(([message, number]) => interpolate(message, { count: number }))
    .join(", ");
}

/**
 * @param {View} state
 * @param {UpdateSpan} change
 */
function describeUpdate(state, { span_id: id, before, after }) {
  const span = state.spans.get(id);
  const name = span ? describeSpan(state, span) : gettext("A deleted span");
  if (after.label !== undefined) {
    const [old, now] = [before.label ?? "", after.label].map((label) => labelOf(state.schema, label).name);
    return interpolate(gettext("%(span)s: %(old)s became %(label)s"), { span: name, old, label: now });
  }
  const label = span?.label ?? "";
  const parts = Object.entries(after.attributes ?? {}).map(([attribute, value]) => {
    const field = `attributes.${attribute}`;
    return interpolate(gettext("%(field)s is %(value)s"),
      { field: describeField(state, label, field), value: describeValue(state, label, field, value) });
  });
  if (after.fragments) {
    parts.push(interpolate(gettext("now covers %(words)s"),
      { words: describeValue(state, label, "fragments", after.fragments) }));
  }
  if (after.note !== undefined) parts.push(after.note ? gettext("note changed") : gettext("note deleted"));
  return `${name}: ${parts.join(", ")}`;
}
