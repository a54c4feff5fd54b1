/**
 * @typedef {import("../model/state.js").Store} Store
 * @typedef {import("./outbox.js").Outbox} Outbox
 */

/** Restores what closed pages left in the outbox: unsent changes and open conflicts. */
export class Recovery {
  /** @type {Set<string>} tabs whose drafts this one takes over when they are closed */
  #watched;

  /**
   * @param {Store} store
   * @param {import("./queue.js").Queue} queue
   * @param {{outbox: Outbox, locks: import("./tabs.js").Locks}} surroundings
   * @param {() => Promise<void>} check fetches changes made elsewhere and rebases restored changes onto them
   */
  constructor(store, queue, { outbox, locks }, check) {
    this.store = store;
    this.queue = queue;
    this.outbox = outbox;
    this.locks = locks;
    this.check = check;
    this.#watched = new Set([locks.tabId]);
  }

  /** Restore what is stored. Drafts of an open tab wait until it is closed. */
  async restore() {
    const { drafts, conflicts } = await this.outbox.list();
    const current = this.store.state.conflicts;
    const added = conflicts.filter((conflict) => !current.some((other) => other.id === conflict.id));
    if (added.length > 0) this.store.dispatch({ conflicts: [...current, ...added], userEvent: "restore" });
    for (const owner of new Set(drafts.map((draft) => draft.owner))) {
      if (this.#watched.has(owner)) continue;
      this.#watched.add(owner);
      if (await this.locks.takeOver(owner, () => this.#adopt(owner))) this.#watched.delete(owner);
    }
  }

  /** @param {string} owner id of a closed tab */
  async #adopt(owner) {
    const { drafts } = await this.outbox.list();
    this.queue.restore(drafts.filter((draft) => draft.owner === owner));
    if (this.queue.restored.length > 0) await this.check();
  }
}

/**
 * Store conflicts until they are resolved, so that they outlive the page.
 *
 * @param {Store} store
 * @param {Outbox} outbox
 */
export function keepConflicts(store, outbox) {
  let known = store.state.conflicts;
  store.subscribe(({ state }) => {
    if (state.conflicts === known) return;
    const added = state.conflicts.filter((conflict) => !known.includes(conflict));
    const removed = known.filter((conflict) => !state.conflicts.includes(conflict)).map((conflict) => conflict.id);
    known = state.conflicts;
    void outbox.keepConflicts(removed, added);
  });
}
