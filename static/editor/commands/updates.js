import { describeRelation, describeSpan } from "../model/descriptions.js";
import { updateOf } from "../model/fields.js";
import { newId } from "../model/identifiers.js";
import { pairProblem } from "../model/schema.js";

/**
 * @typedef {import("../model/types.js").EditorState} EditorState
 * @typedef {import("../model/types.js").Dispatch} Dispatch
 * @typedef {import("../model/types.js").Span} Span
 * @typedef {import("../model/types.js").Relation} Relation
 * @typedef {import("../model/types.js").SpanFields} SpanFields
 */

/**
 * The selected span, if there is one.
 *
 * @param {EditorState} state
 * @returns {Span|undefined}
 */
export function selectedSpan(state) {
  return state.selectedId === null ? undefined : state.spans.get(state.selectedId);
}

/**
 * Change fields of a span, unless that would make it the same as another one.
 *
 * @param {EditorState} state
 * @param {Dispatch|undefined} dispatch
 * @param {Span} span
 * @param {SpanFields} fields
 * @param {{userEvent: string, announce: string, removed?: Relation[], cut?: import("../model/types.js").Cut|null}} how
 *   `removed`: relations that go with the change; `cut`: what the boundary rules did
 * @returns {boolean} false when nothing differs, or when it was refused
 */
export function updateSpan(state, dispatch, span, fields, { userEvent, announce, removed = [], cut = null }) {
  const same = state.spans.find(fields.label ?? span.label, fields.fragments ?? span.fragments);
  const moved = fields.label !== undefined || fields.fragments !== undefined;
  if (moved && same && same.id !== span.id) return refuse(dispatch, `${describeSpan(state, same)} is there already.`);
  const update = updateOf(span, fields);
  if (!update) return false;
  dispatch?.({ changes: [...removals(removed), update], selection: null, cut, userEvent, announce });
  return true;
}

/**
 * Say why something is not done.
 *
 * @param {Dispatch|undefined} dispatch
 * @param {string} announce
 * @returns {false}
 */
export function refuse(dispatch, announce) {
  dispatch?.({ userEvent: "refused", announce });
  return false;
}

/**
 * Whether one of the fragments of a span holds a unit.
 *
 * @param {Span} span
 * @param {number} offset
 * @returns {boolean}
 */
export function covers(span, offset) {
  return span.fragments.some(([start, end]) => start <= offset && offset < end);
}

/**
 * The changes that remove relations.
 *
 * @param {Relation[]} relations
 * @returns {import("../model/types.js").Change[]}
 */
export function removals(relations) {
  return relations.map((relation) => ({ id: newId(), kind: "remove_relation", relation }));
}

/**
 * Relations that a span may not keep once it is changed.
 *
 * @param {EditorState} state
 * @param {Span} span as it is going to be
 * @returns {Relation[]}
 */
export function forbiddenRelations(state, span) {
  return state.relations.of(span.id).filter((relation) => {
    const ends = [relation.from, relation.to].map((id) => (id === span.id ? span : state.spans.get(id)));
    return pairProblem(state.schema, relation.label, ends[0]?.label ?? "", ends[1]?.label ?? "") !== "";
  });
}

/**
 * The end of a sentence that tells which relations went.
 *
 * @param {EditorState} state
 * @param {Relation[]} relations
 * @returns {string} "" when none did
 */
export function relationsGone(state, relations) {
  if (relations.length === 0) return "";
  const named = relations.slice(0, 3).map((relation) => describeRelation(state, relation));
  const more = relations.length > 3 ? `; and ${relations.length - 3} more` : "";
  const what = relations.length === 1 ? "its relation" : `${relations.length} relations`;
  return `, with ${what}: ${named.join("; ")}${more}`;
}

/**
 * The end of a sentence that tells in which span another one lies.
 *
 * @param {EditorState} state
 * @param {Span} span
 * @returns {string} "" when in none
 */
export function whereabouts(state, span) {
  const [around] = state.spans.around(span);
  return around ? `, in ${describeSpan(state, around)}` : "";
}
