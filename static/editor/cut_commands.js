import { describeValue } from "./describe.js";
import { trimToRules } from "./boundary_rules.js";
import { labelOf } from "./schema.js";
import { updateSpan } from "./span_updates.js";

/**
 * What the boundary rules of the schema cut off a selection, and taking that back.
 *
 * @typedef {import("./types.js").EditorState} EditorState
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").Fragment} Fragment
 * @typedef {import("./types.js").Cut} Cut
 */

/**
 * The place that a span with this label takes for a piece of the text; where projects do not snap, the piece itself.
 *
 * @param {Pick<EditorState, "document"|"schema">} state
 * @param {string} label
 * @param {{start: number, end: number}} piece
 * @returns {Fragment}
 */
export function placeFor({ document, schema }, label, { start, end }) {
  if (!document.wholeTokens) return [start, end];
  return trimToRules(document.text, [start, end], schema.boundaries, label);
}

/**
 * What differs between a piece of the text and the place that its span got.
 *
 * @param {EditorState} state
 * @param {string} spanId
 * @param {{start: number, end: number}} piece
 * @param {Fragment} place
 * @param {Fragment[]} fragments those of the span with all of the piece
 * @returns {Cut|null} null when nothing does
 */
export function cutOf({ document: { text } }, spanId, piece, [start, end], fragments = [[piece.start, piece.end]]) {
  if (start === piece.start && end === piece.end) return null;
  const quoted = (/** @type {number} */ from, /** @type {number} */ to) => `“${text.slice(from, to).trim()}”`;
  const parts = [
    start > piece.start && `left out ${quoted(piece.start, start)} before`,
    end < piece.end && `left out ${quoted(end, piece.end)} after`,
    start < piece.start && `took in ${quoted(start, piece.start)} before`,
    end > piece.end && `took in ${quoted(piece.end, end)} after`,
  ].filter(Boolean);
  return { spanId, fragments, place: [start, end], piece: [piece.start, piece.end], words: parts.join(", ") };
}

/**
 * The end of an announcement that tells what was cut.
 *
 * @param {Cut|null} cut
 * @returns {string} "" for nothing
 */
export function cutWords(cut) {
  return cut ? ` By the boundary rules ${cut.words}.` : "";
}

/**
 * Let the span that was made last cover all that was selected: takes back what the rules did, and nothing else.
 *
 * @type {Command}
 */
export const keepCut = (state, dispatch) => {
  const { cut } = state;
  const span = cut && state.spans.get(cut.spanId);
  if (!state.editable || !cut || !span) return false;
  const words = describeValue(state, span.label, "fragments", cut.fragments);
  return updateSpan(state, dispatch, span, { fragments: cut.fragments }, {
    userEvent: "resize.span", announce: `${labelOf(state.schema, span.label).name} covers ${words}, as selected.`,
  });
};
