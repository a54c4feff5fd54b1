import { blockAt, excerpt, sentenceAt, tokenFrom } from "./document.js";
import { refuse } from "./span_updates.js";

/**
 * @typedef {import("./types.js").EditorState} EditorState
 * @typedef {import("./types.js").Command} Command
 */

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
      announce: `Sentence ${index + 1} of ${count}, without a span: ${excerpt(document, [[start, end]], 120)}` });
    return true;
  }
  return refuse(dispatch, `No sentence without a span ${direction > 0 ? "after" : "before"} this.`);
};

/**
 * Whether a fragment of a span shares text with a sentence.
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
