/**
 * Suggestions in the text: drawn as dashed boxes, gone through, accepted, rejected, relabelled and corrected by one key
 * each. Nothing is saved without a key or a click.
 */

import { gettext, interpolate, ngettext } from "../../pages/text.js";
import { describeSpan } from "../model/descriptions.js";
import { labelOf } from "../model/schema.js";
import { OpenSuggestions } from "../model/assistance/open_suggestions.js";
import { acceptance, TOGETHER } from "../model/assistance/suggestions.js";
import { trimToRules } from "../model/text/boundary_rules.js";
import { blockAt, tokenFrom } from "../model/text/document.js";
import { find, keyCap, labelClass, make } from "./elements.js";
import { BlockDrawings } from "./text/drawing.js";

/**
 * @typedef {import("../model/assistance/suggestions.js").Suggestion} Suggestion
 * @typedef {import("../model/types.js").Fragment} Fragment
 * @typedef {import("../model/types.js").Update} Update
 * @typedef {import("../commands/keymap.js").Binding} Binding
 * @typedef {import("./text/drawing.js").Shape} Shape
 * @typedef {{store: import("../model/state.js").Store, keymap: import("../commands/keymap.js").Keymap,
 *   view: import("./text/text.js").TextView, painter: import("./text/span_painter.js").SpanPainter,
 *   geometry: import("./text/geometry.js").TextGeometry, dismissals: import("../saving/dismissals.js").Dismissals,
 *   afterPaint: import("./after_paint.js").AfterPaint, signal: AbortSignal, suggestions: Suggestion[],
 *   links: import("../model/assistance/suggestions.js").SuggestedLink[]}} SuggestionsParts
 */

/** Only suggestions from this expected precision on are accepted together. */
const SURE = 0.85;
const ROOM = 2;

/** Key, command, description and words of the button. @type {[string, string, string, string][]} */
const KEYS = [
  ["t", "suggestion.next", gettext("Next suggestion"), gettext("Next")],
  ["z", "suggestion.previous", gettext("Previous suggestion"), gettext("Previous")],
  ["y", "suggestion.accept", gettext("Accept the suggestion"), gettext("Accept")],
  ["q", "suggestion.reject", gettext("Reject the suggestion"), gettext("Reject")],
];
/** What boundary keys do to a suggestion: side and direction. @type {Record<string, ["start"|"end", 1|-1]>} */
const BOUNDARIES = {
  "span.endLater": ["end", 1], "span.endEarlier": ["end", -1],
  "span.startLater": ["start", 1], "span.startEarlier": ["start", -1],
};

export class SuggestionsView {
  /** @type {Suggestion|null} The suggestion that keys act on, with the boundaries as corrected. */
  current = null;
  /** Suggestions that were rejected here, the last one last. @type {Suggestion[]} */
  rejected = [];
  isOwn = false;
  isAsked = false;
  /** What the bar shows. */
  shown = "";

