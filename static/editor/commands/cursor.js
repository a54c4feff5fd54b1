import { gettext, interpolate } from "../../pages/text.js";
import { blockAt, excerpt, nearestToken, sentenceAt, snap, tokenFrom } from "../model/text/document.js";
import { countBelow, lastUpTo } from "../model/text/offsets.js";
import { refuse } from "./updates.js";

/**
 * @typedef {import("../model/types.js").EditorState} EditorState
 * @typedef {import("../model/types.js").Command} Command
 * @typedef {import("../model/types.js").TextDocument} TextDocument
 * @typedef {"token"|"sentence"|"block"|"document"} Unit
 */

/**
 * Move the token cursor; the first word that is selected is the one at the cursor. Moving up and down is done by the
 * view, which knows the lines.
 *
 * @param {Unit} unit
 * @param {1|-1} direction in reading order
 * @param {boolean} [extend] keep the anchor and select what lies between
 * @returns {Command}
 */
export const moveCursor = (unit, direction, extend = false) => (state, dispatch) => {
  const selectsWord = extend && unit === "token" && !state.selection;
  return moveCursorTo(selectsWord ? state.cursor.focus : targetOf(state, unit, direction), extend)(state, dispatch);
};

/**
 * Put the token cursor on a token.
 *
 * @param {number} token index
 * @param {boolean} [extend] keep the anchor and select what lies between
 * @returns {Command}
 */
export const moveCursorTo = (token, extend = false) => (state, dispatch) => {
  const count = state.document.tokenStarts.length;
  if (count === 0) return false;
  const focus = Math.max(0, Math.min(token, count - 1));
  const cursor = extend ? { anchor: state.cursor.anchor, focus } : { anchor: focus, focus, hasMoved: true };
  const selection = extend ? tokenRange(state.document, cursor) : null;
  dispatch?.({ cursor, selection, userEvent: extend ? "extend" : "move.cursor" });
  return true;
};

/**
 * Put the cursor on the token nearest to an offset.
 *
 * @param {number} offset
 * @param {boolean} [extend]
 * @returns {Command}
 */
export const placeCursor = (offset, extend = false) => (state, dispatch) =>
  moveCursorTo(nearestToken(state.document, offset), extend)(state, dispatch);

/**
 * Select text, such as from a drag. It snaps to whole words where the project wants that.
 *
 * @param {number} start
 * @param {number} end smaller than start when dragged backwards
 * @returns {Command} false when it holds white space only
 */
export const selectText = (start, end) => (state, dispatch) => {
  const selection = snap(state.document, start, end);
  if (!selection) {
    const focus = Math.max(0, nearestToken(state.document, end));
    dispatch?.({ selection: null, selectedId: null, cursor: { anchor: focus, focus, isBlank: true },
      userEvent: "select.blank", announce: gettext("Only blanks are selected.") });
    return false;
  }
  const first = tokenFrom(state.document, selection.start);
  const last = Math.max(first, countBelow(state.document.tokenStarts, selection.end) - 1);
  const cursor = start <= end ? { anchor: first, focus: last } : { anchor: last, focus: first };
  dispatch?.({ selection, cursor, userEvent: "select.text" });
  return true;
};

/**
 * Select the whole document.
 *
 * @type {Command} false in a document without words
 */
export const selectAll = (state, dispatch) => {
  const { tokenStarts, tokenEnds } = state.document;
  const count = tokenStarts.length;
  return count > 0 && selectText(tokenStarts[0], tokenEnds[count - 1])(state, dispatch);
};

/**
 * Clear the selected text, or else the selected span.
 *
 * @type {Command}
 */
export const escape = (state, dispatch) => {
  if (state.selection) {
    const { focus } = state.cursor;
    dispatch?.({ selection: null, cursor: { anchor: focus, focus }, userEvent: "select.none" });
    return true;
  }
  if (state.selectedId === null) return false;
  dispatch?.({ selectedId: null, userEvent: "select.none", announce: gettext("Nothing selected.") });
  return true;
};

/**
 * Return the text that a label would be applied to: the selected text, or else the token under the cursor.
 *
 * @param {EditorState} state
 * @returns {{start: number, end: number}|null} null in a document without tokens
 */
export function targetText(state) {
  if (state.selection) return state.selection;
  if (state.document.tokenStarts.length === 0) return null;
  return tokenRange(state.document, { anchor: state.cursor.focus, focus: state.cursor.focus });
}

/**
 * @param {TextDocument} document
 * @param {import("../model/types.js").Cursor} cursor
 */
