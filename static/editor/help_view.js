/** The help dialog, written from the keymap, so that it cannot say anything else than what the keys do. */

import { displayKey } from "./keymap.js";
import { find, make } from "./elements_view.js";
import { visibleLabels } from "./schema.js";

/**
 * @typedef {import("./keymap.js").Keymap} Keymap
 * @typedef {import("./keymap.js").Binding} Binding
 * @typedef {import("./state.js").Store} Store
 */

export class HelpView {
  /** @param {{keymap: Keymap, store: Store}} parts */
  constructor({ keymap, store }) {
    this.keymap = keymap;
    this.store = store;
    /** @type {HTMLDialogElement} */
    this.dialog = find("#help");
  }

  listen() {
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
  }

  /** Written anew each time: keys and the labels on offer change. */
  open() {
    if (this.dialog.open) return;
    this.#list();
    this.dialog.showModal();
  }

  #list() {
    const { clashes } = this.keymap;
    const bindings = this.keymap.bindings.filter(offered(this.store.state));
    const groups = [...new Set(bindings.map((binding) => binding.group))];
    const tables = groups.map((group) => make("section", { class: "help-group" }, make("h3", {}, group),
      make("dl", {}, ...bindings.filter((binding) => binding.group === group).map((binding) => make("div", {},
        make("dt", {}, make("kbd", {}, displayKey(binding.key))), make("dd", { dir: "auto" }, binding.description))))));
    const notes = clashes.map((sentence) => make("li", {}, sentence));
    find("#help-keys").replaceChildren(...tables);
    if (notes.length > 0) find("#help-keys").append(make("ul", { class: "help-clashes" }, ...notes));
  }
}

/**
 * Whether a command is on offer: not those of optional labels that are not shown.
 *
 * @param {import("./types.js").EditorState} state
 * @returns {(binding: Binding) => boolean}
 */
export function offered(state) {
  const labels = new Set(visibleLabels(state).map((label) => label.id));
  return ({ command, argument, label }) => {
    if (command === "label") return labels.has(argument[0]);
    if (command === "view.relation") {
      return Boolean(state.schema.relations.get(argument[0])?.from.some((id) => labels.has(id)));
    }
    return label === "" || labels.has(label);
  };
}
