/** Answering the tomorrow test of the review. */

import { newId } from "../../pages/identifiers.js";
import { gettext, interpolate } from "../../pages/text.js";
import { presetAttributes } from "../model/assistance/presets.js";
import { updateOf } from "../model/fields.js";
import { ANSWER_ATTRIBUTE, ANSWERS, ASKED } from "../model/review/tomorrow.js";
import { allowsValue, attributesForLabel, labelOf, pairProblem } from "../model/schema.js";
import { refuse, removals, removedRelationsWords } from "./updates.js";

/**
 * @typedef {import("../model/types.js").EditorState} EditorState
 * @typedef {import("../model/types.js").Span} Span
 */

/**
 * Answer the tomorrow test about a span: it becomes, or stays, a Denial (contradicted) or a Hedge. The answer is kept
 * in its attribute where the label has one; else the question counts as waived. What it hedges it then denies, and the
 * other way round.
 *
 * @param {string} spanId
 * @param {boolean} isContradicted
 * @returns {import("../model/types.js").Command}
 */
export const answerTomorrow = (spanId, isContradicted) => (state, dispatch) => {
  const span = state.spans.get(spanId);
  const label = state.schema.labels.get(isContradicted ? "Denial" : "Hedge");
  if (!state.editable || !span || !label) return false;
  const kept = keptAnswer(label, isContradicted);
  const waived = new Set([...state.waived, ...Object.values(ASKED).map(({ rule }) => `${rule}:${span.id}`)]);
  const common = { ...(Object.keys(kept).length > 0 ? {} : { waived }), userEvent: "answer.tomorrow" };
  if (span.label === label.id) {
    const update = updateOf(span, { attributes: kept });
    const announce = interpolate(gettext("%(label)s stays. The answer is stored."), { label: label.name });
    dispatch?.({ ...common, ...(update ? { changes: [update] } : {}), announce });
    return true;
  }
  if (state.spans.find(label.id, span.fragments) || (span.fragments.length > 1 && !label.discontinuous)) {
    return refuse(dispatch, interpolate(gettext("This span cannot become %(label)s."), { label: label.name }));
  }
  dispatch?.({ ...common, ...turnedInto(state, span, label, kept), selection: null });
  return true;
};

/**
 * Return the attribute that keeps an answer, where a label has it.
 *
 * @param {import("../model/types.js").Label} label
 * @param {boolean} isContradicted
 * @returns {Record<string, string>}
 */
function keptAnswer(label, isContradicted) {
  const answer = ANSWERS[isContradicted ? "Denial" : "Hedge"];
  const attribute = label.attributes.find(({ id }) => id === ANSWER_ATTRIBUTE);
  return attribute && allowsValue(attribute, answer) ? { [ANSWER_ATTRIBUTE]: answer } : {};
}

/**
 * Return the changes that give a span the other label, and how they are announced.
 *
 * @param {EditorState} state
 * @param {Span} span
 * @param {import("../model/types.js").Label} label
 * @param {Record<string, string>} kept
 */
function turnedInto(state, span, label, kept) {
  const { kind } = presetAttributes(state.document, label, span.fragments);
  const attributes = { ...attributesForLabel(state, span, label), ...(kind ? { kind } : {}), ...kept };
  const update = updateOf(span, { label: label.id, attributes });
  const { lost, made } = movedRelations(state, span, label.id);
  const names = { old: labelOf(state.schema, span.label).name, label: label.name,
    relations: removedRelationsWords(state, lost.filter(({ id }) => !made.some((other) => other.before === id))) };
  /** @type {import("../model/types.js").Change[]} */
  const added = made.map(({ relation }) => ({ id: newId(), kind: "add_relation", relation }));
  return { changes: [...removals(lost), ...(update ? [update] : []), ...added],
    announce: interpolate(gettext("%(old)s became %(label)s%(relations)s."), names) };
}

const TURNED = Object.freeze({ hedges: "denies", denies: "hedges" });

/**
 * Return the relations that a span loses with its label, and those that take their place.
 *
 * @param {EditorState} state
 * @param {Span} span
 * @param {string} labelId
 */
function movedRelations({ schema, relations, spans }, span, labelId) {
  const labelAt = (/** @type {string} */ id) => (id === span.id ? labelId : spans.get(id)?.label ?? "");
  const lost = relations.of(span.id)
    .filter(({ label, from, to }) => pairProblem(schema, label, labelAt(from), labelAt(to)) !== "");
  const made = lost.flatMap(({ id, label, from, to }) => {
    const turned = TURNED[/** @type {"hedges"|"denies"} */ (label)];
    if (from !== span.id || !turned || !schema.relations.has(turned)) return [];
    if (pairProblem(schema, turned, labelId, labelAt(to)) !== "") return [];
    return [{ before: id, relation: { id: newId(), label: turned, from, to } }];
  });
  return { lost, made };
}