  /** @param {SuggestionsParts} parts */
  constructor(parts) {
    this.parts = parts;
    this.drawings = new BlockDrawings("marks suggested", parts.view);
    this.open = new OpenSuggestions(parts.store.state, parts.suggestions, parts.links);
    this.words = make("span", { dir: "auto" });
    this.buttons = KEYS.map(([, command, , words]) => {
      const button = make("button", { class: "button", type: "button" }, words, " ");
      button.addEventListener("click", () => this.#run(command));
      return button;
    });
    this.together = make("button", { class: "button", type: "button" });
    this.together.addEventListener("click", () => this.#acceptTogether());
    this.bar = make("div", { id: "suggestion-bar", class: "suggestion-bar", role: "group",
      "aria-label": gettext("Suggestions") }, this.words, ...this.buttons, this.together);
  }

  listen() {
    const { store, keymap, view, signal } = this.parts;
    keymap.add(KEYS.map(([key, command, description]) =>
      ({ key, command, argument: [], description, label: "", when: "", group: gettext("Suggestions") })));
    store.subscribe((update) => this.#updated(update));
    document.addEventListener("scroll", () => this.#scrolled(), { capture: true, passive: true, signal });
    const resized = new ResizeObserver(() => this.#draw());
    resized.observe(view.root);
    signal.addEventListener("abort", () => resized.disconnect());
    document.fonts.ready.then(() => this.#draw());
    find("#review").after(this.bar);
    this.#show();
  }

  /** Run a shortcut, if it is one of suggestions now. @param {Binding} binding @param {boolean} isInText */
  press({ command, argument }, isInText) {
    if (command === "history.undo" && this.rejected.length > 0) return this.#restore();
    if (!isInText || !this.parts.store.state.editable) return false;
    if (command.startsWith("suggestion.")) return this.#run(command);
    if (!this.current) return false;
    if (command === "escape") return this.#leave();
    if (command === "label") return this.#accept({ ...this.current, label: argument[0] });
    const boundary = BOUNDARIES[command];
    return boundary !== undefined && this.#move(...boundary);
  }

  /** @param {string} command */
  #run(command) {
    if (command === "suggestion.next") return this.#go(1);
    if (command === "suggestion.previous") return this.#go(-1);
    if (!this.current) return this.#go(1);
    return command === "suggestion.accept" ? this.#accept(this.current) : this.#reject(this.current);
  }

  /** Go to the next or previous suggestion from the current one, or from the cursor. @param {1|-1} direction */
  #go(direction, before = "") {
    const { store } = this.parts;
    const { document: text, cursor } = store.state;
    const open = this.open.offered;
    const offset = text.tokenStarts[cursor.focus] ?? 0;
    const at = this.current ? open.findIndex(({ key }) => key === this.current?.key) : -1;
    const after = open.findIndex(({ fragments }) => fragments[0][0] >= offset);
    const first = after < 0 ? 0 : after;
    const index = at >= 0 ? at + direction : direction > 0 ? first : (after < 0 ? open.length : after) - 1;
    if (open.length === 0) {
      this.current = null;
      this.#dispatch({ userEvent: "suggestion", announce: `${before} ${gettext("No more suggestions.")}`.trim() });
      return true;
    }
    this.#select(open[(index + open.length) % open.length], before);
    return true;
  }

  /** @param {Suggestion} suggestion @param {string} [before] a sentence to announce first */
  #select(suggestion, before = "") {
    const { store } = this.parts;
    this.current = suggestion;
    const token = tokenFrom(store.state.document, suggestion.fragments[0][0]);
    this.#dispatch({ selectedId: null, selectedIds: new Set(), selection: null, cursor: { anchor: token, focus: token },
      userEvent: "suggestion", announce: `${before} ${this.#describe(suggestion)}`.trim() });
  }

  /** @param {Suggestion} suggestion */
  #describe(suggestion) {
    const { state } = this.parts.store;
    const open = this.open.offered;
    const number = open.findIndex(({ key }) => key === suggestion.key) + 1;
    const link = this.parts.links.find(({ label, from }) => label === TOGETHER && from === suggestion.key);
    const speaker = link && this.open.byKey.get(link.to);
    const names = { number, count: open.length, source: suggestion.source, percent: Math.round(100 * suggestion.score),
      span: describeSpan(state, suggestion), speaker: speaker ? describeSpan(state, speaker) : "" };
    return interpolate(speaker ? gettext("Suggestion %(number)s of %(count)s: %(span)s, by %(speaker)s "
      + "(%(source)s, %(percent)s %).") : gettext("Suggestion %(number)s of %(count)s: %(span)s (%(source)s, "
      + "%(percent)s %)."), names);
  }

