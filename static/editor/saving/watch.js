/** How long after an answer the next request is sent while the page is in use: changes show within two seconds. */
const SHORTEST = 1_500;

/** The same when the page has not been used for long. */
const LONGEST_PAUSE = 30_000;

/** How long the page must be unused before requests become rarer: people read without touching anything. */
const QUIET_MILLISECONDS = 60_000;

/**
 * Fetches changes made elsewhere: often while a visible page is in use, less and less often when it is not, never while
 * it is hidden, and at once when the user comes back to it.
 */
export class Watch {
  /** @type {unknown} */
  #timer = null;
  #wait = SHORTEST;
  #quiet = 0;
  #isFetching = false;

  /**
   * @param {{look: () => Promise<boolean>, isVisible: () => boolean, clock: import("../session.js").Clock}}
   *   surroundings look resolves to whether there were changes, and never rejects
   */
  constructor({ look, isVisible, clock }) {
    this.look = look;
    this.isVisible = isVisible;
    this.clock = clock;
  }

  /** Begin after a while: the page shows what was fetched a moment ago. */
  start() {
    if (this.#isFetching || this.#timer !== null) return;
    this.#timer = this.clock.setTimeout(() => void this.#fetch(), this.#wait);
  }

  /** Take note that the page is in use. */
  touch() {
    this.#quiet = 0;
    if (this.#isFetching || (this.#timer !== null && this.#wait === SHORTEST)) return;
    this.#wait = SHORTEST;
    void this.#fetch();
  }

  async #fetch() {
    this.clock.clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.isVisible()) return;
    this.#isFetching = true;
    const hasChanges = await this.look().finally(() => {
      this.#isFetching = false;
    });
    if (hasChanges) this.#quiet = 0;
    this.#wait = this.#quiet < QUIET_MILLISECONDS ? SHORTEST : Math.min(LONGEST_PAUSE, 2 * this.#wait);
    this.start();
    this.#quiet += this.#wait;
  }
}
