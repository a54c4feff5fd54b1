/**
 * The attributes of the document, answered beside the list of spans: loaded only where the schema has some. F4 goes to
 * the first without a value; digits choose, Enter goes on, Escape goes back to the text.
 */

import { digitOf } from "../keyboard/keys.js";
import { gettext, interpolate } from "../pages/text.js";
import { describe } from "./model/descriptions.js";
import { updateOf } from "./model/fields.js";
import { LONGEST_VALUE, MOST_BUTTONS } from "./model/schema.js";
import { find, keyCap, make } from "./views/elements.js";
import { loadStyles } from "./views/styles.js";

/**
 * @typedef {import("./model/types.js").Attribute} Attribute
 * @typedef {import("./model/types.js").Span} Span
 * @typedef {import("./model/types.js").Value} Value
 * @typedef {import("./views/page.js").PageView} PageView
 */

const COMMAND = "view.document";
const KEY = "F4";

/**
 * Show the attributes of the document on the page.
 *
 * @param {PageView} page
 * @returns {Promise<DocumentAttributesView|null>} null when the page shows another document by now
 */
export async function showDocumentAttributes(page) {
  const { personal, signal } = page.forExtras();
  await loadStyles(personal.document_styles);
  if (signal.aborted) return null;
  const view = new DocumentAttributesView(page);
  view.listen();
  return view;
}

class DocumentAttributesView {
  /** @param {PageView} page */
  constructor(page) {
    const { store, keymap, panel } = page.forExtras();
    this.page = page;
    this.store = store;
    this.keymap = keymap;
    this.panel = panel;
    this.attributes = store.state.schema.whole.attributes;
    this.count = make("span", { class: "soft small" });
    this.groups = this.attributes.map((attribute) => this.#group(attribute));
    this.root = make("details", { class: "document-attributes", open: true, "data-document": "" },
      make("summary", {}, make("h3", {}, gettext("Document"), " ", keyCap(KEY)), this.count), ...this.groups);
  }

  listen() {
    this.keymap.add([{ key: KEY, command: COMMAND, argument: [], group: gettext("Page"),
      description: gettext("Attributes of the document"), label: "", when: "" }]);
    this.page.keyboard.page[COMMAND] = () => this.open();
    find("#panel-spans").prepend(this.root);
    this.root.addEventListener("change", ({ target }) => this.#changed(target));
    this.root.addEventListener("keydown", (event) => this.#press(event));
    this.store.subscribe(({ transaction }) => {
      if (transaction.changes || transaction.editable !== undefined) this.update();
    });
    this.update();
  }

  /** Go to the first attribute without a value, or else to the first. */
  open() {
    this.panel.open("spans");
    this.root.open = true;
    const free = this.attributes.findIndex(({ id }) => this.#whole.attributes[id] === undefined);
    this.#focus(Math.max(0, free));
  }

  /** Show the stored values. */
  update() {
    const { attributes } = this.#whole;
    this.groups.forEach((group, index) => {
      const { id } = this.attributes[index];
      const value = attributes[id];
      group.disabled = !this.store.state.editable;
      for (const field of fieldsIn(group)) {
        if (field.type === "radio" || field.type === "checkbox") field.checked = [value].flat().includes(field.value);
        else if (field !== document.activeElement || this.store.state.editable === false) field.value = value ?? "";
      }
      find("[data-clear]", group).hidden = value === undefined;
    });
    const set = this.attributes.filter(({ id }) => attributes[id] !== undefined).length;
    this.count.textContent = interpolate(gettext("%(set)s of %(count)s"), { set, count: this.attributes.length });
  }

  get #whole() {
    return /** @type {Span} */ (this.store.state.spans.get(""));
  }

  /** @param {Attribute} attribute @returns {HTMLFieldSetElement} */
  #group(attribute) {
    const clear = make("button", { type: "button", class: "button button--quiet", "data-clear": "", hidden: true },
      gettext("Clear"));
    clear.setAttribute("aria-label", interpolate(gettext("Clear %(attribute)s"), { attribute: attribute.name }));
    clear.addEventListener("click", () => this.#set(attribute, null));
    const legend = make("legend", { dir: "auto" }, attribute.name,
      attribute.required ? make("span", { class: "soft" }, ` (${gettext("required")})`) : null);
    return make("fieldset", { "data-attribute": attribute.id }, legend, ...fieldsOf(attribute), clear);
  }

  /** @param {EventTarget|null} target */
  #changed(target) {
    const group = target instanceof Element ? target.closest("fieldset") : null;
    const attribute = this.attributes[this.groups.indexOf(/** @type {HTMLFieldSetElement} */ (group))];
    if (attribute && group) this.#set(attribute, valueIn(attribute, group));
  }

  /**
   * @param {Attribute} attribute
   * @param {Value|null|undefined} value undefined for one that cannot be stored
   */
  #set(attribute, value) {
    const { state, dispatch } = this.store;
    const change = value === undefined ? null : updateOf(this.#whole, { attributes: { [attribute.id]: value } });
    if (change && state.editable) {
      dispatch({ changes: [change], userEvent: "set.document", announce: `${describe(state, change)}.` });
    } else this.update();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const group = event.target instanceof Element ? event.target.closest("fieldset") : null;
    const index = this.groups.indexOf(/** @type {HTMLFieldSetElement} */ (group));
    if (index < 0 || hasModifier(event)) return;
    const choices = fieldsIn(this.groups[index]).filter(({ type }) => type === "radio" || type === "checkbox");
    const digit = choices.length > 0 ? digitOf(event) : undefined;
    const choice = digit ? choices[digit - 1] : undefined;
    const isTyped = choices.length === 0 || event.target instanceof HTMLButtonElement;
    if (event.key === "Escape") this.page.focusText();
    else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) this.#goOn(event.target, index);
    else if (!isTyped && /^(?:Delete|Backspace)$/.test(event.key)) this.#set(this.attributes[index], null);
    else if (choice) choose(choice);
    else return;
    event.preventDefault();
    event.stopPropagation(); // the panel has other uses for these keys
  }

  /** Take what was typed, and go to the next attribute. @param {EventTarget|null} target @param {number} index */
  #goOn(target, index) {
    if (target instanceof HTMLInputElement && target.type === "radio" && !target.checked) target.click();
    else this.#changed(target);
    if (index + 1 < this.groups.length) this.#focus(index + 1);
    else this.page.focusText();
  }

