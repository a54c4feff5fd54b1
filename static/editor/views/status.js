/** The state of the set: saved or not, open or submitted, and the conflicts. Submits and reopens it. */

import { gettext, interpolate } from "../../pages/text.js";
import { makeButton, makeNotice, showSaving, troubleOf } from "../../saving/indicator.js";
import { keepTheirs, takeMine } from "../commands/conflicts.js";
import { formatDuration } from "../saving/timer.js";
import { find, make } from "./elements.js";

/**
 * @typedef {import("../model/types.js").EditorState} EditorState
 * @typedef {import("../model/types.js").Saving} Saving
 * @typedef {import("../model/types.js").Conflict} Conflict
 * @typedef {import("../model/types.js").Command} Command
 * @typedef {import("../model/state.js").Store} Store
 * @typedef {(() => Promise<void>)|null} Action rejects with an Error that gives the reason; null for
 *   those who may not
 * @typedef {{reopenUrl: string, setId: number, title: string, until: number}} JustSubmitted
 * @typedef {{submit: Action, reopen: Action, reopenUrl: string|null, reopenOther: (url: string) => Promise<void>,
 *   openSet: (setId: number) => Promise<void>, openNext: () => Promise<boolean>, setId: number,
 *   flush: () => Promise<boolean>, skipRefused: () => Promise<void>, exportWork: () => string}} Actions `reopenOther`
 *   reopens another set; `openSet` and `openNext` show another document on this page, the latter returns false when
 *   none was assigned; `flush` returns whether everything is saved; `skipRefused` skips a refused change; `exportWork`
 *   returns the work on the page as a file that can be imported
 * @typedef {import("../../saving/indicator.js").Notice} Notice
 */

/** How long submitting can be undone. */
const UNDO_MILLISECONDS = 10_000;

/** Where the page stores what it has submitted, for the page of the next document. */
const SUBMITTED = "annotator-just-submitted";

const SAVING = /** @type {const} */ ("saving");

const NOT_SUBMITTED = gettext("This document is not submitted. Submit it to get the next one.");

export class StatusView {
  /**
   * @param {{store: Store, actions: Actions, beforeSubmit: (submit: () => void) => void}} parts beforeSubmit calls the
   *   function when the user has seen what may be missing
   */
  constructor({ store, actions, beforeSubmit }) {
    this.store = store;
    this.beforeSubmit = beforeSubmit;
    this.actions = actions;
    this.saving = find("#saving");
    this.savingText = find("#saving-text");
    this.notices = find("#notices");
    this.submit = find("#submit");
    this.reopen = find("#reopen");
    /** @type {HTMLButtonElement|null} */
    this.next = document.querySelector("#next button");
    /** Whether the user wants to leave a document that is not submitted. */
    this.asksToSubmit = false;
    /** The document submitted a moment ago, perhaps on the page before. @type {JustSubmitted|null} */
    this.justSubmitted = null;
    this.problem = "";
    this.written = "";
    this.isLeaving = false;
    this.isOpening = false;
    /** Whether there is a change that sending has not started with. */
    this.hasNewChange = false;
  }

