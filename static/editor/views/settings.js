/** Settings and help in one dialog: how the text looks, the keys of every command, the pointer; with a search. */

import { gettext, interpolate } from "../../pages/text.js";
import { displayKey, keyOf } from "../../keyboard/keys.js";
import { nameOf } from "../commands/keymap.js";
import { keyProblem, withKey, withoutKey } from "../commands/own_keys.js";
import { visibleLabels } from "../model/schema.js";
import { find, make, setAttributes } from "./elements.js";

/**
 * @typedef {import("../commands/keymap.js").Keymap} Keymap
 * @typedef {import("../commands/keymap.js").Binding} Binding
 * @typedef {import("../model/state.js").Store} Store
 */

/**
 * @typedef {import("../model/types.js").Preferences} Preferences
 * @typedef {import("../extras.js").ExtrasParts} ExtrasParts
 */

/** The settings with a list of values, which are those of the server and of tokens.css. */
const CHOICES = Object.freeze({
  theme: { name: gettext("Colours"),
    values: { system: gettext("Match system"), light: gettext("Light"), dark: gettext("Dark") } },
  text_size: { name: gettext("Text size"),
    values: { 85: gettext("Small"), 100: gettext("Normal"), 115: gettext("Medium"), 130: gettext("Large"),
      150: gettext("Very large"), 200: gettext("Double") } },
  line_width: { name: gettext("Line width"), values: { narrow: gettext("Narrow"), normal: gettext("Normal"),
    wide: gettext("Wide"), full: gettext("Full window") } },
  density: { name: gettext("Line spacing"),
    values: { compact: gettext("Compact"), normal: gettext("Normal"), roomy: gettext("Wide") } },
});

/** What the search shows or hides. */
const ROWS = ".setting, .setting-key, li";

export class SettingsView {
  /** @param {ExtrasParts} parts */
  constructor(parts) {
    this.parts = parts;
    /** @type {HTMLDialogElement} */
    this.dialog = find("#settings");
    this.problem = find("#settings-problem");
    /** The command whose key is being changed. @type {Binding|null} */
    this.changing = null;
  }

  get preferences() {
    return this.parts.personal.editor_preferences;
  }

