import { gettext } from "../../pages/text.js";
import { describeSpan } from "../model/descriptions.js";
import { nearestToken } from "../model/text/document.js";
import { covers, selectedSpan, containerWords } from "./updates.js";

/**
 * @typedef {import("../model/types.js").EditorState} EditorState
 * @typedef {import("../model/types.js").Command} Command
 * @typedef {import("../model/types.js").Dispatch} Dispatch
 * @typedef {import("../model/types.js").Span} Span
 */

/**
 * Select the next span in reading order: after the selected span when the cursor is in it, or else after the cursor.
 *
 * @type {Command}
 */
export const nextSpan = (state, dispatch) => {
  const from = underCursor(state);
  const span = from ? state.spans.after(from) : state.spans.firstFrom(cursorOffset(state));
  return focusSpan(state, dispatch, span, gettext("No span after this one."));
};

/**
 * Select the previous span in reading order.
 *
 * @type {Command}
 */
export const previousSpan = (state, dispatch) => {
  const from = underCursor(state);
  const span = from ? state.spans.before(from) : state.spans.lastBefore(cursorOffset(state));
  return focusSpan(state, dispatch, span, gettext("No span before this one."));
};

/**
 * Select the next of the spans that cover the token under the cursor, innermost first.
 *
 * @param {1|-1} [direction] 1 goes outwards
 * @returns {Command}
 */
export const cycleAtCursor = (direction = 1) => (state, dispatch) =>
  cycle(state, dispatch, cursorOffset(state), direction);

/**
 * Select the innermost span at an offset, or the next one outwards when one of them is selected: what a click does.
 *
 * @param {number} offset
 * @returns {Command} false when no span is there
 */
export const selectAt = (offset) => (state, dispatch) => cycle(state, dispatch, offset, 1);

/**
 * Select a span and put the cursor on its first token.
 *
 * @param {string|null} id null to clear the selection
 * @returns {Command}
 */
export const selectSpan = (id) => (state, dispatch) => {
  if (id !== null) return focusSpan(state, dispatch, state.spans.get(id), gettext("This span no longer exists."));
  if (state.selectedId === null) return false;
  dispatch?.({ selectedId: null, userEvent: "select.none", announce: gettext("Nothing selected.") });
  return true;
};

/**
 * @param {EditorState} state
 * @param {Dispatch|undefined} dispatch
 * @param {number} offset
 * @param {1|-1} direction
 */
function cycle(state, dispatch, offset, direction) {
  const spans = state.spans.at(offset);
  if (spans.length === 0) return false;
  const current = spans.findIndex((span) => span.id === state.selectedId);
  const first = direction > 0 ? 0 : spans.length - 1;
  const span = spans[current < 0 ? first : (current + direction + spans.length) % spans.length];
  const token = nearestToken(state.document, offset);
  return focusOn(state, dispatch, span, token);
}

/**
 * @param {EditorState} state
 * @param {Dispatch|undefined} dispatch
 * @param {Span|undefined} span
 * @param {string} missing message when there is none
 */
function focusSpan(state, dispatch, span, missing) {
  if (span) return focusOn(state, dispatch, span, nearestToken(state.document, span.fragments[0][0]));
  dispatch?.({ userEvent: "refused", announce: missing });
  return false;
}

/**
 * @param {EditorState} state
 * @param {Dispatch|undefined} dispatch
 * @param {Span} span
 * @param {number} token
 */
function focusOn(state, dispatch, span, token) {
  dispatch?.({ selectedId: span.id, selection: null, cursor: { anchor: token, focus: token }, userEvent: "select.span",
    announce: `${describeSpan(state, span)}${containerWords(state, span)}` });
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
