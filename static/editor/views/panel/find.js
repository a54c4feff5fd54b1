/** Finding words in the text: all places marked, one after the other selected, or all of them labelled in one step. */

import { countOf, labelAll, occurrencesOf, selectedSpan, selectText, targetText } from "../../commands/index.js";
import { visibleLabels } from "../../model/schema.js";
import { blockAt, excerpt } from "../../model/text/document.js";
import { findAll, hitFrom } from "../../model/text/search.js";
import { find, make } from "../elements.js";


/**
 * @typedef {import("../../model/types.js").Fragment} Fragment
 * @typedef {import("../../extras.js").ExtrasParts} ExtrasParts
 */

/** Places listed; all are marked in the text and all are labelled. */
const LISTED = 200;
/** A pause in typing after which the words are looked for. */
const PAUSE_MILLISECONDS = 120;
/** Characters shown on either side of a place. */
const AROUND = 24;
/** Longer pieces of text are not what somebody wants to find elsewhere. */
const LONGEST = 200;

export class FindView {
  /** @param {ExtrasParts} parts */
  constructor(parts) {
    this.parts = parts;
    /** @type {HTMLInputElement} */
    this.words = find("#find-words");
    /** @type {HTMLInputElement} */
    this.matchCase = find("#find-case");
    /** @type {HTMLInputElement} */
    this.wholeWords = find("#find-whole");
    /** @type {HTMLSelectElement} */
    this.label = find("#find-label");
    this.labelAll = find("#find-label-all");
    this.list = find("#find-list");
    this.count = find("#find-count");
    /** @type {Fragment[]} */
    this.hits = [];
    this.isCut = false;
    this.current = -1;
    /** Places left out of the labelling, by their first unit. @type {Set<number>} */
    this.leftOut = new Set();
    this.timer = 0;
  }

  listen() {
    this.words.addEventListener("input", () => this.#searchSoon());
    for (const box of [this.matchCase, this.wholeWords]) box.addEventListener("change", () => this.#search());
    this.label.addEventListener("change", () => this.#list());
    find("#find-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#step(event instanceof SubmitEvent && event.submitter?.id === "find-previous" ? -1 : 1);
    });
    this.words.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.shiftKey) return;
      event.preventDefault();
      this.#step(-1);
    });
    this.labelAll.addEventListener("click", () => this.#labelAll());
    this.list.addEventListener("change", (event) => this.#leaveOut(event));
    this.list.addEventListener("click", (event) => {
      const row = event.target instanceof Element ? event.target.closest("button") : null;
      if (row) this.#select(Number(row.dataset.hit));
    });
    find("#panel").addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.current < 0 || !this.#isOpen()) return;
      event.preventDefault(); // the browser would empty the field
      this.#select(this.current);
    });
    this.parts.store.subscribe(({ transaction }) => {
      if (transaction.changes && this.#isOpen() && this.hits.length > 0) this.#list();
    });
  }