  /** @param {number} index */
  #focus(index) {
    const fields = fieldsIn(this.groups[index]);
    const chosen = fields.find((field) => field instanceof HTMLInputElement && field.checked);
    (chosen ?? fields[0])?.focus();
  }
}

/** @param {KeyboardEvent} event */
function hasModifier({ isComposing, ctrlKey, metaKey, altKey }) {
  return isComposing || ctrlKey || metaKey || altKey;
}

/** @param {HTMLInputElement} choice */
function choose(choice) {
  choice.focus();
  choice.click();
}

/** @param {Element} group @returns {HTMLInputElement[]} */
function fieldsIn(group) {
  return [...group.querySelectorAll(/** @type {"input"} */ ("input, select"))];
}

/** @param {Attribute} attribute @returns {HTMLElement[]} */
function fieldsOf({ id, name, type, choices }) {
  if (type === "choice" && choices.length > MOST_BUTTONS) {
    return [make("select", { "aria-label": name }, make("option", { value: "" }, "–"),
      ...choices.map((choice) => make("option", { value: choice.id }, choice.name)))];
  }
  if (type === "choice" || type === "multiple") {
    return choices.map((choice, index) => make("label", { dir: "auto", title: choice.description || null },
      make("input", { type: type === "choice" ? "radio" : "checkbox", name: `document-${id}`, value: choice.id }), " ",
      choice.name, " ", index < 9 ? keyCap(String(index + 1)) : null));
  }
  const isNumber = type === "number";
  return [make("input", { type: isNumber ? "number" : "text", step: isNumber ? "any" : null, "aria-label": name,
    dir: "auto", autocomplete: "off", maxlength: isNumber ? null : LONGEST_VALUE })];
}

/**
 * Return the value that the fields of an attribute have; null for none, undefined for one that cannot be stored.
 *
 * @param {Attribute} attribute
 * @param {Element} group
 * @returns {Value|null|undefined}
 */
function valueIn({ type, choices }, group) {
  const fields = fieldsIn(group);
  const ids = fields.filter(({ checked }) => checked).map(({ value }) => value);
  if (type === "multiple") return ids.length > 0 ? ids : null;
  if (type === "choice" && choices.length <= MOST_BUTTONS) return ids[0] ?? null;
  const typed = fields[0].value.trim();
  if (typed === "") return fields[0].validity.badInput ? undefined : null;
  return type === "number" ? Number(typed) : typed;
}
