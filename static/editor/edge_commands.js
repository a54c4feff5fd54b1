import { describeValue } from "./describe.js";
import { snap } from "./document.js";
import { labelOf } from "./schema.js";
import { refuse, selectedSpan, updateSpan } from "./span_updates.js";

/**
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").Fragment} Fragment
 */

/**
 * Let the selected span start or end at another place of the text: its first or last part grows or shrinks.
 *
 * @param {"start"|"end"} edge
 * @param {number} offset any place; whole words are taken in as the project wants
 * @param {boolean} [preview] only select what it would cover
 * @returns {Command} false when nothing would be left of the part
 */
export const moveEdge = (edge, offset, preview = false) => (state, dispatch) => {
  const span = selectedSpan(state);
  if (!state.editable || !span) return false;
  const fragments = span.fragments.map(([start, end]) => /** @type {Fragment} */ ([start, end]));
  const index = edge === "start" ? 0 : fragments.length - 1;
  const [start, end] = fragments[index];
  const wanted = edge === "start" ? [Math.min(offset, end - 1), end] : [start, Math.max(offset, start + 1)];
  const covered = snap(state.document, wanted[0], wanted[1]);
  if (!covered) return refuse(dispatch, "A span keeps at least one word. Delete removes it.");
  if (preview) {
    dispatch?.({ selection: covered, userEvent: "resize.preview" });
    return true;
  }
  fragments[index] = [edge === "start" ? covered.start : start, edge === "end" ? covered.end : end];
  const words = describeValue(state, span.label, "fragments", fragments);
  return updateSpan(state, dispatch, span, { fragments }, {
    userEvent: "resize.span", announce: `${labelOf(state.schema, span.label).name} now covers ${words}.`,
  });
};