  /** @param {Suggestion} suggestion with the label and boundaries to accept */
  #accept(suggestion) {
    const { store } = this.parts;
    const { state } = store;
    const label = labelOf(state.schema, suggestion.label);
    if (suggestion.fragments.length > 1 && !label.discontinuous) {
      this.#dispatch({ userEvent: "refused", announce: interpolate(
        gettext("%(label)s spans cannot have several fragments."), { label: label.name }) });
      return true;
    }
    const { changes, others } = acceptance(state, [suggestion], this.open);
    const words = interpolate(others.length > 0 ? gettext("Accepted: %(span)s with %(others)s.")
      : gettext("Accepted: %(span)s."), { span: describeSpan(state, suggestion),
      others: others.map((other) => describeSpan(state, other)).join(", ") });
    const at = suggestion.fragments[0][0];
    this.#dispatch({ changes, selectedId: null, userEvent: "add.span", announce: words });
    this.current = null;
    const next = this.open.offered.find(({ fragments }) => fragments[0][0] >= at);
    if (next) this.#select(next, words);
    return true;
  }

  /** @param {Suggestion} suggestion */
  #reject(suggestion) {
    this.open.close(suggestion);
    this.rejected.push(suggestion);
    this.parts.dismissals.add(suggestion, "rejected");
    const at = suggestion.fragments[0][0];
    const words = interpolate(gettext("Rejected: %(span)s."),
      { span: describeSpan(this.parts.store.state, suggestion) });
    this.current = null;
    const next = this.open.offered.find(({ fragments }) => fragments[0][0] >= at);
    if (next) this.#select(next, words);
    else this.#dispatch({ userEvent: "suggestion", announce: words });
    this.#show();
    return true;
  }

  /** Undo the last rejection. */
  #restore() {
    const last = /** @type {Suggestion} */ (this.rejected.pop());
    const known = this.parts.suggestions.find(({ key }) => key === last.key) ?? last;
    this.open.reopen(known);
    this.parts.dismissals.add(known, "restored");
    this.#select(known, gettext("Restored."));
    this.#show();
    return true;
  }

  /** Move a boundary of the current suggestion by a word. @param {"start"|"end"} side @param {1|-1} direction */
  #move(side, direction) {
    const { current } = this;
    if (!current) return false;
    const { document: text, schema } = this.parts.store.state;
    const fragments = current.fragments.map(([start, end]) => /** @type {Fragment} */ ([start, end]));
    const moved = fragments[side === "start" ? 0 : fragments.length - 1];
    const edges = [...(side === "start" ? text.unitStarts : text.unitEnds)];
    const place = side === "start" ? 0 : 1;
    const next = direction > 0 ? edges.find((edge) => edge > moved[place])
      : edges.reverse().find((edge) => edge < moved[place]);
    if (next === undefined) return true;
    moved[place] = next;
    if (moved[0] >= moved[1] || fragments.some(([start], index) => index > 0 && start <= fragments[index - 1][1])) {
      this.#dispatch({ userEvent: "refused", announce: gettext("A span needs at least one word.") });
      return true;
    }
    const within = trimToRules(text.text, moved, schema.boundaries, current.label);
    if (direction < 0 === (side === "end")) moved.splice(0, 2, ...within);
    this.current = { ...current, fragments };
    this.#dispatch({ userEvent: "suggestion", announce: describeSpan(this.parts.store.state, this.current) });
    this.#show();
    return true;
  }

  #leave() {
    this.current = null;
    this.#dispatch({ userEvent: "suggestion", announce: gettext("Suggestion left as it is.") });
    this.#show();
    return true;
  }

  /** Return the sure suggestions that are on the screen. */
  #sure() {
    const [first, end] = this.parts.view.visibleBlocks(0);
    return this.open.all.filter(({ score, offered, fragments }) => {
      if (!offered || score < SURE) return false;
      const block = blockAt(this.parts.view.text, fragments[0][0]);
      return block >= first && block < end;
    });
  }

  /** Accept all sure suggestions on the screen in one step. */
  #acceptTogether() {
    const { store } = this.parts;
    const sure = this.#sure();
    const { changes } = acceptance(store.state, sure, this.open);
    if (changes.length === 0) return;
    this.current = null;
    this.#dispatch({ changes, selectedId: null, userEvent: "add.span", announce: interpolate(
      ngettext("Accepted: %(count)s suggestion.", "Accepted: %(count)s suggestions.", sure.length),
      { count: sure.length }) });
  }

  /**
   * Dispatch a transaction that does not leave the current suggestion.
   *
   * @param {import("../model/types.js").Transaction} transaction
   */
  #dispatch(transaction) {
    this.isOwn = true;
    try {
      this.parts.store.dispatch(transaction);
    } finally {
      this.isOwn = false;
    }
  }

  /** @param {Update} update */
  #updated({ state, transaction, blocks }) {
    const { changes = [], userEvent } = transaction;
    this.open.update(state, changes, blocks);
    const isElsewhere = [transaction.cursor, transaction.selection, transaction.selectedId].some((part) => part);
    if (changes.length > 0 && userEvent !== "remote") this.rejected = [];
    if (!this.isOwn && userEvent !== "remote" && isElsewhere) this.current = null;
    const isShown = changes.length > 0 || isElsewhere || userEvent === "suggestion";
    if (isShown || transaction.editable !== undefined) this.#show();
  }

  /** Show the bar and the boxes: in the next frame after a step through suggestions, else after it. */
  #show() {
    if (!this.isOwn) return this.parts.afterPaint.request(this.#showNow);
    if (this.isAsked) return;
    this.isAsked = true;
    requestAnimationFrame(() => {
      this.isAsked = false;
      this.#showNow();
    });
  }

  /** Draw what came near, and count again what may be accepted together. */
  #scrolled() {
    this.#draw();
    this.parts.afterPaint.request(this.#showNow);
  }

  #showNow = () => {
    if (this.parts.signal.aborted) return;
    this.#showBar();
    this.#draw();
  };

  #showBar() {
    const { store, keymap } = this.parts;
    const open = this.open.offered;
    const sure = this.#sure().length;  // It measures, so it comes before anything is changed.
    const number = open.findIndex(({ key }) => key === this.current?.key) + 1;
    const caps = KEYS.map(([, command]) => keymap.keysOf(command)[0] ?? "");
    const shown = JSON.stringify([store.state.editable, open.length, number, this.current !== null, sure, caps]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.bar.hidden = !store.state.editable || (open.length === 0 && this.current === null);
    this.bar.classList.toggle("is-current", number > 0);
    // The status line says which one it is.
    this.words.textContent = interpolate(number > 0 ? gettext("Suggestion %(number)s of %(count)s.")
      : ngettext("%(count)s suggestion.", "%(count)s suggestions.", open.length), { number, count: open.length });
    this.buttons.forEach((button, index) => {
      if (button.lastChild instanceof Element) button.lastChild.remove();
      const cap = keyCap(caps[index]);
      if (cap) button.append(cap);
      button.hidden = index > 1 && this.current === null;
    });
    this.together.hidden = sure < 2;
    this.together.textContent = interpolate(gettext("Accept all %(count)s on the screen from %(percent)s %"),
      { count: sure, percent: Math.round(100 * SURE) });
  }

  #draw() {
    const [first, end] = this.parts.painter.window;
    /** @type {Map<number, Shape[]>} */
    const shapes = new Map();
    const { blockStarts, blockEnds } = this.parts.view.text;
    const [from, to] = first < end ? [blockStarts[first], blockEnds[end - 1]] : [0, 0];
    for (const suggestion of this.open.all) {
      const { fragments } = suggestion;
      if (fragments[0][0] >= to || fragments[fragments.length - 1][1] <= from) continue;
      const isCurrent = suggestion.key === this.current?.key;
      this.#plan(isCurrent && this.current ? this.current : suggestion, isCurrent, [first, end], shapes);
    }
    this.drawings.show(shapes);
  }

  /**
   * Plan a dashed box for a suggestion that is offered, and a faint line under a weaker one.
   *
   * @param {Suggestion} suggestion
   * @param {boolean} isCurrent
   * @param {[number, number]} window the blocks that are drawn
   * @param {Map<number, Shape[]>} shapes
   */
  #plan(suggestion, isCurrent, [first, end], shapes) {
    const { view: { text }, geometry, store } = this.parts;
    const colour = labelClass(labelOf(store.state.schema, suggestion.label));
    for (const [from, to] of suggestion.fragments) {
      for (let block = Math.max(first, blockAt(text, from)); block < end && text.blockStarts[block] < to; block += 1) {
        const [start, stop] = [Math.max(from, text.blockStarts[block]), Math.min(to, text.blockEnds[block])];
        if (start >= stop) continue;
        geometry.pieces(block, start, stop).forEach(({ x, width, top, bottom }, index) => {
          const box = `M${x} ${top - ROOM}h${width}V${bottom + ROOM}h${-width}Z`;
          const d = suggestion.offered ? box : `M${x} ${bottom + ROOM}h${width}`;
          const key = `${suggestion.key} ${start} ${index} ${isCurrent}`;
          const kind = isCurrent ? "mark-candidate" : `join ${colour}`;
          const drawn = { class: kind, d, "stroke-opacity": suggestion.offered ? 1 : 0.5 };
          shapes.set(block, [...(shapes.get(block) ?? []), { key, name: "path", attributes: drawn }]);
        });
      }
    }
  }
}
