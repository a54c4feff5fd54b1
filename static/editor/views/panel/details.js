/** The details of the selected span: label, attributes, boundaries, relations and note. */

import { gettext, interpolate } from "../../../pages/text.js";
import {
  addFragment, relabel, removeRelation, removeSelected, resize, selectedSpan, selectSpan, setAttribute, setFragments,
  setNote, widenToSentence,
} from "../../commands/index.js";
import { unconfirmedAttributes } from "../../model/review/findings.js";
import { labelOf, LONGEST_NOTE, MOST_BUTTONS, startsAt, visibleLabels } from "../../model/schema.js";
import { excerpt } from "../../model/text/document.js";
import { find, keyCap, labelClass, lineSample, make } from "../elements.js";
import { choiceField, nameOfChoice, Suggestions, typedAttribute } from "./attributes.js";


/**
 * @typedef {import("../../model/types.js").EditorState} EditorState
 * @typedef {import("../../model/types.js").Span} Span
 * @typedef {import("../../model/types.js").Attribute} Attribute
 * @typedef {import("../../model/types.js").Relation} Relation
 * @typedef {import("../../model/types.js").Command} Command
 * @typedef {import("../../commands/keymap.js").Keymap} Keymap
 * @typedef {import("./relation_picker.js").RelationPickerView} RelationPickerView
 */

/** The names of the buttons that move a boundary, by command. @type {Record<string, string>} */
const BOUNDARY_STEPS = Object.freeze({
  "span.startEarlier": gettext("Move the start one word earlier"),
  "span.startLater": gettext("Move the start one word later"),
  "span.endEarlier": gettext("Move the end one word earlier"),
  "span.endLater": gettext("Move the end one word later"),
});

/** The pause in typing after which a note is saved. */
const PAUSE_MILLISECONDS = 800;

export class DetailsView {
  /**
   * @param {{state: () => EditorState, run: (command: Command) => void, relationPicker: RelationPickerView, keymap:
   *   Keymap, fragmentMode: FragmentModeView}} parts
   */
  constructor({ state, run, relationPicker, keymap, fragmentMode }) {
    this.keymap = keymap;
    this.state = state;
    this.run = run;
    this.relationPicker = relationPicker;
    this.fragmentMode = fragmentMode;
    this.suggestions = new Suggestions(run);
    this.body = find("#details-body");
    this.empty = find("#details-empty");
    this.built = "";
    /** Grows whenever everything has to be built again, as after a change of shortcuts. */
    this.outdated = 0;
    this.timer = 0;
    /** The span whose note is being typed, so that it is saved when another span is selected. */
    this.noteOf = "";
  }

  /** @param {EditorState} state */
  update(state) {
    const span = selectedSpan(state);
    this.empty.hidden = span !== undefined;
    this.body.hidden = span === undefined;
    if (!span) {
      this.#saveNote();
      this.body.replaceChildren();
      this.built = "";
      return;
    }
    const wanted = `${this.outdated}\n${span.id}\n${span.label}\n${state.editable}\n${visibleLabels(state).length}`;
    if (wanted !== this.built) {
      this.#saveNote();
      this.#build(state, span);
      this.built = wanted;
    }
    this.#fill(state, span);
  }

  /** Move the focus to the note of the selected span. */
  focusNote() {
    this.update(this.state());
    this.body.querySelector("textarea")?.focus();
  }

  /** Move the focus to the field of a typed attribute. @param {string} name */
  focusAttribute(name) {
    this.update(this.state());
    const input = [...this.body.querySelectorAll("input")].find(({ dataset }) => dataset.attribute === name);
    input?.focus();
    input?.select();
  }

  /** Move the focus to the first control of the form, not to the button that deletes the span. */
  focusFirst() {
    this.update(this.state());
    const form = find(".details-form", this.body);
    const first = form.querySelector("input:checked, input:not([type=radio]), select, button");
    if (first instanceof HTMLElement) first.focus();
  }

