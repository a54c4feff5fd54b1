import { describeValue } from "../model/descriptions.js";
import { mergeFragments } from "../model/fragments.js";
import { labelOf } from "../model/schema.js";
import { trimToRules } from "../model/text/boundary_rules.js";
import { snap } from "../model/text/document.js";
import { countBelow, lastUpTo } from "../model/text/offsets.js";
import { refuse, selectedSpan, updateSpan } from "./updates.js";

/**
 * @typedef {import("../model/types.js").EditorState} EditorState
 * @typedef {import("../model/types.js").Command} Command
 * @typedef {import("../model/types.js").Fragment} Fragment
 */

/**
 * Move the start or the end of the selected span by one token, or to the next border of a sentence.
 *
 * @param {"start"|"end"} edge
 * @param {1|-1} direction 1 is later in the text
 * @param {"token"|"sentence"} [unit]
 * @returns {Command} false when it cannot move further
 */
export const resize = (edge, direction, unit = "token") => (state, dispatch) => {
  const span = selectedSpan(state);
  if (!state.editable || !span) return false;
  const fragments = span.fragments.map(([start, end]) => /** @type {Fragment} */ ([start, end]));
  const changed = edge === "start" ? fragments[0] : fragments[fragments.length - 1];
  const { document } = state;
  const borders = unit === "token" ? { start: document.tokenStarts, end: document.tokenEnds }
    : { start: document.sentenceStarts, end: document.sentenceEnds };
  const side = edge === "start" ? 0 : 1;
  const border = neighbour(borders[edge], changed[side], direction);
  if (border === undefined) return false;
  changed[side] = border;
  if (changed[0] >= changed[1]) return refuse(dispatch, "A span keeps at least one word. Delete removes it.");
  return setBoundaries(state, dispatch, fragments);
};

/**
 * Widen the selected span to the whole sentences it touches.
 *
 * @type {Command}
 */
export const widenToSentence = (state, dispatch) => {
  const span = selectedSpan(state);
  if (!span) return false;
  const { sentenceStarts, sentenceEnds } = state.document;
  const [from, to] = [span.fragments[0][0], span.fragments[span.fragments.length - 1][1]];
  const start = sentenceStarts[lastUpTo(sentenceStarts, from)] ?? from;
  const end = sentenceEnds[countBelow(sentenceEnds, to)] ?? to;
  return setBoundaries(state, dispatch, [[Math.min(start, from), Math.max(end, to)]]);
};

/**
 * Let the selected span cover the selected text instead, within the boundary rules of the schema.
 *
 * @type {Command}
 */
export const setFragments = (state, dispatch) => {
  const span = selectedSpan(state);
  if (!span || !state.selection) return false;
  const place = placeFor(state, span.label, state.selection);
  return setBoundaries(state, dispatch, [place], cutOf(state, span.id, state.selection, place));
};

/**
 * Let the selected span cover the selected text as well. Parts with only white space between them become one.
 *
 * @type {Command} false when the label allows one part only and this would make several
 */
export const addFragment = (state, dispatch) => {
  const span = selectedSpan(state);
  if (!state.editable || !span || !state.selection) return false;
  const place = placeFor(state, span.label, state.selection);
  const { start, end } = state.selection;
  const [fragments, whole] = [place, /** @type {Fragment} */ ([start, end])].map((piece) =>
    mergeFragments([...span.fragments, piece], (before, after) => snap(state.document, before, after) === null));
  const label = labelOf(state.schema, span.label);
  if (fragments.length > 1 && !label.discontinuous) {
    return refuse(dispatch, `A ${label.name} cannot have several parts.`);
  }
  return setBoundaries(state, dispatch, fragments, cutOf(state, span.id, state.selection, place, whole));
};

/**
 * @param {EditorState} state
 * @param {import("../model/types.js").Dispatch|undefined} dispatch
 * @param {Fragment[]} fragments
 * @param {import("../model/types.js").Cut|null} [cut] what the boundary rules did
 */
function setBoundaries(state, dispatch, fragments, cut = null) {
  const span = selectedSpan(state);
  if (!state.editable || !span) return false;
  const words = describeValue(state, span.label, "fragments", fragments);
  return updateSpan(state, dispatch, span, { fragments }, {
    userEvent: "resize.span", cut,
    announce: `${labelOf(state.schema, span.label).name} now covers ${words}.${cutWords(cut)}`,
  });
}

