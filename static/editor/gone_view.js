/** Says which relations went with a span, where everybody can see it, with a button that brings them back. */

import { find, make } from "./elements_view.js";
import { displayKey } from "./keymap.js";

/** @typedef {Pick<import("./extras.js").ExtrasParts, "store"|"keymap"|"history">} GoneParts */

/** Where relations went because somebody said so, or elsewhere, or come back. */
const SAID_OTHERWISE = new Set(["undo", "redo", "delete.relation"]);

export class GoneView {
  /** @param {GoneParts} parts */
  constructor({ store, keymap, history }) {
    this.store = store;
    this.keymap = keymap;
    this.words = make("span", { dir: "auto" });
    this.key = make("kbd");
    const button = make("button", { class: "button", type: "button" }, "Bring them back ", this.key);
    button.addEventListener("click", () => history.undo());
    this.bar = make("p", { id: "gone", class: "cut", hidden: "" }, this.words, button);
  }

  listen() {
    find("#text-pane").append(this.bar);
    this.store.subscribe((update) => this.update(update));
  }

  /** @param {import("./types.js").Update} update */
  update({ transaction: { changes = [], userEvent, announce = "" } }) {
    if (changes.length === 0 || userEvent === "remote") return;
    const isSaid = !SAID_OTHERWISE.has(userEvent) && changes.some((change) => change.kind === "remove_relation");
    this.bar.hidden = !isSaid;
    this.words.textContent = isSaid ? announce : "";
    this.key.textContent = this.keymap.keysOf("history.undo").slice(0, 1).map(displayKey).join("");
  }
}
