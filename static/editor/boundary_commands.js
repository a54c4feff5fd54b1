import { cutOf, cutWords, placeFor } from "./cut_commands.js";
import { snap } from "./document.js";
import { mergeFragments } from "./fragments.js";
import { describeValue } from "./describe.js";
import { labelOf } from "./schema.js";
import { countBelow, lastUpTo } from "./search.js";
import { refuse, selectedSpan, updateSpan } from "./span_updates.js";

/**
 * @typedef {import("./types.js").EditorState} EditorState
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").Fragment} Fragment
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
 * @param {import("./types.js").Dispatch|undefined} dispatch
 * @param {Fragment[]} fragments
 * @param {import("./types.js").Cut|null} [cut] what the boundary rules did
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
