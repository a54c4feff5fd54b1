/** The list of spans beside the text, nested as in the text, and the bar for several selected spans. */

import { gettext, interpolate, ngettext } from "../../../pages/text.js";
import {
  selectSpans, describeSelectedSpans, relabelSpans, removeSpans, selectSpan, toggleSpan, toUnlabelled,
} from "../../commands/index.js";
import { endOf } from "../../model/fragments.js";
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
/** With fewer spans there is nothing to filter. */
const FILTERED = 6;
/** Scrolling must stop this long before the list is updated. */
const LIST_MILLISECONDS = 120;

export class SpanListView {
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
    this.filters = find("#spans-filters");
    /** @type {HTMLSelectElement} */
    this.label = find("#spans-label");
    /** @type {HTMLSelectElement} */
    this.scope = find("#spans-scope");
    /** @type {HTMLInputElement} */
    this.words = find("#spans-words");
    this.multiple = find("#spans-multiple");
    this.limit = PAGE;
    /** @type {Map<string, {item: HTMLLIElement, button: HTMLButtonElement, written: string}>} */
    this.items = new Map();
    this.isWaiting = false;
    this.timer = 0;
    /** The selected span to which the list was scrolled. @type {string|null} */
    this.shownId = null;
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
    this.multiple.addEventListener("click", () => this.#toggleMultiple());
    find("#multiple-all").addEventListener("click", () =>
      this.run(selectSpans(this.#filtered(this.state()).map(({ id }) => id))));
    this.more.addEventListener("click", () => {
      this.limit += PAGE;
      this.schedule();
    });
    this.list.addEventListener("click", (event) => {
      const row = event.target instanceof Element ? event.target.closest("button") : null;
      if (!row?.dataset.span) return;
      const adds = this.isMultiple || event.ctrlKey || event.metaKey;
      this.run((adds ? toggleSpan : selectSpan)(row.dataset.span));
    });
  }

  /** Whether a click on a span adds it to the multiple selection. */
  get isMultiple() {
    return this.multiple.getAttribute("aria-pressed") === "true";
  }

  #toggleMultiple() {
    const isMultiple = !this.isMultiple;
    this.multiple.setAttribute("aria-pressed", String(isMultiple));
    this.run((_, dispatch) => {
      dispatch?.({ selectedIds: new Set(), userEvent: "multiple.mode",
        announce: isMultiple ? gettext("Clicks on spans add them to the selection.")
          : gettext("Clicks select as usual.") });
      return true;
    });
  }

  /** Update the list when the browser is idle, so that it does not delay a key. */
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

  /** Update the list after scrolling has stopped. */
  scheduleAfterScroll() {
    if (this.scope.value !== "screen") return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.schedule(), LIST_MILLISECONDS);
  }

  /** @param {EditorState} state */
  fill(state) {
    this.#offerLabels(state);
    const { rows, matching, hasMore } = this.#rows(state);
    /** @type {HTMLLIElement[]} */
    const items = [];
    const outdated = new Set(this.items.keys());
    for (const row of rows) {
      items.push(this.#item(state, row));
      outdated.delete(row.span.id);
    }
    for (const id of outdated) {
      this.items.get(id)?.item.remove();
      this.items.delete(id);
    }
    items.forEach((item, index) => {
      if (this.list.children[index] !== item) this.list.insertBefore(item, this.list.children[index] ?? null);
    });
    this.more.hidden = !hasMore;
    this.#count(state, rows.length, matching);
    this.#showSelected(state);
  }

  /** Scroll the list to a span that was selected since, such as in the text. @param {EditorState} state */
  #showSelected({ selectedId }) {
    if (selectedId === this.shownId) return;
    this.shownId = selectedId;
    const item = selectedId === null ? undefined : this.items.get(selectedId)?.item;
    const pane = item?.closest(".panel__section");
    if (!item || !pane || item.contains(document.activeElement)) return;
    const [row, room] = [item.getBoundingClientRect(), pane.getBoundingClientRect()];
    if (row.top < room.top) pane.scrollTop -= room.top - row.top;
    else if (row.bottom > room.bottom) pane.scrollTop += row.bottom - room.bottom;
  }

  /** Return the spans that match the filters, in reading order. @param {EditorState} state @returns {Span[]} */
  #filtered(state) {
    const onScreen = this.scope.value === "screen";
    const spans = onScreen ? state.spans.inBlocks(...this.view.visibleBlocks(0)) : [...state.spans.inOrder()];
    const label = this.label.value;
    const words = this.words.value.trim().toLowerCase();
    return spans.filter((span) => (label === "" || span.label === label)
      && (words === "" || searchable(state, span).includes(words)));
  }

  /** @param {EditorState} state */
  #rows(state) {
    const spans = this.#filtered(state);
    const isAll = this.scope.value !== "screen";
    const selected = spans.findIndex(({ id }) => id === state.selectedId);
    if (isAll && selected >= this.limit && state.selectedId !== this.shownId) {
      this.limit = PAGE * Math.ceil((selected + 1) / PAGE);
    }
    const limit = isAll ? this.limit : MOST_ON_SCREEN;
    const first = isAll ? 0 : Math.max(0, Math.min(selected - limit / 2, spans.length - limit));
    /** @type {Row[]} */
    const rows = [];
    /** @type {Span[]} */
    const open = [];
    for (const span of spans.slice(first, first + limit)) {
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
    const isPressed = this.isMultiple || state.selectedIds.size > 0 ? String(state.selectedIds.has(id)) : null;
    if (button.getAttribute("aria-pressed") !== isPressed) setAttributes(button, { "aria-pressed": isPressed });
    return item;
  }

