import { describeSpan } from "../model/descriptions.js";
import { nearestToken } from "../model/text/document.js";
import { covers, selectedSpan, whereabouts } from "./updates.js";

/**
 * @typedef {import("../model/types.js").EditorState} EditorState
 * @typedef {import("../model/types.js").Command} Command
 * @typedef {import("../model/types.js").Dispatch} Dispatch
 * @typedef {import("../model/types.js").Span} Span
 */

/**
 * Select the next span in reading order: after the selected one when the cursor is in it, else from the cursor on.
 *
 * @type {Command}
 */
export const nextSpan = (state, dispatch) => {
  const from = underCursor(state);
  const span = from ? state.spans.after(from) : state.spans.firstFrom(cursorOffset(state));
  return focusSpan(state, dispatch, span, "No span after this.");
};

/**
 * Select the span before, in reading order.
 *
 * @type {Command}
 */
export const previousSpan = (state, dispatch) => {
  const from = underCursor(state);
  const span = from ? state.spans.before(from) : state.spans.lastBefore(cursorOffset(state));
  return focusSpan(state, dispatch, span, "No span before this.");
};

/**
 * Select one span after the other of those that cover the token under the cursor, innermost first.
 *
 * @param {1|-1} [direction] 1 goes outwards
 * @returns {Command}
 */
export const cycleAtCursor = (direction = 1) => (state, dispatch) =>
  cycle(state, dispatch, cursorOffset(state), direction);

/**
 * What a click on the text does to spans: select the innermost one there, or the one around the selected one.
 *
 * @param {number} offset
 * @returns {Command} false when no span is there
 */
export const selectAt = (offset) => (state, dispatch) => cycle(state, dispatch, offset, 1);

/**
 * Select a span and put the cursor on its first token.
 *
 * @param {string|null} id null to select none
 * @returns {Command}
 */
export const selectSpan = (id) => (state, dispatch) => {
  if (id !== null) return focusSpan(state, dispatch, state.spans.get(id), "This span is gone.");
  if (state.selectedId === null) return false;
  dispatch?.({ selectedId: null, userEvent: "select.none", announce: "Nothing selected." });
  return true;
};

/**
 * @param {EditorState} state
 * @param {Dispatch|undefined} dispatch
 * @param {number} offset
 * @param {1|-1} direction
 */
function cycle(state, dispatch, offset, direction) {
  const there = state.spans.at(offset);
  if (there.length === 0) return false;
  const current = there.findIndex((span) => span.id === state.selectedId);
  const first = direction > 0 ? 0 : there.length - 1;
  const span = there[current < 0 ? first : (current + direction + there.length) % there.length];
  const token = nearestToken(state.document, offset);
  return choose(state, dispatch, span, token);
}

/**
 * @param {EditorState} state
 * @param {Dispatch|undefined} dispatch
 * @param {Span|undefined} span
 * @param {string} missing what to say when there is none
 */
function focusSpan(state, dispatch, span, missing) {
  if (span) return choose(state, dispatch, span, nearestToken(state.document, span.fragments[0][0]));
  dispatch?.({ userEvent: "refused", announce: missing });
  return false;
}

/**
 * @param {EditorState} state
 * @param {Dispatch|undefined} dispatch
 * @param {Span} span
 * @param {number} token
 */
function choose(state, dispatch, span, token) {
  dispatch?.({ selectedId: span.id, selection: null, cursor: { anchor: token, focus: token }, userEvent: "select.span",
    announce: `${describeSpan(state, span)}${whereabouts(state, span)}` });
  return true;
}

/** @param {EditorState} state */
function cursorOffset({ document, cursor }) {
  return document.tokenStarts[cursor.focus] ?? 0;
}

/** @param {EditorState} state */
function underCursor(state) {
  const span = selectedSpan(state);
  const offset = cursorOffset(state);
  return span && (covers(span, offset) || nearestToken(state.document, span.fragments[0][0]) === state.cursor.focus)
    ? span : undefined;
}
