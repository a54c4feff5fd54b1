/** The field of a typed attribute, and for a registry attribute the names that it most likely has. */

import { gettext, interpolate } from "../../../pages/text.js";
import { setAttribute } from "../../commands/index.js";
import { suggestedNames } from "../../model/name_suggestions.js";
import { labelOf, LONGEST_VALUE } from "../../model/schema.js";
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

/**
 * Return the field of an attribute with many choices: the name of one is typed, or as much of it as only one has.
 *
 * @param {Attribute} attribute
 * @param {{key: string|undefined, run: Run, refill: () => void}} parts `refill` shows the stored value again
 * @returns {HTMLElement}
 */
export function choiceField(attribute, { key, run, refill }) {
  const id = `attribute-${attribute.id}`;
  const input = make("input", { id, type: "text", "data-attribute": attribute.id, "data-choices": "", dir: "auto",
    autocomplete: "off", list: `${id}-choices`, "aria-keyshortcuts": key ?? null });
  input.addEventListener("change", () => {
    const typed = input.value.trim();
    const choice = typed === "" ? null : choiceNamed(attribute, typed);
    if (choice !== undefined) run(setAttribute(attribute.id, choice?.id ?? null));
    else run((_, dispatch) => {
      dispatch?.({ userEvent: "refused", announce: interpolate(
        gettext("%(attribute)s has no choice “%(value)s”, or several that begin with it."),
        { attribute: attribute.name, value: typed }) });
      return false;
    });
    input.blur();
    refill();
  });
  return make("div", { class: "details-group" },
    make("div", { class: "details-line" },
      make("label", { for: id, dir: "auto" }, attribute.name, " ", keyCap(key)), input),
    make("datalist", { id: `${id}-choices` }, ...attribute.choices.map(({ name }) => make("option", { value: name }))));
}

/**
 * @param {Attribute} attribute
 * @param {string} typed
 * @returns {import("../../model/types.js").Choice|undefined}
 */
function choiceNamed({ choices }, typed) {
  const wanted = typed.toLowerCase();
  const exact = choices.find(({ id, name }) => [id, name].some((each) => each.toLowerCase() === wanted));
  const beginning = choices.filter(({ name }) => name.toLowerCase().startsWith(wanted));
  return exact ?? (beginning.length === 1 ? beginning[0] : undefined);
}

/**
 * Return the name of a choice that a span has.
 *
 * @param {EditorState} state
 * @param {Span} span
 * @param {string} attribute
 * @param {string} value
 * @returns {string}
 */
export function nameOfChoice({ schema }, span, attribute, value) {
  const { attributes } = labelOf(schema, span.label);
  return attributes.find(({ id }) => id === attribute)?.choices.find(({ id }) => id === value)?.name ?? value;
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
