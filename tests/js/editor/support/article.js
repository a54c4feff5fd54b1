import { selectedSpan, selectText, targetText } from "../../../../static/editor/commands/index.js";

/** @typedef {ReturnType<typeof import("./editors.js").openEditor>} Editor */

/** Two lines, as of a file from another system, with a character outside the basic plane. */
export const TEXT = "Ada said the plan was off.\r\nBen 🙂 denied it twice.";

/**
 * The words that a label would go on.
 *
 * @param {Editor} editor
 */
export function words({ store: { state } }) {
  const target = targetText(state);
  return target && state.document.text.slice(target.start, target.end);
}

/**
 * The selected span; a test that needs none fails on what it misses.
 *
 * @param {Editor} editor
 * @returns {any}
 */
export function selected({ store: { state } }) {
  return selectedSpan(state);
}

/**
 * Select from the one word to the other.
 *
 * @param {Editor} editor
 * @param {string} first
 * @param {string} [last]
 */
export function selectWords(editor, first, last = first) {
  const from = TEXT.indexOf(first);
  return editor.run(selectText(from, TEXT.indexOf(last, from) + last.length));
}
