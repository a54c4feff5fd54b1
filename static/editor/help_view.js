/** The help dialog, written from the keymap, so that it cannot say anything else than what the keys do. */

import { displayKey } from "./keymap.js";
import { find, make } from "./elements_view.js";

/** @typedef {import("./keymap.js").Keymap} Keymap */

export class HelpView {
  /** @param {Keymap} keymap */
  constructor(keymap) {
    this.keymap = keymap;
    /** @type {HTMLDialogElement} */
    this.dialog = find("#help");
    this.isWritten = false;
  }

  listen() {
    find("#help-open").addEventListener("click", () => this.open());
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
  }

  open() {
    if (!this.isWritten) this.#list();
    this.isWritten = true;
    if (!this.dialog.open) this.dialog.showModal();
  }

  #list() {
    const { bindings, clashes } = this.keymap;
    const groups = [...new Set(bindings.map((binding) => binding.group))];
    const tables = groups.map((group) => make("section", { class: "help-group" }, make("h3", {}, group),
      make("dl", {}, ...bindings.filter((binding) => binding.group === group).map((binding) => make("div", {},
        make("dt", {}, make("kbd", {}, displayKey(binding.key))), make("dd", { dir: "auto" }, binding.description))))));
    const notes = clashes.map((sentence) => make("li", {}, sentence));
    find("#help-keys").replaceChildren(...tables);
    if (notes.length > 0) find("#help-keys").append(make("ul", { class: "help-clashes" }, ...notes));
  }
}
