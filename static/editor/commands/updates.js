import { gettext, interpolate, ngettext } from "../../pages/text.js";
import { describeRelation, describeSpan } from "../model/descriptions.js";
import { updateOf } from "../model/fields.js";
import { newId } from "../../pages/identifiers.js";
import { movedAttributes } from "../model/assistance/presets.js";
import { labelOf, pairProblem } from "../model/schema.js";

/**
 * @typedef {import("../model/types.js").EditorState} EditorState
 * @typedef {import("../model/types.js").Dispatch} Dispatch
 * @typedef {import("../model/types.js").Span} Span
 * @typedef {import("../model/types.js").Relation} Relation
 * @typedef {import("../model/types.js").SpanFields} SpanFields
 * @typedef {import("../model/types.js").Trim} Trim
 */

/** Relations that a message names; of more it gives the number. */
const MOST_NAMED = 3;

/**
 * Return the selected span, if there is one.
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
 * @param {{userEvent: string, announce: string, removed?: Relation[], trim?: Trim|null}} how `removed`: relations that
 *   are removed with the change; `trim`: what the boundary rules did
 * @returns {boolean} false when nothing differs, or when it was refused
 */
export function updateSpan(state, dispatch, span, fields, { userEvent, announce, removed = [], trim = null }) {
  const same = state.spans.find(fields.label ?? span.label, fields.fragments ?? span.fragments);
  const moved = fields.label !== undefined || fields.fragments !== undefined;
  if (moved && same && same.id !== span.id) {
    return refuse(dispatch, interpolate(gettext("%(span)s exists already."), { span: describeSpan(state, same) }));
  }
  const update = updateOf(span, { ...followingAttributes(state, span, fields), ...fields });
  if (!update) return false;
  dispatch?.({ changes: [...removals(removed), update], selection: null, trim, userEvent, announce });
  return true;
}

/**
 * Return the attributes of a span that follow its boundaries: only while it was just made.
 *
 * @param {EditorState} state
 * @param {Span} span
 * @param {SpanFields} fields
 * @returns {SpanFields}
 */
function followingAttributes({ document, schema, selectedId, cursor }, span, { fragments, label }) {
  if (!fragments || label || span.id !== selectedId || !cursor.isFresh) return {};
  return { attributes: movedAttributes(document, labelOf(schema, span.label), span, fragments) };
}

/**
 * Announce why a command does nothing.
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
 * Return whether a fragment of a span covers an offset.
 *
 * @param {Span} span
 * @param {number} offset
 * @returns {boolean}
 */
export function covers(span, offset) {
  return span.fragments.some(([start, end]) => start <= offset && offset < end);
}

/**
 * Return the changes that remove relations.
 *
 * @param {Relation[]} relations
 * @returns {import("../model/types.js").Change[]}
 */
export function removals(relations) {
  return relations.map((relation) => ({ id: newId(), kind: "remove_relation", relation }));
}

/**
 * Return the relations that a span may not keep once it is changed.
 *
 * @param {EditorState} state
 * @param {Span} span as it will be
 * @returns {Relation[]}
 */
export function forbiddenRelations(state, span) {
  return state.relations.of(span.id).filter((relation) => {
    const ends = [relation.from, relation.to].map((id) => (id === span.id ? span : state.spans.get(id)));
    return pairProblem(state.schema, relation.label, ends[0]?.label ?? "", ends[1]?.label ?? "") !== "";
  });
}

/**
 * Return the end of a sentence that names the relations that were removed.
 *
 * @param {EditorState} state
 * @param {Relation[]} relations
 * @returns {string} "" without any
 */
export function removedRelationsWords(state, relations) {
  if (relations.length === 0) return "";
  const names = relations.slice(0, MOST_NAMED).map((relation) => describeRelation(state, relation));
  const count = relations.length;
  const rest = count - names.length;
  if (rest > 0) names.push(interpolate(gettext("and %(count)s more"), { count: rest }));
  return interpolate(ngettext(", with %(count)s relation: %(relations)s", ", with %(count)s relations: %(relations)s",
    count), { count, relations: names.join("; ") });
}

/**
 * Return the end of a sentence that names the span around another one.
 *
 * @param {EditorState} state
 * @param {Span} span
 * @returns {string} "" without one
 */
export function containerWords(state, span) {
  const [around] = state.spans.around(span);
  return around ? interpolate(gettext(", in %(span)s"), { span: describeSpan(state, around) }) : "";
}
