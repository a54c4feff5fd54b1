import { gettext } from "../../pages/text.js";
import { ChangeRefused } from "../model/changes.js";
import { changeToWire } from "../model/wire.js";
import { Queue } from "../../saving/queue.js";
import { Recovery } from "../../saving/recovery.js";
import { addConflicts } from "./conflicts.js";
import { applyRemoteChanges } from "./remote_changes.js";
import { backoff, outcomeOf, savingMessage } from "../../saving/transport.js";

/**
 * @typedef {import("../model/types.js").Change} Change
 * @typedef {import("../model/types.js").SavingState} SavingState
 * @typedef {import("../model/types.js").EditorState} EditorState
 * @typedef {import("../../saving/transport.js").Answer} Answer
 * @typedef {import("./remote_changes.js").LogEntry} LogEntry
 * @typedef {import("../session.js").Surroundings} Surroundings
 */

/** The most changes in one request; fewer when the server finds the request too large. */
const MOST_CHANGES = 200;

/** The most bytes of changes that a browser sends for a page that closes, with space for the rest of the request. */
const LAST_BYTES = 60_000;

/** The longest wait before trying again after signing out, in milliseconds. */
const SIGN_IN_WAIT = 5_000;

const OTHER_USER = gettext("Another user is signed in in this browser.");

/** What is said when the state of the set was changed elsewhere. @type {Record<EditorState["setState"], string>} */
const STATE_WORDS = Object.freeze({
  open: gettext("This annotation set was reopened elsewhere. You can make changes again."),
  submitted: gettext("This annotation set was submitted elsewhere."),
  adjudicated: gettext("The document was adjudicated. It can no longer be changed."),
});

const RELOAD = gettext("This page no longer matches the server. Reload it.");

/**
 * Sends every change once and in order: the only place that exchanges changes with the server.
 *
 * One request runs at a time. Changes made elsewhere arrive with a refusal (409), or are requested when the user comes
 * back to the page or another tab reports them; own unsent changes are rebased onto them. Whatever fails, unsent
 * changes stay in the queue and in the outbox, and `state.saving` says so.
 */
export class Sync {
  /** @type {Promise<void>|null} */
  #running = null;
  /** @type {SavingState|null} why sending waits for the user */
  #halted = null;
  #mustFetch = false;
  #attempt = 0;
  #most = MOST_CHANGES;
  /** @type {unknown} */
  #timer = null;
  /** Whether the server refuses this user the set, as after a change of their role. */
  #hasNoAccess = false;
  /** @type {string|null} the change that the server refused */
  #refused = null;
  /** Why the server refused, in its words. */
  #reason = "";

