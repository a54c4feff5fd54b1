import { describeField, describeSpan, describeValue } from "../model/descriptions.js";
import { valueOf, withFields } from "../model/fields.js";
import { sameFragments } from "../model/fragments.js";
import { newId } from "../model/identifiers.js";
import {
  allowsValue, attributesForLabel, defaultAttributes, fits, labelOf, LONGEST_NOTE, visibleLabels,
} from "../model/schema.js";
import { cutOf, cutWords, placeFor } from "./boundaries.js";
import { targetText } from "./cursor.js";
import {
  covers, forbiddenRelations, refuse, relationsGone, removals, selectedSpan, updateSpan, whereabouts,
} from "./updates.js";

/**
 * @typedef {import("../model/types.js").Command} Command
 * @typedef {import("../model/types.js").EditorState} EditorState
 * @typedef {import("../model/types.js").Fragment} Fragment
 * @typedef {import("../model/types.js").Span} Span
 */

/**
 * What the key of a label does: label the selected text; without any, relabel the selected span, unless the cursor went
 * elsewhere since, be it within that span; then label the token under the cursor.
 *
 * @param {string} labelId
 * @returns {Command}
 */
export const applyLabel = (labelId) => (state, dispatch) => {
  const span = selectedSpan(state);
  const isThere = state.cursor.strolled ? isToken : isUnderCursor;
  const isMeant = span && !state.selection && isThere(state, span);
  return (isMeant ? relabel(labelId) : labelSelection(labelId))(state, dispatch);
};

/**
 * @param {EditorState} state
 * @param {Span} span
 */
function isUnderCursor({ document: text, cursor }, span) {
  return covers(span, text.tokenStarts[cursor.focus]);
}

/**
 * Whether a span is just what a new one would be.
 *
 * @param {EditorState} state
 * @param {Span} span
 */
function isToken({ document: text, cursor: { focus } }, span) {
  return sameFragments(span.fragments, [[text.tokenStarts[focus], text.tokenEnds[focus]]]);
}

/**
 * Add a span over the selected text, or the token under the cursor, within the boundary rules of the schema. One that
 * is there already is selected instead.
 *
 * @param {string} labelId
 * @returns {Command}
 */
export const labelSelection = (labelId) => (state, dispatch) => {
  const target = targetText(state);
  const label = visibleLabels(state).find((known) => known.id === labelId);
  if (!state.editable || !target || !label) return false;
  /** @type {Fragment[]} */
  const fragments = [placeFor(state, labelId, target)];
  const same = state.spans.find(labelId, fragments);
  const attributes = defaultAttributes(label);
  const span = same ?? { id: newId(), label: labelId, fragments, attributes, note: "", origin: "manual" };
  const { focus } = state.cursor;
  const name = describeSpan(state, span);
  const cut = cutOf(state, span.id, target, fragments[0]);
  dispatch?.({
    selectedId: span.id,
    selection: null,
    cursor: { anchor: focus, focus },
    changes: same ? [] : [{ id: newId(), kind: "add_span", span }],
    userEvent: same ? "select.span" : "add.span",
    cut: same ? null : cut,
    announce: same ? `${name} is there already.` : `${name} added${whereabouts(state, span)}.${cutWords(cut)}`,
  });
  return true;
};

/**
 * Give the selected span another label. Attributes that the new one has too stay; relations it does not allow go.
 *
 * @param {string} labelId
 * @returns {Command}
 */
export const relabel = (labelId) => (state, dispatch) => {
  const span = selectedSpan(state);
  const label = visibleLabels(state).find((known) => known.id === labelId);
  if (!state.editable || !span || !label) return false;
  if (span.label === labelId) return refuse(dispatch, `This is a ${label.name} already.`);
  if (span.fragments.length > 1 && !label.discontinuous) {
    return refuse(dispatch, `A ${label.name} cannot have several parts.`);
  }
  const attributes = attributesForLabel(span, label);
  const lost = forbiddenRelations(state, withFields(span, { label: labelId, attributes }));
  const old = labelOf(state.schema, span.label).name;
  return updateSpan(state, dispatch, span, { label: labelId, attributes }, {
    userEvent: "relabel.span", removed: lost, announce: `${old} became ${label.name}${relationsGone(state, lost)}.`,
  });
};

/**
 * Remove the selected span, and its relations with it.
 *
 * @type {Command}
 */
export const removeSelected = (state, dispatch) => {
  const span = selectedSpan(state);
  if (!state.editable || !span) return false;
  const relations = state.relations.of(span.id);
  dispatch?.({
    changes: [...removals(relations), { id: newId(), kind: "remove_span", span }],
    selectedId: null,
    userEvent: "delete.span",
    announce: `${describeSpan(state, span)} removed${relationsGone(state, relations)}.`,
  });
  return true;
};

/**
 * Set an attribute of the selected span.
 *
 * @param {string} name
 * @param {string|null} value null, or an empty text, takes it away unless it is required
 * @returns {Command}
 */
export const setAttribute = (name, value) => (state, dispatch) => {
  const span = selectedSpan(state);
  const attribute = span && labelOf(state.schema, span.label).attributes.find((known) => known.id === name);
  if (!state.editable || !span || !attribute) return false;
  const given = value === "" ? null : value;
  if (given === null && attribute.required) return refuse(dispatch, `${attribute.name} is required.`);
  if (given !== null && !allowsValue(attribute, given)) {
    return refuse(dispatch, `${attribute.name} does not take this value.`);
  }
  if (valueOf(span, name) === given) return true;
  const field = `attributes.${name}`;
  const words = `${describeField(state, span.label, field)}: ${describeValue(state, span.label, field, given)}.`;
  return updateSpan(state, dispatch, span, { attributes: { [name]: given } },
    { userEvent: "set.attribute", announce: words });
};

/**
 * Set the note of the selected span.
 *
 * @param {string} note "" for none
 * @returns {Command}
 */
export const setNote = (note) => (state, dispatch) => {
  const span = selectedSpan(state);
  if (!state.editable || !span) return false;
  if (!fits(note, LONGEST_NOTE)) return refuse(dispatch, `A note holds at most ${LONGEST_NOTE} characters.`);
  if (span.note === note) return true;
  return updateSpan(state, dispatch, span, { note },
    { userEvent: "set.note", announce: note ? "Note saved." : "Note removed." });
};
