/** Several spans chosen together: how many, and what can be done with all of them in one step. */

import { choose, describeChosen, relabelChosen, removeChosen, toggleChosen } from "./commands.js";
import { find, make } from "./elements_view.js";
import { visibleLabels } from "./schema.js";

/**
 * @typedef {import("./types.js").EditorState} EditorState
 * @typedef {import("./types.js").Command} Command
 */

export class ChosenView {
  /** @param {{state: () => EditorState, run: (command: Command) => void, isChoosing: () => boolean}} parts */
  constructor({ state, run, isChoosing }) {
    this.state = state;
    this.run = run;
    this.isChoosing = isChoosing;
    this.bar = find("#chosen");
    this.count = find("#chosen-count");
    /** @type {HTMLSelectElement} */
    this.relabel = find("#chosen-relabel");
  }

  listen() {
    this.relabel.addEventListener("change", () => {
      this.run(relabelChosen(this.relabel.value));
      this.relabel.value = "";
    });
    find("#chosen-remove").addEventListener("click", () => this.run(removeChosen));
    find("#chosen-none").addEventListener("click", () => this.run(choose([])));
  }

  /** Whether a click on spans in the text chose one of them. @param {string[]} ids @param {boolean} add */
  offer(ids, add) {
    if (!add && !this.isChoosing()) return false;
    const id = ids[0];
    if (id !== undefined) this.run(toggleChosen(id));
    return id !== undefined;
  }

  /** @param {EditorState} state */
  update(state) {
    const { size } = state.chosen;
    const hidden = size === 0 && !this.isChoosing();
    if (this.bar.hidden !== hidden) this.bar.hidden = hidden;
    if (hidden) return;
    this.count.textContent = size === 0 ? "Click spans to choose them" : `${size} chosen: ${describeChosen(state)}`;
    const options = visibleLabels(state).map((label) => make("option", { value: label.id }, label.name));
    this.relabel.replaceChildren(make("option", { value: "" }, "Relabel as …"), ...options);
    for (const control of this.bar.querySelectorAll("[data-changes]")) {
      control.toggleAttribute("disabled", size === 0 || !state.editable);
    }
  }
}