  /**
   * @param {EditorState} state
   * @param {number} shown
   * @param {number} matching
   */
  #count(state, shown, matching) {
    const { size } = state.spans;
    const isFiltered = this.label.value !== "" || this.words.value !== "" || this.scope.value !== "screen";
    this.filters.hidden = size < FILTERED && !isFiltered;
    const message = this.scope.value === "screen"
      ? ngettext("%(shown)s on screen, %(count)s span in the document",
        "%(shown)s on screen, %(count)s spans in the document", size)
      : ngettext("%(matching)s listed, %(count)s span in the document",
        "%(matching)s listed, %(count)s spans in the document", size);
    const text = size === 0 ? gettext("No spans yet") : interpolate(message, { shown, matching, count: size });
    if (this.count.textContent !== text) this.count.textContent = text;
  }

  /** @param {EditorState} state */
  #offerLabels(state) {
    const labels = visibleLabels(state);
    if (this.label.options.length === labels.length + 1) return;
    const { value } = this.label;
    const options = labels.map((label) => make("option", { value: label.id }, label.name));
    this.label.replaceChildren(make("option", { value: "" }, gettext("All labels")), ...options);
    this.label.value = value;
  }
}

/**
 * Return everything about a span that the filter searches, in lowercase letters.
 *
 * @param {EditorState} state
 * @param {Span} span
 */
function searchable(state, span) {
  const values = Object.values(span.attributes).join("\n");
  return `${textOf(state.document, span.fragments)}\n${span.note}\n${values}`.replace(/\s+/gu, " ").toLowerCase();
}

/**
 * Return the texts of a row.
 *
 * @param {EditorState} state
 * @param {Row} row
 */
function rowParts(state, { span, around }) {
  const name = labelOf(state.schema, span.label).name;
  const title = around ? labelOf(state.schema, around.label).name : "";
  const outer = around ? `${title} ${excerpt(state.document, around.fragments, 30)}` : "";
  const inside = outer && interpolate(gettext(", in %(span)s"), { span: outer });
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
    hasNote ? make("span", { class: "row-note" }, gettext(" · note")) : null);
  const outward = relations.filter((relation) => relation.outward);
  const inward = relations.filter((relation) => !relation.outward);
  const shown = [...outward, ...inward].slice(0, MOST_RELATIONS);
  const lines = shown.map((relation) => make("span", { class: "row-relation" },
    make("span", { "aria-hidden": "true" }, relation.outward ? "→ " : "← "),
    relation.outward ? `${relation.type}: ` : interpolate(gettext("%(relation)s this: "), { relation: relation.type }),
    make("bdi", {}, relation.text)));
  const rest = relations.length - shown.length;
  if (rest > 0) {
    lines.push(make("span", { class: "row-relation" }, interpolate(gettext("and %(count)s more"), { count: rest })));
  };
  return [head, ...lines];
}

/** The bar for several selected spans: how many, and what can be done with all of them. */



export class MultipleSpansView {
  /** @param {{state: () => EditorState, run: (command: Command) => void, isMultiple: () => boolean}} parts */
  constructor({ state, run, isMultiple }) {
    this.state = state;
    this.run = run;
    this.isMultiple = isMultiple;
    this.bar = find("#multiple");
    this.count = find("#multiple-count");
    /** @type {HTMLSelectElement} */
    this.relabel = find("#multiple-relabel");
  }

  listen() {
    this.relabel.addEventListener("change", () => {
      this.run(relabelSpans(this.relabel.value));
      this.relabel.value = "";
    });
    find("#multiple-remove").addEventListener("click", () => this.run(removeSpans));
    find("#multiple-none").addEventListener("click", () => this.run(selectSpans([])));
  }

  /**
   * Take a click on spans as a multiple selection. Return whether it was one.
   *
   * @param {string[]} ids
   * @param {boolean} add
   */
  offer(ids, add) {
    if (!add && !this.isMultiple()) return false;
    const id = ids[0];
    if (id !== undefined) this.run(toggleSpan(id));
    return id !== undefined;
  }

  /** @param {EditorState} state */
  update(state) {
    const { size } = state.selectedIds;
    const hidden = size === 0 && !this.isMultiple();
    if (this.bar.hidden !== hidden) this.bar.hidden = hidden;
    if (hidden) return;
    this.count.textContent = size === 0 ? gettext("Click spans to select them")
      : interpolate(gettext("%(count)s selected: %(labels)s"), { count: size, labels: describeSelectedSpans(state) });
    const options = visibleLabels(state).map((label) => make("option", { value: label.id }, label.name));
    this.relabel.replaceChildren(make("option", { value: "" }, gettext("Relabel as …")), ...options);
    for (const control of this.bar.querySelectorAll("[data-changes]")) {
      control.toggleAttribute("disabled", size === 0 || !state.editable);
    }
  }
}
