/** The ledger: the spans as a real list beside the text, nested as they are in it. Written when the browser is idle. */

import {
  choose, describeChosen, relabelChosen, removeChosen, selectSpan, toggleChosen, toUnlabelled,
} from "../../commands/index.js";
import { labelOf, visibleLabels } from "../../model/schema.js";
import { excerpt, textOf } from "../../model/text/document.js";
import { find, labelClass, make, setAttributes } from "../elements.js";


/**
 * @typedef {import("../../model/types.js").EditorState} EditorState
 * @typedef {import("../../model/types.js").Span} Span
 * @typedef {import("../../model/types.js").Command} Command
 * @typedef {import("../text/text.js").TextView} TextView
 * @typedef {{span: Span, depth: number, around: Span|null}} Row
 */

const MOST_ON_SCREEN = 60;
const PAGE = 100;
const DEEPEST = 4;
const MOST_RELATIONS = 3;
/** Scrolling must rest this long before the list follows. */
const REST_MILLISECONDS = 120;

export class SpansView {
  /**
   * @param {{view: TextView, state: () => EditorState, run: (command: Command) => void}} parts
   */
  constructor({ view, state, run }) {
    this.view = view;
    this.state = state;
    this.run = run;
    this.list = find("#spans-list");
    this.count = find("#spans-count");
    this.more = find("#spans-more");
    /** @type {HTMLSelectElement} */
    this.label = find("#spans-label");
    /** @type {HTMLSelectElement} */
    this.scope = find("#spans-scope");
    /** @type {HTMLInputElement} */
    this.words = find("#spans-words");
    this.several = find("#spans-several");
    this.limit = PAGE;
    /** @type {Map<string, {item: HTMLLIElement, button: HTMLButtonElement, written: string}>} */
    this.items = new Map();
    this.isWaiting = false;
    this.timer = 0;
  }

