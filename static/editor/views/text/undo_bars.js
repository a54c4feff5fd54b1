/** Bars below the text that offer to undo: what the boundary rules trimmed, and relations that were removed. */

import { gettext } from "../../../pages/text.js";
import { undoTrim } from "../../commands/boundaries.js";
import { displayKey } from "../../../keyboard/keys.js";
import { blockAt } from "../../model/text/document.js";
import { find, make } from "../elements.js";


/**
 * @typedef {import("../../model/types.js").Trim} Trim
 * @typedef {import("../../model/types.js").Fragment} Fragment
 * @typedef {Pick<import("../../extras.js").ExtrasParts, "store"|"keymap"|"view">} TrimParts
 */

export class TrimView {
  /** @param {TrimParts} parts */
  constructor({ store, keymap, view }) {
    this.store = store;
    this.keymap = keymap;
    this.view = view;
    /** @type {Trim|null} */
    this.shown = null;
    this.words = make("span");
    this.key = make("kbd");
    const button = make("button", { class: "button", type: "button" }, gettext("Undo trim"), " ", this.key);
    button.addEventListener("click", () => undoTrim(store.state, store.dispatch));
    this.bar = make("p", { id: "trim-bar", class: "undo-bar", hidden: "" }, this.words, button);
  }

  listen() {
    find("#text-pane").append(this.bar);
    this.store.subscribe(() => this.update());
    this.update();
  }

  update() {
    const { trim } = this.store.state;
    if (trim === this.shown) return;
    this.shown = trim;
    this.bar.hidden = trim === null;
    if (trim) this.words.textContent = trim.message;
    this.key.textContent = this.keymap.keysOf("span.undoTrim").slice(0, 1).map(displayKey).join("");
    if ("highlights" in CSS) CSS.highlights.set("trimmed", new Highlight(...(trim ? this.#ranges(trim) : [])));
  }

  /** @param {Trim} trim whose trimmed text is returned */
  #ranges({ selected, kept }) {
    /** @type {Fragment[]} */
    const parts = [[selected[0], kept[0]], [kept[1], selected[1]]];
    return parts.filter(([start, end]) => start < end).map(([start, end]) => {
      const range = new Range();
      range.setStart(...this.view.pointOf(blockAt(this.view.text, start), start));
      range.setEnd(...this.view.pointOf(blockAt(this.view.text, end - 1), end));
      return range;
    });
  }
}

/** Says which relations were removed with a change of a span, with a button that restores them. */


/** @typedef {Pick<import("../../extras.js").ExtrasParts, "store"|"keymap"|"history">} RemovedRelationsParts */

/** Events that remove relations on purpose, or restore them. */
const ON_PURPOSE = new Set(["undo", "redo", "delete.relation"]);

export class RemovedRelationsView {
  /** @param {RemovedRelationsParts} parts */
  constructor({ store, keymap, history }) {
    this.store = store;
    this.keymap = keymap;
    this.words = make("span", { dir: "auto" });
    this.key = make("kbd");
    const button = make("button", { class: "button", type: "button" }, gettext("Restore relations"), " ", this.key);
    button.addEventListener("click", () => history.undo());
    this.bar = make("p", { id: "removed-relations", class: "undo-bar", hidden: "" }, this.words, button);
  }

  listen() {
    find("#text-pane").append(this.bar);
    this.store.subscribe((update) => this.update(update));
  }

  /** @param {import("../../model/types.js").Update} update */
  update({ transaction: { changes = [], userEvent, announce = "" } }) {
    if (changes.length === 0 || userEvent === "remote") return;
    const isShown = !ON_PURPOSE.has(userEvent) && changes.some((change) => change.kind === "remove_relation");
    this.bar.hidden = !isShown;
    this.words.textContent = isShown ? announce : "";
    this.key.textContent = this.keymap.keysOf("history.undo").slice(0, 1).map(displayKey).join("");
  }
}
