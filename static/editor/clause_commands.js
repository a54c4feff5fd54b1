import { moveEdge } from "./edge_commands.js";
import { countBelow, lastUpTo } from "./search.js";
import { selectedSpan } from "./span_updates.js";

/**
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").TextDocument} TextDocument
 */

/** What stands between clauses: commas and their like, dashes, brackets, quotation marks, the ends of sentences. */
const SEPARATOR = /[,;:.!?…–—()[\]"“”„«»،؛。、！？]/u;

/**
 * Move the start or the end of the selected span to the next border of a clause.
 *
 * @param {"start"|"end"} edge
 * @param {1|-1} direction 1 is later in the text
 * @returns {Command} false when there is none
 */
export const resizeByClause = (edge, direction) => (state, dispatch) => {
  const span = selectedSpan(state);
  if (!span) return false;
  const { document } = state;
  const [from, to] = edge === "start" ? span.fragments[0] : span.fragments[span.fragments.length - 1];
  const at = edge === "start" ? countBelow(document.tokenEnds, from + 1) : lastUpTo(document.tokenStarts, to - 1);
  for (let token = at + direction; token >= 0 && token < document.tokenStarts.length; token += direction) {
    const border = (edge === "start" ? document.tokenStarts : document.tokenEnds)[token];
    if (isBorder(document, token, edge)) return moveEdge(edge, border)(state, dispatch);
  }
  return false;
};

/**
 * Whether a clause starts or ends with a token: a separator, or the end of the text, is on its other side.
 *
 * @param {TextDocument} document
 * @param {number} token
 * @param {"start"|"end"} edge
 */
function isBorder({ text, tokenStarts, tokenEnds }, token, edge) {
  if (isSeparator(text, tokenStarts[token], tokenEnds[token])) return false;
  const other = edge === "start" ? token - 1 : token + 1;
  if (other < 0 || other >= tokenStarts.length) return true;
  const [left, right] = edge === "start" ? [other, token] : [token, other];
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
