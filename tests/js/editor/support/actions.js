import * as commands from "../../../../static/editor/commands/index.js";
import { relationProblem } from "../../../../static/editor/model/schema.js";

/**
 * Run a random command.
 *
 * @param {ReturnType<typeof import("./editors.js").openEditor>} editor
 * @param {import("./random.js").Random} random
 */
export function actAtRandom({ store, run }, random) {
  const { state } = store;
  const spans = [...state.spans.values()];
  const length = state.document.text.length;
  const span = spans.length > 0 ? random.of(spans) : null;
  const labels = [...state.schema.labels.keys()];
  if (span && random.chance(0.7)) run(commands.selectSpan(span.id));
  if (random.chance(0.6)) run(commands.selectText(random.below(length), random.below(length)));
  run(random.of([
    () => commands.labelSelection(random.of(labels)),
    () => commands.labelSelection(random.of(labels)),
    () => commands.applyLabel(random.of(labels)),
    () => commands.relabel(random.of(labels)),
    () => commands.removeSelected,
    () => commands.resize(random.of(["start", "end"]), random.of([1, -1]), random.of(["token", "sentence"])),
    () => commands.addFragment,
    () => commands.setFragments,
    () => commands.widenToSentence,
    () => commands.setNote(random.of(["", "look 🙂", "why?"])),
    () => attributeAtRandom(store.state, random),
    () => attributeAtRandom(store.state, random),
    () => relationAtRandom(store.state, random),
    () => relationAtRandom(store.state, random),
    () => relationAtRandom(store.state, random),
    () => commands.removeRelation([...state.relations.values()].at(random.below(9))?.id ?? ""),
  ])());
}

/**
 * @param {import("../../../../static/editor/model/types.js").EditorState} state
 * @param {import("./random.js").Random} random
 */
function attributeAtRandom(state, random) {
  const label = state.schema.labels.get(state.spans.get(state.selectedId ?? "none")?.label ?? "Claim");
  const { attributes } = /** @type {import("../../../../static/editor/model/types.js").Label} */ (label);
  const attribute = random.of(attributes);
  const value = attribute.type === "choice" ? random.of(attribute.choices).id : random.of(["Ada", "", "Zoë 🙂"]);
  return commands.setAttribute(attribute.id, value);
}

/**
 * Return a command that adds an allowed relation from the selected span, if there is one.
 *
 * @param {import("../../../../static/editor/model/types.js").EditorState} state
 * @param {import("./random.js").Random} random
 */
function relationAtRandom(state, random) {
  const from = commands.selectedSpan(state);
  const possible = [...state.spans.values()].flatMap((to) =>
    [...state.schema.relations.values()].filter((type) => from && relationProblem(state, type, from, to) === "")
      .map((type) => commands.addRelation(type.id, to.id)));
  return possible.length > 0 ? random.of(possible) : commands.nextSpan;
}