  listen() {
    const restart = () => {
      this.limit = PAGE;
      this.schedule();
    };
    this.label.addEventListener("change", restart);
    this.scope.addEventListener("change", restart);
    this.words.addEventListener("input", restart);
    find("#to-unlabelled").addEventListener("click", () => this.run(toUnlabelled(1)));
    this.several.addEventListener("click", () => this.#toggleSeveral());
    find("#chosen-all").addEventListener("click", () =>
      this.run(choose(this.#wanted(this.state()).map(({ id }) => id))));
    this.more.addEventListener("click", () => {
      this.limit += PAGE;
      this.schedule();
    });
    this.list.addEventListener("click", (event) => {
      const row = event.target instanceof Element ? event.target.closest("button") : null;
      if (!row?.dataset.span) return;
      const adds = this.isChoosing || event.ctrlKey || event.metaKey;
      this.run((adds ? toggleChosen : selectSpan)(row.dataset.span));
    });
  }

  /** Whether a click on a span chooses it for several instead of selecting it. */
  get isChoosing() {
    return this.several.getAttribute("aria-pressed") === "true";
  }

  #toggleSeveral() {
    const isChoosing = !this.isChoosing;
    this.several.setAttribute("aria-pressed", String(isChoosing));
    this.run((_, dispatch) => {
      dispatch?.({ chosen: new Set(), userEvent: "choose.mode",
        announce: isChoosing ? "Clicks on spans choose them." : "Clicks as usual." });
      return true;
    });
  }

  /** Bring the list up to date soon, off the path from key to paint. */
  schedule() {
    if (this.isWaiting) return;
    this.isWaiting = true;
    const fill = () => {
      this.isWaiting = false;
      this.fill(this.state());
    };
    if ("requestIdleCallback" in window) window.requestIdleCallback(fill, { timeout: 400 });
    else setTimeout(fill, 60);
  }

  /** The same after scrolling, once it rests. */
  scheduleAfterScroll() {
    if (this.scope.value !== "screen") return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.schedule(), REST_MILLISECONDS);
  }

  /** @param {EditorState} state */
  fill(state) {
    this.#offerLabels(state);
    const { rows, matching, hasMore } = this.#rows(state);
    /** @type {HTMLLIElement[]} */
    const wanted = [];
    const gone = new Set(this.items.keys());
    for (const row of rows) {
      wanted.push(this.#item(state, row));
      gone.delete(row.span.id);
    }
    for (const id of gone) {
      this.items.get(id)?.item.remove();
      this.items.delete(id);
    }
    wanted.forEach((item, index) => {
      if (this.list.children[index] !== item) this.list.insertBefore(item, this.list.children[index] ?? null);
    });
    this.more.hidden = !hasMore;
    this.#count(state, rows.length, matching);
  }

  /** The spans that the filters let through, in reading order. @param {EditorState} state @returns {Span[]} */
  #wanted(state) {
    const onScreen = this.scope.value === "screen";
    const spans = onScreen ? state.spans.inBlocks(...this.view.visibleBlocks(0)) : [...state.spans.inOrder()];
    const label = this.label.value;
    const words = this.words.value.trim().toLowerCase();
    return spans.filter((span) => (label === "" || span.label === label)
      && (words === "" || searchable(state, span).includes(words)));
  }

  /** @param {EditorState} state */
  #rows(state) {
    const limit = this.scope.value === "screen" ? MOST_ON_SCREEN : this.limit;
    const spans = this.#wanted(state);
    /** @type {Row[]} */
    const rows = [];
    /** @type {Span[]} */
    const open = [];
    for (const span of spans.slice(0, limit)) {
      const end = endOf(span);
      while (open.length > 0 && endOf(open[open.length - 1]) < end) open.pop();
      rows.push({ span, depth: Math.min(open.length, DEEPEST), around: open[open.length - 1] ?? null });
      open.push(span);
    }
    return { rows, matching: spans.length, hasMore: spans.length > limit && this.scope.value !== "screen" };
  }

  /**
   * @param {EditorState} state
   * @param {Row} row
   */
  #item(state, row) {
    const { id, label } = row.span;
    let known = this.items.get(id);
    if (!known) {
      const button = make("button", { type: "button", "data-span": id });
      known = { item: make("li", {}, button), button, written: "" };
      this.items.set(id, known);
    }
    const { item, button } = known;
    const parts = rowParts(state, row);
    const written = `${label}\n${row.depth}\n${JSON.stringify(parts)}`;
    if (known.written !== written) {
      item.className = `span-row depth-${row.depth}`;
      button.className = labelClass(labelOf(state.schema, label));
      button.replaceChildren(...rowContent(parts));
      known.written = written;
    }
    const current = String(id === state.selectedId);
    if (button.getAttribute("aria-current") !== current) button.setAttribute("aria-current", current);
    const chosen = this.isChoosing || state.chosen.size > 0 ? String(state.chosen.has(id)) : null;
    if (button.getAttribute("aria-pressed") !== chosen) setAttributes(button, { "aria-pressed": chosen });
    return item;
  }

  /**
   * @param {EditorState} state
   * @param {number} shown
   * @param {number} matching
   */
  #count(state, shown, matching) {
    const { size } = state.spans;
    const all = size.toLocaleString("en");
    const where = this.scope.value === "screen" ? `${shown} on screen` : `${matching.toLocaleString("en")} listed`;
    const text = size === 0 ? "No spans yet" : `${where}, ${all} in the document`;
    if (this.count.textContent !== text) this.count.textContent = text;
  }

  /** @param {EditorState} state */
  #offerLabels(state) {
    const labels = visibleLabels(state);
    if (this.label.options.length === labels.length + 1) return;
    const { value } = this.label;
    const options = labels.map((label) => make("option", { value: label.id }, label.name));
    this.label.replaceChildren(make("option", { value: "" }, "All labels"), ...options);
    this.label.value = value;
  }
}

/**
 * Everything about a span that can be looked for, in small letters.
 *
 * @param {EditorState} state
 * @param {Span} span
 */
