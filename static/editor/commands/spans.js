import { gettext, interpolate } from "../../pages/text.js";
import { describeField, describeSpan, describeValue } from "../model/descriptions.js";
import { valueOf, withFields } from "../model/fields.js";
import { sameFragments } from "../model/fragments.js";
import { newId } from "../../pages/identifiers.js";
import {
  allowsValue, attributesForLabel, fits, labelOf, LONGEST_NOTE, visibleLabels,
} from "../model/schema.js";
import { presetAttributes } from "../model/assistance/presets.js";
import { trimOf, trimmedFragment, withTrim } from "./boundaries.js";
import { targetText } from "./cursor.js";
import {
  covers, forbiddenRelations, refuse, removedRelationsWords, removals, selectedSpan, updateSpan, containerWords,
} from "./updates.js";

/**
 * @typedef {import("../model/types.js").Command} Command
 * @typedef {import("../model/types.js").EditorState} EditorState
 * @typedef {import("../model/types.js").Fragment} Fragment
 * @typedef {import("../model/types.js").Span} Span
 */

/**
 * Label the selected text; without any, relabel the selected span. When the cursor was moved after that span was
 * selected, label the token under the cursor instead.
 *
 * @param {string} labelId
 * @returns {Command}
 */
export const applyLabel = (labelId) => (state, dispatch) => {
  if (state.cursor.isBlank && !state.selection) {
    return refuse(dispatch, gettext("Nothing labelled: select words, not only blanks."));
  }
  const span = selectedSpan(state);
  const matches = state.cursor.hasMoved ? isToken : isUnderCursor;
  const relabels = span && !state.selection && matches(state, span);
  return (relabels ? relabel(labelId) : labelSelection(labelId))(state, dispatch);
};

/**
 * @param {EditorState} state
 * @param {Span} span
 */
function isUnderCursor({ document: text, cursor }, span) {
  return covers(span, text.tokenStarts[cursor.focus]);
}

/**
 * Return whether a span covers exactly what a new one would cover.
 *
 * @param {EditorState} state
 * @param {Span} span
 */
function isToken({ document: text, cursor: { focus } }, span) {
  return sameFragments(span.fragments, [[text.tokenStarts[focus], text.tokenEnds[focus]]]);
}

/**
 * Add a span over the selected text, or the token under the cursor, within the boundary rules of the schema. If the
 * same span exists already, select it instead.
 *
 * @param {string} labelId
 * @returns {Command}
 */
export const labelSelection = (labelId) => (state, dispatch) => {
  const target = targetText(state);
  const label = visibleLabels(state).find((known) => known.id === labelId);
  if (!state.editable || !target || !label) return false;
  /** @type {Fragment[]} */
  const fragments = [trimmedFragment(state, labelId, target)];
  const same = state.spans.find(labelId, fragments);
  if (!same && asksFirst(state, dispatch, label, fragments[0])) return true;
  const { focus } = state.cursor;
  const attributes = presetAttributes(state.document, label, fragments);
  const span = same ?? { id: newId(), label: labelId, fragments, attributes, note: "", origin: "manual" };
  const names = { span: describeSpan(state, span), container: containerWords(state, span) };
  const trim = trimOf(state, span.id, target, fragments[0]);
  dispatch?.({
    selectedId: span.id,
    selection: null,
    cursor: { anchor: focus, focus, isFresh: true },
    changes: same ? [] : [{ id: newId(), kind: "add_span", span }],
    userEvent: same ? "select.span" : "add.span",
    trim: same ? null : trim,
    announce: same ? interpolate(gettext("%(span)s exists already."), names)
      : withTrim(interpolate(gettext("%(span)s added%(container)s."), names), trim),
  });
  return true;
};

/**
 * Ask before punctuation only is labelled, which is mostly a slip; labelling it again does it.
 *
 * @param {EditorState} state
 * @param {import("../model/types.js").Dispatch|undefined} dispatch
 * @param {import("../model/types.js").Label} label
 * @param {Fragment} fragment
 * @returns {boolean} whether it was asked
 */
function asksFirst(state, dispatch, label, [start, end]) {
  const words = state.document.text.slice(start, end);
  const question = `${label.id} ${start} ${end}`;
  if (/[^\p{P}\s]/u.test(words) || state.question === question) return false;
  dispatch?.({ question, userEvent: "question", announce: interpolate(
    gettext("“%(words)s” is punctuation only. Choose %(label)s again to label it."), { words, label: label.name }) });
  return true;
}

/**
 * Give the selected span another label. Attributes that the new label has too are kept; relations that it does not
 * allow are removed.
 *
 * @param {string} labelId
 * @returns {Command}
 */
export const relabel = (labelId) => (state, dispatch) => {
  const span = selectedSpan(state);
  const label = visibleLabels(state).find((known) => known.id === labelId);
  if (!state.editable || !span || !label) return false;
  const names = { old: labelOf(state.schema, span.label).name, label: label.name };
  if (span.label === labelId) {
    return refuse(dispatch, interpolate(gettext("This span is labelled %(label)s already."), names));
  }
  if (span.fragments.length > 1 && !label.discontinuous) {
    return refuse(dispatch, interpolate(gettext("%(label)s spans cannot have several fragments."), names));
  }
  const attributes = attributesForLabel(state, span, label);
  const lost = forbiddenRelations(state, withFields(span, { label: labelId, attributes }));
  return updateSpan(state, dispatch, span, { label: labelId, attributes }, {
    userEvent: "relabel.span",
    removed: lost,
    announce: interpolate(gettext("%(old)s became %(label)s%(relations)s."),
      { ...names, relations: removedRelationsWords(state, lost) }),
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
    announce: interpolate(gettext("%(span)s deleted%(relations)s."),
      { span: describeSpan(state, span), relations: removedRelationsWords(state, relations) }),
  });
  return true;
};

/**
 * Set an attribute of the selected span.
 *
 * @param {string} name
 * @param {string|null} value null, or an empty string, removes it unless it is required
 * @returns {Command}
 */
export const setAttribute = (name, value) => (state, dispatch) => {
  const span = selectedSpan(state);
  const attribute = span && labelOf(state.schema, span.label).attributes.find((known) => known.id === name);
  if (!state.editable || !span || !attribute) return false;
  const given = value === "" ? null : value;
  const names = { attribute: attribute.name };
  if (given === null && attribute.required) {
    return refuse(dispatch, interpolate(gettext("%(attribute)s is required."), names));
  }
  if (given !== null && !allowsValue(attribute, given)) {
    return refuse(dispatch, interpolate(gettext("%(attribute)s does not allow this value."), names));
  }
  const field = `attributes.${name}`;
  const words = `${describeField(state, span.label, field)}: ${describeValue(state, span.label, field, given)}.`;
  if (valueOf(span, name) === given) {
    const waived = new Set(state.waived).add(`default:${span.id}:${name}`); // the value is no longer a mere default
    dispatch?.({ waived, userEvent: "confirm", announce: words });
    return true;
  }
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
  if (!fits(note, LONGEST_NOTE)) {
    return refuse(dispatch, interpolate(gettext("Notes have at most %(count)s characters."), { count: LONGEST_NOTE }));
  };
  if (span.note === note) return true;
  return updateSpan(state, dispatch, span, { note },
    { userEvent: "set.note", announce: note ? gettext("Note saved.") : gettext("Note deleted.") });
};
