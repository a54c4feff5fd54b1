/** Finds words in the text: highlights all matches, selects them one by one, or labels all of them in one step. */

import { gettext, interpolate, ngettext } from "../../../pages/text.js";
import { labelAll, occurrencesOf, selectedSpan, selectText, targetText } from "../../commands/index.js";
import { visibleLabels } from "../../model/schema.js";
import { blockAt, excerpt } from "../../model/text/document.js";
import { findAll, matchFrom } from "../../model/text/search.js";
import { find, make } from "../elements.js";


/**
 * @typedef {import("../../model/types.js").Fragment} Fragment
 * @typedef {import("../../extras.js").ExtrasParts} ExtrasParts
 */

/** The number of matches listed; all are highlighted and can be labelled. */
const LISTED = 200;
/** The pause in typing after which the search starts. */
const PAUSE_MILLISECONDS = 120;
/** The number of characters shown on either side of a match. */
const AROUND = 24;
/** Longer selections are not taken as the words to find. */
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
    this.matches = [];
    this.isCut = false;
    this.current = -1;
    /** The matches that are not to be labelled, by their first offset. @type {Set<number>} */
    this.skipped = new Set();
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
    this.list.addEventListener("change", (event) => this.#skip(event));
    this.list.addEventListener("click", (event) => {
      const row = event.target instanceof Element ? event.target.closest("button") : null;
      if (row) this.#select(Number(row.dataset.match));
    });
    find("#panel").addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.current < 0 || !this.#isOpen()) return;
      event.preventDefault(); // the browser would clear the field
      this.#select(this.current);
    });
    this.parts.store.subscribe(({ transaction }) => {
      if (transaction.changes && this.#isOpen() && this.matches.length > 0) this.#list();
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
   * Open the section with the selected text, or that of the selected span.
   *
   * @param {boolean} [toLabel] whether to move the focus to the labelling of all matches
   */
  open(toLabel = false) {
    const { state } = this.parts.store;
    const span = selectedSpan(state);
    const words = wordsToFind(state, toLabel);
    if (words !== "") this.words.value = words;
    if (!this.#isOpen()) this.parts.panel.open("find");
    const labels = visibleLabels(state);
    this.label.replaceChildren(...labels.map((label) => make("option", { value: label.id }, label.name)));
    if (span) this.label.value = span.label;
    this.#search();
    if (toLabel && this.matches.length > 0) {
      this.label.focus();
      return;
    }
    this.words.focus();
    this.words.select();
  }

  #search() {
    const { state } = this.parts.store;
    const options = { matchCase: this.matchCase.checked, wholeWords: this.wholeWords.checked };
    const { matches, isCut } = findAll(state.document, this.words.value, options);
    [this.matches, this.isCut] = [matches, isCut];
    this.skipped.clear();
    const here = state.selection?.start ?? state.document.tokenStarts[state.cursor.focus] ?? 0;
    this.current = matchFrom(matches, here, 1);
    this.#show();
  }

  /** @param {1|-1} direction */
  #step(direction) {
    clearTimeout(this.timer);
    if (this.matches.length === 0) this.#search();
    else this.current = (this.current + direction + this.matches.length) % this.matches.length;
    this.#show();
  }

  /** Highlight, count, list and announce the matches. */
  #show() {
    const match = this.matches[this.current];
    if (match) this.parts.reveal(match[0]);
    this.refresh();
    this.#list();
    const { length } = this.matches;
    const message = this.isCut ? gettext("%(number)s of more than %(count)s") : gettext("%(number)s of %(count)s");
    const where = match ? interpolate(message, { number: this.current + 1, count: length }) : gettext("No matches");
    this.count.textContent = this.words.value.trim() === "" ? "" : where;
    if (this.count.textContent) this.#say(match ? `${where}: ${this.#around(match).join("")}` : where);
  }

  /** Select the next or previous match from the cursor. @param {1|-1} direction */
  select(direction) {
    const { state } = this.parts.store;
    if (this.words.value.trim() === "") this.open();
    else if (this.matches.length === 0) this.#search();
    const { selection, cursor, document: text } = state;
    const here = selection ? selection.start + (direction > 0 ? 1 : 0) : text.tokenStarts[cursor.focus] ?? 0;
    this.current = matchFrom(this.matches, here, direction);
    if (this.current >= 0) this.#select(this.current);
    else this.#say(gettext("No matches"));
  }

  /** @param {number} index */
  #select(index) {
    const match = this.matches[index];
    if (!match) return;
    this.current = index;
    this.parts.focusText();
    selectText(...match)(this.parts.store.state, this.parts.store.dispatch);
    this.parts.reveal(match[0]);
    this.refresh();
    const where = interpolate(gettext("%(number)s of %(count)s"), { number: index + 1, count: this.matches.length });
    this.count.textContent = where;
    this.#say(`${where}: ${this.#around(match).join("")}`);
  }

  /** Highlight the matches near the visible text. Highlights in a whole long text would slow down every change. */
  refresh() {
    if (!("highlights" in CSS)) return;
    const isShown = this.#isOpen();
    const near = isShown ? this.matches.filter((match) => this.#isNear(match)) : [];
    CSS.highlights.set("found", new Highlight(...near.map((match) => this.#range(match))));
    const now = isShown ? this.matches[this.current] : undefined;
    CSS.highlights.set("found-now", new Highlight(...(now && this.#isNear(now) ? [this.#range(now)] : [])));
  }

  /** @param {Fragment} match */
  #isNear([start]) {
    const [first, end] = this.parts.painter.window;
    const block = blockAt(this.parts.store.state.document, start);
    return block >= first && block < end;
  }

  /** @param {Fragment} match */
  #range([start, end]) {
    const { view, store } = this.parts;
    const [startContainer, startOffset] = view.pointOf(blockAt(store.state.document, start), start);
    const [endContainer, endOffset] = view.pointOf(blockAt(store.state.document, end - 1), end);
    return new StaticRange({ startContainer, startOffset, endContainer, endOffset });
  }

  /** List all matches, and whether each would get the label. */
  #list() {
    const { state } = this.parts.store;
    const occurrences = occurrencesOf(state, this.label.value, this.matches);
    const rows = occurrences.slice(0, LISTED).map(({ fragment, isLabelled }) => this.#row(fragment, isLabelled));
    const rest = occurrences.length - LISTED;
    if (rest > 0) rows.push(make("li", { class: "soft" },
      interpolate(gettext("and %(count)s more"), { count: rest })));
    this.list.replaceChildren(...rows);
    const count = occurrences.filter(({ fragment, isLabelled }) =>
      !isLabelled && !this.skipped.has(fragment[0])).length;
    this.labelAll.textContent = interpolate(
      ngettext("Label %(count)s occurrence", "Label %(count)s occurrences", count), { count });
    this.labelAll.toggleAttribute("disabled", count === 0 || !state.editable);
    this.labelAll.dataset.count = String(count);
  }

  /**
   * @param {Fragment} fragment
   * @param {boolean} isLabelled
   */
  #row(fragment, isLabelled) {
    const [before, words, after] = this.#around(fragment);
    const match = this.matches.findIndex(([start, end]) => start < fragment[1] && fragment[0] < end);
    const box = make("input", { type: "checkbox", "data-start": fragment[0], disabled: isLabelled,
      "aria-label": isLabelled ? interpolate(gettext("Labelled already: %(words)s"), { words })
        : interpolate(gettext("Label %(words)s"), { words: `${before}${words}${after}` }) });
    box.checked = !isLabelled && !this.skipped.has(fragment[0]);
    const go = make("button", { type: "button", "data-match": match },
      make("bdi", {}, before, make("strong", {}, words), after),
      isLabelled ? make("span", { class: "soft" }, gettext(" · labelled already")) : null);
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
  #skip(event) {
    const box = event.target;
    if (!(box instanceof HTMLInputElement)) return;
    const start = Number(box.dataset.start);
    if (box.checked) this.skipped.delete(start);
    else this.skipped.add(start);
    this.#list();
    const checkbox = this.list.querySelector(`[data-start="${start}"]`);
    if (checkbox instanceof HTMLElement) checkbox.focus();
  }

  #labelAll() {
    const { state, dispatch } = this.parts.store;
    const pieces = occurrencesOf(state, this.label.value, this.matches).map(({ fragment }) => fragment)
      .filter(([start]) => !this.skipped.has(start));
    if (labelAll(this.label.value, pieces)(state, dispatch)) this.parts.focusText();
  }

  /** @param {string} announce */
  #say(announce) {
    this.parts.store.dispatch({ userEvent: "find", announce });
  }
}

/**
 * Return the words to find at first: the selected text, or that of the selected span.
 *
 * @param {import("../../model/types.js").EditorState} state
 * @param {boolean} atCursor whether to take the word under the cursor when nothing is selected
 */
function wordsToFind(state, atCursor) {
  const span = selectedSpan(state);
  let [from, to] = span?.fragments[0] ?? [0, 0];
  const target = state.selection ?? (atCursor && !span ? targetText(state) : null);
  if (target) [from, to] = [target.start, target.end];
  return to - from > LONGEST ? "" : state.document.text.slice(from, to).replace(/\s+/gu, " ");
}
