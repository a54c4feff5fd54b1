/**
 * The review before submitting: one finding after another, at its place in the text. Enter goes to the next, W waives,
 * Y and N answer the tomorrow test, Ctrl + Enter submits all the same. While a person works, only their number shows.
 */

import { gettext, interpolate, ngettext } from "../../pages/text.js";
import { moveCursorTo, selectSpan } from "../commands/index.js";
import { findingsOf } from "../model/review/findings.js";
import { nearestToken } from "../model/text/document.js";
import { find, make } from "./elements.js";

/**
 * @typedef {import("../model/review/findings.js").Finding} Finding
 * @typedef {import("../model/review/findings.js").Definition} Definition
 * @typedef {{definition: Definition, isOn: boolean}} Review the schema as it is stored, and whether the project has the
 *   review
 */

/** Findings are counted this long after the last change, so that they do not delay a key. */
const REST_MILLISECONDS = 800;

/** In longer sets the findings are counted only when the review is opened. */
const MOST_SPANS = 2_000;

export class ReviewView {
  /** @type {Finding[]} */
  findings = [];
  index = 0;
  /** What to do when nothing is left, or all the same. @type {(() => unknown)|null} */
  proceed = null;
  timer = 0;
  /** @type {ReturnType<typeof import("../tomorrow.js").openTomorrow>|null} */
  tomorrow = null;
  /** Settled once the tomorrow test is loaded, or cannot be. @type {Promise<unknown>} */
  ready = Promise.resolve();

  /**
   * @param {{store: import("../model/state.js").Store, review: Review, focusText: () => void,
   *   personal: {tomorrow_module: string}}} parts
   */
  constructor({ store, review, focusText, personal }) {
    this.store = store;
    this.tomorrowUrl = personal.tomorrow_module;
    this.review = review;
    this.focusText = focusText;
    this.bar = find("#review");
    this.opener = find("#hints-open");
  }

  get isOpen() {
    return !this.bar.hidden;
  }

  listen() {
    if (!this.review.isOn) return;
    const { labels } = this.store.state.schema;
    if (labels.has("Denial") && labels.has("Hedge")) this.ready = this.#load();
    this.opener.addEventListener("click", () => this.#open());
    this.bar.addEventListener("keydown", (event) => this.#press(event));
    this.store.subscribe(({ transaction }) => {
      if (transaction.changes?.length || transaction.waived || transaction.setState) this.#schedule();
    });
    this.#schedule();
  }

  /** Load the tomorrow test; when the server cannot be reached, the review does without its questions. */
  #load() {
    return import(this.tomorrowUrl).then(({ openTomorrow }) => {
      this.tomorrow = openTomorrow();
      this.#schedule();
    }, () => undefined);
  }

  /**
   * Submit when nothing is missing or the review is open already; else open the review.
   *
   * @param {() => unknown} submit
   */
  start(submit) {
    void this.ready.then(() => this.#start(submit));
  }

  /** @param {() => unknown} submit */
  #start(submit) {
    const isDone = !this.review.isOn || this.isOpen || this.#findings().length === 0;
    this.close();
    if (isDone) return void submit();
    this.proceed = submit;
    this.#open();
  }

  close() {
    if (this.bar.contains(document.activeElement)) this.focusText();
    this.bar.hidden = true;
    this.proceed = null;
  }

  #findings() {
    const { state } = this.store;
    const { definition } = this.review;
    const asked = this.tomorrow?.questionsOf(state, definition, state.waived) ?? [];
    return [...findingsOf(state, definition, state.waived), ...asked]
      .sort((a, b) => a.start - b.start || a.end - b.end);
  }