  /**
   * @param {EditorState} state
   * @param {Span} span
   */
  #build(state, span) {
    const label = labelOf(state.schema, span.label);
    const remove = this.#button(gettext("Delete"), removeSelected, "span.remove", gettext("Delete this span"));
    remove.disabled = !state.editable;
    this.body.className = labelClass(label);
    this.body.replaceChildren(
      make("div", { class: "details-label" }, lineSample(label),
        make("strong", { class: "row-label", dir: "auto" }, label.name), remove),
      make("blockquote", { class: "details-text", dir: "auto", "data-part": "text" }),
      make("fieldset", { class: "details-form", disabled: !state.editable },
        make("legend", { class: "visually-hidden" }, gettext("Selected span")),
        ...label.attributes.map((attribute) => this.#attribute(state, label.id, attribute)),
        make("div", { class: "details-group", "data-part": "relations" }),
        this.#boundaries(label.discontinuous),
        this.#relabelling(state, span),
        this.#note()),
    );
  }

  /**
   * Show what may change while the same span is selected.
   *
   * @param {EditorState} state
   * @param {Span} span
   */
  #fill(state, span) {
    find("[data-part=text]", this.body).textContent = excerpt(state.document, span.fragments, 280);
    for (const input of this.body.querySelectorAll("input, select")) this.#fillInput(span, input);
    const note = find("textarea", this.body);
    if (note instanceof HTMLTextAreaElement && note !== document.activeElement) note.value = span.note;
    for (const button of this.body.querySelectorAll("[data-needs=selection]")) {
      if (button instanceof HTMLButtonElement) button.hidden = state.selection === null;
    }
    this.#showUnconfirmed(state, span);
    this.fragmentMode.fill(this.body, state);
    this.#fillRelations(state, span);
    this.suggestions.schedule(this.body, state, span);
  }