  listen() {
    find("#settings-search").addEventListener("input", () => this.#filter());
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
    this.dialog.addEventListener("keydown", (event) => this.#readKey(event), { capture: true });
    this.dialog.addEventListener("cancel", (event) => {
      if (this.changing) event.preventDefault();
    });
    this.dialog.addEventListener("close", () => this.#changeKey(null));
    find("#settings-reset").addEventListener("click", () => {
      this.#change({ keys: {} });
      this.#say(gettext("All shortcuts are reset."));
    });
  }

  /** Open the dialog at the settings or at the shortcuts, which change with keys and labels. @param {boolean} atKeys */
  open(atKeys) {
    if (this.dialog.open) return;
    this.#say("");
    const selects = Object.entries(CHOICES).map(([name, choice]) => this.#select(name, choice));
    find("#settings-looks").replaceChildren(...selects,
      this.#checkbox("reading_mode", gettext("Reading mode: screen readers use their own keys in the text")),
      this.#checkbox("pick_by_words",
        gettext("Pick words by their own first letters, as for screen readers, instead of by letters shown on them")),
      this.#checkbox("show_time", gettext("Show working time")),
      this.#checkbox("show_tips", gettext("Show first steps above the text of new pages")));
    /** @type {HTMLInputElement} */ (find("#settings-search")).value = "";
    this.#listKeys();
    this.dialog.showModal();
    if (atKeys) find("#settings-keys-heading").parentElement?.scrollIntoView();
    if (!matchMedia("(pointer: coarse)").matches) find("#settings-search").focus({ preventScroll: true });
  }

  /** Show the rows that contain the words of the search, and the sections that have any. */
  #filter() {
    const words = /** @type {HTMLInputElement} */ (find("#settings-search")).value.toLowerCase().split(/\s+/);
    const isFound = (/** @type {Element} */ row) => {
      const text = row.textContent?.toLowerCase() ?? "";
      return words.every((word) => text.includes(word));
    };
    for (const row of this.dialog.querySelectorAll(ROWS)) /** @type {HTMLElement} */ (row).hidden = !isFound(row);
    const sections = [...this.dialog.querySelectorAll("section")];
    for (const section of sections) section.hidden = !section.querySelector(`:is(${ROWS}):not([hidden])`);
    this.#say(sections.every((section) => section.hidden) ? gettext("Nothing found.") : "");
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
   * @param {"reading_mode"|"pick_by_words"|"show_time"|"show_tips"} name
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
    const stored = this.parts.savePreferences({ ...this.preferences, ...changed });
    applyLooks(this.preferences);
    this.parts.store.dispatch({ picksByWords: this.preferences.pick_by_words, userEvent: "settings" });
    this.parts.keymap.remap(this.preferences.keys);
    this.#listKeys();
    this.parts.keysChanged();
    this.parts.looksChanged();
    stored.catch((/** @type {unknown} */ error) => {
      const words = error instanceof Error ? error.message : String(error);
      this.#say(interpolate(
        gettext("Not saved: %(reason)s The setting applies to this page only. Change it again later."),
        { reason: words }));
    });
  }

  #listKeys() {
    const { keymap, store } = this.parts;
    const commands = keymap.commands.filter(isListed(store.state));
    const groups = [...new Set(commands.map(({ group }) => group))];
    const lists = groups.map((group) => make("section", {}, make("h4", {}, group),
      make("dl", {}, ...commands.filter((binding) => binding.group === group).map((binding) => this.#row(binding)))));
    const notes = keymap.clashes.map((sentence) => make("li", {}, sentence));
    find("#settings-keys").replaceChildren(...(notes.length > 0 ? [make("ul", {}, ...notes)] : []), ...lists);
    this.#filter();
  }

  /** @param {Binding} binding */
  #row(binding) {
    const keys = this.parts.keymap.keysOf(nameOf(binding));
    const command = binding.description;
    const shown = keys.length > 0 ? keys.map(displayKey).join(", ") : gettext("no key");
    const change = make("button", { type: "button", class: "button", "data-command": nameOf(binding),
      "aria-label": interpolate(gettext("Change the key of “%(command)s”: %(keys)s"), { command, keys: shown }) },
    make("kbd", {}, shown));
    change.addEventListener("click", () => this.#changeKey(binding));
    const isOwn = Object.hasOwn(this.preferences.keys, nameOf(binding));
    const reset = make("button", { type: "button", class: "button button--quiet", hidden: !isOwn,
      "aria-label": interpolate(gettext("Reset the key of “%(command)s”"), { command }) }, gettext("Reset"));
    reset.addEventListener("click", () => this.#setKeys(binding, withoutKey(this.preferences.keys, binding)));
    return make("div", { class: "setting-key" }, make("dt", { dir: "auto" }, binding.description),
      make("dd", {}, change, reset));
  }

  /** @param {Binding|null} binding */
  #changeKey(binding) {
    this.#setButton("data-changing", null);
    this.changing = binding;
    if (!binding) return;
    this.#setButton("data-changing", true);
    this.#say(interpolate(gettext("Press the new key of “%(command)s”. Backspace removes the key, Escape cancels."),
      { command: binding.description }));
  }

  /** @param {string} attribute @param {boolean|null} value */
  #setButton(attribute, value) {
    const button = this.changing && this.dialog.querySelector(`[data-command="${CSS.escape(nameOf(this.changing))}"]`);
    if (button) setAttributes(button, { [attribute]: value });
  }

  /** Read the new key of a command. @param {KeyboardEvent} event */
  #readKey(event) {
    const binding = this.changing;
    if (!binding || ["Control", "Shift", "Alt", "Meta", "AltGraph", "Tab"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const key = event.key === "Backspace" ? "" : keyOf(event);
    const problem = key === "" ? "" : keyProblem(this.parts.keymap, binding, key);
    if (event.key === "Escape") this.#say(gettext("Not changed."));
    else if (problem) {
      this.#say(interpolate(gettext("%(key)s is not available: %(reason)s Press another key, or Escape."),
        { key: displayKey(key), reason: problem }));
    }
    if (problem && event.key !== "Escape") return;
    this.#changeKey(null);
    if (event.key !== "Escape") this.#setKeys(binding, withKey(this.preferences.keys, binding, key));
  }

  /**
   * @param {Binding} binding
   * @param {import("../model/types.js").OwnKeys} keys
   */
  #setKeys(binding, keys) {
    const name = nameOf(binding);
    this.#change({ keys });
    const now = this.parts.keymap.keysOf(name);
    const clash = this.parts.keymap.clashes.find((sentence) => sentence.includes(`“${binding.description}”`));
    const keyNames = now.length > 0 ? now.map(displayKey).join(", ") : gettext("no key");
    this.#say(clash ?? interpolate(gettext("The key of “%(command)s”: %(keys)s."),
      { command: binding.description, keys: keyNames }));
    const button = this.dialog.querySelector(`[data-command="${CSS.escape(name)}"]`);
    if (button instanceof HTMLElement) button.focus();
  }

  /** @param {string} sentence */
  #say(sentence) {
    this.problem.textContent = sentence;
  }
}

/** Set what the style sheets read, as the server writes it into the page. @param {Preferences} preferences */
function applyLooks(preferences) {
  const { dataset } = document.documentElement;
  dataset.theme = preferences.theme;
  dataset.textSize = preferences.text_size;
  dataset.lineWidth = preferences.line_width;
  dataset.density = preferences.density;
  dataset.time = preferences.show_time ? "shown" : "hidden";
  const isReading = preferences.reading_mode;
  setAttributes(find("#text"), { role: isReading ? "document" : "application",
    "aria-roledescription": isReading ? null : gettext("annotation text") });
}

/**
 * Return the condition under which a command is listed: not for optional labels that are hidden.
 *
 * @param {import("../model/types.js").EditorState} state
 * @returns {(binding: Binding) => boolean}
 */
function isListed(state) {
  const labels = new Set(visibleLabels(state).map((label) => label.id));
  return ({ command, argument, label }) => {
    if (command === "label") return labels.has(argument[0]);
    if (command === "view.relation") {
      return Boolean(state.schema.relations.get(argument[0])?.from.some((id) => labels.has(id)));
    }
    return label === "" || labels.has(label);
  };
}
