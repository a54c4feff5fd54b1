import { voiceOf } from "../model/assistance/presets.js";
import { labelOf } from "../model/schema.js";
import { addRelation } from "./relations.js";
import { setAttribute } from "./spans.js";
import { selectedSpan } from "./updates.js";

/**
 * Take one of what a frame offers for the span that was just made: link it, or give it a name.
 *
 * @param {import("../model/assistance/frames.js").Frame} frame
 * @param {number} index of the span or name
 * @returns {import("../model/types.js").Command} false when there is none, or when it is refused
 */
export const takeFromFrame = (frame, index) => (state, dispatch) => {
  const span = selectedSpan(state);
  if (!span) return false;
  if ("names" in frame) {
    return frame.names[index] !== undefined && setAttribute(frame.attribute, frame.names[index])(state, dispatch);
  }
  const other = frame.spans[index];
  if (!other) return false;
  const [from, to] = frame.isOutward ? [span, other] : [other, span];
  return addRelation(frame.type.id, to.id)({ ...state, selectedId: from.id }, dispatch);
};

/**
 * Take nothing of what a frame offers: a claim without a speaker has no source.
 *
 * @param {import("../model/assistance/frames.js").Frame} frame
 * @returns {import("../model/types.js").Command} false when nothing changes
 */
export const leaveFrame = (frame) => (state, dispatch) => {
  const span = selectedSpan(state);
  if (!span || "names" in frame || !frame.isOutward) return false;
  const voice = voiceOf(labelOf(state.schema, span.label), span, frame.type.id, false);
  return voice !== "" && setAttribute("voice", voice)(state, dispatch);
};

/**
 * Return the index of what Enter takes in a frame; -1 for nothing.
 *
 * @param {import("../model/assistance/frames.js").Frame} frame
 */
export function assumedIndex(frame) {
  if ("names" in frame) return 0;
  return frame.assumed ? frame.spans.indexOf(frame.assumed) : -1;
}