  /**
   * Mark required attributes that still have their default; a click on the value confirms it.
   *
   * @param {EditorState} state
   * @param {Span} span
   */
  #showUnconfirmed(state, span) {
    const names = state.editable ? unconfirmedAttributes(state, span, state.waived) : [];
    for (const group of this.body.querySelectorAll("fieldset[data-name]")) {
      const isOpen = group instanceof HTMLElement && names.includes(group.dataset.name ?? "");
      group.classList.toggle("unconfirmed", isOpen);
      find("[data-part=unconfirmed]", group).textContent = isOpen ? gettext("(not confirmed)") : "";
    }
  }

  /**
   * @param {Span} span
   * @param {Element} input
   */
  #fillInput(span, input) {
    if (input instanceof HTMLSelectElement) input.value = span.label;
    if (!(input instanceof HTMLInputElement)) return;
    const name = input.dataset.attribute ?? "";
    const stored = span.attributes[name] ?? "";
    const value = input.dataset.choices === undefined ? stored : nameOfChoice(this.state(), span, name, stored);
    if (input.type === "radio") input.checked = input.value === value;
    else if (input !== document.activeElement) input.value = value;
  }

  /**
   * @param {EditorState} state
   * @param {string} labelId
   * @param {Attribute} attribute
   */
  #attribute(state, labelId, attribute) {
    if (attribute.choices.length > MOST_BUTTONS) {
      const [key] = this.keymap.keysOf(`view.attribute ${labelId} ${attribute.id}`);
      return choiceField(attribute, { key, run: this.run, refill: () => this.update(this.state()) });
    }
    if (attribute.type !== "choice") {
      const [key] = this.keymap.keysOf(`view.attribute ${labelId} ${attribute.id}`);
      return typedAttribute(attribute, { key, names: state.speakers, run: this.run });
    }
    const none = { id: "", name: gettext("not set"), description: "", hotkey: "" };
    const choices = attribute.required ? attribute.choices : [none, ...attribute.choices];
    const segments = choices.map((choice) => {
      const [key] = this.keymap.keysOf(`attribute ${labelId} ${attribute.id} ${choice.id}`);
      const input = make("input", {
        type: "radio", name: `attribute-${attribute.id}`, value: choice.id, "data-attribute": attribute.id,
        class: "visually-hidden", "aria-keyshortcuts": key ?? null,
      });
      // A click on the chosen value confirms it; arrow keys click too.
      input.addEventListener("click", () => this.run(setAttribute(attribute.id, choice.id || null)));
      return make("label", { class: "segment", title: choice.description }, input,
        make("span", { class: "segment-face" }, make("span", { dir: "auto" }, choice.name), keyCap(key)));
    });
    return make("fieldset", { class: "details-group", "data-name": attribute.name },
      make("legend", {}, make("bdi", {}, attribute.name), " ", make("span", { "data-part": "unconfirmed" })),
      make("div", { class: "segments" }, ...segments));
  }

  /**
   * @param {EditorState} state
   * @param {Span} span
   */
  #relabelling(state, span) {
    const labels = visibleLabels(state);
    if (!labels.some((label) => label.id === span.label)) labels.push(labelOf(state.schema, span.label));
    const select = make("select", { id: "details-relabel" },
      ...labels.map((label) => make("option", { value: label.id }, label.name)));
    select.addEventListener("change", () => {
      this.run(relabel(select.value));
      this.update(this.state()); // a refused change keeps the old label
    });
    return make("div", { class: "details-group details-line" },
      make("label", { for: "details-relabel" }, gettext("Label")), select);
  }

  /** @param {boolean} discontinuous */
  #boundaries(discontinuous) {
    const step = (/** @type {"start"|"end"} */ side, /** @type {1|-1} */ direction) => {
      const command = `span.${side}${direction > 0 ? "Later" : "Earlier"}`;
      return this.#button(direction > 0 ? "→" : "←", resize(side, direction), command, BOUNDARY_STEPS[command]);
    };
    const replace = this.#button(gettext("Replace with selection"), setFragments, "span.setFragments",
      gettext("Replace with the selected text"));
    const add = this.#button(gettext("Add selection"), addFragment, "span.addFragment",
      gettext("Add the selected text"));
    const buttons = discontinuous ? [replace, add] : [replace];
    for (const button of buttons) button.dataset.needs = "selection";
    if (discontinuous) buttons.push(this.fragmentMode.button());
    return make("div", { class: "details-group", role: "group", "aria-label": gettext("Boundaries") },
      make("p", { class: "details-heading" }, gettext("Boundaries")),
      make("div", { class: "steps" },
        make("span", {}, gettext("Start")), step("start", -1), step("start", 1),
        make("span", {}, gettext("End")), step("end", -1), step("end", 1)),
      make("div", { class: "steps" },
        this.#button(gettext("Whole sentence"), widenToSentence, "span.sentence",
          gettext("Extend to the whole sentence")), ...buttons));
  }

  /**
   * @param {string} face
   * @param {Command} command
   * @param {string} bound name of the command in the keymap
   * @param {string} name
   */
  #button(face, command, bound, name) {
    const [key] = this.keymap.keysOf(bound);
    const button = make("button", { type: "button", class: "button", "aria-label": name, title: name,
      "aria-keyshortcuts": key ?? null }, face, keyCap(key));
    button.addEventListener("click", () => this.run(command));
    return button;
  }

  #note() {
    const note = make("textarea", { id: "details-note", rows: 2, dir: "auto", maxlength: LONGEST_NOTE });
    note.addEventListener("input", () => {
      this.noteOf = this.state().selectedId ?? "";
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.#saveNote(), PAUSE_MILLISECONDS);
    });
    note.addEventListener("blur", () => this.#saveNote());
    return make("div", { class: "details-group" }, make("label", { for: "details-note" }, gettext("Note")), note);
  }

  /** Save the note, also of a span that is no longer selected. */
  #saveNote() {
    clearTimeout(this.timer);
    const note = this.body.querySelector("textarea");
    const id = this.noteOf;
    this.noteOf = "";
    if (note && id !== "") this.run((state, dispatch) => setNote(note.value)({ ...state, selectedId: id }, dispatch));
  }

  /**
   * @param {EditorState} state
   * @param {Span} span
   */
  #fillRelations(state, span) {
    const group = find("[data-part=relations]", this.body);
    const relations = state.relations.of(span.id);
    const types = [...state.schema.relations.values()].filter((type) => startsAt(type, span));
    group.hidden = relations.length === 0 && types.length === 0;
    const { candidate, numbered } = this.relationPicker;
    const written = JSON.stringify([span.id, relations, types, candidate, this.relationPicker.type?.id,
      numbered.map(({ id }) => id)]);
    if (group.dataset.written === written) return;
    group.dataset.written = written;
    const focused = group.contains(document.activeElement) ? document.activeElement : null;
    const picker = this.relationPicker.render();
    const adding = types.map((type) => {
      const [key] = this.keymap.keysOf(`view.relation ${type.id}`);
      const button = make("button", { type: "button", class: "button", title: type.description,
        "aria-keyshortcuts": key ?? null }, make("span", { dir: "auto" }, `${type.name} …`), keyCap(key));
      button.addEventListener("click", () => this.relationPicker.start(type.id));
      return button;
    });
    group.replaceChildren(make("p", { class: "details-heading" }, gettext("Relations")),
      make("ul", { class: "relations" }, ...relations.map((relation) => this.#relation(state, span, relation))),
      picker ?? make("div", { class: "steps" }, ...adding));
    const isFilter = focused === this.relationPicker.words && picker;
    const next = isFilter ? this.relationPicker.words : group.querySelector("button");
    if (focused) next?.focus();
    picker?.scrollIntoView({ block: "nearest" });
  }

  /**
   * @param {EditorState} state
   * @param {Span} span
   * @param {Relation} relation
   */
  #relation(state, span, relation) {
    const outward = relation.from === span.id;
    const other = state.spans.get(outward ? relation.to : relation.from);
    const name = state.schema.relations.get(relation.label)?.name ?? relation.label;
    const text = other ? excerpt(state.document, other.fragments, 60) : "";
    const go = make("button", { type: "button", class: "relation-end" },
      make("span", { "aria-hidden": "true" }, outward ? "→ " : "← "), name, outward ? ": " : gettext(" this: "),
      make("bdi", {}, text));
    go.addEventListener("click", () => this.run(selectSpan(other?.id ?? null)));
    const remove = make("button", { type: "button", class: "button button--quiet",
      "aria-label": interpolate(gettext("Delete relation: %(relation)s %(text)s"), { relation: name, text }) }, "×");
    remove.addEventListener("click", () => this.run(removeRelation(relation.id)));
    return make("li", {}, go, remove);
  }
}

/** The button that lets the next two clicks in the text add a fragment to the span. */


/**
 * @typedef {import("../text/selection.js").PendingFragment} PendingFragment
 * @typedef {import("../../model/state.js").Store} Store
 */

export class FragmentModeView {
  /** @param {PendingFragment} fragment @param {Store} store */
  constructor(fragment, store) {
    this.fragment = fragment;
    this.store = store;
  }

  button() {
    const button = make("button", { type: "button", class: "button", "data-fragment-mode": "" });
    button.addEventListener("click", () => this.fragment.toggle(this.store));
    return button;
  }

  /** @param {HTMLElement} body of the details @param {EditorState} state */
  fill(body, state) {
    const button = body.querySelector("[data-fragment-mode]");
    if (!button) return;
    const step = this.fragment.hasFirst ? gettext("Click its last word …") : gettext("Click its first word …");
    button.textContent = this.fragment.isOf(state) ? step : gettext("Add fragment …");
  }
}
