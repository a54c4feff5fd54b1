/** The help dialog, written from the keymap, so that it cannot say anything else than what the keys do. */

import { displayKey, keyOf } from "../../keyboard/keys.js";
import { keyProblem, nameOf, withKey, withoutKey } from "../commands/keymap.js";
import { visibleLabels } from "../model/schema.js";
import { find, make, setAttributes } from "./elements.js";


/**
 * @typedef {import("../commands/keymap.js").Keymap} Keymap
 * @typedef {import("../commands/keymap.js").Binding} Binding
 * @typedef {import("../model/state.js").Store} Store
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
 * @param {import("../model/types.js").EditorState} state
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

/** Settings of one person: how the text looks, how screen readers read it, and the keys of every command. */


/**
 * @typedef {import("../model/types.js").Preferences} Preferences
 * @typedef {import("../extras.js").ExtrasParts} ExtrasParts
 */

/** What can be chosen, with its name in words; the values are those of the server and of tokens.css. */
const CHOICES = Object.freeze({
  theme: { name: "Colours", values: { system: "As the system", light: "Light", dark: "Dark" } },
  text_size: { name: "Size of the text", values: { 85: "Small", 100: "Normal", 115: "Larger", 130: "Large",
    150: "Very large", 200: "Double" } },
  line_width: { name: "Width of the lines", values: { narrow: "Narrow", normal: "Normal", wide: "Wide",
    full: "As wide as the window" } },
  density: { name: "Room between the lines", values: { compact: "Little", normal: "Normal", roomy: "Much" } },
});

export class SettingsView {
  /** @param {ExtrasParts} parts */
  constructor(parts) {
    this.parts = parts;
    this.preferences = parts.preferences;
    /** @type {HTMLDialogElement} */
    this.dialog = find("#settings");
    this.problem = find("#settings-problem");
    /** The command whose key is being asked for. @type {Binding|null} */
    this.asking = null;
  }