  listen() {
    this.submit.addEventListener("click", () => this.beforeSubmit(() => void this.#act("submit")));
    this.reopen.addEventListener("click", () => this.#act("reopen"));
    this.#offerUndo(recallSubmitted());
    const next = document.querySelector("#next");
    if (next instanceof HTMLFormElement) next.addEventListener("submit", (event) => this.#leave(event, next));
  }

  /** @param {"submit"|"reopen"} action */
  async #act(action) {
    const send = this.actions[action];
    if (!send || this[action].getAttribute("aria-disabled") === "true") return;
    this[action].setAttribute("aria-disabled", "true");
    const focused = document.activeElement;
    this.problem = "";
    this.asksToSubmit = false;
    try {
      await send();
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
    this[action].removeAttribute("aria-disabled");
    if (!this.problem) this.#offerUndo(action === "reopen" ? null : this.#submittedNow());
    const done = action === "reopen" ? gettext("Reopened. You can make changes again.") : gettext("Submitted.");
    this.store.dispatch({ ...(action === "submit" && { selection: null }),
      userEvent: this.problem ? "problem" : `${action}.done`, announce: this.problem || done });
    this.update(this.store.state); // the button that gets the focus must be visible
    if (!this.problem) this.#moveFocus(action, focused);
  }

  /**
   * Move the focus to what comes next, unless the user has moved it. Reopening leads to the text and not to Submit:
   * the Enter of a user who goes on labelling would submit.
   *
   * @param {"submit"|"reopen"} action
   * @param {Element|null} before what had the focus when the action began
   */
  #moveFocus(action, before) {
    if (![before, document.body].includes(document.activeElement)) return;
    (action === "reopen" ? find("#text") : this.next ?? this.reopen).focus();
  }

  /**
   * Open the next document only when this one is submitted and everything is saved; pressed again, open it anyway.
   *
   * @param {SubmitEvent} event
   * @param {HTMLFormElement} form
   */
  #leave(event, form) {
    if (this.isLeaving) return;
    event.preventDefault();
    if (this.isOpening) return;
    if (this.store.state.setState === "open" && this.actions.submit) {
      this.asksToSubmit = true;
      this.store.dispatch({ userEvent: "refused", announce: NOT_SUBMITTED });
      return;
    }
    void this.#goOn(form);
  }

  /** Open the next document on this page, or else as a page of its own. @param {HTMLFormElement} form */
  async #goOn(form) {
    this.isOpening = true;
    const isSaved = this.store.state.saving.unsent === 0 || await this.actions.flush();
    const isOpen = isSaved && await this.actions.openNext();
    this.isOpening = false;
    if (isOpen) return;
    this.isLeaving = true;
    if (isSaved) form.requestSubmit();
    else this.report(gettext("Some changes are stored in this browser but not saved. Press Next again to continue."));
  }

  /** @param {string} problem */
  report(problem) {
    this.problem = problem;
    this.store.dispatch({ userEvent: "problem", announce: problem });
  }

  /**
   * Take note of a transaction before it is shown, so that no unsent change is shown as saved, even for a frame.
   *
   * @param {import("../model/types.js").Transaction} transaction
   */
  note(transaction) {
    if (transaction.saving) this.hasNewChange = false;
    else if (transaction.changes?.length && transaction.userEvent !== "remote") this.hasNewChange = true;
    if (this.hasNewChange && this.saving.dataset.state === "saved") this.saving.dataset.state = SAVING;
  }

  /** @param {EditorState} state */
  update(state) {
    const isOutdated = this.hasNewChange && state.saving.state === "saved";
    const saving = isOutdated ? { ...state.saving, state: SAVING, message: "" } : state.saving;
    showSaving({ element: this.saving, words: this.savingText }, saving);
    showOrHide(this.submit, this.actions.submit !== null && state.setState === "open");
    showOrHide(this.reopen, this.actions.reopen !== null && state.setState === "submitted");
    this.next?.classList.toggle("button--primary", state.setState !== "open" || this.actions.submit === null);
    this.#show(this.#noticesOf(state), state);
  }

  /**
   * @param {Notice[]} notices
   * @param {EditorState} state
   */
  #show(notices, state) {
    const written = JSON.stringify([notices, state.conflicts.map((conflict) => conflict.id)]);
    if (written === this.written) return;
    this.written = written;
    const conflicts = state.conflicts.length > 0 ? [this.#conflicts(state)] : [];
    this.notices.replaceChildren(...notices.map(makeNotice), ...conflicts);
  }

  /** @param {EditorState} state */
  #noticesOf(state) {
    const { saving, setState } = state;
    /** @type {Notice[]} */
    const notices = [];
    if (this.problem) notices.push({ kind: "error", text: this.problem });
    if (this.asksToSubmit && setState === "open") {
      notices.push({ kind: "info", text: NOT_SUBMITTED, buttons: [
        [gettext("Submit and open next"), () => this.beforeSubmit(() => void this.#act("submit").then(() =>
          !this.problem && this.next?.click()))],
        [gettext("Go on annotating"), () => this.#dismiss()]] });
    }
    notices.push(...this.#submittedNotices(setState));
    if (setState === "adjudicated") {
      notices.push({ kind: "success", text: gettext("Adjudicated. It can no longer be changed.") });
    }
    if (setState === "open" && !state.editable) {
      notices.push({ kind: "info", text: gettext("Read-only") });
    }
    if (state.storageWarning) notices.push({ kind: "warning", text: state.storageWarning });
    const trouble = troubleOf(saving, this.actions);
    return trouble ? [...notices, trouble] : notices;
  }

  /** @param {EditorState["setState"]} setState @returns {Notice[]} */
  #submittedNotices(setState) {
    const { justSubmitted } = this;
    /** @type {[string, () => unknown][]} */
    const undo = justSubmitted ? [[gettext("Undo submit"), () => this.#undoSubmit(justSubmitted)]] : [];
    const isHere = justSubmitted?.setId === this.actions.setId;
    /** @type {Notice[]} */
    const notices = [];
    if (justSubmitted && !isHere) {
      const text = interpolate(gettext("Submitted “%(title)s”."), { title: justSubmitted.title });
      notices.push({ kind: "success", text, buttons: undo });
    }
    if (setState !== "submitted") return notices;
    const text = this.actions.reopen ? gettext("Submitted. Reopen it to make changes.") : gettext("Submitted.");
    return [...notices, { kind: "success", text, buttons: isHere ? undo : [] }];
  }

  /** @returns {JustSubmitted|null} */
  #submittedNow() {
    const { reopenUrl, setId } = this.actions;
    if (!reopenUrl) return null;
    return { reopenUrl, setId, title: this.store.state.document.title,
      until: Date.now() + UNDO_MILLISECONDS };
  }

  /**
   * Offer to undo submitting for a few seconds, also on the page of the next document.
   *
   * @param {JustSubmitted|null} what
   */
  #offerUndo(what) {
    this.justSubmitted = what;
    rememberSubmitted(what);
    if (!what) return;
    setTimeout(() => {
      if (this.justSubmitted !== what) return;
      this.justSubmitted = null;
      this.update(this.store.state);
    }, what.until - Date.now());
  }

  /** @param {JustSubmitted} what */
  async #undoSubmit({ reopenUrl, setId }) {
    if (setId === this.actions.setId) return this.#act("reopen");
    try {
      await this.actions.reopenOther(reopenUrl);
      rememberSubmitted(null);
      await this.actions.openSet(setId);
    } catch (error) {
      this.report(error instanceof Error ? error.message : String(error));
    }
  }

  #dismiss() {
    this.asksToSubmit = false;
    this.update(this.store.state);
    find("#text").focus();
  }

  /** @param {EditorState} state */
  #conflicts(state) {
    const run = (/** @type {Command} */ command) => command(this.store.state, this.store.dispatch);
    const items = state.conflicts.map((conflict) => make("li", {}, make("p", {}, conflict.message),
      make("p", { class: "cluster" },
        makeButton(gettext("Keep the other change"), () => run(keepTheirs(conflict.id))),
        makeButton(gettext("Make my change"), () => run(takeMine(conflict.id))))));
    return make("div", { class: "notice notice--warning" },
      make("p", {}, gettext("This set was also changed elsewhere. Your changes were added, except for:")),
      make("ul", { class: "conflicts" }, ...items));
  }
}

