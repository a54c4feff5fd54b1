/** The field of a typed attribute, and for a registry attribute the names that it most likely has. */

import { gettext } from "../../../pages/text.js";
import { setAttribute } from "../../commands/index.js";
import { suggestedNames } from "../../model/name_suggestions.js";
import { LONGEST_VALUE } from "../../model/schema.js";
import { keyCap, make } from "../elements.js";


/**
 * @typedef {import("../../model/types.js").Attribute} Attribute
 * @typedef {import("../../model/types.js").Command} Command
 * @typedef {import("../../model/types.js").EditorState} EditorState
 * @typedef {import("../../model/types.js").Span} Span
 * @typedef {(command: Command) => void} Run
 */

/**
 * @param {Attribute} attribute
 * @param {{key: string|undefined, names: string[], run: Run}} parts `key` of the
 *   shortcut that goes to the field; `names` are suggested
 * @returns {HTMLElement}
 */
export function typedAttribute(attribute, { key, names, run }) {
  const id = `attribute-${attribute.id}`;
  const isRegistry = attribute.type === "registry";
  const input = make("input", { id, type: "text", "data-attribute": attribute.id, dir: "auto", autocomplete: "off",
    maxlength: LONGEST_VALUE, list: isRegistry ? `${id}-names` : null, "aria-keyshortcuts": key ?? null });
  input.addEventListener("change", () => run(setAttribute(attribute.id, input.value.trim() || null)));
  const line = make("div", { class: "details-line" },
    make("label", { for: id, dir: "auto" }, attribute.name, " ", keyCap(key)), input);
  if (!isRegistry) return make("div", { class: "details-group" }, line);
  return make("div", { class: "details-group" }, line,
    make("datalist", { id: `${id}-names` }, ...names.map((name) => make("option", { value: name }))),
    make("div", { class: "segments suggestions", role: "group", "aria-label": gettext("Suggestions"),
      "data-suggestions": attribute.id }));
}

/** Shows the suggestions when there is time, so that they do not delay a key. */
export class Suggestions {
  /** @param {Run} run */
  constructor(run) {
    this.run = run;
    this.timer = 0;
  }

  /**
   * @param {HTMLElement} body of the details
   * @param {EditorState} state
   * @param {Span} span
   */
  schedule(body, state, span) {
    const groups = [...body.querySelectorAll("[data-suggestions]")];
    if (groups.length === 0) return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      for (const group of groups) if (group instanceof HTMLElement && group.isConnected) this.#fill(group, state, span);
    });
  }

  /**
   * @param {HTMLElement} group
   * @param {EditorState} state
   * @param {Span} span
   */
  #fill(group, state, span) {
    const attribute = group.dataset.suggestions ?? "";
    const names = state.editable ? suggestedNames(state, span, attribute) : [];
    const written = JSON.stringify(names);
    if (group.dataset.written === written) return;
    group.dataset.written = written;
    const hadFocus = group.contains(document.activeElement);
    group.replaceChildren(...names.map((name) => {
      const button = make("button", { type: "button", class: "button", dir: "auto" }, name);
      button.addEventListener("click", () => this.run(setAttribute(attribute, name)));
      return button;
    }));
    if (hadFocus) document.getElementById(`attribute-${attribute}`)?.focus();
  }
}
