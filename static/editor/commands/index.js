/** All commands, and those that the keymap names. */

import { addFragment, resize, resizeByClause, setFragments, undoTrim, widenToSentence } from "./boundaries.js";
import { removeSelection, selectSpans, toggleSpan } from "./bulk.js";
import { escape, moveCursor, selectAll, toUnlabelled } from "./cursor.js";
import { cycleAtCursor, nextSpan, previousSpan } from "./navigation.js";
import { labelByKey, pickEnd, pickFragment, resizeByStructure } from "./picking.js";
import { setAttribute } from "./spans.js";

export { addFragment, moveBoundary, resize, setFragments, undoTrim, widenToSentence } from "./boundaries.js";
export { describeSelectedSpans, labelAll, labelOrRelabel, occurrencesOf, relabelSpans, removeSelection, removeSpans,
  selectedSpans, selectSpans, toggleSpan } from "./bulk.js";
export { keepTheirs, takeMine } from "./conflicts.js";
export {
  escape, moveCursor, moveCursorTo, placeCursor, selectAll, selectText, targetText, toNextSentence, toUnlabelled,
} from "./cursor.js";
export { cycleAtCursor, nextSpan, previousSpan, selectAt, selectSpan } from "./navigation.js";
export { assumedIndex, leaveFrame, takeFromFrame } from "./frames.js";
export { addRelation, nearestTargets, nextTarget, NUMBERED, removeRelation } from "./relations.js";
export {
  cancelPick, confirmPick, labelByKey, matchingHints, pickEnd, pickFragment, pickLetter, pickNumber, pickStart,
  pickToken, resizeByStructure,
} from "./picking.js";
export { applyLabel, labelSelection, relabel, removeSelected, setAttribute, setNote } from "./spans.js";
export { selectedSpan } from "./updates.js";

/**
 * @typedef {import("../model/types.js").Command} Command
 * @typedef {import("../model/history.js").History} History
 * @typedef {import("./cursor.js").Unit} Unit
 */

/**
 * Commands without an argument. People's own shortcuts are stored under these names, so that they stay as they are.
 *
 * @type {Readonly<Record<string, Command>>}
 */
const PLAIN = Object.freeze({
  escape: clearSelection,
  "span.next": nextSpan,
  "span.previous": previousSpan,
  "span.cycle": cycleAtCursor(1),
  "span.cycleBack": cycleAtCursor(-1),
  "span.remove": removeSelection,
  "span.choose": toggleSpan(),
  "select.all": selectAll,
  "sentence.next": toUnlabelled(1),
  "sentence.previous": toUnlabelled(-1),
  "span.endLater": resize("end", 1),
  "span.endEarlier": resize("end", -1),
  "span.startLater": resize("start", 1),
  "span.startEarlier": resize("start", -1),
  "span.endLaterClause": resizeByStructure(1),
  "span.endEarlierClause": resizeByStructure(-1),
  "span.startLaterClause": resizeByClause("start", 1),
  "span.startEarlierClause": resizeByClause("start", -1),
  "span.sentence": widenToSentence,
  "span.setFragments": setFragments,
  "span.addFragment": (state, dispatch) => (state.selection ? addFragment : pickFragment)(state, dispatch),
  "pick.end": pickEnd,
  "span.keepCut": undoTrim,
});

/** @type {Readonly<Record<string, [Unit, 1|-1]>>} where the cursor goes in text that is read from left to right */
const MOVES = Object.freeze({
  right: ["token", 1],
  left: ["token", -1],
  sentenceRight: ["sentence", 1],
  sentenceLeft: ["sentence", -1],
  blockStart: ["block", -1],
  blockEnd: ["block", 1],
  documentStart: ["document", -1],
  documentEnd: ["document", 1],
});

/**
 * Clear the selected text, or else the multiple selection, or else the selected span.
 *
 * @type {Command}
 */
function clearSelection(state, dispatch) {
  return (!state.selection && selectSpans([])(state, dispatch)) || escape(state, dispatch);
}

/**
 * Return the command that a shortcut of the keymap names.
 *
 * @param {{command: string, argument: string[]}} binding
 * @param {{history: History, rightToLeft?: boolean}} context `rightToLeft`: direction of the block with the cursor
 * @returns {Command|null} null for the commands of the page ("view.…")
 */
export function commandOf({ command, argument }, { history, rightToLeft = false }) {
  if (Object.hasOwn(PLAIN, command)) return PLAIN[command];
  if (command === "label") return labelByKey(argument[0]);
  if (command === "attribute") return setAttribute(argument[0], argument[1]);
  if (command === "history.undo") return (_, dispatch) => (dispatch ? history.undo() : history.canUndo());
  if (command === "history.redo") return (_, dispatch) => (dispatch ? history.redo() : history.canRedo());
  const [family, move] = command.split(".");
  if ((family !== "cursor" && family !== "extend") || !Object.hasOwn(MOVES, move)) return null;
  const [unit, direction] = MOVES[move];
  const turned = rightToLeft && /right|left/i.test(move) ? /** @type {1|-1} */ (-direction) : direction;
  return moveCursor(unit, turned, family === "extend");
}
