import { ChangeRefused } from "../model/changes.js";
import { changeToWire } from "../model/wire.js";
import { Queue } from "./queue.js";
import { Recovery } from "./recovery.js";
import { catchUp } from "./remote_changes.js";
import { backoff, outcomeOf, savingMessage } from "./transport.js";

/**
 * @typedef {import("../model/types.js").Change} Change
 * @typedef {import("../model/types.js").SavingState} SavingState
 * @typedef {import("./transport.js").Answer} Answer
 * @typedef {import("./remote_changes.js").LogEntry} LogEntry
 * @typedef {import("../session.js").Surroundings} Surroundings
 */

/** How many changes go into one request; less when the server finds it too large. */
const MOST_CHANGES = 200;

/** What a browser lets a page send while it closes, in bytes, with room for the rest of the request. */
const LAST_WORDS = 60_000;

const RELOAD = "This page no longer agrees with the server. Load it again.";

/**
 * Sends every change, in order, once: the only place that talks to the server about changes.
 *
 * One request at a time. What happened elsewhere comes with a refusal (409) or is asked for when somebody comes back to
 * the page or another tab tells; own unsent changes are put on top of it. Whatever goes wrong, unsent changes stay in
 * the queue and in the outbox, and `state.saving` says so.
 */
export class Sync {
  /** @type {Promise<void>|null} */
  #running = null;
  /** @type {SavingState|null} why sending waits for somebody to do something */
  #halted = null;
  #mustAsk = false;
  #attempt = 0;
  #most = MOST_CHANGES;
  /** @type {unknown} */
  #timer = null;
  /** @type {string|null} the change that the server refused */
  #refused = null;