/**
 * The border before or after a unit.
 *
 * @param {Uint32Array} borders sorted
 * @param {number} offset
 * @param {1|-1} direction
 * @returns {number|undefined}
 */
function neighbour(borders, offset, direction) {
  return direction > 0 ? borders[lastUpTo(borders, offset) + 1] : borders[countBelow(borders, offset) - 1];
}

/**
 * Let the selected span start or end at another place of the text: its first or last part grows or shrinks.
 *
 * @param {"start"|"end"} edge
 * @param {number} offset any place; whole words are taken in as the project wants
 * @param {boolean} [preview] only select what it would cover
 * @returns {Command} false when nothing would be left of the part
 */
export const moveEdge = (edge, offset, preview = false) => (state, dispatch) => {
  const span = selectedSpan(state);
  if (!state.editable || !span) return false;
  const fragments = span.fragments.map(([start, end]) => /** @type {Fragment} */ ([start, end]));
  const index = edge === "start" ? 0 : fragments.length - 1;
  const [start, end] = fragments[index];
  const wanted = edge === "start" ? [Math.min(offset, end - 1), end] : [start, Math.max(offset, start + 1)];
  const covered = snap(state.document, wanted[0], wanted[1]);
  if (!covered) return refuse(dispatch, "A span keeps at least one word. Delete removes it.");
  if (preview) {
    dispatch?.({ selection: covered, userEvent: "resize.preview" });
    return true;
  }
  fragments[index] = [edge === "start" ? covered.start : start, edge === "end" ? covered.end : end];
  const words = describeValue(state, span.label, "fragments", fragments);
  return updateSpan(state, dispatch, span, { fragments }, {
    userEvent: "resize.span", announce: `${labelOf(state.schema, span.label).name} now covers ${words}.`,
  });
};

/**
 * @typedef {import("../model/types.js").TextDocument} TextDocument
 */

/** What stands between clauses: commas and their like, dashes, brackets, quotation marks, the ends of sentences. */
const SEPARATOR = /[,;:.!?…–—()[\]"“”„«»،؛。、！？]/u;

/**
 * Move the start or the end of the selected span to the next border of a clause.
 *
 * @param {"start"|"end"} edge
 * @param {1|-1} direction 1 is later in the text
 * @returns {Command} false when there is none
 */
export const resizeByClause = (edge, direction) => (state, dispatch) => {
  const span = selectedSpan(state);
  if (!span) return false;
  const { document } = state;
  const [from, to] = edge === "start" ? span.fragments[0] : span.fragments[span.fragments.length - 1];
  const at = edge === "start" ? countBelow(document.tokenEnds, from + 1) : lastUpTo(document.tokenStarts, to - 1);
  for (let token = at + direction; token >= 0 && token < document.tokenStarts.length; token += direction) {
    const border = (edge === "start" ? document.tokenStarts : document.tokenEnds)[token];
    if (isBorder(document, token, edge)) return moveEdge(edge, border)(state, dispatch);
  }
  return false;
};

/**
 * Whether a clause starts or ends with a token: a separator, or the end of the text, is on its other side.
 *
 * @param {TextDocument} document
 * @param {number} token
 * @param {"start"|"end"} edge
 */
function isBorder({ text, tokenStarts, tokenEnds }, token, edge) {
  if (isSeparator(text, tokenStarts[token], tokenEnds[token])) return false;
  const other = edge === "start" ? token - 1 : token + 1;
  if (other < 0 || other >= tokenStarts.length) return true;
  const [left, right] = edge === "start" ? [other, token] : [token, other];
  return isSeparator(text, tokenStarts[other], tokenEnds[other])
    || /[\n\r\u2028\u2029]/u.test(text.slice(tokenEnds[left], tokenStarts[right]))
    || SEPARATOR.test(text.slice(tokenEnds[left], tokenStarts[right]));
}

/**
 * @param {string} text
 * @param {number} start
 * @param {number} end
 */
function isSeparator(text, start, end) {
  return !/[\p{L}\p{N}]/u.test(text.slice(start, end)) && SEPARATOR.test(text.slice(start, end));
}

/**
 * What the boundary rules of the schema cut off a selection, and taking that back.
 *
 * @typedef {import("../model/types.js").Cut} Cut
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
