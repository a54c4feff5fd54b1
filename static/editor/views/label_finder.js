/** Finds a label among many by typing: its two letters or a part of its name; the ones used last come first. */

import { gettext } from "../../pages/text.js";
import { labelByKey } from "../commands/index.js";
import { codesOf, findLabels } from "../model/assistance/label_search.js";
import { visibleLabels } from "../model/schema.js";
import { labelClass, lineSample, make } from "./elements.js";

/** The labels that are listed, of which the first nine have numbers. */
const LISTED = 30;
const NUMBERED = 9;
/** How many labels count as used last. */
const RECENT = 9;

export class LabelFinderView {
  /** @param {import("../extras.js").ExtrasParts} parts */
  constructor(parts) {
    this.parts = parts;
    /** @type {string[]} */
    this.recent = [];
    /** The two letters of each label. @type {Map<string, string>} */
    this.codes = new Map();
    this.words = make("input", { type: "search", id: "label-words", autocomplete: "off", dir: "auto" });
    this.list = make("ul", { class: "candidates" });
    this.dialog = make("dialog", { id: "label-finder", class: "dialog", "aria-labelledby": "label-finder-title" },
      make("h2", { id: "label-finder-title" }, gettext("Find a label")),
      make("p", {}, make("label", { for: "label-words" }, gettext("Name, or the two letters shown")), " ", this.words),
      this.list);
  }

  listen() {
    document.body.append(this.dialog);
    this.words.addEventListener("input", () => this.#fill());
    this.dialog.addEventListener("keydown", (event) => this.#press(event));
    this.dialog.addEventListener("close", () => this.parts.focusText());
    this.parts.store.subscribe(({ state, transaction: { changes = [], userEvent } }) => {
      const added = userEvent === "add.span" && changes[0]?.kind === "add_span" ? changes[0].span.label : null;
      if (added !== null && state.schema.labels.has(added)) {
        this.recent = [added, ...this.recent.filter((id) => id !== added)].slice(0, RECENT);
      }
    });
  }

  open() {
    if (this.dialog.open) return;
    this.words.value = "";
    this.codes = codesOf(visibleLabels(this.parts.store.state));
    this.#fill();
    this.dialog.showModal();
    this.words.focus();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.isComposing) return;
    const isCode = [...this.codes.values()].includes(this.words.value + event.key);
    const isNumber = /^[1-9]$/.test(event.key) && !event.ctrlKey && !event.altKey && !isCode;
    const number = isNumber ? Number(event.key) - 1 : -1;
    const button = this.list.querySelectorAll("button")[event.key === "Enter" ? 0 : number];
    if (event.target !== this.words || !button) return;
    event.preventDefault();
    button.click();
  }

  #fill() {
    const { codes, recent } = this;
    const labels = visibleLabels(this.parts.store.state);
    const matching = findLabels(labels, this.words.value, { codes, recent }).slice(0, LISTED);
    this.list.replaceChildren(...matching.map((label, index) => {
      const button = make("button", { type: "button", class: labelClass(label), title: label.description },
        index < NUMBERED ? make("kbd", {}, String(index + 1)) : null, " ", lineSample(label), " ",
        make("strong", { class: "row-label", dir: "auto" }, label.name), " ",
        make("kbd", { class: "soft" }, codes.get(label.id) ?? ""));
      button.addEventListener("click", () => this.#choose(label.id));
      return make("li", {}, button);
    }));
    if (matching.length === 0) this.list.append(make("li", { class: "soft" }, gettext("No label matches.")));
  }

  /** @param {string} id */
  #choose(id) {
    this.dialog.close();
    this.parts.focusText();
    labelByKey(id)(this.parts.store.state, this.parts.store.dispatch);
  }
}
