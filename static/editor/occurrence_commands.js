import { placeFor } from "./cut_commands.js";
import { snap } from "./document.js";
import { newId } from "./identifiers.js";
import { defaultAttributes, labelOf, visibleLabels } from "./schema.js";
import { refuse } from "./span_updates.js";

/**
 * @typedef {import("./types.js").EditorState} EditorState
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").Fragment} Fragment
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
