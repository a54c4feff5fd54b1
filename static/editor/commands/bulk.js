import { describeSpan } from "../model/descriptions.js";
import { updateOf, withFields } from "../model/fields.js";
import { newId } from "../model/identifiers.js";
import { attributesForLabel, defaultAttributes, labelOf, pairProblem, visibleLabels } from "../model/schema.js";
import { snap } from "../model/text/document.js";
import { placeFor } from "./boundaries.js";
import { applyLabel, removeSelected } from "./spans.js";
import { refuse, relationsGone, removals, selectedSpan } from "./updates.js";

/**
 * Several spans, chosen together, to be relabelled or removed in one step.
 *
 * @typedef {import("../model/types.js").EditorState} EditorState
 * @typedef {import("../model/types.js").Command} Command
 * @typedef {import("../model/types.js").Span} Span
 * @typedef {import("../model/types.js").Label} Label
 * @typedef {import("../model/types.js").Relation} Relation
 * @typedef {import("../model/types.js").Change} Change
 */

/**
 * Choose one span more, or leave it out again.
 *
 * @param {string} [id] the selected one when left out
 * @returns {Command}
 */
export const toggleChosen = (id) => (state, dispatch) => {
  const span = id === undefined ? selectedSpan(state) : state.spans.get(id);
  if (!span) return false;
  const chosen = new Set(state.chosen);
  const isNew = !chosen.delete(span.id);
  if (isNew) chosen.add(span.id);
  const done = `${describeSpan(state, span)} ${isNew ? "chosen" : "left out"}`;
  dispatch?.({ chosen, selection: null, userEvent: "choose.span",
    announce: `${done}: ${countOf(chosen.size, "span")} chosen.` });
  return true;
};

/**
 * Choose these spans and no others.
 *
 * @param {string[]} ids
 * @returns {Command}
 */
export const choose = (ids) => (state, dispatch) => {
  if (ids.length === 0 && state.chosen.size === 0) return false;
  dispatch?.({ chosen: new Set(ids), userEvent: "choose.span",
    announce: ids.length === 0 ? "None chosen." : `${countOf(ids.length, "span")} chosen.` });
  return true;
};

/**
 * What the key of a label does: relabel all that are chosen, or, when none are, what it does to one span or a text.
 *
 * @param {string} labelId
 * @returns {Command}
 */
export const labelOrRelabel = (labelId) => (state, dispatch) =>
  (state.chosen.size > 0 && !state.selection ? relabelChosen(labelId) : applyLabel(labelId))(state, dispatch);

/**
 * Remove all that are chosen, or, when none are, the selected span.
 *
 * @type {Command}
 */
export const removeSome = (state, dispatch) =>
  (state.chosen.size > 0 ? removeChosen : removeSelected)(state, dispatch);

/**
 * Remove the chosen spans, and their relations with them.
 *
 * @type {Command}
 */
export const removeChosen = (state, dispatch) => {
  const spans = chosenSpans(state);
  if (!state.editable || spans.length === 0) return false;
  const relations = [...new Set(spans.flatMap((span) => state.relations.of(span.id)))];
  dispatch?.({
    changes: [...removals(relations), ...spans.map((span) => /** @type {Change} */ (
      { id: newId(), kind: "remove_span", span }))],
    chosen: new Set(),
    userEvent: "delete.chosen",
    announce: `${countOf(spans.length, "span")} removed${relationsGone(state, relations)}.`,
  });
  return true;
};

/**
 * Give the chosen spans another label in one step. Those that cannot bear it stay as they are, which is said.
 *
 * @param {string} labelId
 * @returns {Command}
 */
export const relabelChosen = (labelId) => (state, dispatch) => {
  const label = visibleLabels(state).find((known) => known.id === labelId);
  if (!state.editable || !label || state.chosen.size === 0) return false;
  const spans = chosenSpans(state);
  const fitting = relabellable(state, spans, label);
  if (fitting.length === 0) return refuse(dispatch, `None of the chosen spans can become a ${label.name}.`);
  const { taken, returned } = relationsAfter(state, fitting, labelId);
  const lost = taken.filter((relation) => !returned.includes(relation));
  const updates = fitting.flatMap((span) =>
    updateOf(span, { label: labelId, attributes: attributesForLabel(span, label) }) ?? []);
  const left = spans.filter((span) => !fitting.includes(span) && span.label !== labelId);
  const rest = left.length === 0 ? "" : ` Left as ${left.length === 1 ? "it was" : "they were"}: `
    + `${left.slice(0, 3).map((span) => describeSpan(state, span)).join("; ")}${left.length > 3 ? " and more" : ""}.`;
  dispatch?.({
    changes: [...removals(taken), ...updates, ...returned.map((relation) => /** @type {Change} */ (
      { id: newId(), kind: "add_relation", relation: { ...relation, id: newId() } }))],
    userEvent: "relabel.chosen",
    announce: `${countOf(updates.length, "span")} became ${label.name}${relationsGone(state, lost)}.${rest}`,
  });
  return true;
};

