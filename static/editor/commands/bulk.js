/** Commands on several spans, or on all occurrences of some words, in one step. */

import { gettext, interpolate, ngettext } from "../../pages/text.js";
import { describeSpan } from "../model/descriptions.js";
import { updateOf } from "../model/fields.js";
import { newId } from "../../pages/identifiers.js";
import { attributesForLabel, defaultAttributes, labelOf, pairProblem, visibleLabels } from "../model/schema.js";
import { snap } from "../model/text/document.js";
import { trimmedFragment } from "./boundaries.js";
import { applyLabel, removeSelected } from "./spans.js";
import { refuse, removals, removedRelationsWords, selectedSpan } from "./updates.js";

/**
 * @typedef {import("../model/types.js").EditorState} EditorState
 * @typedef {import("../model/types.js").Command} Command
 * @typedef {import("../model/types.js").Span} Span
 * @typedef {import("../model/types.js").Fragment} Fragment
 * @typedef {import("../model/types.js").Label} Label
 * @typedef {import("../model/types.js").Relation} Relation
 * @typedef {import("../model/types.js").Change} Change
 * @typedef {{fragment: Fragment, isLabelled: boolean}} Occurrence the text that would be labelled; isLabelled when it
 *   has the label already
 */

/** Spans that a message names; of more it gives the number. */
const NAMED = 3;

/**
 * Add a span to the multiple selection, or remove it from it.
 *
 * @param {string} [id] the selected span when left out
 * @returns {Command}
 */
export const toggleSpan = (id) => (state, dispatch) => {
  const span = id === undefined ? selectedSpan(state) : state.spans.get(id);
  if (!span) return false;
  const selectedIds = new Set(state.selectedIds);
  const isAdded = !selectedIds.delete(span.id);
  if (isAdded) selectedIds.add(span.id);
  const message = isAdded ? gettext("%(span)s added to the selection. %(selected)s")
    : gettext("%(span)s removed from the selection. %(selected)s");
  dispatch?.({ selectedIds, selection: null, userEvent: "select.multiple",
    announce: interpolate(message, { span: describeSpan(state, span), selected: selectedWords(selectedIds.size) }) });
  return true;
};

/**
 * Select several spans together, and no others.
 *
 * @param {string[]} ids
 * @returns {Command}
 */
export const selectSpans = (ids) => (state, dispatch) => {
  if (ids.length === 0 && state.selectedIds.size === 0) return false;
  dispatch?.({ selectedIds: new Set(ids), userEvent: "select.multiple", announce: selectedWords(ids.length) });
  return true;
};

/** @param {number} count of the spans selected together */
function selectedWords(count) {
  if (count === 0) return gettext("No spans selected.");
  return interpolate(ngettext("%(count)s span selected.", "%(count)s spans selected.", count), { count });
}

/**
 * Relabel the spans that are selected together; without any, label the selected text or relabel the selected span.
 *
 * @param {string} labelId
 * @returns {Command}
 */
export const labelOrRelabel = (labelId) => (state, dispatch) =>
  (state.selectedIds.size > 0 && !state.selection ? relabelSpans(labelId) : applyLabel(labelId))(state, dispatch);

/**
 * Remove the spans that are selected together; without any, the selected span.
 *
 * @type {Command}
 */
export const removeSelection = (state, dispatch) =>
  (state.selectedIds.size > 0 ? removeSpans : removeSelected)(state, dispatch);

/**
 * Remove the spans that are selected together, and their relations with them.
 *
 * @type {Command}
 */
export const removeSpans = (state, dispatch) => {
  const spans = selectedSpans(state);
  if (!state.editable || spans.length === 0) return false;
  const relations = [...new Set(spans.flatMap((span) => state.relations.of(span.id)))];
  const count = spans.length;
  const message = ngettext("%(count)s span deleted%(relations)s.", "%(count)s spans deleted%(relations)s.", count);
  dispatch?.({
    changes: [...removals(relations), ...spans.map((span) => /** @type {Change} */ (
      { id: newId(), kind: "remove_span", span }))],
    selectedIds: new Set(),
    userEvent: "delete.multiple",
    announce: interpolate(message, { count, relations: removedRelationsWords(state, relations) }),
  });
  return true;
};

/**
 * Give the spans that are selected together another label in one step. Spans that cannot have it stay as they are, and
 * the announcement names them.
 *
 * @param {string} labelId
 * @returns {Command}
 */
export const relabelSpans = (labelId) => (state, dispatch) => {
  const label = visibleLabels(state).find(({ id }) => id === labelId);
  if (!state.editable || !label || state.selectedIds.size === 0) return false;
  const spans = selectedSpans(state);
  const relabelled = relabellable(state, spans, label);
  if (relabelled.length === 0) {
    return refuse(dispatch, interpolate(gettext("None of the selected spans can become %(label)s."),
      { label: label.name }));
  }
  const { removed, restored } = relationsAfter(state, relabelled, labelId);
  const lost = removed.filter((relation) => !restored.includes(relation));
  const updates = relabelled.flatMap((span) =>
    updateOf(span, { label: labelId, attributes: attributesForLabel(state, span, label) }) ?? []);
  const unchanged = spans.filter((span) => !relabelled.includes(span) && span.label !== labelId);
  const count = updates.length;
  const message = ngettext("%(count)s span became %(label)s%(relations)s.",
    "%(count)s spans became %(label)s%(relations)s.", count);
  dispatch?.({
    changes: [...removals(removed), ...updates, ...restored.map((relation) => /** @type {Change} */ (
      { id: newId(), kind: "add_relation", relation: { ...relation, id: newId() } }))],
    userEvent: "relabel.multiple",
    announce: interpolate(message, { count, label: label.name, relations: removedRelationsWords(state, lost) })
      + unchangedWords(state, unchanged),
  });
  return true;
};

