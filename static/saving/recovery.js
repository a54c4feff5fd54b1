/** @typedef {import("./outbox.js").Outbox} Outbox */

/** Restores what closed pages left in the outbox: unsent changes and open conflicts. */
export class Recovery {
  /** @type {Set<string>} tabs whose drafts this one takes over when they are closed */
  #watched;

  /**
   * @param {import("./queue.js").Queue<any>} queue
   * @param {{outbox: Outbox, locks: import("./tabs.js").Locks}} surroundings
   * @param {{check: () => Promise<void>, addConflicts: (conflicts: any[]) => void}} page `check` sends what was
   *   restored, onto what was changed elsewhere; `addConflicts` shows those that the page does not have yet
   */
  constructor(queue, { outbox, locks }, page) {
    this.queue = queue;
    this.outbox = outbox;
    this.locks = locks;
    this.page = page;
    this.#watched = new Set([locks.tabId]);
  }

  /** Restore what is stored. Drafts of an open tab wait until it is closed. */
  async restore() {
    const { drafts, conflicts } = await this.outbox.list();
    this.page.addConflicts(conflicts);
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
    if (this.queue.restored.length > 0) await this.page.check();
  }
}
