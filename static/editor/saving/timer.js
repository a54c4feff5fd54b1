import { gettext, interpolate } from "../../pages/text.js";

/**
 * @typedef {[number, number]} Period from, to: milliseconds since 1970
 * @typedef {object} TimeStore periods that could not be reported, for later pages; its functions never throw
 * @property {() => Period[]} take the periods that earlier pages left, which belong to this page from now on
 * @property {(periods: Period[]) => void} keep store the periods of this page in place of those before
 */

/** A longer pause is not active time: people do not read that long without moving anything. */
const IDLE = 60_000;

/** How often new time is reported and shown. */
const MINUTE = 60_000;

/** Activity within this time of the last one is not counted again, which would cost more than it adds. */
const TICK_MILLISECONDS = 1_000;

/** The most periods that the server accepts at a time. */
const MOST_PERIODS = 400;

/**
 * Measures and reports the time that a person is active on this page: the time between two activities (keys, pointer,
 * scrolling) less than a minute apart, while the page is visible. Reports contain periods, not sums, so that the server
 * counts time only once that arrives twice or from two windows.
 */
export class Timer {
  /** @type {number|null} the last activity; null while there is none */
  #last = null;
  /** @type {Period[]} not acknowledged; the last one grows during activity */
  #periods;
  /** @type {unknown} */
  #timer = null;
  #isSending = false;

  /**
   * @param {object} surroundings
   * @param {(periods: Period[], options: {keepalive: boolean}) => Promise<number|null>} surroundings.send resolves
   *   to the seconds that the server has counted, null when the report did not arrive; never rejects
   * @param {TimeStore} surroundings.keep
   * @param {() => number} surroundings.now milliseconds since 1970
   * @param {import("../session.js").Clock} surroundings.clock
   * @param {() => boolean} surroundings.isCounted whether time counts now
   * @param {number} counted seconds that the server has counted before
   */
  constructor({ send, keep, now, clock, isCounted }, counted) {
    this.send = send;
    this.keep = keep;
    this.now = now;
    this.clock = clock;
    this.isCounted = isCounted;
    this.counted = counted;
    this.#periods = keep.take();
    /** Called when there is more time to show. */
    this.changed = () => {};
  }

  /** The active seconds on the set in all windows, as far as this page knows. */
  get seconds() {
    return this.counted + Math.floor(this.#periods.reduce((sum, [start, end]) => sum + end - start, 0) / 1000);
  }

  /** Take note of an activity. */
  touch() {
    const now = this.now();
    const since = this.#last === null ? Infinity : now - this.#last;
    if ((since >= 0 && since < TICK_MILLISECONDS) || !this.isCounted()) return;
    if (since >= 0 && since <= IDLE) this.#periods[this.#periods.length - 1][1] = now;
    else this.#periods.push([now, now]);
    this.#last = now;
    this.#wait();
  }

  /** End the active time, because the page is hidden or the set was submitted. */
  async pause() {
    const now = this.now();
    const last = this.#periods.at(-1);
    if (last && this.#last !== null && now >= this.#last && now - this.#last <= IDLE) last[1] = now;
    this.#last = null;
    this.keep.keep(this.#unsent());
    await this.#report({ keepalive: true });
  }

  async #tick() {
    this.#timer = null;
    await this.#report({ keepalive: false });
    const isThere = this.#last !== null && this.now() - this.#last <= IDLE;
    if (isThere || this.#unsent().length > 0) this.#wait();
  }

  #wait() {
    if (this.#timer === null) this.#timer = this.clock.setTimeout(() => void this.#tick(), MINUTE);
  }

  /** @param {{keepalive: boolean}} options */
  async #report(options) {
    const sent = this.#unsent().slice(0, MOST_PERIODS);
    if (this.#isSending || sent.length === 0) return;
    this.#isSending = true;
    const counted = await this.send(sent, options);
    this.#isSending = false;
    if (counted !== null) this.#acknowledge(sent, counted);
    this.keep.keep(this.#last === null || counted === null ? this.#unsent() : []);
    this.changed();
  }

  /**
   * @param {Period[]} sent
   * @param {number} counted
   */
  #acknowledge(sent, counted) {
    const ends = new Map(sent);
    this.counted = counted;
    this.#periods = this.#periods.map(([start, end]) => [ends.get(start) ?? start, end]);
    const current = this.#periods.at(-1);
    this.#periods = this.#periods.filter((period) => period[0] < period[1] || period === current);
  }

  /** @returns {Period[]} */
  #unsent() {
    return this.#periods.filter(([start, end]) => start < end).map(([start, end]) => [start, end]);
  }
}

/**
 * Return a duration in words.
 *
 * @param {number} seconds
 */
export function formatDuration(seconds) {
  const minutes = Math.floor(seconds / 60);
  const values = { hours: Math.floor(minutes / 60), minutes: minutes % 60 };
  return interpolate(minutes < 60 ? gettext("%(minutes)s min") : gettext("%(hours)s h %(minutes)s min"), values);
}

/**
 * Return the store of periods that were not reported, in the storage of this browser: each page has a key of its own.
 *
 * Where the browser does not allow storage, a page that closes offline loses its periods, but no changes.
 *
 * @param {{storage: () => Storage, name: string, tabId: string}} options name is that of person and set; storage may
 *   throw
 * @returns {TimeStore}
 */
export function openTimeStore({ storage, name, tabId }) {
  const prefix = `${name}-time-`;
  /** @type {<T>(work: (storage: Storage) => T, otherwise: T) => T} */
  const attempt = (work, otherwise) => {
    try {
      return work(storage());
    } catch {
      return otherwise; // full or forbidden
    }
  };
  const keep = (/** @type {Period[]} */ periods) => attempt((store) => {
    if (periods.length > 0) store.setItem(prefix + tabId, JSON.stringify(periods));
    else store.removeItem(prefix + tabId);
  }, undefined);
  const take = () => attempt((store) => {
    const keys = Object.keys(store).filter((key) => key.startsWith(prefix));
    const periods = keys.flatMap((key) => JSON.parse(store.getItem(key) ?? "[]"));
    for (const key of keys) store.removeItem(key);
    keep(periods);
    return periods;
  }, /** @type {Period[]} */ ([]));
  return { take, keep };
}
