/** As much of the Web Locks API as the editor uses: exclusive locks, in order, and `ifAvailable`. */
export class LockManagerDouble {
  /** @type {Map<string, Promise<unknown>>} */
  #tails = new Map();
  /** @type {Set<string>} */
  #held = new Set();

  held() {
    return [...this.#held];
  }

  /**
   * @param {string} name
   * @param {any} optionsOrWork
   * @param {any} [maybeWork]
   */
  request(name, optionsOrWork, maybeWork) {
    const work = maybeWork ?? optionsOrWork;
    if (maybeWork && optionsOrWork.ifAvailable && this.#held.has(name)) return Promise.resolve(work(null));
    const before = this.#held.has(name) ? this.#tails.get(name) : undefined;
    this.#held.add(name);
    const run = (async () => {
      await before;
      this.#held.add(name);
      try {
        return await work({ name });
      } finally {
        this.#held.delete(name);
      }
    })();
    this.#tails.set(name, run.catch(() => undefined));
    return run;
  }

  /**
   * The tab that held a lock is gone.
   *
   * @param {string} name
   */
  drop(name) {
    this.#held.delete(name);
    this.#tails.delete(name);
  }
}
