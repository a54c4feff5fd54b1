import { describeRelation } from "./describe.js";
import { newId } from "./identifiers.js";
import { relationProblem } from "./schema.js";
import { refuse, selectedSpan } from "./span_updates.js";

/**
 * @typedef {import("./types.js").EditorState} EditorState
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").Span} Span
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
  dispatch?.({ changes: [{ id: newId(), kind: "add_relation", relation }], userEvent: "add.relation",
    announce: `${describeRelation(state, relation)}.` });
  return true;
};

/**
 * @param {string} relationId
 * @returns {Command}
 */
export const removeRelation = (relationId) => (state, dispatch) => {
  const relation = state.relations.get(relationId);
  if (!state.editable || !relation) return false;
  dispatch?.({ changes: [{ id: newId(), kind: "remove_relation", relation }], userEvent: "delete.relation",
    announce: `Relation removed: ${describeRelation(state, relation)}.` });
  return true;
};

/**
 * The next span that the selected one could have a relation of a type with.
 *
 * @param {EditorState} state
 * @param {string} typeId
 * @param {string|null} fromId where to go on from; null for the selected span itself
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
