/**
 * Picking by hint: a label key shows letters on the words near the cursor, and the letters of a word label it up to its
 * default end. Space and letters end the span at another word, + and letters add a fragment.
 */

import { gettext, interpolate } from "../../pages/text.js";
import { mergeFragments } from "../model/fragments.js";
import { hintsNear } from "../model/assistance/hints.js";
import { labelOf, visibleLabels } from "../model/schema.js";
import { snap, tokenFrom } from "../model/text/document.js";
import { defaultEnd, structuralEnds } from "../model/text/ends.js";
import { countBelow } from "../model/text/offsets.js";
import { setBoundaries, trimmedFragment } from "./boundaries.js";
import { labelOrRelabel } from "./bulk.js";
import { NUMBERED } from "./relations.js";
import { labelSelection } from "./spans.js";
import { refuse, selectedSpan } from "./updates.js";

/**
 * @typedef {import("../model/types.js").EditorState} EditorState
 * @typedef {import("../model/types.js").Command} Command
 * @typedef {import("../model/types.js").Dispatch} Dispatch
 * @typedef {import("../model/types.js").Span} Span
 * @typedef {import("../model/types.js").Fragment} Fragment
 * @typedef {import("../model/types.js").Picking} Picking
 */

/** The number of hints that are announced: those of one letter. */
const ANNOUNCED = 6;

/**
 * Do what a label key does: label the selected text, the word that the cursor was moved to, or relabel the span that
 * was selected; with none of these, show hints.
 *
 * @param {string} labelId
 * @returns {Command}
 */
export const labelByKey = (labelId) => (state, dispatch) => {
  const { cursor, selection, selectedId, selectedIds } = state;
  const isChosen = selection !== null || selectedIds.size > 0 || cursor.hasMoved || cursor.isBlank
    || (selectedId !== null && !cursor.isFresh);
  return (isChosen ? labelOrRelabel : pickStart)(labelId)(state, dispatch);
};

/**
 * Show hints on the words where a span with a label may begin.
 *
 * @param {string} labelId
 * @returns {Command}
 */
export const pickStart = (labelId) => (state, dispatch) => {
  const label = visibleLabels(state).find(({ id }) => id === labelId);
  if (!state.editable || !label || state.document.tokenStarts.length === 0) return false;
  const hints = hintsNear(state.document, state.cursor.focus, hintsOf(state));
  return show(state, dispatch, { kind: "start", label: labelId, typed: "", hints },
    interpolate(gettext("%(label)s: type the letters of the first word."), { label: label.name }));
};

/**
 * Show hints on the words at which the selected span may end.
 *
 * @type {Command}
 */
export const pickEnd = (state, dispatch) => {
  const span = selectedSpan(state);
  if (!state.editable || !span || state.selection || !state.cursor.isFresh) return false;
  const [start] = span.fragments[span.fragments.length - 1];
  const hints = hintsNear(state.document, tokenFrom(state.document, start), { ...hintsOf(state), onlyAhead: true });
  return show(state, dispatch, { kind: "end", label: span.label, typed: "", hints },
    gettext("Type the letters of the last word."));
};

/**
 * Show hints on the words where a further fragment of the selected span may begin.
 *
 * @type {Command}
 */
export const pickFragment = (state, dispatch) => {
  const span = selectedSpan(state);
  if (!state.editable || !span || state.selection) return false;
  const label = labelOf(state.schema, span.label);
  if (!label.discontinuous) {
    return refuse(dispatch, interpolate(gettext("%(label)s spans cannot have several fragments."),
      { label: label.name }));
  }
  const [, end] = span.fragments[span.fragments.length - 1];
  const next = Math.min(tokenFrom(state.document, end), state.document.tokenStarts.length - 1);
  const hints = hintsNear(state.document, next, hintsOf(state));
  return show(state, dispatch, { kind: "fragment", label: span.label, typed: "", hints },
    gettext("Type the letters of the first word of the fragment."));
};