/** @returns {JustSubmitted|null} what the page before has submitted, while that can be undone */
function recallSubmitted() {
  try {
    const what = JSON.parse(sessionStorage.getItem(SUBMITTED) ?? "null");
    return what && what.until > Date.now() ? what : null;
  } catch {
    return null; // the browser allows no storage
  }
}

/** @param {JustSubmitted|null} what */
function rememberSubmitted(what) {
  try {
    if (what) sessionStorage.setItem(SUBMITTED, JSON.stringify(what));
    else sessionStorage.removeItem(SUBMITTED);
  } catch {
    // without storage, only this page offers to undo
  }
}

/**
 * Show or hide an element. Attributes are written only when they change, since each write costs the browser work.
 *
 * @param {HTMLElement} element
 * @param {boolean} isShown
 */
function showOrHide(element, isShown) {
  if (element.hidden === isShown) element.hidden = !isShown;
}

/** Show the active time on this set. The style sheet hides it for people who have chosen so. */


/** @param {import("../saving/timer.js").Timer|null} timer null where time is not measured */
export function showActiveTime(timer) {
  if (!timer) return;
  const element = find("#active-time");
  const update = () => {
    element.textContent = interpolate(gettext("Working time: %(time)s"), { time: formatDuration(timer.seconds) });
  };
  timer.changed = update;
  update();
}
