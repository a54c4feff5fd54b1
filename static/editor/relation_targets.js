import { excerpt } from "./document.js";
import { nextTarget } from "./relation_commands.js";
import { selectedSpan } from "./span_updates.js";

/**
 * @typedef {import("./types.js").EditorState} EditorState
 * @typedef {import("./types.js").Span} Span
 */

/** As many as there are keys from 1 to 9. */
export const NUMBERED = 9;

/**
 * The spans that a relation from the selected one could lead to, nearest in the text first, as far as paragraphs away.
 *
 * @param {EditorState} state
 * @param {string} typeId
 * @param {{skip?: number, most?: number, words?: string}} [options] `skip` goes on to those farther away; `words` must
 *   occur in the text of the span, upper or lower case
 * @returns {{targets: Span[], hasMore: boolean}}
 */
export function nearestTargets(state, typeId, { skip = 0, most = NUMBERED, words = "" } = {}) {
  const from = selectedSpan(state);
  if (!from) return { targets: [], hasMore: false };
  /** @type {Span[]} */
  const targets = [];
  let before = nextTarget(state, typeId, null, -1);
  let after = nextTarget(state, typeId, null, 1);
  while ((before || after) && targets.length <= skip + most) {
    const takesBefore = before !== undefined
      && (after === undefined || distance(from, before) <= distance(from, after));
    const taken = /** @type {Span} */ (takesBefore ? before : after);
    if (says(state, taken, words)) targets.push(taken);
    if (takesBefore) before = nextTarget(state, typeId, taken.id, -1);
    else after = nextTarget(state, typeId, taken.id, 1);
  }
  return { targets: targets.slice(skip, skip + most), hasMore: targets.length > skip + most };
}

/**
 * @param {EditorState} state
 * @param {Span} span
 * @param {string} words
 */
function says({ document: text }, span, words) {
  const wanted = words.trim().toLowerCase();
  return wanted === "" || excerpt(text, span.fragments, Number.MAX_SAFE_INTEGER).toLowerCase().includes(wanted);
}

/**
 * Characters between two spans; of spans that overlap, how far apart they start, which is less than any gap counts.
 *
 * @param {Span} from
 * @param {Span} other
 * @returns {number}
 */
function distance(from, other) {
  return Math.abs(other.fragments[0][0] - from.fragments[0][0]);
}
