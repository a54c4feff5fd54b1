import { describeSpan } from "./describe.js";
import { updateOf, withFields } from "./fields.js";
import { newId } from "./identifiers.js";
import { pairProblem } from "./rules.js";
import { attributesForLabel, labelOf, visibleLabels } from "./schema.js";
import { applyLabel, removeSelected } from "./span_commands.js";
import { countOf } from "./occurrence_commands.js";
import { refuse, relationsGone, removals, selectedSpan } from "./span_updates.js";

/**
 * Several spans, chosen together, to be relabelled or removed in one step.
 *
 * @typedef {import("./types.js").EditorState} EditorState
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").Span} Span
 * @typedef {import("./types.js").Label} Label
 * @typedef {import("./types.js").Relation} Relation
 * @typedef {import("./types.js").Change} Change
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