  #searchSoon() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.#search(), PAUSE_MILLISECONDS);
  }

  #isOpen() {
    return this.parts.panel.isOpen("find");
  }

  /**
   * Open the panel with the selected words, or those of the selected span.
   *
   * @param {boolean} [toLabel] go on to labelling all of them
   */
  open(toLabel = false) {
    const { state } = this.parts.store;
    const span = selectedSpan(state);
    const meant = meantText(state, toLabel);
    if (meant !== "") this.words.value = meant;
    if (!this.#isOpen()) this.parts.panel.open("find");
    const labels = visibleLabels(state);
    this.label.replaceChildren(...labels.map((label) => make("option", { value: label.id }, label.name)));
    if (span) this.label.value = span.label;
    this.#search();
    if (toLabel && this.hits.length > 0) {
      this.label.focus();
      return;
    }
    this.words.focus();
    this.words.select();
  }

  #search() {
    const { state } = this.parts.store;
    const options = { matchCase: this.matchCase.checked, wholeWords: this.wholeWords.checked };
    const { hits, isCut } = findAll(state.document, this.words.value, options);
    [this.hits, this.isCut] = [hits, isCut];
    this.leftOut.clear();
    const here = state.selection?.start ?? state.document.tokenStarts[state.cursor.focus] ?? 0;
    this.current = hitFrom(hits, here, 1);
    this.#show();
  }

  /** @param {1|-1} direction */
  #step(direction) {
    clearTimeout(this.timer);
    if (this.hits.length === 0) this.#search();
    else this.current = (this.current + direction + this.hits.length) % this.hits.length;
    this.#show();
  }

  /** What was found is marked, counted, listed, and said. */
  #show() {
    const hit = this.hits[this.current];
    if (hit) this.parts.reveal(hit[0]);
    this.refresh();
    this.#list();
    const { length } = this.hits;
    const where = hit ? `${this.current + 1} of ${length}${this.isCut ? " or more" : ""}` : "Not found";
    this.count.textContent = this.words.value.trim() === "" ? "" : where;
    if (this.count.textContent) this.#say(hit ? `${where}: ${this.#around(hit).join("")}` : where);
  }

  /** Select the next or previous place from the cursor on, in the text. @param {1|-1} direction */
  select(direction) {
    const { state } = this.parts.store;
    if (this.words.value.trim() === "") this.open();
    else if (this.hits.length === 0) this.#search();
    const { selection, cursor, document: text } = state;
    const here = selection ? selection.start + (direction > 0 ? 1 : 0) : text.tokenStarts[cursor.focus] ?? 0;
    this.current = hitFrom(this.hits, here, direction);
    if (this.current >= 0) this.#select(this.current);
    else this.#say("Not found.");
  }

  /** @param {number} index */
  #select(index) {
    const hit = this.hits[index];
    if (!hit) return;
    this.current = index;
    this.parts.focusText();
    selectText(...hit)(this.parts.store.state, this.parts.store.dispatch);
    this.parts.reveal(hit[0]);
    this.refresh();
    this.count.textContent = `${index + 1} of ${this.hits.length}`;
    this.#say(`${index + 1} of ${this.hits.length}: ${this.#around(hit).join("")}`);
  }

  /** Mark what was found near the reader; marks on the whole of a long text would slow every change. */
  refresh() {
    if (!("highlights" in CSS)) return;
    const isWanted = this.#isOpen();
    const near = isWanted ? this.hits.filter((hit) => this.#isNear(hit)) : [];
    CSS.highlights.set("found", new Highlight(...near.map((hit) => this.#range(hit))));
    const now = isWanted ? this.hits[this.current] : undefined;
    CSS.highlights.set("found-now", new Highlight(...(now && this.#isNear(now) ? [this.#range(now)] : [])));
  }

  /** @param {Fragment} hit */
  #isNear([start]) {
    const [first, end] = this.parts.lanes.window;
    const block = blockAt(this.parts.store.state.document, start);
    return block >= first && block < end;
  }

  /** @param {Fragment} hit */
  #range([start, end]) {
    const { view, store } = this.parts;
    const [startContainer, startOffset] = view.pointOf(blockAt(store.state.document, start), start);
    const [endContainer, endOffset] = view.pointOf(blockAt(store.state.document, end - 1), end);
    return new StaticRange({ startContainer, startOffset, endContainer, endOffset });
  }

  /** The preview: every place, and whether it would get the label. */
  #list() {
    const { state } = this.parts.store;
    const occurrences = occurrencesOf(state, this.label.value, this.hits);
    const rows = occurrences.slice(0, LISTED).map(({ fragment, isThere }) => this.#row(fragment, isThere));
    const rest = occurrences.length - LISTED;
    if (rest > 0) rows.push(make("li", { class: "soft" }, `and ${rest} more`));
    this.list.replaceChildren(...rows);
    const count = occurrences.filter(({ fragment, isThere }) => !isThere && !this.leftOut.has(fragment[0])).length;
    this.labelAll.textContent = `Label ${countOf(count, "occurrence")}`;
    this.labelAll.toggleAttribute("disabled", count === 0 || !state.editable);
    this.labelAll.dataset.count = String(count);
  }

  /**
   * @param {Fragment} fragment
   * @param {boolean} isThere
   */
  #row(fragment, isThere) {
    const [before, words, after] = this.#around(fragment);
    const hit = this.hits.findIndex(([start, end]) => start < fragment[1] && fragment[0] < end);
    const box = make("input", { type: "checkbox", "data-start": fragment[0], disabled: isThere,
      "aria-label": isThere ? `Labelled already: ${words}` : `Label ${before}${words}${after}` });
    box.checked = !isThere && !this.leftOut.has(fragment[0]);
    const go = make("button", { type: "button", "data-hit": hit },
      make("bdi", {}, before, make("strong", {}, words), after),
      isThere ? make("span", { class: "soft" }, " · labelled already") : null);
    return make("li", { class: "find-row" }, box, go);
  }

  /** @param {Fragment} fragment @returns {[string, string, string]} */
  #around([start, end]) {
    const { document: text } = this.parts.store.state;
    const block = blockAt(text, start);
    const from = Math.max(text.blockStarts[block], start - AROUND);
    const to = Math.min(text.blockEnds[blockAt(text, end - 1)], end + AROUND);
    const [before, after] = [text.text.slice(from, start).trimStart(), text.text.slice(end, to).trimEnd()];
    return [before, excerpt(text, [[start, end]], 80), after];
  }

  /** @param {Event} event */
  #leaveOut(event) {
    const box = event.target;
    if (!(box instanceof HTMLInputElement)) return;
    const start = Number(box.dataset.start);
    if (box.checked) this.leftOut.delete(start);
    else this.leftOut.add(start);
    this.#list();
    const again = this.list.querySelector(`[data-start="${start}"]`);
    if (again instanceof HTMLElement) again.focus();
  }

  #labelAll() {
    const { state, dispatch } = this.parts.store;
    const pieces = occurrencesOf(state, this.label.value, this.hits).map(({ fragment }) => fragment)
      .filter(([start]) => !this.leftOut.has(start));
    labelAll(this.label.value, pieces)(state, dispatch);
  }

  /** @param {string} announce */
  #say(announce) {
    this.parts.store.dispatch({ userEvent: "find", announce });
  }
}

/**
 * The words that somebody means to find: what is selected, or the selected span.
 *
 * @param {import("../../model/types.js").EditorState} state
 * @param {boolean} atCursor whether the word under the cursor is meant when nothing is selected
 */
function meantText(state, atCursor) {
  const span = selectedSpan(state);
  let [from, to] = span?.fragments[0] ?? [0, 0];
  const target = state.selection ?? (atCursor && !span ? targetText(state) : null);
  if (target) [from, to] = [target.start, target.end];
  return to - from > LONGEST ? "" : state.document.text.slice(from, to).replace(/\s+/gu, " ");
}
