/** As much of the Web Locks API as the editor uses: exclusive locks, granted in order, and `ifAvailable`. */
export class LockManagerDouble {
  /** @type {Map<string, (() => void)[]>} who waits for each lock that is held */
  #waiting = new Map();

  held() {
    return [...this.#waiting.keys()];
  }

  /**
   * @param {string} name
   * @param {any} optionsOrWork
   * @param {any} [maybeWork]
   */
  request(name, optionsOrWork, maybeWork) {
    const work = maybeWork ?? optionsOrWork;
    const waiting = this.#waiting.get(name);
    if (waiting && maybeWork && optionsOrWork.ifAvailable) return Promise.resolve(work(null));
    if (waiting) return new Promise((resolve) => waiting.push(() => resolve(this.#hold(name, work))));
    this.#waiting.set(name, []);
    return this.#hold(name, work);
  }

  /**
   * Let go of a lock: its holder is done, or its tab is gone.
   *
   * @param {string} name
   */
  drop(name) {
    const next = this.#waiting.get(name)?.shift();
    if (next) next();
    else this.#waiting.delete(name);
  }

  /**
   * @param {string} name
   * @param {any} work
   */
  async #hold(name, work) {
    try {
      return await work({ name });
    } finally {
      this.drop(name);
    }
  }
}
