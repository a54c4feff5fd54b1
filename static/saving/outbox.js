import { gettext, interpolate } from "../pages/text.js";

/**
 * @typedef {{id: string, message: string}} Conflict a change that was not saved because of a change made elsewhere;
 *   pages add what they need to make it again
 * @typedef {{id: string, owner: string, base: number, change: any}} Draft an unsent change as on the wire, the tab
 *   that made it, and the revision it was based on
 * @typedef {{list: () => Promise<{drafts: Draft[], conflicts: any[]}>,
 *   rewrite: (removed: string[], added: Draft[]) => Promise<void>,
 *   keepConflicts: (removed: string[], added: (Conflict & Record<string, any>)[]) => Promise<void>}} Outbox
 */

/** How long the browser may take to open its storage before the editor continues without it. */
const OPENING_MILLISECONDS = 5_000;

/** The names of the stores: changes by sequence number, which keeps their order, and conflicts by id. */
const CHANGES = "changes";
const CONFLICTS = "conflicts";

/**
 * Return the outbox: unsent changes and open conflicts in IndexedDB, which outlive the page.
 *
 * No promise is ever rejected. Where the browser does not allow storage, or stops allowing it, `warn` is called once
 * with the reason, and unsent changes are kept only in the memory of the page.
 *
 * @param {{storage: () => IDBFactory, name: string, warn: (message: string) => void, patience?: number,
 *   turn?: () => Promise<void>}} options name is that of the database, one for each person and annotation set; storage
 *   may throw; turn: resolves when opening and writing do not delay what is shown
 * @returns {Outbox}
 */
export function openOutbox({ storage, name, warn, patience = OPENING_MILLISECONDS, turn = () => Promise.resolve() }) {
  return new IndexedOutbox(turn().then(() => openDatabase(storage, name, patience, makeStores)), warn, turn);
}

/** @implements {Outbox} */
class IndexedOutbox {
  #broken = false;

  /**
   * @param {Promise<IDBDatabase>} database
   * @param {(message: string) => void} warn
   * @param {() => Promise<void>} turn
   */
  constructor(database, warn, turn) {
    this.database = database;
    this.warn = warn;
    this.turn = turn;
  }

  /** @returns {Promise<{drafts: Draft[], conflicts: any[]}>} */
  async list() {
    const [drafts, conflicts] = await Promise.all([this.#all(CHANGES), this.#all(CONFLICTS)]);
    return { drafts: drafts.map(({ id, owner, base, change }) => ({ id, owner, base, change })), conflicts };
  }

  /**
   * @param {string[]} removed ids of changes
   * @param {Draft[]} added in order; those that are stored already keep their place
   */
  rewrite(removed, added) {
    if (removed.length + added.length === 0) return Promise.resolve();
    return this.#change(CHANGES, (store) => removeThen(store, removed, () => {
      for (const draft of added) withKey(store, draft.id, (key) => key === undefined && store.add(draft));
    }));
  }

  /**
   * @param {string[]} removed ids of conflicts
   * @param {Conflict[]} added
   */
  keepConflicts(removed, added) {
    return this.#change(CONFLICTS, (store) => {
      for (const id of removed) store.delete(id);
      for (const conflict of added) store.put(conflict);
    });
  }

  /**
   * @param {string} name of the store
   * @returns {Promise<any[]>}
   */
  async #all(name) {
    /** @type {IDBRequest<any[]>|undefined} */
    let request;
    await this.#run(name, "readonly", (store) => {
      request = store.getAll();
    });
    return this.#broken || !request ? [] : request.result;
  }

  /**
   * @param {string} name of the store
   * @param {(store: IDBObjectStore) => void} work
   */
  async #change(name, work) {
    await this.turn();
    return this.#run(name, "readwrite", work);
  }

  /**
   * @param {string} name of the store
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => void} work
   * @returns {Promise<void>}
   */
  async #run(name, mode, work) {
    if (this.#broken) return;
    try {
      const database = await this.database;
      await new Promise((resolve, reject) => {
        const transaction = database.transaction(name, mode);
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
        work(transaction.objectStore(name));
      });
    } catch (error) {
      this.#stop(error);
    }
  }

  /** @param {unknown} error */
  #stop(error) {
    if (this.#broken) return;
    this.#broken = true;
    const reason = error instanceof Error && error.message ? ` (${error.message})` : "";
    this.warn(interpolate(
      gettext("This browser does not store unsent changes%(reason)s. Keep the page open until everything is saved."),
      { reason }));
  }
}

/** @param {IDBDatabase} database */
function makeStores(database) {
  const changes = database.createObjectStore(CHANGES, { keyPath: "sequence", autoIncrement: true });
  changes.createIndex("id", "id", { unique: true });
  database.createObjectStore(CONFLICTS, { keyPath: "id" });
}

/**
 * @param {() => IDBFactory} storage
 * @param {string} name
 * @param {number} patience milliseconds
 * @param {(database: IDBDatabase) => void} makeTables creates the stores of a new database
 * @returns {Promise<IDBDatabase>}
 */
export function openDatabase(storage, name, patience, makeTables) {
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  /** @type {Promise<IDBDatabase>} */
  const opened = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(gettext("it does not respond"))), patience);
    const request = storage().open(name, 1);
    request.onupgradeneeded = () => makeTables(request.result);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened.finally(() => clearTimeout(timer));
}

/**
 * @param {IDBObjectStore} store
 * @param {string} id of a change
 * @param {(key: IDBValidKey|undefined) => void} work
 */
function withKey(store, id, work) {
  const request = store.index("id").getKey(id);
  request.onsuccess = () => work(request.result);
}

/**
 * Remove changes, and continue when that is done: the next request may add the same ids again.
 *
 * @param {IDBObjectStore} store
 * @param {string[]} ids
 * @param {() => void} next
 */
function removeThen(store, ids, next) {
  if (ids.length === 0) next();
  ids.forEach((id, index) => withKey(store, id, (key) => {
    if (key !== undefined) store.delete(key);
    if (index === ids.length - 1) next();
  }));
}
