import { openDatabase } from "./outbox.js";

/**
 * @typedef {import("../model/types.js").Change} Change
 * @typedef {{key: number, isDone: boolean, changes: Change[], selectedId: string|null}} KeptEntry an action, by its
 *   place in the history: done, with its changes, or taken back, with those that did that
 * @typedef {{list: () => Promise<KeptEntry[]>,
 *   put: (removed: number[], entry: KeptEntry|null) => Promise<void>}} Keep
 */

const ENTRIES = "entries";

/**
 * The own actions over a set in IndexedDB, so that they can be undone after the page was closed.
 *
 * No promise is ever rejected. Where the browser does not store, undo reaches back to the opening of the page; why is
 * told by the outbox, which needs the storage more.
 *
 * @param {{storage: () => IDBFactory, name: string, patience?: number, turn?: () => Promise<void>}} options turn: when
 *   writing does not hold up what is to be seen
 * @returns {Keep}
 */
export function openKeep({ storage, name, patience = 5_000, turn = () => Promise.resolve() }) {
  const opened = openDatabase(storage, name, patience, (database) => {
    database.createObjectStore(ENTRIES, { keyPath: "key" });
  });
  /** @type {Promise<IDBDatabase|null>} */
  const database = opened.catch(() => null);
  /** @type {{removed: number[], entry: KeptEntry|null}[]} */
  let waiting = [];
  /** @type {Promise<void>|null} */
  let writing = null;
  /** What comes while the disk is busy goes in one transaction after it: a held key must not run away from it. */
  const write = async () => {
    while (waiting.length > 0) {
      await turn();
      const batch = waiting;
      waiting = [];
      await run(database, "readwrite", (store) => batch.forEach(({ removed, entry }) => {
        for (const key of removed) store.delete(key);
        if (entry) store.put(entry);
      }));
    }
    writing = null;
  };
  return {
    list: async () => (await run(database, "readonly", (store) => store.getAll())) ?? [],
    put: (removed, entry) => {
      waiting.push({ removed, entry });
      writing ??= write();
      return writing;
    },
  };
}

/**
 * @template T
 * @param {Promise<IDBDatabase|null>} database
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>|void} work
 * @returns {Promise<any>} null when it could not be done
 */
async function run(database, mode, work) {
  const found = await database;
  if (!found) return null;
  return new Promise((resolve) => {
    try {
      const transaction = found.transaction(ENTRIES, mode);
      const request = work(transaction.objectStore(ENTRIES));
      transaction.oncomplete = () => resolve(request ? request.result : null);
      transaction.onabort = () => resolve(null);
    } catch {
      resolve(null); // the browser closed the storage
    }
  });
}
