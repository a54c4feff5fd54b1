/** Whether the work is safe: state of saving, submitted or open, and what could not be kept. Submits and reopens. */

import { keepTheirs, takeMine } from "../commands/conflicts.js";
import { timeInWords } from "../saving/timer.js";
import { find, make } from "./elements.js";


/**
 * @typedef {import("../model/types.js").EditorState} EditorState
 * @typedef {import("../model/types.js").Saving} Saving
 * @typedef {import("../model/types.js").Conflict} Conflict
 * @typedef {import("../model/types.js").Command} Command
 * @typedef {import("../model/state.js").Store} Store
 * @typedef {"open"|"submitted"|"adjudicated"} SetState
 * @typedef {(() => Promise<void>)|null} Action rejects with an Error that says why; null for those who may not
 * @typedef {{submit: Action, reopen: Action, flush: () => Promise<boolean>, setAside: () => Promise<void>,
 *   rescue: () => string}} Actions `flush` tells whether everything is saved; `setAside` takes a refused change out of
 *   the way; `rescue` gives what stands on the page as a file that can be imported
 * @typedef {{kind: "success"|"info"|"warning"|"error", text: string, buttons?: [string, () => unknown][]}} Notice
 */

const SAVING = /** @type {const} */ ("saving");

export class StatusView {
  /** @param {{store: Store, setState: SetState, actions: Actions}} parts */
  constructor({ store, setState, actions }) {
    this.store = store;
    this.setState = setState;
    this.actions = actions;
    this.saving = find("#saving");
    this.savingText = find("#saving-text");
    this.notices = find("#notices");
    this.submit = find("#submit");
    this.reopen = find("#reopen");
    this.problem = "";
    this.written = "";
    this.isLeaving = false;
    /** Whether there is a change that the sender has not taken up yet. */
    this.isFresh = false;
  }

