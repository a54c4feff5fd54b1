/** What the boundary rules cut off the last selection: in words with a button that takes it back, and in the text. */

import { find, make } from "./elements_view.js";
import { keepCut } from "./cut_commands.js";
import { blockAt } from "./document.js";
import { displayKey } from "./keymap.js";

/**
 * @typedef {import("./types.js").Cut} Cut
 * @typedef {import("./types.js").Fragment} Fragment
 * @typedef {Pick<import("./extras.js").ExtrasParts, "store"|"keymap"|"view">} CutParts
 */

export class CutView {
  /** @param {CutParts} parts */
  constructor({ store, keymap, view }) {
    this.store = store;
    this.keymap = keymap;
    this.view = view;
    /** @type {Cut|null} */
    this.shown = null;
    this.words = make("span");
    this.key = make("kbd");
    const button = make("button", { class: "button", type: "button" }, "Keep all that I selected ", this.key);
    button.addEventListener("click", () => keepCut(store.state, store.dispatch));
    this.bar = make("p", { id: "cut", class: "cut", hidden: "" }, this.words, button);
  }

  listen() {
    find("#text-pane").append(this.bar);
    this.store.subscribe(() => this.update());
    this.update();
  }

  update() {
    const { cut } = this.store.state;
    if (cut === this.shown) return;
    this.shown = cut;
    this.bar.hidden = cut === null;
    if (cut) this.words.textContent = `By the boundary rules ${cut.words}.`;
    this.key.textContent = this.keymap.keysOf("span.keepCut").slice(0, 1).map(displayKey).join("");
    if ("highlights" in CSS) CSS.highlights.set("cut", new Highlight(...(cut ? this.#ranges(cut) : [])));
  }

  /** @param {Cut} cut the text that was left out */
  #ranges({ piece, place }) {
    /** @type {Fragment[]} */
    const parts = [[piece[0], place[0]], [place[1], piece[1]]];
    return parts.filter(([start, end]) => start < end).map(([start, end]) => {
      const range = new Range();
      range.setStart(...this.view.pointOf(blockAt(this.view.text, start), start));
      range.setEnd(...this.view.pointOf(blockAt(this.view.text, end - 1), end));
      return range;
    });
  }
}
