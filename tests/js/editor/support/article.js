import { selectedSpan, selectText, targetText } from "../../../../static/editor/commands/index.js";

/** @typedef {ReturnType<typeof import("./editors.js").openEditor>} Editor */

/** Two lines with a Windows line break and a character outside the basic plane. */
export const TEXT = "Ada said the plan was off.\r\nBen 🙂 denied it twice.";

/**
 * Return the words that a label would be applied to.
 *
 * @param {Editor} editor
 */
export function words({ store: { state } }) {
  const target = targetText(state);
  return target && state.document.text.slice(target.start, target.end);
}

/**
 * Return the selected span.
 *
 * @param {Editor} editor
 * @returns {any}
 */
export function selected({ store: { state } }) {
  return selectedSpan(state);
}

/**
 * Select the text from one word to another.
 *
 * @param {Editor} editor
 * @param {string} first
 * @param {string} [last]
 */
export function selectWords(editor, first, last = first) {
  const from = TEXT.indexOf(first);
  return editor.run(selectText(from, TEXT.indexOf(last, from) + last.length));
}
