/**
 * @typedef {import("../model/state.js").Store} Store
 * @typedef {import("./outbox.js").Outbox} Outbox
 */

/** Brings back what closed pages left in the outbox: changes not sent, and conflicts that nobody settled. */
export class Recovery {
  /** @type {Set<string>} tabs whose drafts this one takes over when they are gone */
  #watched;

  /**
   * @param {Store} store
   * @param {import("./queue.js").Queue} queue
   * @param {{outbox: Outbox, locks: import("./tabs.js").Locks}} surroundings
   * @param {() => Promise<void>} check asks the server what happened meanwhile, and puts restored changes on top of it
   */
  constructor(store, queue, { outbox, locks }, check) {
    this.store = store;
    this.queue = queue;
    this.outbox = outbox;
    this.locks = locks;
    this.check = check;
    this.#watched = new Set([locks.tabId]);
  }

  /** Bring back what is there. What belongs to a tab that is open waits until that is gone. */
  async restore() {
    const { drafts, conflicts } = await this.outbox.list();
    const known = this.store.state.conflicts;
    const more = conflicts.filter((conflict) => !known.some((other) => other.id === conflict.id));
    if (more.length > 0) this.store.dispatch({ conflicts: [...known, ...more], userEvent: "restore" });
    for (const owner of new Set(drafts.map((draft) => draft.owner))) {
      if (this.#watched.has(owner)) continue;
      this.#watched.add(owner);
      if (await this.locks.takeOver(owner, () => this.#adopt(owner))) this.#watched.delete(owner);
    }
  }

  /** @param {string} owner id of a tab that is gone */
  async #adopt(owner) {
    const { drafts } = await this.outbox.list();
    this.queue.restore(drafts.filter((draft) => draft.owner === owner));
    if (this.queue.restored.length > 0) await this.check();
  }
}

/**
 * Conflicts stay until somebody settled them, also when the page is closed before that.
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
