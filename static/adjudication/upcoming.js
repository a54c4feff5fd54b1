/** Pages of the units that come next, fetched beforehand: an adjudicator can go on while nothing can be sent. */

/** @typedef {import("./exchange.js").PageAnswer} PageAnswer */

/** How long to wait after a page is shown before the next ones are fetched, in milliseconds. */
const DELAY = 600;

/** How many pages are fetched beforehand. */
const AHEAD = 4;

/** The most pages that are kept. */
const MOST = 12;

export class Upcoming {
  /** @type {Map<string, PageAnswer>} pages by unit, the oldest first */
  #pages = new Map();
  #isFetching = false;
  /** @type {string[]} the units that come next */
  #units = [];
  /** @type {Set<string>} decided units: a page that was fetched before still names them as next */
  #decided = new Set();
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;

  /**
   * @param {{get: (url: string) => Promise<PageAnswer>, addressOf: (unit: string) => string, mayFetch: () => boolean}}
   *   parts
   */
  constructor({ get, addressOf, mayFetch }) {
    this.get = get;
    this.addressOf = addressOf;
    this.mayFetch = mayFetch;
  }

  /**
   * Take note of the units that come next, and fetch their pages soon.
   *
   * @param {string[]} units
   */
  expect(units) {
    const open = units.filter((unit) => !this.#decided.has(unit));
    this.#units = [...new Set([...open, ...this.#units])].slice(0, MOST);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#fetch(), DELAY);
  }

  /** @param {string} unit @param {PageAnswer} page */
  keep(unit, page) {
    this.#pages.delete(unit);
    this.#pages.set(unit, page);
    for (const oldest of [...this.#pages.keys()].slice(0, -MOST)) this.#pages.delete(oldest);
  }

  /** Forget a unit that is decided. @param {string} unit */
  forget(unit) {
    this.#decided.add(unit);
    this.#pages.delete(unit);
    this.#units = this.#units.filter((key) => key !== unit);
  }

  /** @param {string} unit */
  page(unit) {
    return this.#pages.get(unit);
  }

  /**
   * Return the page of the next unit that is none of those that wait to be sent.
   *
   * @param {Set<string>} waiting
   */
  next(waiting) {
    const unit = this.#units.find((key) => !waiting.has(key) && this.#pages.has(key));
    return unit === undefined ? undefined : this.#pages.get(unit);
  }

  async #fetch() {
    if (this.#isFetching) return;
    this.#isFetching = true;
    for (let unit = this.#missing(); unit && this.mayFetch(); unit = this.#missing()) {
      const page = await this.get(this.addressOf(unit)).catch(() => null);
      if (page?.outcome !== "done") break;
      this.keep(unit, page);
    }
    this.#isFetching = false;
  }

  /** Return the first of the units that come next whose page is not here yet. */
  #missing() {
    return this.#units.slice(0, AHEAD).find((unit) => !this.#pages.has(unit));
  }
}
