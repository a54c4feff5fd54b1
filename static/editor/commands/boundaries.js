/** Commands that change where the selected span starts and ends, within the boundary rules of the schema. */

import { gettext, interpolate } from "../../pages/text.js";
import { describeValue } from "../model/descriptions.js";
import { mergeFragments } from "../model/fragments.js";
import { labelOf } from "../model/schema.js";
import { trimToRules } from "../model/text/boundary_rules.js";
import { snap, tokenFrom } from "../model/text/document.js";
import { countBelow, lastUpTo } from "../model/text/offsets.js";
import { refuse, selectedSpan, updateSpan } from "./updates.js";

/**
 * @typedef {import("../model/types.js").EditorState} EditorState
 * @typedef {import("../model/types.js").Command} Command
 * @typedef {import("../model/types.js").Fragment} Fragment
 * @typedef {import("../model/types.js").TextDocument} TextDocument
 * @typedef {import("../model/types.js").Trim} Trim
 * @typedef {"start"|"end"} Side which boundary of a span
 */

/** Characters between clauses: commas and their like, dashes, brackets, quotation marks, the ends of sentences. */
const SEPARATOR = /[,;:.!?…–—()[\]"“”„«»،؛。、！？]/u;

/**
 * Move one boundary of the selected span by one token, or to the next boundary of a sentence.
 *
 * @param {Side} side
 * @param {1|-1} direction 1 is later in the text
 * @param {"token"|"sentence"} [unit]
 * @returns {Command} false when it cannot move further
 */
export const resize = (side, direction, unit = "token") => (state, dispatch) => {
  const span = selectedSpan(state);
  if (!state.editable || !span) return false;
  const { document } = state;
  const fragments = span.fragments.map(([start, end]) => /** @type {Fragment} */ ([start, end]));
  const changed = side === "start" ? fragmentAtCursor(state, fragments) : fragments[fragments.length - 1];
  const boundaries = unit === "token" ? { start: document.unitStarts, end: document.unitEnds }
    : { start: document.sentenceStarts, end: document.sentenceEnds };
  const index = side === "start" ? 0 : 1;
  const boundary = nextBoundary(boundaries[side], changed[index], direction);
  if (boundary === undefined) return false;
  changed[index] = boundary;
  if (changed[0] >= changed[1]) return refuseEmpty(dispatch);
  return setBoundaries(state, dispatch, fragments);
};

/**
 * Return the fragment with the cursor, as after adding one, or else the first.
 *
 * @param {EditorState} state
 * @param {Fragment[]} fragments
 */
function fragmentAtCursor({ document, cursor }, fragments) {
  const offset = document.tokenStarts[cursor.focus];
  return fragments.find(([start, end]) => start <= offset && offset < end) ?? fragments[0];
}

/**
 * Extend the selected span to the whole sentences it touches.
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
 * Replace the fragments of the selected span with the selected text.
 *
 * @type {Command}
 */
export const setFragments = (state, dispatch) => {
  const span = selectedSpan(state);
  if (!span || !state.selection) return false;
  const fragment = trimmedFragment(state, span.label, state.selection);
  return setBoundaries(state, dispatch, [fragment], trimOf(state, span.id, state.selection, fragment));
};

/**
 * Add the selected text to the selected span. Fragments with only white space between them become one.
 *
 * @type {Command} false when the label allows one fragment only and this would make several
 */
export const addFragment = (state, dispatch) => {
  const span = selectedSpan(state);
  if (!state.editable || !span || !state.selection) return false;
  const { start, end } = state.selection;
  const fragment = trimmedFragment(state, span.label, state.selection);
  const [fragments, untrimmed] = [fragment, /** @type {Fragment} */ ([start, end])].map((added) =>
    mergeFragments([...span.fragments, added], (before, after) => snap(state.document, before, after) === null));
  const label = labelOf(state.schema, span.label);
  if (fragments.length > 1 && !label.discontinuous) {
    return refuse(dispatch, interpolate(gettext("%(label)s spans cannot have several fragments."),
      { label: label.name }));
  }
  const trim = trimOf(state, span.id, state.selection, fragment, untrimmed);
  if (!setBoundaries(state, dispatch, fragments, trim)) return false;
  const token = tokenFrom(state.document, fragment[0]);
  dispatch?.({ cursor: { anchor: token, focus: token, isFresh: true }, userEvent: "move.cursor" });
  return true;
};

/**
 * Move one boundary of the selected span to another offset: its first or last fragment grows or shrinks.
 *
 * @param {Side} side
 * @param {number} offset any offset; the span takes whole words where the project wants that
 * @param {boolean} [preview] only select what it would cover
 * @returns {Command} false when nothing would be left of the fragment
 */
export const moveBoundary = (side, offset, preview = false) => (state, dispatch) => {
  const span = selectedSpan(state);
  if (!state.editable || !span) return false;
  const fragments = span.fragments.map(([start, end]) => /** @type {Fragment} */ ([start, end]));
  const index = side === "start" ? 0 : fragments.length - 1;
  const [start, end] = fragments[index];
  const wanted = side === "start" ? [Math.min(offset, end - 1), end] : [start, Math.max(offset, start + 1)];
  const covered = snap(state.document, wanted[0], wanted[1]);
  if (!covered) return refuseEmpty(dispatch);
  if (preview) {
    dispatch?.({ selection: covered, userEvent: "resize.preview" });
    return true;
  }
  fragments[index] = [side === "start" ? covered.start : start, side === "end" ? covered.end : end];
  return setBoundaries(state, dispatch, fragments);
};

/**
 * Move one boundary of the selected span to the next boundary of a clause.
 *
 * @param {Side} side
 * @param {1|-1} direction 1 is later in the text
 * @returns {Command} false when there is none
 */
export const resizeByClause = (side, direction) => (state, dispatch) => {
  const span = selectedSpan(state);
  if (!span) return false;
  const { document } = state;
  const [from, to] = side === "start" ? span.fragments[0] : span.fragments[span.fragments.length - 1];
  const at = side === "start" ? countBelow(document.tokenEnds, from + 1) : lastUpTo(document.tokenStarts, to - 1);
  for (let token = at + direction; token >= 0 && token < document.tokenStarts.length; token += direction) {
    const boundary = (side === "start" ? document.tokenStarts : document.tokenEnds)[token];
    if (isClauseBoundary(document, token, side)) return moveBoundary(side, boundary)(state, dispatch);
  }
  return false;
};

/**
 * Let the span that was trimmed last cover all the selected text: undoes what the rules did, and nothing else.
 *
 * @type {Command}
 */
export const undoTrim = (state, dispatch) => {
  const { trim } = state;
  const span = trim && state.spans.get(trim.spanId);
  if (!state.editable || !trim || !span) return false;
  const words = describeValue(state, span.label, "fragments", trim.fragments);
  return updateSpan(state, dispatch, span, { fragments: trim.fragments }, {
    userEvent: "resize.span",
    announce: interpolate(gettext("%(label)s covers %(words)s, as selected."),
      { label: labelOf(state.schema, span.label).name, words }),
  });
};

/**
 * Return the text that a span with a label covers of the selected text, within the boundary rules. A project that does
 * not snap to whole words has no such rules.
 *
 * @param {Pick<EditorState, "document"|"schema">} state
 * @param {string} label
 * @param {{start: number, end: number}} selection
 * @returns {Fragment}
 */
export function trimmedFragment({ document, schema }, label, { start, end }) {
  if (!document.wholeTokens) return [start, end];
  return trimToRules(document.text, [start, end], schema.boundaries, label);
}

/**
 * Return what the boundary rules changed about the selected text.
 *
 * @param {EditorState} state
 * @param {string} spanId
 * @param {{start: number, end: number}} selection
 * @param {Fragment} kept what the span covers of it
 * @param {Fragment[]} fragments of the span with all of the selected text
 * @returns {Trim|null} null when they changed nothing
 */
export function trimOf(state, spanId, selection, kept, fragments = [[selection.start, selection.end]]) {
  const { text } = state.document;
  const [start, end] = kept;
  if (start === selection.start && end === selection.end) return null;
  const quoted = (/** @type {number} */ from, /** @type {number} */ to) =>
    (from < to ? [`“${text.slice(from, to).trim()}”`] : []);
  const trimmed = [...quoted(selection.start, start), ...quoted(end, selection.end)].join(", ");
  const added = [...quoted(start, selection.start), ...quoted(selection.end, end)].join(", ");
  return { spanId, fragments, kept, selected: [selection.start, selection.end], message: trimMessage(trimmed, added) };
}

/**
 * @param {string} trimmed
 * @param {string} added
 */
function trimMessage(trimmed, added) {
  if (!added) return interpolate(gettext("Trimmed %(trimmed)s (boundary rule)."), { trimmed });
  if (!trimmed) return interpolate(gettext("Added %(added)s (boundary rule)."), { added });
  return interpolate(gettext("Trimmed %(trimmed)s and added %(added)s (boundary rule)."), { trimmed, added });
}

/**
 * Return an announcement followed by what was trimmed.
 *
 * @param {string} announcement
 * @param {Trim|null} trim
 * @returns {string}
 */
export function withTrim(announcement, trim) {
  return trim ? `${announcement} ${trim.message}` : announcement;
}

/**
 * @param {EditorState} state
 * @param {import("../model/types.js").Dispatch|undefined} dispatch
 * @param {Fragment[]} fragments
 * @param {Trim|null} [trim] what the boundary rules did
 */
export function setBoundaries(state, dispatch, fragments, trim = null) {
  const span = selectedSpan(state);
  if (!state.editable || !span) return false;
  const words = describeValue(state, span.label, "fragments", fragments);
  const message = interpolate(gettext("%(label)s now covers %(words)s."),
    { label: labelOf(state.schema, span.label).name, words });
  return updateSpan(state, dispatch, span, { fragments },
    { userEvent: "resize.span", trim, announce: withTrim(message, trim) });
}

/** @param {import("../model/types.js").Dispatch|undefined} dispatch */
function refuseEmpty(dispatch) {
  return refuse(dispatch, gettext("A span covers at least one word. Press Delete to remove it."));
}

/**
 * Return the boundary before or after an offset.
 *
 * @param {Uint32Array} boundaries sorted
 * @param {number} offset
 * @param {1|-1} direction
 * @returns {number|undefined}
 */
function nextBoundary(boundaries, offset, direction) {
  return direction > 0 ? boundaries[lastUpTo(boundaries, offset) + 1] : boundaries[countBelow(boundaries, offset) - 1];
}

/**
 * Return whether a clause starts or ends with a token: a separator, or the end of the text, is on its other side.
 *
 * @param {TextDocument} document
 * @param {number} token
 * @param {Side} side
 */
function isClauseBoundary({ text, tokenStarts, tokenEnds }, token, side) {
  if (isSeparator(text, tokenStarts[token], tokenEnds[token])) return false;
  const other = side === "start" ? token - 1 : token + 1;
  if (other < 0 || other >= tokenStarts.length) return true;
  const [left, right] = side === "start" ? [other, token] : [token, other];
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