  listen() {
    this.dialog.addEventListener("keydown", (event) => this.#take(event), { capture: true });
    this.dialog.addEventListener("cancel", (event) => {
      if (this.asking) event.preventDefault();
    });
    this.dialog.addEventListener("close", () => this.#ask(null));
    find("#settings-reset").addEventListener("click", () => {
      this.#change({ keys: {} });
      this.#say("All keys are as they came.");
    });
  }

  open() {
    if (this.dialog.open) return;
    this.#say("");
    const selects = Object.entries(CHOICES).map(([name, choice]) => this.#select(name, choice));
    find("#settings-looks").replaceChildren(...selects,
      this.#checkbox("reading_mode", "Reading mode: a screen reader reads the text with keys of its own"),
      this.#checkbox("show_time", "Show how long I have been at work on a text"));
    this.#listKeys();
    this.dialog.showModal();
  }

  /**
   * @param {string} name
   * @param {{name: string, values: Record<string, string>}} choice
   */
  #select(name, { name: title, values }) {
    const select = make("select", { id: `setting-${name}` },
      ...Object.entries(values).map(([value, words]) => make("option", { value }, words)));
    select.value = String(this.preferences[/** @type {keyof typeof CHOICES} */ (name)]);
    select.addEventListener("change", () => this.#change({ [name]: select.value }));
    return make("p", { class: "setting" }, make("label", { for: select.id }, title), select);
  }

  /**
   * @param {"reading_mode"|"show_time"} name
   * @param {string} words
   */
  #checkbox(name, words) {
    const box = make("input", { id: `setting-${name}`, type: "checkbox" });
    box.checked = this.preferences[name];
    box.addEventListener("change", () => this.#change({ [name]: box.checked }));
    return make("p", { class: "setting" }, box, make("label", { for: box.id }, words));
  }

  /** @param {Partial<Preferences>} changed */
  #change(changed) {
    this.preferences = { ...this.preferences, ...changed };
    applyLooks(this.preferences);
    this.parts.keymap.remap(this.preferences.keys);
    this.#listKeys();
    this.parts.keysChanged();
    this.parts.looksChanged();
    this.parts.savePreferences(this.preferences).catch((/** @type {unknown} */ error) => {
      const words = error instanceof Error ? error.message : String(error);
      this.#say(`This holds on this page only, because it could not be kept: ${words} Change it again later.`);
    });
  }

  #listKeys() {
    const { keymap, store } = this.parts;
    const rows = keymap.commands.filter(offered(store.state)).map((binding) => this.#row(binding));
    find("#settings-keys").replaceChildren(...rows);
  }

  /** @param {Binding} binding */
  #row(binding) {
    const keys = this.parts.keymap.keysOf(nameOf(binding));
    const shown = keys.length > 0 ? keys.map(displayKey).join(", ") : "no key";
    const change = make("button", { type: "button", class: "button", "data-command": nameOf(binding),
      "aria-label": `Key of “${binding.description}”: ${shown}. Change` }, make("kbd", {}, shown));
    change.addEventListener("click", () => this.#ask(binding));
    const isOwn = Object.hasOwn(this.preferences.keys, nameOf(binding));
    const back = make("button", { type: "button", class: "button button--quiet", hidden: !isOwn,
      "aria-label": `Key of “${binding.description}” as it came` }, "Reset");
    back.addEventListener("click", () => this.#give(binding, withoutKey(this.preferences.keys, binding)));
    return make("div", { class: "setting-key" }, make("dt", { dir: "auto" }, binding.description),
      make("dd", {}, change, back));
  }

  /** @param {Binding|null} binding */
  #ask(binding) {
    this.#face("data-asking", null);
    this.asking = binding;
    if (!binding) return;
    this.#face("data-asking", true);
    this.#say(`Press the new key of “${binding.description}”; Backspace for none, Escape to leave it.`);
  }

  /** @param {string} attribute @param {boolean|null} value */
  #face(attribute, value) {
    const button = this.asking && this.dialog.querySelector(`[data-command="${CSS.escape(nameOf(this.asking))}"]`);
    if (button) setAttributes(button, { [attribute]: value });
  }

  /** The press of a key while one is being asked for. @param {KeyboardEvent} event */
  #take(event) {
    const binding = this.asking;
    if (!binding || ["Control", "Shift", "Alt", "Meta", "AltGraph", "Tab"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const key = event.key === "Backspace" ? "" : keyOf(event);
    const problem = key === "" ? "" : keyProblem(this.parts.keymap, binding, key);
    if (event.key === "Escape") this.#say("Left as it was.");
    else if (problem) this.#say(`Not ${displayKey(key)}: ${problem} Press another key, or Escape.`);
    if (problem && event.key !== "Escape") return;
    this.#ask(null);
    if (event.key !== "Escape") this.#give(binding, withKey(this.preferences.keys, binding, key));
  }

  /**
   * @param {Binding} binding
   * @param {import("../model/types.js").OwnKeys} keys
   */
  #give(binding, keys) {
    const name = nameOf(binding);
    this.#change({ keys });
    const now = this.parts.keymap.keysOf(name);
    const clash = this.parts.keymap.clashes.find((sentence) => sentence.includes(`“${binding.description}”`));
    const words = now.length > 0 ? `the key ${now.map(displayKey).join(", ")}` : "no key";
    this.#say(clash ?? `“${binding.description}” has ${words}.`);
    const button = this.dialog.querySelector(`[data-command="${CSS.escape(name)}"]`);
    if (button instanceof HTMLElement) button.focus();
  }

  /** @param {string} sentence */
  #say(sentence) {
    this.problem.textContent = sentence;
  }
}

/** What the style sheets read, as the server writes it when the page comes. @param {Preferences} preferences */
function applyLooks(preferences) {
  const { dataset } = document.documentElement;
  dataset.theme = preferences.theme;
  dataset.textSize = preferences.text_size;
  dataset.lineWidth = preferences.line_width;
  dataset.density = preferences.density;
  dataset.time = preferences.show_time ? "shown" : "hidden";
  const isReading = preferences.reading_mode;
  setAttributes(find("#text"), { role: isReading ? "document" : "application",
    "aria-roledescription": isReading ? null : "annotation text" });
}
