import { gettext, interpolate } from "../../pages/text.js";
import { problemOf } from "../model/changes.js";
import { updateOf } from "../model/fields.js";
import { newId } from "../../pages/identifiers.js";
import { refuse, removals } from "./updates.js";

/**
 * @typedef {import("../model/types.js").EditorState} EditorState
 * @typedef {import("../model/types.js").Command} Command
 * @typedef {import("../model/types.js").Conflict} Conflict
 * @typedef {import("../model/types.js").Change} Change
 */

/**
 * Keep the version from elsewhere and drop the change that was made here.
 *
 * @param {string} conflictId
 * @returns {Command}
 */
export const keepTheirs = (conflictId) => (state, dispatch) => {
  const conflicts = state.conflicts.filter((conflict) => conflict.id !== conflictId);
  if (conflicts.length === state.conflicts.length) return false;
  dispatch?.({ conflicts, userEvent: "resolve.conflict", announce: gettext("Kept the other change.") });
  return true;
};

/**
 * Make the change after all, on top of what is stored now.
 *
 * @param {string} conflictId
 * @returns {Command} false when that is no longer possible; with dispatch it says why
 */
export const takeMine = (conflictId) => (state, dispatch) => {
  const conflict = state.conflicts.find((known) => known.id === conflictId);
  if (!state.editable || !conflict) return false;
  const changes = changesFor(state, conflict);
  const problem = changes.length === 1 ? problemOf(state, changes[0]) : "";
  if (problem) {
    return refuse(dispatch, interpolate(gettext("This change is no longer possible: %(problem)s"), { problem }));
  }
  const conflicts = state.conflicts.filter((known) => known !== conflict);
  dispatch?.({ changes, conflicts, selectedId: conflict.spanId, userEvent: "resolve.conflict",
    announce: gettext("Made your change.") });
  return true;
};

/**
 * @param {EditorState} state
 * @param {Conflict} conflict
 * @returns {Change[]} none when nothing is left to change
 */
function changesFor({ spans, relations }, { change, span: local, spanId }) {
  const current = spans.get(spanId);
  switch (change.kind) {
    case "add_relation":
      return [{ ...change, id: newId(), relation: { ...change.relation, id: newId() } }];
    case "remove_relation":
      return relations.has(change.relation.id) ? removals([change.relation]) : [];
    case "remove_span":
      return current ? [...removals(relations.of(spanId)), { id: newId(), kind: "remove_span", span: current }] : [];
    case "add_span":
      return current ? updates(current, { ...change.span, attributes: valuesOf(current, change.span) })
        : [{ ...change, id: newId() }];
    case "update_span":
      if (current) return updates(current, change.after);
      return local ? [{ id: newId(), kind: "add_span", span: local }] : [{ ...change, id: newId() }];
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
 * Return the attributes of one span, and null for those that only the other one has.
 *
 * @param {import("../model/types.js").Span} current
 * @param {import("../model/types.js").Span} wanted
 */
function valuesOf(current, wanted) {
  return { ...Object.fromEntries(Object.keys(current.attributes).map((name) => [name, null])), ...wanted.attributes };
}
