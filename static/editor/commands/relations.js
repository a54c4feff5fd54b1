import { gettext, interpolate } from "../../pages/text.js";
import { describeRelation } from "../model/descriptions.js";
import { voiceOf } from "../model/assistance/presets.js";
import { updateOf } from "../model/fields.js";
import { newId } from "../../pages/identifiers.js";
import { labelOf, relationProblem } from "../model/schema.js";
import { excerpt } from "../model/text/document.js";
import { refuse, selectedSpan } from "./updates.js";

/**
 * @typedef {import("../model/types.js").EditorState} EditorState
 * @typedef {import("../model/types.js").Command} Command
 * @typedef {import("../model/types.js").Span} Span
 */

/**
 * Add a relation from the selected span to another one.
 *
 * @param {string} typeId
 * @param {string} targetId
 * @returns {Command} false when the schema does not allow it; with dispatch it says why
 */
export const addRelation = (typeId, targetId) => (state, dispatch) => {
  const [from, to] = [selectedSpan(state), state.spans.get(targetId)];
  const type = state.schema.relations.get(typeId);
  if (!state.editable || !from || !to || !type) return false;
  const problem = relationProblem(state, type, from, to);
  if (problem) return refuse(dispatch, problem);
  const relation = { id: newId(), label: typeId, from: from.id, to: to.id };
  const voice = voiceOf(labelOf(state.schema, from.label), from, typeId, true);
  const update = voice ? updateOf(from, { attributes: { ...from.attributes, voice } }) : null;
  /** @type {import("../model/types.js").Change} */
  const addition = { id: newId(), kind: "add_relation", relation };
  dispatch?.({ changes: update ? [update, addition] : [addition], userEvent: "add.relation",
    announce: interpolate(gettext("Relation added: %(relation)s."), { relation: describeRelation(state, relation) }) });
  return true;
};

/**
 * Remove a relation.
 *
 * @param {string} relationId
 * @returns {Command}
 */
export const removeRelation = (relationId) => (state, dispatch) => {
  const relation = state.relations.get(relationId);
  if (!state.editable || !relation) return false;
  dispatch?.({ changes: [{ id: newId(), kind: "remove_relation", relation }], userEvent: "delete.relation",
    announce: interpolate(gettext("Relation deleted: %(relation)s."),
      { relation: describeRelation(state, relation) }) });
  return true;
};

/**
 * Return the next span that the selected one could have a relation of a type with.
 *
 * @param {EditorState} state
 * @param {string} typeId
 * @param {string|null} fromId the span to continue from; null for the selected span
 * @param {1|-1} direction in reading order
 * @returns {Span|undefined}
 */
export function nextTarget(state, typeId, fromId, direction) {
  const [from, type] = [selectedSpan(state), state.schema.relations.get(typeId)];
  if (!from || !type) return undefined;
  /** @type {Span|undefined} */
  let span = state.spans.get(fromId ?? from.id) ?? from;
  do span = direction > 0 ? state.spans.after(span) : state.spans.before(span);
  while (span && relationProblem(state, type, from, span) !== "");
  return span;
}

/** The number of targets with a number: those of the keys from 1 to 9. */
export const NUMBERED = 9;

/**
 * Return the spans that a relation from the selected one could lead to, nearest in the text first.
 *
 * @param {EditorState} state
 * @param {string} typeId
 * @param {{skip?: number, most?: number, words?: string}} [options] `skip` leaves out the nearest ones;
 *   `words` must occur in the text of the span, whatever the case
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
    const next = /** @type {Span} */ (takesBefore ? before : after);
    if (contains(state, next, words)) targets.push(next);
    if (takesBefore) before = nextTarget(state, typeId, next.id, -1);
    else after = nextTarget(state, typeId, next.id, 1);
  }
  return { targets: targets.slice(skip, skip + most), hasMore: targets.length > skip + most };
}

/**
 * @param {EditorState} state
 * @param {Span} span
 * @param {string} words
 */
function contains({ document: text }, span, words) {
  const wanted = words.trim().toLowerCase();
  return wanted === "" || excerpt(text, span.fragments, Number.MAX_SAFE_INTEGER).toLowerCase().includes(wanted);
}

/**
 * Return how far apart two spans start, in characters.
 *
 * @param {Span} from
 * @param {Span} other
 * @returns {number}
 */
function distance(from, other) {
  return Math.abs(other.fragments[0][0] - from.fragments[0][0]);
}
