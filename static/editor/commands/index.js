import { addFragment, keepCut, resize, resizeByClause, setFragments, widenToSentence } from "./boundaries.js";
import { choose, labelOrRelabel, removeSome, toggleChosen } from "./bulk.js";
import { escape, moveCursor, toUnlabelled } from "./cursor.js";
import { cycleAtCursor, nextSpan, previousSpan } from "./navigation.js";
import { setAttribute } from "./spans.js";
export { addFragment, resize, setFragments, widenToSentence } from "./boundaries.js";
export { choose, chosenSpans, describeChosen, labelOrRelabel, relabelChosen, removeChosen, removeSome,
  toggleChosen } from "./bulk.js";
export { keepCut } from "./boundaries.js";
export { keepTheirs, takeMine } from "./conflicts.js";
export { escape, moveCursor, moveCursorTo, placeCursor, selectText, targetText } from "./cursor.js";
export { cycleAtCursor, nextSpan, previousSpan, selectAt, selectSpan } from "./navigation.js";
export { countOf, labelAll, occurrencesOf } from "./bulk.js";
export { addRelation, nextTarget, removeRelation } from "./relations.js";
export { nearestTargets, NUMBERED } from "./relations.js";
export { toUnlabelled } from "./cursor.js";
export { applyLabel, labelSelection, relabel, removeSelected, setAttribute, setNote } from "./spans.js";
export { selectedSpan } from "./updates.js";

/**
 * @typedef {import("../model/types.js").Command} Command
 * @typedef {import("../model/history.js").History} History
 * @typedef {import("./cursor.js").Unit} Unit
 */

/** @type {Readonly<Record<string, Command>>} */
const PLAIN = Object.freeze({
  escape: escapeOrChooseNone,
  "span.next": nextSpan,
  "span.previous": previousSpan,
  "span.cycle": cycleAtCursor(1),
  "span.cycleBack": cycleAtCursor(-1),
  "span.remove": removeSome,
  "span.choose": toggleChosen(),
  "sentence.next": toUnlabelled(1),
  "sentence.previous": toUnlabelled(-1),
  "span.endLater": resize("end", 1),
  "span.endEarlier": resize("end", -1),
  "span.startLater": resize("start", 1),
  "span.startEarlier": resize("start", -1),
  "span.endLaterClause": resizeByClause("end", 1),
  "span.endEarlierClause": resizeByClause("end", -1),
  "span.startLaterClause": resizeByClause("start", 1),
  "span.startEarlierClause": resizeByClause("start", -1),
  "span.sentence": widenToSentence,
  "span.setFragments": setFragments,
  "span.addFragment": addFragment,
  "span.keepCut": keepCut,
});

/** @type {Readonly<Record<string, [Unit, 1|-1]>>} where the cursor goes in text that runs to the right */
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
 * Give up the selected text; or else what is chosen; or else the selected span.
 *
 * @type {Command}
 */
function escapeOrChooseNone(state, dispatch) {
  return (!state.selection && choose([])(state, dispatch)) || escape(state, dispatch);
}

/**
 * The command that a binding of the keymap names.
 *
 * @param {{command: string, argument: string[]}} binding
 * @param {{history: History, rightToLeft?: boolean}} context `rightToLeft`: direction of the block with the cursor
 * @returns {Command|null} null for the commands of the page ("view.…")
 */
export function commandOf({ command, argument }, { history, rightToLeft = false }) {
  if (Object.hasOwn(PLAIN, command)) return PLAIN[command];
  if (command === "label") return labelOrRelabel(argument[0]);
  if (command === "attribute") return setAttribute(argument[0], argument[1]);
  if (command === "history.undo") return (_, dispatch) => (dispatch ? history.undo() : history.canUndo());
  if (command === "history.redo") return (_, dispatch) => (dispatch ? history.redo() : history.canRedo());
  const [family, move] = command.split(".");
  if ((family !== "cursor" && family !== "extend") || !Object.hasOwn(MOVES, move)) return null;
  const [unit, direction] = MOVES[move];
  const turned = rightToLeft && /right|left/i.test(move) ? /** @type {1|-1} */ (-direction) : direction;
  return moveCursor(unit, turned, family === "extend");
}