/**
 * @param {EditorState} state
 * @param {Span[]} spans that kept their label
 */
function unchangedWords(state, spans) {
  if (spans.length === 0) return "";
  const names = spans.slice(0, NAMED).map((span) => describeSpan(state, span)).join("; ");
  const message = spans.length > NAMED ? gettext(" Not changed: %(spans)s and more.")
    : gettext(" Not changed: %(spans)s.");
  return interpolate(message, { spans: names });
}

/**
 * Return the spans that are selected together, in reading order.
 *
 * @param {EditorState} state
 * @returns {Span[]}
 */
export function selectedSpans(state) {
  const spans = [...state.selectedIds].flatMap((id) => state.spans.get(id) ?? []);
  return spans.sort((first, second) => first.fragments[0][0] - second.fragments[0][0]);
}

/**
 * Return the spans that may have a label and would not be the same as another span then.
 *
 * @param {EditorState} state
 * @param {Span[]} spans
 * @param {Label} label
 */
function relabellable(state, spans, label) {
  const covered = new Set();
  return spans.filter((span) => {
    const fragments = span.fragments.join(" ");
    const fits = span.label !== label.id && (span.fragments.length === 1 || label.discontinuous)
      && !state.spans.find(label.id, span.fragments) && !covered.has(fragments);
    if (fits) covered.add(fragments);
    return fits;
  });
}

/**
 * Return the relations to remove while labels change one after the other, and those of them to restore afterwards.
 *
 * @param {EditorState} state
 * @param {Span[]} spans
 * @param {string} labelId
 */
function relationsAfter(state, spans, labelId) {
  const ids = new Set(spans.map(({ id }) => id));
  const labelAfter = (/** @type {string} */ id) => (ids.has(id) ? labelId : state.spans.get(id)?.label ?? "");
  const relations = [...new Set(spans.flatMap((span) => state.relations.of(span.id)))];
  const isAllowed = (/** @type {Relation} */ { label, from, to }) =>
    pairProblem(state.schema, label, labelAfter(from), labelAfter(to)) === "";
  const isBetween = (/** @type {Relation} */ { from, to }) => ids.has(from) && ids.has(to);
  const removed = relations.filter((relation) => isBetween(relation) || !isAllowed(relation));
  return { removed, restored: removed.filter(isAllowed) };
}

/**
 * Return the labels of the spans that are selected together: "2 Claim, 1 Hedge".
 *
 * @param {EditorState} state
 * @returns {string}
 */
export function describeSelectedSpans(state) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const span of selectedSpans(state)) counts.set(span.label, (counts.get(span.label) ?? 0) + 1);
  return [...counts].map(([label, count]) => `${count} ${labelOf(state.schema, label).name}`).join(", ");
}

/**
 * Return the text that labelling some matches would cover, each stretch once, and whether it has the label already.
 *
 * @param {EditorState} state
 * @param {string} labelId
 * @param {Fragment[]} matches
 * @returns {Occurrence[]}
 */
export function occurrencesOf(state, labelId, matches) {
  /** @type {Map<string, Occurrence>} */
  const occurrences = new Map();
  for (const [start, end] of matches) {
    const covered = snap(state.document, start, end);
    if (!covered) continue;
    const fragment = trimmedFragment(state, labelId, covered);
    const isLabelled = state.spans.find(labelId, [fragment]) !== undefined;
    occurrences.set(fragment.join("-"), { fragment, isLabelled });
  }
  return [...occurrences.values()];
}

/**
 * Label several stretches of the text in one step, except those that have the label already.
 *
 * @param {string} labelId
 * @param {Fragment[]} matches
 * @returns {Command} false when nothing is left to label
 */
export const labelAll = (labelId, matches) => (state, dispatch) => {
  const label = visibleLabels(state).find(({ id }) => id === labelId);
  if (!state.editable || !label) return false;
  const occurrences = occurrencesOf(state, labelId, matches).filter(({ isLabelled }) => !isLabelled);
  if (occurrences.length === 0) {
    return refuse(dispatch, interpolate(gettext("All occurrences are labelled %(label)s already."),
      { label: label.name }));
  }
  const spans = occurrences.map(({ fragment }) => ({ id: newId(), label: labelId, fragments: [fragment],
    attributes: defaultAttributes(label), note: "", origin: "manual" }));
  const count = spans.length;
  const message = ngettext("%(count)s occurrence labelled %(label)s. Undo removes the label.",
    "%(count)s occurrences labelled %(label)s. Undo removes all of them.", count);
  dispatch?.({
    changes: spans.map((span) => ({ id: newId(), kind: "add_span", span })),
    selectedId: spans[0].id,
    selection: null,
    userEvent: "add.all",
    announce: interpolate(message, { count, label: label.name }),
  });
  return true;
};