/**
 * Return which hints are shown: quotation marks have some unless the boundary rules leave them out, so that no span
 * begins with one.
 *
 * @param {EditorState} state
 */
function hintsOf({ schema, picksByWords }) {
  return { withMarks: !schema.boundaries.quotesOut, byWords: picksByWords };
}

/**
 * @param {EditorState} state
 * @param {Dispatch|undefined} dispatch
 * @param {Picking} picking
 * @param {string} sentence
 */
function show({ document, picksByWords: byWords }, dispatch, picking, sentence) {
  const words = byWords ? [] : picking.hints.slice(0, ANNOUNCED).map(({ token, letters }) =>
    `${letters}: ${wordAt(document, token)}`);
  dispatch?.({ picking: { ...picking, byWords }, userEvent: "pick",
    announce: byWords ? sentence : `${sentence} ${words.join(", ")} …` });
  return true;
}

/** @param {EditorState["document"]} document @param {number} token */
function wordAt({ text, tokenStarts, tokenEnds }, token) {
  return text.slice(tokenStarts[token], tokenEnds[token]);
}

/**
 * Return the hints that begin with the letters typed, nearest first.
 *
 * @param {Picking} picking
 * @param {string} [typed]
 */
export function matchingHints({ hints, typed: before }, typed = before) {
  return hints.filter(({ letters }) => letters.startsWith(typed));
}

/**
 * Take a letter of a hint.
 *
 * @param {string} letter
 * @returns {Command} false while nothing is being picked
 */
export const pickLetter = (letter) => (state, dispatch) => {
  const { picking } = state;
  if (!picking) return false;
  const typed = picking.typed + letter.toLowerCase();
  const hints = matchingHints(picking, typed);
  const isOnly = picking.byWords ? hints.length === 1 : hints[0]?.letters === typed;
  if (isOnly) return pickToken(picking, hints[0].token)(state, dispatch);
  if (hints.length === 0) {
    return refuse(dispatch, interpolate(gettext("No word has the letters “%(typed)s”."), { typed })) || true;
  }
  const words = picking.byWords ? hints.slice(0, NUMBERED).map(({ token }, index) =>
    `${index + 1}: ${wordAt(state.document, token)}`) : [];
  dispatch?.({ picking: { ...picking, typed }, userEvent: "pick", announce: words.join(", ") || typed });
  return true;
};

/**
 * Pick one of the words that begin with the letters typed, which have numbers.
 *
 * @param {number} number from 1
 * @returns {Command}
 */
export const pickNumber = (number) => (state, dispatch) => {
  const { picking } = state;
  if (!picking) return false;
  const hint = matchingHints(picking).at(number - 1);
  return hint !== undefined && pickToken(picking, hint.token)(state, dispatch);
};

/**
 * Pick a word, such as by a click on it while hints are shown.
 *
 * @param {Picking} picking
 * @param {number} token
 * @returns {Command}
 */
export const pickToken = ({ kind, label }, token) => (state, dispatch) => {
  if (kind === "start") return labelFrom(state, dispatch, label, token);
  return kind === "end" ? endAt(state, dispatch, token) : addFrom(state, dispatch, token);
};

/**
 * Do what Enter does while hints are shown: take the nearest word with the letters typed, or else relabel the span
 * that was just made, or label the word at the cursor.
 *
 * @type {Command}
 */
export const confirmPick = (state, dispatch) => {
  const { picking } = state;
  if (!picking) return false;
  if (picking.byWords && picking.typed) return pickNumber(1)(state, dispatch);
  if (picking.kind !== "start") return cancelPick(state, dispatch);
  dispatch?.({ picking: null, userEvent: "pick" });
  return labelOrRelabel(picking.label)(state, dispatch) || true;
};

/**
 * Hide the hints; with a letter typed, take it back.
 *
 * @type {Command}
 */
export const cancelPick = ({ picking }, dispatch) => {
  if (!picking) return false;
  dispatch?.({ picking: null, userEvent: "pick", announce: gettext("No word picked.") });
  return true;
};