function searchable(state, span) {
  const values = Object.values(span.attributes).join("\n");
  return `${textOf(state.document, span.fragments)}\n${span.note}\n${values}`.replace(/\s+/gu, " ").toLowerCase();
}

/** @param {Span} span */
function endOf(span) {
  return span.fragments[span.fragments.length - 1][1];
}

/**
 * What a row says, in words.
 *
 * @param {EditorState} state
 * @param {Row} row
 */
function rowParts(state, { span, around }) {
  const name = labelOf(state.schema, span.label).name;
  const title = around ? labelOf(state.schema, around.label).name : "";
  const outer = around ? `${title} ${excerpt(state.document, around.fragments, 30)}` : "";
  const inside = outer && `, in ${outer}`;
  const relations = state.relations.of(span.id).map((relation) => {
    const type = state.schema.relations.get(relation.label)?.name ?? relation.label;
    const outward = relation.from === span.id;
    const other = state.spans.get(outward ? relation.to : relation.from);
    return { outward, type, text: other ? excerpt(state.document, other.fragments, 28) : "" };
  });
  return { name, text: excerpt(state.document, span.fragments, 140), inside, relations, hasNote: span.note !== "" };
}

/** @param {ReturnType<typeof rowParts>} parts */
function rowContent({ name, text, inside, relations, hasNote }) {
  const head = make("span", { class: "row-text" },
    make("strong", { class: "row-label", dir: "auto" }, name), " ", make("bdi", {}, text),
    inside === "" ? null : make("span", { class: "visually-hidden" }, inside),
    hasNote ? make("span", { class: "row-note" }, " · note") : null);
  const outward = relations.filter((relation) => relation.outward);
  const inward = relations.filter((relation) => !relation.outward);
  const shown = [...outward, ...inward].slice(0, MOST_RELATIONS);
  const lines = shown.map((relation) => make("span", { class: "row-relation" },
    make("span", { "aria-hidden": "true" }, relation.outward ? "→ " : "← "),
    relation.outward ? `${relation.type}: ` : `${relation.type} this: `, make("bdi", {}, relation.text)));
  const rest = relations.length - shown.length;
  if (rest > 0) lines.push(make("span", { class: "row-relation" }, `and ${rest} more`));
  return [head, ...lines];
}

/** Several spans chosen together: how many, and what can be done with all of them in one step. */



export class ChosenView {
  /** @param {{state: () => EditorState, run: (command: Command) => void, isChoosing: () => boolean}} parts */
  constructor({ state, run, isChoosing }) {
    this.state = state;
    this.run = run;
    this.isChoosing = isChoosing;
    this.bar = find("#chosen");
    this.count = find("#chosen-count");
    /** @type {HTMLSelectElement} */
    this.relabel = find("#chosen-relabel");
  }

  listen() {
    this.relabel.addEventListener("change", () => {
      this.run(relabelChosen(this.relabel.value));
      this.relabel.value = "";
    });
    find("#chosen-remove").addEventListener("click", () => this.run(removeChosen));
    find("#chosen-none").addEventListener("click", () => this.run(choose([])));
  }

  /** Whether a click on spans in the text chose one of them. @param {string[]} ids @param {boolean} add */
  offer(ids, add) {
    if (!add && !this.isChoosing()) return false;
    const id = ids[0];
    if (id !== undefined) this.run(toggleChosen(id));
    return id !== undefined;
  }

  /** @param {EditorState} state */
  update(state) {
    const { size } = state.chosen;
    const hidden = size === 0 && !this.isChoosing();
    if (this.bar.hidden !== hidden) this.bar.hidden = hidden;
    if (hidden) return;
    this.count.textContent = size === 0 ? "Click spans to choose them" : `${size} chosen: ${describeChosen(state)}`;
    const options = visibleLabels(state).map((label) => make("option", { value: label.id }, label.name));
    this.relabel.replaceChildren(make("option", { value: "" }, "Relabel as …"), ...options);
    for (const control of this.bar.querySelectorAll("[data-changes]")) {
      control.toggleAttribute("disabled", size === 0 || !state.editable);
    }
  }
}