  #schedule() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.#count(), REST_MILLISECONDS);
  }

  #count() {
    const { state } = this.store;
    const isCounted = state.editable && (this.isOpen || (state.spans.size > 0 && state.spans.size <= MOST_SPANS));
    const key = this.findings[this.index]?.key;
    this.findings = isCounted ? this.#findings() : [];
    const count = this.findings.length;
    this.opener.hidden = count === 0;
    this.opener.textContent = interpolate(ngettext("%(count)s hint", "%(count)s hints", count), { count });
    if (!this.isOpen) return;
    if (!state.editable) return this.close();
    const index = this.findings.findIndex((other) => other.key === key);
    this.index = index < 0 ? Math.min(this.index, Math.max(0, count - 1)) : index;
    this.#draw();
  }

  #open() {
    this.findings = this.#findings();
    this.index = 0;
    this.bar.hidden = false;
    this.#show();
  }

  /** Draw the current finding, and select its place in the text. @param {string} [said] what was done before */
  #show(said = "") {
    this.#draw();
    const current = this.findings[this.index];
    if (current) this.#goTo(current, said);
    this.bar.querySelector("button")?.focus({ preventScroll: true });
  }

  /** @param {Finding} current @param {string} said */
  #goTo({ spanId, start, message }, said) {
    const { state, dispatch } = this.store;
    if (spanId !== null) selectSpan(spanId)(state, dispatch);
    else if (state.spans.size > 0) moveCursorTo(nearestToken(state.document, start), false)(state, dispatch);
    dispatch({ userEvent: "review", announce: `${said} ${message}`.trim() });
  }

  #draw() {
    const hadFocus = this.bar.contains(document.activeElement);
    const current = this.findings[this.index];
    const values = { number: this.index + 1, count: this.findings.length };
    const head = current ? interpolate(gettext("Before you submit: %(number)s of %(count)s"), values)
      : gettext("Before you submit: nothing is left.");
    const buttons = current ? [
      ...(current.isQuestion ? [this.#button(gettext("Yes: denial"), "Y", () => this.#answer(current, true)),
        this.#button(gettext("No: hedge"), "N", () => this.#answer(current, false))] : []),
      this.#button(gettext("Next"), "Enter", () => this.#step(1), "button--primary"),
      this.#button(gettext("Waive"), "W", () => this.#waive([current])),
      ...(this.#alike(current).length > 1 ? [this.#button(gettext("Waive all of this kind"), "Shift + W",
        () => this.#waive(this.#alike(current)))] : []),
      this.#button(gettext("Submit all the same"), "Ctrl + Enter", () => this.#submit()),
    ] : [this.#button(gettext("Submit"), "Enter", () => this.#submit(), "button--primary")];
    this.bar.replaceChildren(make("h2", { id: "review-heading", class: "small" }, head),
      make("p", { dir: "auto" }, current?.message ?? ""),
      make("p", { class: "cluster" }, ...buttons, this.#button(gettext("Close"), "Esc", () => this.close())));
    if (hadFocus) this.bar.querySelector("button")?.focus({ preventScroll: true });
  }

  /**
   * @param {string} face
   * @param {string} key
   * @param {() => void} act
   * @param {string} [kind]
   */
  #button(face, key, act, kind = "") {
    const button = make("button", { type: "button", class: `button ${kind}` }, face, " ",
      make("kbd", { "aria-hidden": "true" }, key));
    button.addEventListener("click", act);
    return button;
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const key = event.key.toLowerCase();
    const letter = event.ctrlKey || event.metaKey || event.altKey ? "" : letterOf(event);
    const current = this.findings[this.index];
    if (key === "escape") this.close();
    else if (letter === "w" && current) this.#waive(event.shiftKey ? this.#alike(current) : [current]);
    else if ((letter === "y" || letter === "n") && current?.isQuestion) this.#answer(current, letter === "y");
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {Finding} current @param {boolean} isContradicted */
  #answer({ spanId }, isContradicted) {
    const { state, dispatch } = this.store;
    let said = "";
    const answer = spanId === null ? null : this.tomorrow?.answerTomorrow(spanId, isContradicted);
    const isAnswered = answer?.(state, (transaction) => {
      said = transaction.announce ?? "";
      dispatch(transaction);
    });
    if (!isAnswered) return;
    this.findings = this.#findings();
    this.index = Math.min(this.index, Math.max(0, this.findings.length - 1));
    this.#show(said);
  }

  /** @param {number} by */
  #step(by) {
    this.index = (this.index + by) % Math.max(1, this.findings.length);
    this.#show();
  }

  /** @param {Finding} current */
  #alike({ key }) {
    const rule = key.slice(0, key.indexOf(":") + 1);
    return this.findings.filter((other) => other.key.startsWith(rule));
  }

  /** @param {Finding[]} findings */
  #waive(findings) {
    const keys = findings.map(({ key }) => key);
    this.store.dispatch({ waived: new Set([...this.store.state.waived, ...keys]), userEvent: "waive",
      announce: interpolate(ngettext("%(count)s hint waived.", "%(count)s hints waived.", keys.length),
        { count: keys.length }) });
    this.findings = this.#findings();
    this.index = Math.min(this.index, Math.max(0, this.findings.length - 1));
    this.#show();
  }

  #submit() {
    const submit = this.proceed ?? (() => find("#submit").click());
    if (this.proceed === null) return void submit(); // the click comes back to start(), which is open and submits
    this.close();
    submit();
  }
}

/**
 * Return the letter of a key: the one that it has on it, or on keyboards of other scripts that of its place.
 *
 * @param {KeyboardEvent} event
 */
function letterOf({ key, code }) {
  return /^[\x21-\x7e]$/u.test(key) ? key.toLowerCase() : code.replace(/^Key/u, "").toLowerCase();
}
