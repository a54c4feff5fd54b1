/** What the boundary rules cut off the last selection: in words with a button that takes it back, and in the text. */

import { keepCut } from "../../commands/boundaries.js";
import { displayKey } from "../../../keyboard/keys.js";
import { blockAt } from "../../model/text/document.js";
import { find, make } from "../elements.js";


/**
 * @typedef {import("../../model/types.js").Cut} Cut
 * @typedef {import("../../model/types.js").Fragment} Fragment
 * @typedef {Pick<import("../../extras.js").ExtrasParts, "store"|"keymap"|"view">} CutParts
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

/** Says which relations went with a span, where everybody can see it, with a button that brings them back. */


/** @typedef {Pick<import("../../extras.js").ExtrasParts, "store"|"keymap"|"history">} GoneParts */

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

  /** @param {import("../../model/types.js").Update} update */
  update({ transaction: { changes = [], userEvent, announce = "" } }) {
    if (changes.length === 0 || userEvent === "remote") return;
    const isSaid = !SAID_OTHERWISE.has(userEvent) && changes.some((change) => change.kind === "remove_relation");
    this.bar.hidden = !isSaid;
    this.words.textContent = isSaid ? announce : "";
    this.key.textContent = this.keymap.keysOf("history.undo").slice(0, 1).map(displayKey).join("");
  }
}
