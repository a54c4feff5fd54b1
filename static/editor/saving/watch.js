/** How long after an answer the next question comes while somebody is at the page: seen within two seconds. */
const SHORTEST = 1_500;

/** The same when nobody has stirred for long. */
const LONGEST = 30_000;

/** How long nobody has to stir before questions become rarer: people read without touching anything. */
const PATIENCE = 60_000;

/**
 * Asks what happened elsewhere: every moment while somebody is at a page that can be seen, more and more seldom when
 * nobody stirs, not at all while the page is hidden, and at once when somebody comes back to it.
 */
export class Watch {
  /** @type {unknown} */
  #timer = null;
  #wait = SHORTEST;
  #quiet = 0;
  #isAsking = false;

  /**
   * @param {{look: () => Promise<boolean>, isVisible: () => boolean,
   *   clock: import("../session.js").Clock}} surroundings look answers whether there was news, and is never rejected
   */
  constructor({ look, isVisible, clock }) {
    this.look = look;
    this.isVisible = isVisible;
    this.clock = clock;
  }

  /** Somebody is at the page. */
  stir() {
    this.#quiet = 0;
    if (this.#isAsking || (this.#timer !== null && this.#wait === SHORTEST)) return;
    this.#wait = SHORTEST;
    void this.#ask();
  }

  async #ask() {
    this.clock.clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.isVisible()) return;
    this.#isAsking = true;
    const hasNews = await this.look().finally(() => {
      this.#isAsking = false;
    });
    if (hasNews) this.#quiet = 0;
    this.#wait = this.#quiet < PATIENCE ? SHORTEST : Math.min(LONGEST, 2 * this.#wait);
    this.#timer = this.clock.setTimeout(() => void this.#ask(), this.#wait);
    this.#quiet += this.#wait;
  }
}
