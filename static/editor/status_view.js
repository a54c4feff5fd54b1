/** Whether the work is safe: state of saving, submitted or open, and what could not be kept. Submits and reopens. */

import { describe } from "./describe.js";
import { find, make } from "./elements_view.js";

/**
 * @typedef {import("./types.js").EditorState} EditorState
 * @typedef {import("./types.js").Saving} Saving
 * @typedef {import("./types.js").Conflict} Conflict
 * @typedef {import("./state.js").Store} Store
 * @typedef {"open"|"submitted"|"adjudicated"} SetState
 * @typedef {(() => Promise<void>)|null} Action rejects with an Error that says why; null for those who may not
 */

export class StatusView {
  /**
   * @param {{store: Store, setState: SetState, submit: Action, reopen: Action}} parts
   */
  constructor({ store, setState, submit, reopen }) {
    this.store = store;
    this.setState = setState;
    this.actions = { submit, reopen };
    this.saving = find("#saving");
    this.savingText = find("#saving-text");
    this.notices = find("#notices");
    /** @type {HTMLButtonElement} */
    this.submit = find("#submit");
    /** @type {HTMLButtonElement} */
    this.reopen = find("#reopen");
    this.problem = "";
    this.written = "";
  }

  listen() {
    this.submit.addEventListener("click", () => this.#act("submit", "submitted"));
    this.reopen.addEventListener("click", () => this.#act("reopen", "open"));
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
    const editable = this.setState === "open";
    const done = editable ? "Reopened. You can change it again." : "Submitted.";
    this.store.dispatch({ editable, selection: null, userEvent: action, announce: this.problem || done });
    const next = editable ? this.submit : this.reopen;
    if (!this.problem && !next.hidden) next.focus();
  }

  /** @param {EditorState} state */
  update(state) {
    const { saving } = state;
    if (saving.state === "closed" && this.setState === "open") this.setState = "submitted";
    const words = savingWords(saving);
    if (this.saving.dataset.state !== saving.state) this.saving.dataset.state = saving.state;
    if (this.savingText.textContent !== words) this.savingText.textContent = words;
    this.submit.hidden = !this.actions.submit || this.setState !== "open";
    this.reopen.hidden = !this.actions.reopen || this.setState !== "submitted";
    this.#writeNotices(state);
  }

  /** @param {EditorState} state */
  #writeNotices(state) {
    const notices = noticesOf(state, this.setState, this.actions.reopen !== null);
    if (this.problem) notices.unshift({ kind: "error", text: this.problem });
    const written = JSON.stringify([notices, state.conflicts.map((conflict) => conflict.id)]);
    if (written === this.written) return;
    this.written = written;
    const made = notices.map(({ kind, text }) => make("p", { class: `notice notice--${kind}` }, text));
    this.notices.replaceChildren(...made, ...(state.conflicts.length > 0 ? [this.#conflicts(state)] : []));
  }

  /** @param {EditorState} state */
  #conflicts(state) {
    const items = state.conflicts.map((conflict) => make("li", {}, conflict.message, " ",
      make("span", { class: "soft" }, `Not kept: ${describe(state, conflict.change)}.`)));
    const button = make("button", { type: "button", class: "button" }, "I have seen this");
    button.addEventListener("click", () => this.store.dispatch({ conflicts: [], userEvent: "conflicts.seen" }));
    return make("div", { class: "notice notice--warning" },
      make("p", {}, "This set was changed elsewhere meanwhile. Your work was put on top of that, except for:"),
      make("ul", {}, ...items), button);
  }
}

/** @param {Saving} saving */
function savingWords({ state, unsent, message }) {
  const kept = `${unsent} ${unsent === 1 ? "change" : "changes"} not sent`;
  switch (state) {
    case "saved": return "All changes saved";
    case "saving": return "Saving…";
    case "offline": return `${kept}: offline`;
    case "waiting": return `${kept}: trying again`;
    case "signed_out": return `${kept}: signed out`;
    case "conflict": return "Changed elsewhere";
    case "closed": return unsent > 0 ? `${kept}: closed` : "Closed";
    case "failed": return message ? `${kept}: refused` : kept;
  }
}

/**
 * @param {EditorState} state
 * @param {SetState} setState
 * @param {boolean} canReopen
 */
function noticesOf(state, setState, canReopen) {
  /** @type {{kind: string, text: string}[]} */
  const notices = [];
  const { saving } = state;
  const add = (/** @type {string} */ kind, /** @type {string} */ text) => void notices.push({ kind, text });
  if (setState === "submitted") add("success", canReopen ? "Submitted. Reopen to change." : "Submitted.");
  if (setState === "adjudicated") add("success", "Adjudicated. It can no longer be changed.");
  if (setState === "open" && !state.editable) add("info", "You can read this set, not change it.");
  if (saving.state === "signed_out") {
    add("warning", "You are signed out. Your changes are kept here: sign in again in another tab and come back.");
  }
  if (["failed", "closed"].includes(saving.state) && saving.unsent > 0) add("error", saving.message);
  if (state.storageWarning) add("warning", state.storageWarning);
  return notices;
}