function tokenRange(document, { anchor, focus }) {
  return { start: document.tokenStarts[Math.min(anchor, focus)], end: document.tokenEnds[Math.max(anchor, focus)] };
}

/**
 * @param {EditorState} state
 * @param {Unit} unit
 * @param {1|-1} direction
 * @returns {number} index of a token, perhaps outside the list
 */
function targetOf({ document, cursor }, unit, direction) {
  const count = document.tokenStarts.length;
  if (unit === "token") return cursor.focus + direction;
  if (unit === "document") return direction > 0 ? count - 1 : 0;
  if (unit === "sentence") return sentenceTarget(document, cursor.focus, direction);
  const at = document.tokenStarts[cursor.focus] ?? 0;
  const block = Math.max(0, lastUpTo(document.blockStarts, at));
  return direction > 0 ? countBelow(document.tokenStarts, document.blockEnds[block]) - 1
    : tokenFrom(document, document.blockStarts[block]);
}

/**
 * Return the first token of the next sentence; backwards, of this sentence, or of the one before when the cursor is on
 * it.
 *
 * @param {TextDocument} document
 * @param {number} focus
 * @param {1|-1} direction
 */
function sentenceTarget(document, focus, direction) {
  const sentence = sentenceAt(document, document.tokenStarts[focus] ?? 0);
  if (sentence < 0) return direction > 0 ? document.tokenStarts.length - 1 : 0;
  const start = tokenFrom(document, document.sentenceStarts[sentence]);
  if (direction < 0 && start < focus) return start;
  const other = sentence + direction;
  if (other < 0) return 0;
  if (other >= document.sentenceStarts.length) return document.tokenStarts.length - 1;
  return tokenFrom(document, document.sentenceStarts[other]);
}

/**
 * Put the cursor on the first word of the next sentence that no span touches.
 *
 * @param {1|-1} direction
 * @returns {Command} false when there is none
 */
export const toUnlabelled = (direction) => (state, dispatch) => {
  const { document, cursor } = state;
  const count = document.sentenceStarts.length;
  const here = sentenceAt(document, document.tokenStarts[cursor.focus] ?? 0);
  for (let index = here + direction; index >= 0 && index < count; index += direction) {
    if (hasSpan(state, index)) continue;
    const [start, end] = [document.sentenceStarts[index], document.sentenceEnds[index]];
    const token = tokenFrom(document, start);
    dispatch?.({ cursor: { anchor: token, focus: token }, selection: null, selectedId: null, userEvent: "move.cursor",
      announce: interpolate(gettext("Sentence %(number)s of %(count)s, without a span: %(text)s"),
        { number: index + 1, count, text: excerpt(document, [[start, end]], 120) }) });
    return true;
  }
  return refuse(dispatch, direction > 0 ? gettext("No unlabelled sentence after this one.")
    : gettext("No unlabelled sentence before this one."));
};

/**
 * Return whether a fragment of a span shares text with a sentence.
 *
 * @param {EditorState} state
 * @param {number} sentence
 * @returns {boolean}
 */
function hasSpan({ document, spans }, sentence) {
  const [start, end] = [document.sentenceStarts[sentence], document.sentenceEnds[sentence]];
  for (let block = blockAt(document, start); block <= blockAt(document, Math.max(start, end - 1)); block += 1) {
    if (spans.bucket(block).some((entry) => entry.start < end && start < entry.end)) return true;
  }
  return false;
}

/**
 * Go on to the first word of the next or previous sentence without choosing that word, so that a label key shows hints.
 *
 * @param {1|-1} direction
 * @returns {Command} false when there is none
 */
export const toNextSentence = (direction) => (state, dispatch) => {
  const { document, cursor } = state;
  const sentence = sentenceAt(document, document.tokenStarts[cursor.focus] ?? 0) + direction;
  if (sentence < 0 || sentence >= document.sentenceStarts.length) {
    return refuse(dispatch, direction > 0 ? gettext("This is the last sentence.")
      : gettext("This is the first sentence."));
  }
  const focus = tokenFrom(document, document.sentenceStarts[sentence]);
  const extent = /** @type {[number, number]} */ ([document.sentenceStarts[sentence], document.sentenceEnds[sentence]]);
  dispatch?.({ cursor: { anchor: focus, focus, isFresh: true }, selection: null, selectedId: null, picking: null,
    userEvent: "move.cursor", announce: interpolate(gettext("Sentence %(number)s of %(count)s: %(text)s"),
      { number: sentence + 1, count: document.sentenceStarts.length, text: excerpt(document, [extent], 120) }) });
  return true;
};