/**
 * Move the end of the selected span to the next or previous end of a phrase, clause, quotation or sentence.
 *
 * @param {1|-1} direction
 * @returns {Command} false when there is none
 */
export const resizeByStructure = (direction) => (state, dispatch) => {
  const span = selectedSpan(state);
  if (!state.editable || !span) return false;
  const { document } = state;
  const [start, end] = span.fragments[span.fragments.length - 1];
  const last = countBelow(document.tokenStarts, end) - 1;
  const ends = structuralEnds(document, tokenFrom(document, start), labelOf(state.schema, span.label).rule);
  const token = direction > 0 ? ends.find((each) => each > last) : ends.findLast((each) => each < last);
  return token !== undefined && endAt(state, dispatch, token);
};

/**
 * @param {EditorState} state
 * @param {Dispatch|undefined} dispatch
 * @param {string} labelId
 * @param {number} token
 */
function labelFrom(state, dispatch, labelId, token) {
  const { document, schema } = state;
  const { rule } = labelOf(schema, labelId);
  const byRule = defaultEnd(document, token, rule);
  const usual = rule === "punctuation" ? usualWords(state, labelId, document.tokenStarts[token]) : 0;
  const end = usual > 0 ? Math.min(byRule, token + usual - 1) : byRule;
  const selection = { start: document.tokenStarts[token], end: document.tokenEnds[end] };
  const cursor = { anchor: token, focus: token };
  return labelSelection(labelId)({ ...state, selection, cursor }, dispatch);
}

/** How many earlier spans of a label count, how many are looked at, and from how many on they say something. */
const COUNTED = 9;
const LOOKED_AT = 40;
const ENOUGH = 3;
/** Spans of a label count as short up to this many words. */
const SHORT = 3;

/**
 * Return the usual number of words of a label without a rule of its own, where its last spans were short: names, verbs.
 *
 * @param {EditorState} state
 * @param {string} labelId
 * @param {number} offset
 * @returns {number} 0 when they were not short, or when there are too few
 */
function usualWords({ spans, document }, labelId, offset) {
  /** @type {number[]} */
  const lengths = [];
  let span = spans.lastBefore(offset);
  for (let step = 0; span && step < LOOKED_AT && lengths.length < COUNTED; step += 1) {
    const [start, end] = span.fragments[0];
    if (span.label === labelId) lengths.push(countBelow(document.tokenStarts, end) - tokenFrom(document, start));
    span = spans.before(span);
  }
  const usual = lengths.sort((one, other) => one - other)[lengths.length >> 1] ?? 0;
  return lengths.length >= ENOUGH && usual <= SHORT ? usual : 0;
}

/**
 * @param {EditorState} state
 * @param {Dispatch|undefined} dispatch
 * @param {number} token
 */
function endAt(state, dispatch, token) {
  const span = selectedSpan(state);
  if (!span) return false;
  const fragments = span.fragments.map(([start, end]) => /** @type {Fragment} */ ([start, end]));
  fragments[fragments.length - 1][1] = state.document.tokenEnds[token];
  dispatch?.({ picking: null, userEvent: "pick" });
  return setBoundaries(state, dispatch, fragments);
}

/**
 * @param {EditorState} state
 * @param {Dispatch|undefined} dispatch
 * @param {number} token
 */
function addFrom(state, dispatch, token) {
  const span = selectedSpan(state);
  if (!span) return false;
  const { document, schema } = state;
  const end = document.tokenEnds[defaultEnd(document, token, labelOf(schema, span.label).rule)];
  const added = trimmedFragment(state, span.label, { start: document.tokenStarts[token], end });
  const joins = (/** @type {number} */ before, /** @type {number} */ after) => snap(document, before, after) === null;
  const fragments = mergeFragments([...span.fragments, added], joins);
  dispatch?.({ picking: null, userEvent: "pick" });
  if (!setBoundaries(state, dispatch, fragments)) return false;
  dispatch?.({ cursor: { anchor: token, focus: token, isFresh: true }, userEvent: "move.cursor" });
  return true;
}
