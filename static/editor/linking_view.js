/** Choosing the other end of a relation: by a click on a span, with the keys for next and previous, or from a list. */

import { addRelation, nextTarget, selectedSpan } from "./commands.js";
import { describeSpan } from "./describe.js";
import { excerpt } from "./document.js";
import { labelClass, lineSample, make } from "./elements_view.js";
import { labelOf, relationProblem, startsAt } from "./schema.js";

/**
 * @typedef {import("./types.js").EditorState} EditorState
 * @typedef {import("./types.js").Span} Span
 * @typedef {import("./types.js").RelationType} RelationType
 * @typedef {import("./state.js").Store} Store
 */

/** Candidates listed on either side of the span. */
const LISTED = 4;

export class LinkingView {
  /**
   * @param {{store: Store, changed: () => void, focusText: () => void}} parts `changed` redraws what shows a candidate
   */
  constructor({ store, changed, focusText }) {
    this.store = store;
    this.changed = changed;
    this.focusText = focusText;
    /** @type {RelationType|null} */
    this.type = null;
    this.from = "";
    /** @type {string|null} */
    this.candidate = null;
  }

  get isActive() {
    return this.type !== null;
  }

  /** Begin a relation from the selected span. @param {string} typeId */
  start(typeId) {
    const { state } = this.store;
    const [span, type] = [selectedSpan(state), state.schema.relations.get(typeId)];
    if (!type || !state.editable) return;
    const first = nextTarget(state, typeId, null, -1) ?? nextTarget(state, typeId, null, 1);
    const name = span ? labelOf(state.schema, span.label).name : "";
    if (!span) this.#say("Select the span that the relation starts from first.");
    else if (!startsAt(type, span)) this.#say(`“${type.name}” cannot start at a ${name}.`);
    else if (!first) this.#say(`There is no span that “${type.name}” could lead to.`);
    else {
      [this.type, this.from, this.candidate] = [type, span.id, first.id];
      this.#say(`${type.name}: choose a span. ${describeSpan(state, first)}`);
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
    else if (this.candidate !== null && !state.spans.has(this.candidate)) this.candidate = null;
  }

  /** The part of the details that offers the candidates; null while nothing is being chosen. */
  render() {
    const { type } = this;
    const { state } = this.store;
    const from = selectedSpan(state);
    if (!type || !from) return null;
    const hint = make("p", { class: "hint" },
      "Click a span in the text or below; or press ", make("kbd", {}, "n"), " ", make("kbd", {}, "p"), " and ",
      make("kbd", {}, "Enter"), ".");
    const items = this.#listed(state, type).map((span) => make("li", {}, this.#button(state, span)));
    const cancel = make("button", { type: "button", class: "button", "data-cancel": "" }, "Cancel");
    cancel.addEventListener("click", () => this.cancel());
    return make("div", { class: "linking", role: "group", "aria-label": `Choose a span: ${type.name}` },
      make("p", { class: "linking-title" }, make("strong", {}, type.name), " …"), hint,
      make("ul", { class: "candidates" }, ...items), cancel);
  }

  /**
   * @param {EditorState} state
   * @param {Span} span
   */
  #button(state, span) {
    const label = labelOf(state.schema, span.label);
    const current = String(span.id === this.candidate);
    const button = make("button", { type: "button", class: labelClass(label), "aria-current": current },
      lineSample(label), make("strong", { class: "row-label" }, label.name), " ",
      make("bdi", {}, excerpt(state.document, span.fragments, 60)));
    button.addEventListener("click", () => this.choose(span.id));
    return button;
  }

  /**
   * The candidate and those around it, in reading order.
   *
   * @param {EditorState} state
   * @param {RelationType} type
   */
  #listed(state, type) {
    const middle = this.candidate === null ? undefined : state.spans.get(this.candidate);
    const found = middle ? [middle] : [];
    for (const direction of /** @type {const} */ ([-1, 1])) {
      let at = this.candidate;
      for (let count = 0; count < LISTED; count++) {
        const span = nextTarget(state, type.id, at, direction);
        if (!span) break;
        if (direction < 0) found.unshift(span);
        else found.push(span);
        at = span.id;
      }
    }
    return found;
  }

  #end() {
    this.type = null;
    this.candidate = null;
    this.changed();
    this.focusText();
  }

  /** @param {string} sentence */
  #say(sentence) {
    this.store.dispatch({ userEvent: "link", announce: sentence });
  }
}
