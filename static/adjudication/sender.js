import { gettext } from "../pages/text.js";
import { Queue } from "../saving/queue.js";
import { Recovery } from "../saving/recovery.js";
import { backoff, savingMessage } from "../saving/transport.js";

/**
 * @typedef {import("./exchange.js").Action} Action
 * @typedef {import("./exchange.js").PageAnswer} PageAnswer
 * @typedef {import("../saving/transport.js").Saving} Saving
 * @typedef {{id: string, message: string, action: Action}} Refused an action that was refused after the user went on
 * @typedef {{setTimeout: (work: () => void, milliseconds: number) => unknown, clearTimeout: (timer: any) => void,
 *   random: () => number}} Clock
 * @typedef {object} Surroundings
 * @property {import("./exchange.js").Exchange} exchange
 * @property {import("../saving/outbox.js").Outbox} outbox
 * @property {import("../saving/tabs.js").Locks} locks
 * @property {import("../saving/tabs.js").Channel} channel
 * @property {Clock} clock
 * @property {string} name of the outbox, which is also that of the lock
 * @typedef {object} DeskPage what the page does with what happens
 * @property {(saving: Saving) => void} report
 * @property {(action: Action, answer: PageAnswer, remaining: number) => void} answered the action is saved, or refused
 * @property {(conflicts: Refused[]) => void} addConflicts
 */

/** The longest wait before trying again after signing out, in milliseconds. */
const SIGN_IN_WAIT = 5_000;

const OTHER_USER = gettext("Another user is signed in in this browser.");

/** @type {readonly string[]} */
const CUT_OFF = ["offline", "waiting", "signed_out", "failed"];

/**
 * Sends the actions of an adjudicator once and in order. Whatever fails, they stay in the queue and in the outbox,
 * which outlives the page; an id with each lets the server recognise one that comes twice.
 */
export class Sender {
  /** @type {Promise<void>|null} */
  #running = null;
  #isHalted = false;
  #attempt = 0;
  /** @type {unknown} */
  #timer = null;

  /**
   * @param {Surroundings} surroundings
   * @param {DeskPage} page
   */
  constructor(surroundings, page) {
    this.surroundings = surroundings;
    this.page = page;
    /** @type {Saving} */
    this.saving = { state: "saved", unsent: 0, message: "" };
    /** @type {Queue<Action>} */
    this.queue = new Queue(surroundings.outbox, surroundings.locks.tabId, (action) => action);
    this.recovery = new Recovery(this.queue, surroundings, {
      check: () => this.#adopt(), addConflicts: (conflicts) => page.addConflicts(conflicts) });
  }

  /** Whether the server cannot be reached now, as far as this page knows. */
  get isCutOff() {
    return CUT_OFF.includes(this.saving.state);
  }

  /** @param {Action} action */
  push(action) {
    this.queue.push([action], 0);
    const { isCutOff } = this;
    this.#report(isCutOff ? this.saving.state : "saving");
    if (!isCutOff) void this.flush();
  }

  /** Send what waits now. */
  flush() {
    this.#isHalted = false;
    this.#running ??= this.#loop();
    return this.#running;
  }

  /** Leave out the action that the server refused. */
  async skipRefused() {
    await this.#running;
    const [refused] = this.queue.batch(1);
    if (refused) this.queue.acknowledge(new Set([refused.id]));
    await this.flush();
  }

  /** Take note that the server cannot be reached, or answers again. @param {PageAnswer["outcome"]|"offline"} outcome */
  note(outcome) {
    if (outcome === "done" || outcome === "refused") {
      if (this.queue.size === 0) this.#report("saved");
    } else this.#wait(outcome, 0);
  }

  /** Send what a closed tab left before what this tab has. */
  async #adopt() {
    const restored = /** @type {Action[]} */ (this.queue.restored);
    this.queue.replace([...restored, ...this.queue.applied], 0);
    await this.flush();
  }

  async #loop() {
    const { clock, locks, name } = this.surroundings;
    clock.clearTimeout(this.#timer);
    this.#timer = null;
    let continues = true;
    try {
      while (continues && this.queue.size > 0) {
        continues = await locks.exclusively(`annotator-send ${name}`, () => this.#send());
      }
    } finally {
      this.#running = null;
    }
    if (continues && !this.#isHalted) this.#report("saved");
  }

  /** @returns {Promise<boolean>} whether to continue */
  async #send() {
    const [action] = this.queue.batch(1);
    if (!action) return true;
    if (!this.isCutOff) this.#report("saving");
    const answer = await this.surroundings.exchange.post(action).catch(() => null);
    if (!answer) return this.#wait("offline", 0);
    const { outcome } = answer;
    if (outcome !== "done" && outcome !== "refused") return this.#wait(outcome, answer.retryAfter);
    this.#attempt = 0;
    this.queue.acknowledge(new Set([action.id]));
    if (outcome === "done") this.surroundings.channel.send({ revision: 0 });
    if (this.queue.size > 0) this.#report("saving");
    this.page.answered(action, answer, this.queue.size);
    return true;
  }

  /**
   * @param {PageAnswer["outcome"]|"offline"} outcome
   * @param {number} retryAfter seconds
   * @returns {false}
   */
  #wait(outcome, retryAfter) {
    if (outcome === "failed") {
      this.#isHalted = true;
      this.#report("failed");
      return false;
    }
    const { clock } = this.surroundings;
    const state = outcome === "other_user" ? "signed_out" : outcome;
    const wait = backoff(this.#attempt, clock.random(), retryAfter);
    const longest = state === "signed_out" ? Math.max(SIGN_IN_WAIT, 1000 * retryAfter) : wait;
    clock.clearTimeout(this.#timer);
    if (this.queue.size > 0) this.#timer = clock.setTimeout(() => void this.flush(), Math.min(wait, longest));
    this.#attempt += 1;
    this.#report(/** @type {Saving["state"]} */ (state), outcome === "other_user" ? OTHER_USER : "");
    return false;
  }

  /**
   * @param {Saving["state"]} state
   * @param {string} [detail]
   */
  #report(state, detail = "") {
    const unsent = this.queue.size;
    const canSkip = state === "failed" && unsent > 0;
    this.saving = { state, unsent, message: savingMessage(state, unsent, detail), canSkip };
    this.page.report(this.saving);
  }
}
