/**
 * The frame of a span that was just made: its values, and the spans that it is most likely linked with, with numbers in
 * the text. Enter takes what is shown, a digit chooses another span, Escape takes none.
 */

import { gettext, interpolate } from "../../pages/text.js";
import { assumedIndex, leaveFrame, selectedSpan, takeFromFrame } from "../commands/index.js";
import { describeValue } from "../model/descriptions.js";
import { frameOf } from "../model/assistance/frames.js";
import { labelOf } from "../model/schema.js";
import { excerpt } from "../model/text/document.js";
import { find, make } from "./elements.js";

/**
 * @typedef {import("../model/types.js").EditorState} EditorState
 * @typedef {import("../model/types.js").Span} Span
 * @typedef {import("../model/assistance/frames.js").Frame} Frame
 * @typedef {import("../model/state.js").Store} Store
 */

/** How many of what has numbers is announced. */
const READ_ALOUD = 3;

export class FrameView {
  /** @param {{store: Store, changed: () => void}} parts `changed` redraws the numbers */
  constructor({ store, changed }) {
    this.store = store;
    this.changed = changed;
    this.bar = make("p", { id: "claim-frame", class: "claim-frame", hidden: true });
    find("#text-pane").after(this.bar);
    /** @type {Frame|null} */
    this.frame = null;
    this.isOn = true;
    /** @type {string|null} */
    this.spanId = "";
    this.isDue = false;
    /** The relations that were offered for this span. @type {Set<string>} */
    this.offered = new Set();
  }

  get isActive() {
    this.settle();
    return this.frame !== null;
  }

  /** Work out the frame of a span that was just made: once the span is on the screen, or before the next key. */
  settle() {
    if (!this.isDue || this.store.state.picking) return;
    this.isDue = false;
    this.#next(this.store.state);
  }

  /** The spans with numbers. @returns {Span[]} */
  get numbered() {
    return this.frame && "spans" in this.frame ? this.frame.spans : [];
  }

  /** The span that Enter takes. @returns {string|null} */
  get candidate() {
    return this.frame && "spans" in this.frame ? this.frame.assumed?.id ?? null : null;
  }

  /**
   * Open the frame of a new span, and close it once something else is done.
   *
   * @param {EditorState} state
   * @param {import("../model/types.js").Transaction} transaction
   */
  update(state, { userEvent, changes }) {
    if (this.isOn && userEvent === "add.span" && changes) {
      [this.spanId, this.offered] = [state.selectedId, new Set()];
      this.isDue = true;
      return;
    }
    if (!this.frame && !this.isDue) return;
    const isOver = state.selectedId !== this.spanId || !state.cursor.isFresh || state.selection !== null
      || state.picking?.kind === "start" || !state.editable;
    if (isOver || state.picking) {
      this.isDue = !isOver; // it comes back once the end of its span is picked
      this.#show(null);
    }
    else if (this.numbered.some(({ id }) => !state.spans.has(id))) this.#next(state);
  }