  listen() {
    this.submit.addEventListener("click", () => this.#act("submit", "submitted"));
    this.reopen.addEventListener("click", () => this.#act("reopen", "open"));
    const next = document.querySelector("#next");
    if (next instanceof HTMLFormElement) next.addEventListener("submit", (event) => this.#leave(event, next));
  }

  /**
   * @param {"submit"|"reopen"} action
   * @param {SetState} state
   */
  async #act(action, state) {
    const send = this.actions[action];
    if (!send || this[action].getAttribute("aria-disabled") === "true") return;
    this[action].setAttribute("aria-disabled", "true");
    this.problem = "";
    try {
      await send();
      this.setState = state;
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
    this[action].removeAttribute("aria-disabled");
    const done = this.setState === "open" ? "Reopened. You can change it again." : "Submitted.";
    this.store.dispatch({ selection: null, userEvent: `${action}.done`, announce: this.problem || done });
    this.update(this.store.state); // what gets the focus has to be there
    const other = this.setState === "open" ? this.submit : this.reopen;
    if (!this.problem) other.focus();
  }

  /**
   * The next document waits until everything here is saved; asked twice, it comes anyway.
   *
   * @param {SubmitEvent} event
   * @param {HTMLFormElement} form
   */
  #leave(event, form) {
    if (this.isLeaving || this.store.state.saving.unsent === 0) return;
    event.preventDefault();
    this.isLeaving = true;
    void this.actions.flush().then((isSaved) => {
      if (isSaved) form.requestSubmit();
      else this.tell("Some changes could not be sent yet. They are kept in this browser and sent when you open this "
        + "text again. Press Next once more to go on.");
    });
  }

  /** @param {string} problem */
  tell(problem) {
    this.problem = problem;
    this.store.dispatch({ userEvent: "problem", announce: problem });
  }

  /**
   * Take note of a transaction, before it is shown: nothing unsent bears the sign of what is saved, even for a frame.
   *
   * @param {import("../model/types.js").Transaction} transaction
   */
  note(transaction) {
    if (transaction.saving) this.isFresh = false;
    else if (transaction.changes?.length && transaction.userEvent !== "remote") this.isFresh = true;
    if (this.isFresh && this.saving.dataset.state === "saved") this.saving.dataset.state = SAVING; // words follow
  }

  /** @param {EditorState} state */
  update(state) {
    const saving = this.isFresh && state.saving.state === "saved" ? { ...state.saving, state: SAVING } : state.saving;
    if (saving.state === "closed" && this.setState === "open") this.setState = "submitted";
    this.#showSaving(saving);
    showOrHide(this.submit, this.actions.submit !== null && this.setState === "open");
    showOrHide(this.reopen, this.actions.reopen !== null && this.setState === "submitted");
    this.#show(this.#noticesOf(state), state);
  }

  /** @param {Saving} saving */
  #showSaving(saving) {
    const words = savingWords(saving);
    if (this.saving.dataset.state !== saving.state) this.saving.dataset.state = saving.state;
    if (this.savingText.textContent !== words) this.savingText.textContent = words;
  }

  /**
   * @param {Notice[]} notices
   * @param {EditorState} state
   */
  #show(notices, state) {
    const written = JSON.stringify([notices, state.conflicts.map((conflict) => conflict.id)]);
    if (written === this.written) return;
    this.written = written;
    const made = notices.map(({ kind, text, buttons = [] }) => make("div", { class: `notice notice--${kind} cluster` },
      make("span", {}, text), ...buttons.map(([face, act]) => actionButton(face, act))));
    this.notices.replaceChildren(...made, ...(state.conflicts.length > 0 ? [this.#conflicts(state)] : []));
  }

  /** @param {EditorState} state */
  #noticesOf(state) {
    const { setState } = this;
    const { saving } = state;
    const canReopen = this.actions.reopen !== null;
    /** @type {Notice[]} */
    const notices = [];
    if (this.problem) notices.push({ kind: "error", text: this.problem });
    if (setState === "submitted") {
      notices.push({ kind: "success", text: canReopen ? "Submitted. Reopen to change." : "Submitted." });
    }
    if (setState === "adjudicated") {
      notices.push({ kind: "success", text: "Adjudicated. It can no longer be changed." });
    }
    if (setState === "open" && !state.editable) {
      notices.push({ kind: "info", text: "You can read this set, not change it." });
    }
    if (state.storageWarning) notices.push({ kind: "warning", text: state.storageWarning });
    const trouble = this.#trouble(saving);
    return trouble ? [...notices, trouble] : notices;
  }

  /** @param {Saving} saving @returns {Notice|null} */
  #trouble({ state, message, unsent, canSetAside }) {
    if (!message) return null;
    if (state === "signed_out") {
      return { kind: "warning", text: message, buttons: [["I have signed in again", () => this.actions.flush()]] };
    }
    /** @type {[string, () => unknown]} */
    const asFile = ["Save my work as a file", () => download(this.actions.rescue())];
    if (state === "closed") return unsent > 0 ? { kind: "warning", text: message, buttons: [asFile] } : null;
    if (state !== "failed") return null;
    /** @type {[string, () => unknown][]} */
    const buttons = [["Try again", () => this.actions.flush()]];
    if (canSetAside) buttons.push(["Set that change aside", () => this.actions.setAside()]);
    if (unsent > 0) buttons.push(asFile);
    return { kind: "error", text: message, buttons };
  }

  /** @param {EditorState} state */
  #conflicts(state) {
    const run = (/** @type {Command} */ command) => command(this.store.state, this.store.dispatch);
    const items = state.conflicts.map((conflict) => make("li", {}, make("p", {}, conflict.message),
      make("p", { class: "cluster" }, actionButton("Leave it", () => run(keepTheirs(conflict.id))),
        actionButton("Do it my way", () => run(takeMine(conflict.id))))));
    return make("div", { class: "notice notice--warning" },
      make("p", {}, "This set was changed elsewhere meanwhile. Your work was put on top of that, except for:"),
      make("ul", { class: "conflicts" }, ...items));
  }
}

/**
 * @param {string} face
 * @param {() => unknown} act
 */
function actionButton(face, act) {
  const button = make("button", { type: "button", class: "button" }, face);
  button.addEventListener("click", () => void act());
  return button;
}

/**
 * Written only when it changes: what is written again makes the browser work again.
 *
 * @param {HTMLElement} element
 * @param {boolean} isShown
 */
function showOrHide(element, isShown) {
  if (element.hidden === isShown) element.hidden = !isShown;
}

/** @param {string} text */
function download(text) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
  make("a", { href: url, download: "my-work.jsonl" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** @param {Saving} saving */
function savingWords({ state, unsent }) {
  const kept = `${unsent} ${unsent === 1 ? "change" : "changes"} not sent`;
  switch (state) {
    case "saved": return "All changes saved";
    case "saving": return "Saving…";
    case "offline": return `${kept}: offline`;
    case "waiting": return `${kept}: trying again`;
    case "signed_out": return unsent > 0 ? `${kept}: signed out` : "Signed out";
    case "conflict": return "Changed elsewhere";
    case "closed": return unsent > 0 ? `${kept}: closed` : "Closed";
    case "failed": return `${kept}: refused`;
  }
}

/** How long the person has been at work on this text. The style sheet hides it from those who do not like to see it. */


/** @param {import("../saving/timer.js").Timer|null} timer null where no time is measured */
export function showTime(timer) {
  if (!timer) return;
  const place = find("#active-time");
  const update = () => {
    place.textContent = `${timeInWords(timer.seconds)} at work`;
  };
  timer.changed = update;
  update();
}
