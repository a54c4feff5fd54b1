/** Suggestions beside the spans: they are no part of the state until one is accepted. Pure. */

import { newId } from "../../../pages/identifiers.js";
import { allowsValue, defaultAttributes, labelOf, relationProblem } from "../schema.js";

/**
 * @typedef {import("../types.js").Fragment} Fragment
 * @typedef {import("../types.js").Span} Span
 * @typedef {import("../types.js").Change} Change
 * @typedef {import("../types.js").EditorState} EditorState
 * @typedef {{source: string, version: string, spans: {id: string, label: string, fragments: Fragment[],
 *   attributes: Record<string, string>, score: number, offered: boolean}[],
 *   relations: {label: string, from: string, to: string}[]}} RunOnWire
 * @typedef {{key: string, source: string, version: string, id: string, label: string, fragments: Fragment[],
 *   attributes: Record<string, string>, score: number, offered: boolean}} Suggestion `key` is unique over all sources;
 *   those that are not `offered` are only shown faintly
 * @typedef {{label: string, from: string, to: string}} SuggestedLink by the keys of two suggestions
 * @typedef {{changes: Change[], added: Span[], others: Span[]}} Acceptance `others`: spans that come with them, as the
 *   speaker of a claim
 */

/** The relation whose other end is accepted in the same step. */
export const TOGETHER = "attributed-to";

/**
 * Return which suggestion a span was accepted from, in the form of a key.
 *
 * @param {{source: string, version: string, id: string}} suggestion
 */
export function keyOfSuggestion({ source, version, id }) {
  return [source, version, id].join("\n");
}

/**
 * @param {RunOnWire[]} runs answer of POST annotation-sets/{id}/suggestions/, with offsets in code points
 * @param {import("../text/offsets.js").Offsets} offsets
 * @returns {{suggestions: Suggestion[], links: SuggestedLink[]}} suggestions in reading order
 */
export function readSuggestions(runs, offsets) {
  const suggestions = runs.flatMap(({ source, version, spans }) => spans.map((span) => ({
    ...span, source, version, key: keyOfSuggestion({ source, version, id: span.id }),
    fragments: span.fragments.map(([start, end]) =>
      /** @type {Fragment} */ ([offsets.toUtf16(start), offsets.toUtf16(end)])) })));
  const links = runs.flatMap(({ source, version, relations }) => relations.map(({ label, from, to }) => ({ label,
    from: keyOfSuggestion({ source, version, id: from }), to: keyOfSuggestion({ source, version, id: to }) })));
  return { suggestions: suggestions.sort((first, second) => first.fragments[0][0] - second.fragments[0][0]
    || second.fragments[0][1] - first.fragments[0][1]), links };
}

/**
 * Return the span that a suggestion became, or that covers the same words with its label.
 *
 * @param {EditorState} state
 * @param {Suggestion} suggestion
 * @param {ReadonlyMap<string, string>} accepted ids of spans by the keys of suggestions
 * @returns {Span|undefined}
 */
export function spanOf(state, { key, label, fragments }, accepted) {
  const id = accepted.get(key);
  return (id === undefined ? undefined : state.spans.get(id)) ?? state.spans.find(label, fragments);
}

/**
 * Return the changes that accept suggestions with their speakers, and with the links to spans that exist then.
 *
 * @param {EditorState} state
 * @param {readonly Suggestion[]} taken possibly with other fragments or another label than their source suggested
 * @param {{byKey: ReadonlyMap<string, Suggestion>, links: readonly SuggestedLink[],
 *   accepted: ReadonlyMap<string, string>}} all `byKey` holds those that were not rejected
 * @returns {Acceptance}
 */
export function acceptance(state, taken, { byKey, links, accepted }) {
  const spans = new Map(taken.map((suggestion) => [suggestion.key, spanFrom(state, suggestion)]));
  const added = [...spans.values()];
  /** @type {Span[]} */
  const others = [];
  const keys = new Set(spans.keys());
  const near = links.filter(({ from, to }) => keys.has(from) || keys.has(to));
  for (const { label, from, to } of near) {
    const other = byKey.get(keys.has(from) ? to : from);
    if (!other || spans.has(other.key)) continue;
    const existing = spanOf(state, other, accepted);
    if (!existing && (label !== TOGETHER || !keys.has(from))) continue;
    const span = existing ?? spanFrom(state, other);
    spans.set(other.key, span);
    if (!existing) others.push(span);
  }
  const changes = [...added, ...others].map((span) => /** @type {Change} */ ({ id: newId(), kind: "add_span", span }));
  return { changes: [...changes, ...relationsOf(state, near, spans)], added, others };
}

/**
 * @param {EditorState} state
 * @param {SuggestedLink[]} links
 * @param {ReadonlyMap<string, Span>} spans by the keys of suggestions
 * @returns {Change[]}
 */
function relationsOf(state, links, spans) {
  return links.flatMap(({ label, from, to }) => {
    const [source, target] = [spans.get(from), spans.get(to)];
    const type = state.schema.relations.get(label);
    if (!source || !target || !type || relationProblem(state, type, source, target)) return [];
    return [{ id: newId(), kind: "add_relation", relation: { id: newId(), label, from: source.id, to: target.id } }];
  });
}

/**
 * @param {EditorState} state
 * @param {Suggestion} suggestion
 * @returns {Span} with the suggested values that its label allows, and the defaults for the others
 */
function spanFrom({ schema }, { source, version, id, label, fragments, attributes, score }) {
  const known = labelOf(schema, label);
  const suggested = known.attributes.filter((attribute) =>
    attributes[attribute.id] !== undefined && allowsValue(attribute, attributes[attribute.id]));
  return { id: newId(), label, fragments, note: "", origin: "suggested", suggestion: { source, version, id, score },
    attributes: { ...defaultAttributes(known),
      ...Object.fromEntries(suggested.map((attribute) => [attribute.id, attributes[attribute.id]])) } };
}