  /** Offer links after labelling, or do not. */
  toggle() {
    this.isOn = !this.isOn;
    if (!this.isOn) this.#show(null);
    this.#say(this.isOn ? gettext("Links are offered after labelling.")
      : gettext("Links are not offered after labelling."));
  }

  /** Choose by number. @param {number} number from 1 */
  pick(number) {
    if (!this.#take(number - 1)) this.#say(interpolate(gettext("There is no number %(number)s."), { number }));
  }

  /** Take what is shown, and go on to the next frame. */
  confirm() {
    if (!this.frame) return;
    const { state, dispatch } = this.store;
    dispatch({ waived: new Set(state.waived).add(`defaults:${this.spanId}`), userEvent: "confirm" });
    const index = assumedIndex(this.frame);
    if (index < 0 || !this.#take(index)) this.#done();
  }

  /** Take nothing, and go on to the next relation. */
  skip() {
    const { frame, store } = this;
    const isChanged = frame !== null && leaveFrame(frame)(store.state, store.dispatch);
    this.#done();
    if (!isChanged) this.#say(this.describe() || gettext("Nothing linked."));
  }

  /** @param {number} index @returns {boolean} whether it could be taken */
  #take(index) {
    const { frame } = this;
    if (!frame || !takeFromFrame(frame, index)(this.store.state, this.store.dispatch)) return false;
    this.#done(true);
    return true;
  }

  /** Go on to the next frame; at a speaker, first to the other content that waits. @param {boolean} [isTaken] */
  #done(isTaken = false) {
    const { frame } = this;
    const mayWait = isTaken && frame && "spans" in frame && !frame.isOutward;
    if (frame && !mayWait) this.offered.add(frame.id);
    this.#next(this.store.state);
  }

  /** @param {EditorState} state */
  #next(state) {
    const span = selectedSpan(state);
    this.#show(span ? frameOf(state, span, this.offered) : null);
  }

  /** @param {Frame|null} frame */
  #show(frame) {
    if (!frame && !this.frame) return;
    this.frame = frame;
    this.bar.hidden = !frame;
    const span = selectedSpan(this.store.state);
    if (frame && span) this.#fill(frame, span);
    this.changed();
  }

  /** @param {Frame} frame @param {Span} span */
  #fill(frame, span) {
    const { state } = this.store;
    const values = labelOf(state.schema, span.label).attributes.filter(({ id }) => span.attributes[id] !== undefined)
      .map(({ id }) => describeValue(state, span.label, `attributes.${id}`, span.attributes[id]));
    const words = this.#words(frame);
    const assumed = assumedIndex(frame);
    const choices = words.map((word, index) => {
      const isAssumed = index === assumed ? "true" : null;
      const button = make("button", { type: "button", class: "button", "aria-current": isAssumed },
        make("kbd", { class: "in-text" }, String(index + 1)), " ", make("bdi", {}, word));
      button.addEventListener("click", () => this.#take(index));
      return button;
    });
    const enter = make("button", { type: "button", class: "button" }, make("kbd", {}, "Enter"), " ",
      assumed >= 0 ? interpolate(gettext("take “%(words)s”"), { words: words[assumed] }) : gettext("none of these"));
    enter.addEventListener("click", () => this.confirm());
    const skip = make("button", { type: "button", class: "button" }, make("kbd", {}, "Esc"), " ", gettext("skip"));
    skip.addEventListener("click", () => this.skip());
    this.bar.replaceChildren(make("strong", { dir: "auto" }, labelOf(state.schema, span.label).name), " ",
      values.join(" · "), " ", make("span", { class: "soft" }, `${titleOf(frame)}:`), " ", ...choices, enter, skip);
  }

  /** Return what has numbers, in words. @param {Frame} frame @returns {string[]} */
  #words(frame) {
    if ("names" in frame) return frame.names;
    return frame.spans.map(({ fragments }) => excerpt(this.store.state.document, fragments, 28));
  }

  /** Return the sentence about the open frame; "" without one. */
  describe() {
    const { frame } = this;
    if (!frame) return "";
    const words = this.#words(frame);
    const assumed = assumedIndex(frame);
    const enter = assumed >= 0 ? interpolate(gettext("Enter takes “%(words)s”."), { words: words[assumed] })
      : gettext("Enter takes none.");
    if (words.length === 1 && assumed === 0) return `${titleOf(frame)}: ${enter}`;
    const numbers = words.slice(0, READ_ALOUD).map((word, index) => `${index + 1}: ${word}`).join("; ");
    return interpolate(gettext("%(relation)s: %(enter)s %(numbers)s"), { relation: titleOf(frame), enter, numbers });
  }

  /** @param {string} announce */
  #say(announce) {
    this.store.dispatch({ userEvent: "link", announce });
  }
}

/** @param {Frame} frame */
function titleOf(frame) {
  const isInward = "spans" in frame && !frame.isOutward;
  return isInward ? interpolate(gettext("%(relation)s this"), { relation: frame.title }) : frame.title;
}
