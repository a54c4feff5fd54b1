/**
 * @typedef {{client: LockClient, begin: () => void}} Waiting
 */

/** The part of the Web Locks API that the editor uses, for a browser with several tabs; see `client`. */
export class LockManagerDouble {
  /** @type {Map<string, {holder: LockClient, waiting: Waiting[]}>} */
  locks = new Map();

  /** Return what one tab has as `navigator.locks`. */
  client() {
    return new LockClient(this);
  }
}

/** Exclusive locks, granted in order, and `ifAvailable`; closing a tab releases all its locks. */
export class LockClient {
  #isGone = false;

  /** @param {LockManagerDouble} manager */
  constructor(manager) {
    this.manager = manager;
  }

  /**
   * @param {string} name
   * @param {any} optionsOrWork
   * @param {any} [maybeWork]
   */
  request(name, optionsOrWork, maybeWork) {
    if (this.#isGone) return new Promise(() => {});
    const work = maybeWork ?? optionsOrWork;
    const lock = this.manager.locks.get(name);
    if (lock && maybeWork && optionsOrWork.ifAvailable) return Promise.resolve(work(null));
    if (!lock) return this.#hold(name, work, []);
    return new Promise((resolve) => {
      lock.waiting.push({ client: this, begin: () => resolve(this.#hold(name, work, lock.waiting)) });
    });
  }

  /** Close the tab. */
  close() {
    this.#isGone = true;
    for (const [name, lock] of this.manager.locks) {
      lock.waiting = lock.waiting.filter((each) => each.client !== this);
      if (lock.holder === this) this.#release(name);
    }
  }

  /**
   * @param {string} name
   * @param {any} work
   * @param {Waiting[]} waiting
   */
  async #hold(name, work, waiting) {
    this.manager.locks.set(name, { holder: this, waiting });
    try {
      return await work({ name });
    } finally {
      if (this.manager.locks.get(name)?.holder === this) this.#release(name);
    }
  }

  /** @param {string} name */
  #release(name) {
    const next = this.manager.locks.get(name)?.waiting.shift();
    if (next) next.begin();
    else this.manager.locks.delete(name);
  }
}
