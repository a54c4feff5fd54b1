/**
 * The choice of a relation's target: by a click on a span, by its number in the text and the list, with the keys for
 * next and previous span, or from the list.
 */

import { gettext, interpolate } from "../../../pages/text.js";
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

export class RelationPickerView {
  /**
   * @param {{store: Store, changed: () => void, focusText: () => void, showNow: () => void}} parts `changed` redraws
   *   the candidates when there is time; `showNow` draws the details at once
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
    /** The candidates with the numbers 1 to 9, nearest first. @type {Span[]} */
    this.numbered = [];
    this.hasMore = false;
    this.skip = 0;
    /** Filters the candidates. The element is kept, so that the field does not disappear while a person types. */
    this.words = make("input", { type: "text", id: "relation-words", dir: "auto", autocomplete: "off" });
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

  /** Start a relation from the selected span. @param {string} typeId */
  start(typeId) {
    const { state } = this.store;
    const [span, type] = [selectedSpan(state), state.schema.relations.get(typeId)];
    if (!type || !state.editable) return;
    const [first] = nearestTargets(state, typeId, { most: 1 }).targets;
    const names = { relation: type.name, label: span ? labelOf(state.schema, span.label).name : "" };
    if (!span) this.#say(gettext("First select the span that the relation starts from."));
    else if (!startsAt(type, span)) this.#say(interpolate(gettext("“%(relation)s” cannot start at %(label)s."), names));
    else if (!first) this.#say(interpolate(gettext("No span can be the target of “%(relation)s”."), names));
    else {
      [this.type, this.from, this.candidate, this.words.value] = [type, span.id, first.id, ""];
      this.#number(0);
      this.#say(interpolate(gettext("%(relation)s: choose a span. %(candidates)s"),
        { ...names, candidates: this.#describeNumbered() }));
    }
    this.changed();
  }

  /** @param {1|-1} direction in reading order */
  move(direction) {
    const { state } = this.store;
    const next = this.type ? nextTarget(state, this.type.id, this.candidate, direction) : undefined;
    if (next) this.candidate = next.id;
    this.#say(next ? describeSpan(state, next) : gettext("No other span in this direction."));
    this.changed();
  }

  /** Choose by number. @param {number} number from 1 */
  pick(number) {
    const span = this.numbered[number - 1];
    if (span) this.choose(span.id);
    else this.#say(interpolate(gettext("There is no number %(number)s."), { number }));
  }

  /** Number the spans farther away, and after the last ones the nearest again. */
  more() {
    this.#number(this.hasMore ? this.skip + NUMBERED : 0);
    this.candidate = this.numbered[0]?.id ?? null;
    this.#say(this.#describeNumbered());
    this.changed();
  }

  /** Move the focus to the field that filters the candidates by their words. */
  search() {
    if (!this.words.isConnected) this.showNow(); // the candidates are not drawn yet
    this.words.focus();
  }

  #narrow() {
    this.#number(0);
    this.candidate = this.numbered[0]?.id ?? null;
    this.#say(this.candidate === null ? gettext("No possible target contains these words.") : this.#describeNumbered());
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
    return `${words.join("; ")}.${this.hasMore ? gettext(" Press 0 for spans farther away.") : ""}`;
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
    this.#say(gettext("No relation added."));
  }

  /** Take a click on spans as the choice of a target. Return whether a target is being chosen. @param {string[]} ids */
  offer(ids) {
    const { type } = this;
    const { state } = this.store;
    const from = selectedSpan(state);
    if (!type || !from) return false;
    const allowed = ids.find((id) => {
      const span = state.spans.get(id);
      return span && relationProblem(state, type, from, span) === "";
    });
    const id = allowed ?? ids[0];
    if (id) this.choose(id);
    return true;
  }

  /** Cancel when the span that the relation starts from is no longer selected. @param {EditorState} state */
  update(state) {
    if (this.isActive && (state.selectedId !== this.from || !state.editable)) this.#end();
    else if (this.candidate !== null && !state.spans.has(this.candidate)) {
      this.candidate = null;
      this.#number(0);
    }
  }

  /** Return the list of candidates for the details; null while no target is being chosen. */
  render() {
    const { type } = this;
    const { state } = this.store;
    const from = selectedSpan(state);
    if (!type || !from) return null;
    const hint = make("p", { class: "hint" }, gettext("Click a span in the text or below, or press its number."));
    const current = this.candidate === null ? undefined : state.spans.get(this.candidate);
    const listed = current && !this.numbered.includes(current) ? [...this.numbered, current] : this.numbered;
    const items = listed.map((span) => make("li", {}, this.#button(state, span)));
    const more = make("button", { type: "button", class: "button", "aria-keyshortcuts": "0" },
      this.hasMore ? gettext("Farther away") : gettext("Back to the nearest"),
      make("kbd", { "aria-hidden": "true" }, "0"));
    more.addEventListener("click", () => this.more());
    more.hidden = !this.hasMore && this.skip === 0;
    const cancel = make("button", { type: "button", class: "button", "data-cancel": "" }, gettext("Cancel"));
    cancel.addEventListener("click", () => this.cancel());
    const title = interpolate(gettext("Choose a target: %(relation)s"), { relation: type.name });
    return make("div", { class: "relation-picker", role: "group", "aria-label": title },
      make("p", { class: "relation-picker-title" }, make("strong", {}, type.name), " …"), hint,
      make("div", { class: "details-line" },
        make("label", { for: "relation-words" }, gettext("Contains words"), " ",
          make("kbd", { "aria-hidden": "true" }, "/")),
        this.words),
      make("ul", { class: "candidates" }, ...items), make("div", { class: "steps" }, more, cancel));
  }

  /**
   * @param {EditorState} state
   * @param {Span} span
   */
  #button(state, span) {
    const label = labelOf(state.schema, span.label);
    const isCurrent = String(span.id === this.candidate);
    const number = this.numbered.indexOf(span) + 1;
    const name = make("strong", { class: "row-label" }, label.name);
    const button = make("button", { type: "button", class: labelClass(label), "aria-current": isCurrent },
      number > 0 ? make("kbd", { class: "in-text" }, String(number)) : null, " ", lineSample(label), name, " ",
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