  /**
   * @param {import("../model/state.js").Store} store
   * @param {{changesUrl: string, revision: number, isOwn?: boolean}} set isOwn: whether the user may change the set
   *   while it is open
   * @param {Surroundings} surroundings
   */
  constructor(store, { changesUrl, revision, isOwn = store.state.editable }, surroundings) {
    const { offsets } = store.state.document;
    this.store = store;
    this.changesUrl = changesUrl;
    this.revision = revision;
    this.surroundings = surroundings;
    this.isOwn = isOwn;
    const toWire = (/** @type {Change} */ change) => changeToWire(change, offsets);
    this.queue = new Queue(surroundings.outbox, surroundings.locks.tabId, toWire);
    this.recovery = new Recovery(this.queue, surroundings, { check: () => this.check(),
      addConflicts: (conflicts) => addConflicts(store, conflicts) });
    store.subscribe((update) => this.#record(update));
    surroundings.channel.listen(({ revision: later, state = store.state.setState }) =>
      void ((later > this.revision || state !== store.state.setState) && this.check()));
  }

  /** Restore what closed pages left unsent. Before this, the page does not say that everything is saved. */
  async restore() {
    await this.recovery.restore();
    if (this.#running === null) this.#rest();
  }

  /** Send all waiting changes now. Return whether everything is saved. */
  async flush() {
    if (this.#halted !== "closed") this.#halted = null;
    const sent = this.#run();
    if (this.queue.size > 0) await sent;
    return this.queue.size === 0;
  }

  /** Fetch changes made elsewhere, and send those that are waiting. */
  async check() {
    this.#mustFetch = true;
    await this.#run();
  }

  /**
   * Fetch changes made elsewhere, unless a request is running or waiting.
   *
   * @returns {Promise<boolean>} whether there were any
   */
  async look() {
    if (this.#running !== null || this.#timer !== null || this.#halted === "failed") return false;
    const before = this.revision;
    await this.check();
    return this.revision !== before;
  }

  /**
   * Take note that the set was submitted or reopened on this page, and report it to the other tabs.
   *
   * @param {boolean} open
   */
  async setOpen(open) {
    await this.#running; // its answer may be older than the new state
    this.isOwn = true;
    const state = open ? "open" : "submitted";
    this.store.dispatch({ setState: state, editable: open, userEvent: open ? "reopen" : "submit" });
    this.surroundings.channel.send({ revision: this.revision, state });
    if (!open) return;
    this.#halted = null;
    await this.check();
  }

  /** Skip the change that the server refused: it becomes a conflict, and the others are sent. */
  async skipRefused() {
    if (this.#refused === null) return;
    await this.#running;
    this.#apply([], this.revision, this.#refused);
    this.#refused = null;
    this.#halted = null;
    await this.#run();
  }

  /** Send as many changes as a closing page can, without waiting for the answer. */
  leave() {
    if (this.#halted !== null || this.queue.applied.length === 0 || this.queue.restored.length > 0) return;
    const changes = this.queue.batchWithin(MOST_CHANGES, LAST_BYTES);
    if (changes.length === 0) return;
    // The answer does not matter: the changes stay in the outbox, and the server recognises them when they come again.
    this.surroundings.transport.post(this.changesUrl, this.#body(changes), { keepalive: true }).catch(() => undefined);
  }

  /** @param {import("../model/types.js").Update} update */
  #record({ transaction: { changes = [], conflicts, userEvent } }) {
    if (conflicts && this.#running === null) this.#rest();
    if (changes.length === 0 || userEvent === "remote") return;
    this.queue.push(changes, this.revision);
    const { state } = this.store.state.saving;
    // A failed request while everything was saved does not delay a change, nor make it look saved.
    const waits = this.#halted !== null || (this.#timer !== null && state !== "saved" && state !== "conflict");
    this.#report(waits ? state : "saving");
    if (!waits) void this.#run();
  }

  #run() {
    this.#running ??= this.#loop();
    return this.#running;
  }

  async #loop() {
    await this.surroundings.turn?.(); // after the change is on the screen
    this.surroundings.clock.clearTimeout(this.#timer);
    this.#timer = null;
    let continues = true;
    try {
      for (let step = this.#nextStep(); step && continues; step = this.#nextStep()) {
        continues = await this.surroundings.locks.exclusively(`annotator-send ${this.changesUrl}`, step);
      }
    } finally {
      this.#running = null;
    }
    if (continues) this.#rest();
  }

  #rest() {
    if (this.#halted !== null || this.#timer !== null || this.queue.size > 0) return;
    this.#report(this.store.state.conflicts.length > 0 ? "conflict" : "saved");
  }

  /** @returns {(() => Promise<boolean>)|null} null when nothing is left to do */
  #nextStep() {
    const ready = this.#halted === null && this.queue.size > 0;
    if (this.#mustFetch || (ready && this.queue.restored.length > 0)) return () => this.#fetch();
    return ready ? () => this.#send() : null;
  }

  /** @returns {Promise<boolean>} whether to continue */
  async #fetch() {
    const since = this.queue.earliestBase(this.revision);
    const answer = await this.#answer(this.surroundings.transport.get(`${this.changesUrl}?since=${since}`));
    if (!answer) return false;
    const outcome = outcomeOf(answer);
    if (outcome !== "done") return this.#stop(outcome, answer);
    this.#mustFetch = false;
    const open = answer.body.state === "open";
    if (!open) this.#close(this.queue.size > 0 ? "closed" : null, answer.body.state);
    if (!open && this.queue.restored.length > 0) return false;
    if (open) this.#noteState("open");
    if (open && (this.#halted === "closed" || this.#hasNoAccess)) this.#halted = null;
    this.#hasNoAccess = false;
    return this.#apply(answer.body.changes, answer.body.revision) || this.#fail(RELOAD);
  }

  /** @returns {Promise<boolean>} whether to continue */
  async #send() {
    const body = this.#body(this.queue.batch(this.#most));
    this.#report("saving");
    const answer = await this.#answer(this.surroundings.transport.post(this.changesUrl, body));
    if (!answer) return false;
    const outcome = outcomeOf(answer);
    if (outcome === "too_large" && body.changes.length > 1) {
      this.#most = body.changes.length >> 1;
      return true;
    }
    if (outcome === "stale" && answer.body.revision !== this.revision) {
      this.#mustFetch = !this.#apply(answer.body.changes, answer.body.revision);
      return true;
    }
    if (outcome !== "done") return this.#stop(outcome, answer, body.changes[0].id);
    this.#most = MOST_CHANGES;
    this.revision = answer.body.revision;
    this.queue.acknowledge(new Set([...answer.body.applied, ...answer.body.duplicates]));
    this.surroundings.channel.send({ revision: this.revision });
    return true;
  }

  /**
   * @param {LogEntry[]} entries of the log up to the revision
   * @param {number} revision
   * @param {string|null} [refused] id of an own change to skip
   * @returns {boolean} false when these entries do not lead from the revision of this page to that revision
   */
  #apply(entries, revision, refused = null) {
    const newEntries = entries.filter((entry) => entry.revision > this.revision);
    if (revision - this.revision !== newEntries.length) return false;
    const knownIds = new Set(entries.map((entry) => entry.id));
    try {
      applyRemoteChanges(this.store, this.queue, { entries: newEntries, knownIds, revision, refused });
    } catch (error) {
      if (!(error instanceof ChangeRefused)) throw error;
      return false;
    }
    this.revision = revision;
    return true;
  }

  /**
   * @param {Promise<Answer>} promise
   * @returns {Promise<Answer|null>} null when none arrived
   */
  async #answer(promise) {
    try {
      const answer = await promise;
      if (outcomeOf(answer) !== "waiting") this.#attempt = 0;
      return answer;
    } catch {
      this.#wait("offline", 0);
      return null;
    }
  }

  /**
   * @param {import("../../saving/transport.js").Outcome} outcome
   * @param {Answer} answer
   * @param {string|null} [first] id of the first change that was sent
   * @returns {boolean} whether to continue: no
   */
  #stop(outcome, { body, retryAfter }, first = null) {
    if (outcome === "closed") return this.#close("closed", body.state);
    if (outcome === "signed_out") {
      return this.#wait("signed_out", retryAfter, body.code === "other_user" ? OTHER_USER : "");
    }
    if (outcome === "waiting" || outcome === "stale") return this.#wait("waiting", retryAfter);
    this.#hasNoAccess = outcome === "no_access";
    this.#refused = outcome === "too_large" ? first : body.change_id ?? null;
    return this.#fail(typeof body.detail === "string" ? body.detail : "");
  }

  /**
   * @param {"waiting"|"offline"|"signed_out"} state
   * @param {number} retryAfter seconds
   * @param {string} [detail] why, where the state alone does not say it
   * @returns {false}
   */
  #wait(state, retryAfter, detail = "") {
    const { clock } = this.surroundings;
    const wait = backoff(this.#attempt, clock.random(), retryAfter);
    // A person signs in while looking at another window: this page continues soon after.
    const longest = state === "signed_out" ? Math.max(SIGN_IN_WAIT, 1000 * retryAfter) : wait;
    this.#timer = clock.setTimeout(() => void this.#run(), Math.min(wait, longest));
    this.#attempt += 1;
    // While everything is saved, a failed request need not be reported.
    if (this.queue.size > 0 || state === "signed_out") this.#report(state, detail);
    return false;
  }

  /**
   * @param {"closed"|null} halted
   * @param {EditorState["setState"]} [state] of the set, as the server says
   * @returns {false}
   */
  #close(halted, state = "submitted") {
    this.#halted = halted;
    this.#noteState(state);
    if (halted) this.#report(halted);
    return false;
  }

  /** @param {EditorState["setState"]} setState of the set on the server */
  #noteState(setState) {
    const { setState: before, editable: couldChange } = this.store.state;
    const editable = this.isOwn && setState === "open";
    if (before === setState && couldChange === editable) return;
    this.store.dispatch({ setState, editable, userEvent: editable ? "reopen" : "submit",
      announce: before === setState ? "" : STATE_WORDS[setState] });
  }

  /**
   * @param {string} detail
   * @returns {false}
   */
  #fail(detail) {
    this.#mustFetch = false;
    this.#halted = "failed";
    this.#reason = detail;
    this.#report("failed");
    return false;
  }

  /**
   * @param {SavingState} state
   * @param {string} [detail]
   */
  #report(state, detail = "") {
    const { saving } = this.store.state;
    const unsent = this.queue.size;
    const canSkip = state === "failed" && this.#refused !== null;
    const message = savingMessage(state, unsent, state === "failed" ? this.#reason : detail);
    if (saving.state === state && saving.unsent === unsent && saving.message === message) return;
    this.store.dispatch({ saving: { state, unsent, message, canSkip }, userEvent: "saving" });
  }

  /** @param {Change[]} changes as on the wire */
  #body(changes) {
    return { base_revision: this.revision, sha256: this.store.state.document.sha256, changes };
  }
}