  /**
   * @param {import("../model/state.js").Store} store
   * @param {{changesUrl: string, revision: number}} set
   * @param {Surroundings} surroundings
   */
  constructor(store, { changesUrl, revision }, surroundings) {
    const { offsets } = store.state.document;
    this.store = store;
    this.changesUrl = changesUrl;
    this.revision = revision;
    this.surroundings = surroundings;
    this.mine = store.state.editable;
    this.queue = new Queue(surroundings.outbox, surroundings.locks.tabId, (change) => changeToWire(change, offsets));
    this.recovery = new Recovery(store, this.queue, surroundings, () => this.check());
    store.subscribe((update) => this.#record(update));
    surroundings.channel.listen((message) => void (message.revision > this.revision && this.check()));
  }

  /** Send what is waiting, now. True when everything is saved afterwards. */
  async flush() {
    if (this.#halted !== "closed") this.#halted = null;
    await this.#run();
    return this.queue.size === 0;
  }

  /** Ask what happened elsewhere, and send what is waiting. */
  async check() {
    this.#mustAsk = true;
    await this.#run();
  }

  /**
   * Ask what happened elsewhere, unless a request is under way, or waits for its time, that will tell.
   *
   * @returns {Promise<boolean>} whether something had
   */
  async look() {
    if (this.#running !== null || this.#timer !== null || this.#halted === "failed") return false;
    const before = this.revision;
    await this.check();
    return this.revision !== before;
  }

  /**
   * The set was submitted or reopened from this page.
   *
   * @param {boolean} open
   */
  async setOpen(open) {
    this.mine = true;
    this.store.dispatch({ editable: open, userEvent: open ? "reopen" : "submit" });
    if (!open) return;
    this.#halted = null;
    await this.check();
  }

  /** Take the change that the server refused out of the way: it becomes a conflict, the others go on. */
  async setAside() {
    if (this.#refused === null) return;
    await this.#running;
    this.#takeIn([], this.revision, this.#refused);
    this.#refused = null;
    this.#halted = null;
    await this.#run();
  }

  /** Last words of a page that may be closing: what fits goes out without waiting for the answer. */
  leave() {
    if (this.#halted !== null || this.queue.applied.length === 0 || this.queue.restored.length > 0) return;
    const changes = this.queue.batchWithin(MOST_CHANGES, LAST_WORDS);
    if (changes.length === 0) return;
    // The answer does not matter: acknowledged or not, the changes stay in the outbox, and the server knows them again.
    this.surroundings.transport.post(this.changesUrl, this.#body(changes), { keepalive: true }).catch(() => undefined);
  }

  /** @param {import("../model/types.js").Update} update */
  #record({ transaction: { changes = [], conflicts, userEvent } }) {
    if (conflicts && this.#running === null) this.#rest();
    if (changes.length === 0 || userEvent === "remote") return;
    this.queue.push(changes, this.revision);
    const { state } = this.store.state.saving;
    // A question that went unanswered while everything was saved does not hold up a change, nor call it saved.
    const waits = this.#halted !== null || (this.#timer !== null && state !== "saved" && state !== "conflict");
    this.#report(waits ? state : "saving");
    if (!waits) void this.#run();
  }

  #run() {
    this.#running ??= this.#loop();
    return this.#running;
  }

  async #loop() {
    await this.surroundings.turn?.(); // what follows does not hold up the key that led here
    this.surroundings.clock.clearTimeout(this.#timer);
    this.#timer = null;
    let going = true;
    try {
      for (let step = this.#nextStep(); step && going; step = this.#nextStep()) {
        going = await this.surroundings.locks.exclusively(`annotator-send ${this.changesUrl}`, step);
      }
    } finally {
      this.#running = null;
    }
    if (going) this.#rest();
  }

  #rest() {
    if (this.#halted !== null || this.#timer !== null || this.queue.size > 0) return;
    this.#report(this.store.state.conflicts.length > 0 ? "conflict" : "saved");
  }

  /** @returns {(() => Promise<boolean>)|null} null when there is nothing to do */
  #nextStep() {
    const ready = this.#halted === null && this.queue.size > 0;
    if (this.#mustAsk || (ready && this.queue.restored.length > 0)) return () => this.#ask();
    return ready ? () => this.#send() : null;
  }

  /** @returns {Promise<boolean>} whether to go on */
  async #ask() {
    const since = this.queue.sinceWhen(this.revision);
    const answer = await this.#answer(this.surroundings.transport.get(`${this.changesUrl}?since=${since}`));
    if (!answer) return false;
    const outcome = outcomeOf(answer);
    if (outcome !== "done") return this.#stop(outcome, answer);
    this.#mustAsk = false;
    const open = answer.body.state === "open";
    if (!open) this.#close(this.queue.size > 0 ? "closed" : null);
    if (!open && this.queue.restored.length > 0) return false;
    if (open && this.mine && !this.store.state.editable) this.store.dispatch({ editable: true, userEvent: "reopen" });
    if (open && this.#halted === "closed") this.#halted = null;
    return this.#takeIn(answer.body.changes, answer.body.revision) || this.#fail(RELOAD);
  }

  /** @returns {Promise<boolean>} whether to go on */
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
      this.#mustAsk = !this.#takeIn(answer.body.changes, answer.body.revision);
      return true;
    }
    if (outcome !== "done") return this.#stop(outcome, answer, body.changes[0].id);
    this.#most = MOST_CHANGES;
    this.revision = answer.body.revision;
    this.queue.acknowledge(new Set([...answer.body.applied, ...answer.body.duplicates]));
    this.surroundings.channel.tell({ revision: this.revision });
    return true;
  }

  /**
   * @param {LogEntry[]} entries of the log, up to the revision
   * @param {number} revision
   * @param {string|null} [refused] id of an own change to leave out
   * @returns {boolean} false when these entries do not lead from the revision of this page to the other
   */
  #takeIn(entries, revision, refused = null) {
    const news = entries.filter((entry) => entry.revision > this.revision);
    if (revision - this.revision !== news.length) return false;
    const known = new Set(entries.map((entry) => entry.id));
    try {
      catchUp(this.store, this.queue, { news, known, revision, refused });
    } catch (error) {
      if (!(error instanceof ChangeRefused)) throw error;
      return false;
    }
    this.revision = revision;
    return true;
  }

  /**
   * @param {Promise<Answer>} promise
   * @returns {Promise<Answer|null>} null when none came
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
   * @param {import("./transport.js").Outcome} outcome
   * @param {Answer} answer
   * @param {string|null} [first] id of the first change that was sent
   * @returns {boolean} whether to go on: no
   */
  #stop(outcome, { body, retryAfter }, first = null) {
    if (outcome === "closed") return this.#close("closed");
    if (outcome === "signed_out") return this.#wait("signed_out", retryAfter);
    if (outcome === "waiting" || outcome === "stale") return this.#wait("waiting", retryAfter);
    this.#refused = outcome === "too_large" ? first : body.change_id ?? null;
    return this.#fail(typeof body.detail === "string" ? body.detail : "");
  }

  /**
   * @param {"waiting"|"offline"|"signed_out"} state
   * @param {number} retryAfter seconds
   * @returns {false}
   */
  #wait(state, retryAfter) {
    const { clock } = this.surroundings;
    this.#timer = clock.setTimeout(() => void this.#run(), backoff(this.#attempt, clock.random(), retryAfter));
    this.#attempt += 1;
    // While everything is saved, a question that goes unanswered is no worry.
    if (this.queue.size > 0 || state === "signed_out") this.#report(state);
    return false;
  }

  /** @param {"closed"|null} halted */
  #close(halted) {
    this.#halted = halted;
    if (this.store.state.editable) this.store.dispatch({ editable: false, userEvent: "submit" });
    if (halted) this.#report(halted);
    return false;
  }

  /**
   * @param {string} detail
   * @returns {false}
   */
  #fail(detail) {
    this.#mustAsk = false;
    this.#halted = "failed";
    this.#report("failed", detail);
    return false;
  }

  /**
   * @param {SavingState} state
   * @param {string} [detail]
   */
  #report(state, detail = "") {
    const unsent = this.queue.size;
    const { saving } = this.store.state;
    const canSetAside = state === "failed" && this.#refused !== null;
    const message = state === "failed" && saving.state === "failed" && !detail ? saving.message
      : savingMessage(state, unsent, detail);
    if (saving.state === state && saving.unsent === unsent && saving.message === message) return;
    this.store.dispatch({ saving: { state, unsent, message, canSetAside }, userEvent: "saving" });
  }

  /** @param {Change[]} changes as on the wire */
  #body(changes) {
    return { base_revision: this.revision, sha256: this.store.state.document.sha256, changes };
  }
}
