/**
 * Choosing the other end of a relation: by a click on a span, by the number that it bears in text and list, with the
 * keys for next and previous, or from the list.
 */

import { addRelation, nearestTargets, nextTarget, NUMBERED, selectedSpan } from "../../commands/index.js";
import { describeSpan } from "../../model/descriptions.js";
import { labelOf, relationProblem, startsAt } from "../../model/schema.js";
import { excerpt } from "../../model/text/document.js";
import { labelClass, lineSample, make } from "../elements.js";


/**
 * @typedef {import("../../model/types.js").EditorState} EditorState
 * @typedef {import("../../model/types.js").Span} Span
 * @typedef {import("../../model/types.js").RelationType} RelationType
 * @typedef {import("../../model/state.js").Store} Store
 */

export class LinkingView {
  /**
   * @param {{store: Store, changed: () => void, focusText: () => void, showNow: () => void}} parts `changed` redraws
   *   what shows a candidate, once there is time; `showNow` draws the details at once
   */
  constructor({ store, changed, focusText, showNow }) {
    this.store = store;
    this.changed = changed;
    this.focusText = focusText;
    this.showNow = showNow;
    /** @type {RelationType|null} */
    this.type = null;
    this.from = "";
    /** @type {string|null} */
    this.candidate = null;
    /** Candidates that bear the numbers 1 to 9 just now, nearest first. @type {Span[]} */
    this.numbered = [];
    this.hasMore = false;
    this.skip = 0;
    /** Narrows the candidates down; one element for all, so that nobody types into a field that goes away. */
    this.words = make("input", { type: "text", id: "linking-words", dir: "auto", autocomplete: "off" });
    this.words.addEventListener("input", () => this.#narrow());
    this.words.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      this.confirm();
    });
  }

  get isActive() {
    return this.type !== null;
  }

  /** Begin a relation from the selected span. @param {string} typeId */
  start(typeId) {
    const { state } = this.store;
    const [span, type] = [selectedSpan(state), state.schema.relations.get(typeId)];
    if (!type || !state.editable) return;
    const [first] = nearestTargets(state, typeId, { most: 1 }).targets;
    const name = span ? labelOf(state.schema, span.label).name : "";
    if (!span) this.#say("Select the span that the relation starts from first.");
    else if (!startsAt(type, span)) this.#say(`“${type.name}” cannot start at a ${name}.`);
    else if (!first) this.#say(`There is no span that “${type.name}” could lead to.`);
    else {
      [this.type, this.from, this.candidate, this.words.value] = [type, span.id, first.id, ""];
      this.#number(0);
      this.#say(`${type.name}: choose a span. ${this.#describeNumbered()}`);
    }
    this.changed();
  }

  /** @param {1|-1} direction in reading order */
  move(direction) {
    const { state } = this.store;
    const next = this.type ? nextTarget(state, this.type.id, this.candidate, direction) : undefined;
    if (next) this.candidate = next.id;
    this.#say(next ? describeSpan(state, next) : "No other span there.");
    this.changed();
  }

  /** Choose by number. @param {number} number from 1 */
  pick(number) {
    const span = this.numbered[number - 1];
    if (span) this.choose(span.id);
    else this.#say(`There is no ${number}.`);
  }

  /** Give the numbers to the spans that lie farther away; after the last ones to the nearest again. */
  more() {
    this.#number(this.hasMore ? this.skip + NUMBERED : 0);
    this.candidate = this.numbered[0]?.id ?? null;
    this.#say(this.#describeNumbered());
    this.changed();
  }

  /** Go to the field for words of the span that is looked for. */
  search() {
    if (!this.words.isConnected) this.showNow(); // pressed sooner than the candidates are drawn
    this.words.focus();
  }

  #narrow() {
    this.#number(0);
    this.candidate = this.numbered[0]?.id ?? null;
    this.#say(this.candidate === null ? "No span that could be chosen has these words." : this.#describeNumbered());
    this.changed();
  }

  /** @param {number} skip */
  #number(skip) {
    if (!this.type) return;
    const { targets, hasMore } = nearestTargets(this.store.state, this.type.id, { skip, words: this.words.value });
    [this.numbered, this.hasMore, this.skip] = [targets, hasMore, skip];
  }

  #describeNumbered() {
    const words = this.numbered.map((span, index) => `${index + 1}: ${describeSpan(this.store.state, span)}`);
    return `${words.join("; ")}.${this.hasMore ? " 0 for those farther away." : ""}`;
  }

  confirm() {
    if (this.candidate !== null) this.choose(this.candidate);
  }

  /** @param {string} id */
  choose(id) {
    const { type } = this;
    if (!type) return;
    if (addRelation(type.id, id)(this.store.state, this.store.dispatch)) this.#end();
  }

  cancel() {
    this.#end();
    this.#say("No relation added.");
  }

  /** Whether a click on spans chose an end; a click elsewhere while choosing changes nothing. @param {string[]} ids */
  offer(ids) {
    const { type } = this;
    const { state } = this.store;
    const from = selectedSpan(state);
    if (!type || !from) return false;
    const fitting = ids.find((id) => {
      const span = state.spans.get(id);
      return span && relationProblem(state, type, from, span) === "";
    });
    const chosen = fitting ?? ids[0];
    if (chosen) this.choose(chosen);
    return true;
  }

  /** Give up when the span that the relation starts from is no longer selected. @param {EditorState} state */
  update(state) {
    if (this.isActive && (state.selectedId !== this.from || !state.editable)) this.#end();
    else if (this.candidate !== null && !state.spans.has(this.candidate)) {
      this.candidate = null;
      this.#number(0);
    }
  }

  /** The part of the details that offers the candidates; null while nothing is being chosen. */
  render() {
    const { type } = this;
    const { state } = this.store;
    const from = selectedSpan(state);
    if (!type || !from) return null;
    const hint = make("p", { class: "hint" }, "Click a span in the text or below, or press its number.");
    const middle = this.candidate === null ? undefined : state.spans.get(this.candidate);
    const listed = middle && !this.numbered.includes(middle) ? [...this.numbered, middle] : this.numbered;
    const items = listed.map((span) => make("li", {}, this.#button(state, span)));
    const more = make("button", { type: "button", class: "button", "aria-keyshortcuts": "0" },
      this.hasMore ? "Farther away" : "Nearest again", make("kbd", { "aria-hidden": "true" }, "0"));
    more.addEventListener("click", () => this.more());
    more.hidden = !this.hasMore && this.skip === 0;
    const cancel = make("button", { type: "button", class: "button", "data-cancel": "" }, "Cancel");
    cancel.addEventListener("click", () => this.cancel());
    return make("div", { class: "linking", role: "group", "aria-label": `Choose a span: ${type.name}` },
      make("p", { class: "linking-title" }, make("strong", {}, type.name), " …"), hint,
      make("div", { class: "details-line" },
        make("label", { for: "linking-words" }, "With the words ", make("kbd", { "aria-hidden": "true" }, "/")),
        this.words),
      make("ul", { class: "candidates" }, ...items), make("div", { class: "steps" }, more, cancel));
  }

  /**
   * @param {EditorState} state
   * @param {Span} span
   */
  #button(state, span) {
    const label = labelOf(state.schema, span.label);
    const current = String(span.id === this.candidate);
    const number = this.numbered.indexOf(span) + 1;
    const name = make("strong", { class: "row-label" }, label.name);
    const button = make("button", { type: "button", class: labelClass(label), "aria-current": current },
      number > 0 ? make("kbd", {}, String(number)) : null, " ", lineSample(label), name, " ",
      make("bdi", {}, excerpt(state.document, span.fragments, 60)));
    button.addEventListener("click", () => this.choose(span.id));
    return button;
  }

  #end() {
    this.type = null;
    this.candidate = null;
    this.numbered = [];
    this.changed();
    this.focusText();
  }

  /** @param {string} sentence */
  #say(sentence) {
    this.store.dispatch({ userEvent: "link", announce: sentence });
  }
}
