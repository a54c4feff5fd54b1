import { problemOf } from "../model/changes.js";
import { updateOf } from "../model/fields.js";
import { newId } from "../model/identifiers.js";
import { refuse, removals } from "./updates.js";

/**
 * @typedef {import("../model/types.js").EditorState} EditorState
 * @typedef {import("../model/types.js").Command} Command
 * @typedef {import("../model/types.js").Conflict} Conflict
 * @typedef {import("../model/types.js").Change} Change
 */

/**
 * Leave it as it is, and forget what was wanted.
 *
 * @param {string} conflictId
 * @returns {Command}
 */
export const keepTheirs = (conflictId) => (state, dispatch) => {
  const conflicts = state.conflicts.filter((conflict) => conflict.id !== conflictId);
  if (conflicts.length === state.conflicts.length) return false;
  dispatch?.({ conflicts, userEvent: "resolve.conflict", announce: "Left as it is." });
  return true;
};

/**
 * Do what was wanted after all, as a new change on top of what is there.
 *
 * @param {string} conflictId
 * @returns {Command} false when that is not possible any more; with dispatch it says why
 */
export const takeMine = (conflictId) => (state, dispatch) => {
  const conflict = state.conflicts.find((known) => known.id === conflictId);
  if (!state.editable || !conflict) return false;
  const changes = wantedChanges(state, conflict);
  const problem = changes.length === 1 ? problemOf(state, changes[0]) : "";
  if (problem) return refuse(dispatch, `That is not possible any more: ${problem}`);
  const conflicts = state.conflicts.filter((known) => known !== conflict);
  dispatch?.({ changes, conflicts, selectedId: conflict.spanId, userEvent: "resolve.conflict",
    announce: "Done as you wanted." });
  return true;
};

/**
 * @param {EditorState} state
 * @param {Conflict} conflict
 * @returns {Change[]} none when everything is as wanted
 */
function wantedChanges({ spans, relations }, { change, span: here, spanId }) {
  const there = spans.get(spanId);
  switch (change.kind) {
    case "add_relation":
      return [{ ...change, id: newId(), relation: { ...change.relation, id: newId() } }];
    case "remove_relation":
      return relations.has(change.relation.id) ? removals([change.relation]) : [];
    case "remove_span":
      return there ? [...removals(relations.of(spanId)), { id: newId(), kind: "remove_span", span: there }] : [];
    case "add_span":
      return there ? updates(there, { ...change.span, attributes: valuesOf(there, change.span) })
        : [{ ...change, id: newId() }];
    case "update_span":
      if (there) return updates(there, change.after);
      return here ? [{ id: newId(), kind: "add_span", span: here }] : [{ ...change, id: newId() }];
  }
}

/**
 * @param {import("../model/types.js").Span} span
 * @param {import("../model/types.js").SpanFields} wanted
 * @returns {Change[]}
 */
function updates(span, wanted) {
  const update = updateOf(span, wanted);
  return update ? [update] : [];
}

/**
 * The attributes of one span, and null for those that only the other one has.
 *
 * @param {import("../model/types.js").Span} there
 * @param {import("../model/types.js").Span} wanted
 */
function valuesOf(there, wanted) {
  return { ...Object.fromEntries(Object.keys(there.attributes).map((name) => [name, null])), ...wanted.attributes };
}