/**
 * @param {EditorState} state
 * @returns {Span[]} in reading order
 */
export function chosenSpans(state) {
  const spans = [...state.chosen].flatMap((id) => state.spans.get(id) ?? []);
  return spans.sort((first, second) => first.fragments[0][0] - second.fragments[0][0]);
}

/**
 * Those that may bear a label and would not be the same as another span then.
 *
 * @param {EditorState} state
 * @param {Span[]} spans
 * @param {Label} label
 */
function relabellable(state, spans, label) {
  const places = new Set();
  return spans.filter((span) => {
    const place = span.fragments.join(" ");
    const fits = span.label !== label.id && (span.fragments.length === 1 || label.discontinuous)
      && !state.spans.find(label.id, span.fragments) && !places.has(place);
    if (fits) places.add(place);
    return fits;
  });
}

/**
 * Relations that have to go while labels change one after the other, and those of them that come back in the end.
 *
 * @param {EditorState} state
 * @param {Span[]} spans
 * @param {string} labelId
 */
function relationsAfter(state, spans, labelId) {
  const after = new Map(spans.map((span) => [span.id, withFields(span, { label: labelId }).label]));
  const labelThen = (/** @type {string} */ id) => after.get(id) ?? state.spans.get(id)?.label ?? "";
  const concerned = [...new Set(spans.flatMap((span) => state.relations.of(span.id)))];
  const allowed = (/** @type {Relation} */ { label, from, to }) =>
    pairProblem(state.schema, label, labelThen(from), labelThen(to)) === "";
  const between = (/** @type {Relation} */ { from, to }) => after.has(from) && after.has(to);
  const taken = concerned.filter((relation) => between(relation) || !allowed(relation));
  return { taken, returned: taken.filter(allowed) };
}

/**
 * The labels of the chosen spans, in words, for those who look before they act: "2 Claim, 1 Hedge".
 *
 * @param {EditorState} state
 * @returns {string}
 */
export function describeChosen(state) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const span of chosenSpans(state)) counts.set(span.label, (counts.get(span.label) ?? 0) + 1);
  return [...counts].map(([label, count]) => `${count} ${labelOf(state.schema, label).name}`).join(", ");
}

/**
 * @typedef {import("../model/types.js").Fragment} Fragment
 * @typedef {{fragment: Fragment, isThere: boolean}} Occurrence what would be labelled; isThere when it is already
 */

/**
 * What labelling every hit would mean: the text that each would cover, without doubles, and what is there already.
 *
 * @param {EditorState} state
 * @param {string} labelId
 * @param {Fragment[]} hits
 * @returns {Occurrence[]}
 */
export function occurrencesOf(state, labelId, hits) {
  /** @type {Map<string, Occurrence>} */
  const found = new Map();
  for (const [from, to] of hits) {
    const covered = snap(state.document, from, to);
    if (!covered) continue;
    const fragment = placeFor(state, labelId, covered);
    found.set(fragment.join("-"), { fragment, isThere: state.spans.find(labelId, [fragment]) !== undefined });
  }
  return [...found.values()];
}

/**
 * Label several pieces of the text in one step. What bears the label already is left alone.
 *
 * @param {string} labelId
 * @param {Fragment[]} pieces
 * @returns {Command} false when nothing is left to label
 */
export const labelAll = (labelId, pieces) => (state, dispatch) => {
  const label = visibleLabels(state).find((known) => known.id === labelId);
  if (!state.editable || !label) return false;
  const wanted = occurrencesOf(state, labelId, pieces).filter((occurrence) => !occurrence.isThere);
  if (wanted.length === 0) return refuse(dispatch, `Every one of them is a ${label.name} already.`);
  const spans = wanted.map(({ fragment }) => ({ id: newId(), label: labelId, fragments: [fragment],
    attributes: defaultAttributes(label), note: "", origin: "manual" }));
  dispatch?.({
    changes: spans.map((span) => ({ id: newId(), kind: "add_span", span })),
    selectedId: spans[0].id,
    selection: null,
    userEvent: "add.all",
    announce: `${countOf(spans.length, "occurrence")} labelled as ${labelOf(state.schema, labelId).name}. `
      + "Undo takes all of them back.",
  });
  return true;
};

/**
 * "1 occurrence", "12 occurrences".
 *
 * @param {number} count
 * @param {string} noun
 * @returns {string}
 */
export function countOf(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
