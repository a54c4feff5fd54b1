/**
 * @typedef {[number, number]} Period from, to: milliseconds since 1970
 * @typedef {object} TimeKeep what could not be reported, for pages that come later; nothing of it throws
 * @property {() => Period[]} take what pages before this one left; it is this one's from now on
 * @property {(periods: Period[]) => void} keep in place of what this page kept before; nothing for none
 */

/** A pause longer than this is no work: nobody reads that long without moving anything. */
const IDLE = 60_000;

/** How often what is new is reported and shown. */
const MINUTE = 60_000;

/** Nobody stirs between two moments nearer than this; counting them would cost more than it tells. */
const STEP = 1_000;

/** The server takes no more periods at a time. */
const MOST_PERIODS = 400;

/**
 * Measures when somebody is at work at this page and reports it. Work is what lies between two stirs (keys, pointer,
 * scrolling) less than a minute apart; not while the page is hidden. Reports hold moments, not sums, so that the server
 * counts time once that comes twice or from two windows.
 */
export class Timer {
  /** @type {number|null} when somebody stirred last; null when nobody is there */
  #last = null;
  /** @type {Period[]} not acknowledged; the last one grows while somebody is at work */
  #periods;
  /** @type {unknown} */
  #timer = null;
  #isSending = false;

  /**
   * @param {object} surroundings
   * @param {(periods: Period[], options: {keepalive: boolean}) => Promise<number|null>} surroundings.send answers the
   *   seconds that the server has counted, null when the report did not arrive; never rejected
   * @param {TimeKeep} surroundings.keep
   * @param {() => number} surroundings.now milliseconds since 1970
   * @param {import("../session.js").Clock} surroundings.clock
   * @param {() => boolean} surroundings.isCounted whether time spent now is work
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
    /** Called when there is more to show. */
    this.changed = () => {};
  }

  /** Seconds of work on the set, by anybody's window, as far as this page knows. */
  get seconds() {
    return this.counted + Math.floor(this.#periods.reduce((sum, [start, end]) => sum + end - start, 0) / 1000);
  }

  /** Somebody is at the page. */
  stir() {
    const now = this.now();
    const since = this.#last === null ? Infinity : now - this.#last;
    if ((since >= 0 && since < STEP) || !this.isCounted()) return;
    if (since >= 0 && since <= IDLE) this.#periods[this.#periods.length - 1][1] = now;
    else this.#periods.push([now, now]);
    this.#last = now;
    this.#wait();
  }

  /** Nobody can see the page any more, or it was handed in: work ends here. */
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
 * A time of work in words.
 *
 * @param {number} seconds
 */
export function timeInWords(seconds) {
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * Periods of work that were not reported, in the storage of this browser: each page under a key of its own.
 *
 * Where the browser forbids to store, a page that closes off line takes them with it; of the work nothing is lost.
 *
 * @param {{storage: () => Storage, name: string, tabId: string}} options name is that of person and set; storage may
 *   throw
 * @returns {TimeKeep}
 */
export function openTimeKeep({ storage, name, tabId }) {
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
    const found = keys.flatMap((key) => JSON.parse(store.getItem(key) ?? "[]"));
    for (const key of keys) store.removeItem(key);
    keep(found);
    return found;
  }, /** @type {Period[]} */ ([]));
  return { take, keep };
}
