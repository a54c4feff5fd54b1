import { openDatabase } from "../../saving/outbox.js";

/**
 * @typedef {import("../model/types.js").Change} Change
 * @typedef {{key: number, isDone: boolean, changes: Change[], selectedId: string|null}} StoredEntry an action, by its
 *   key in the history: done, with its changes, or undone, with the changes that undid it
 * @typedef {{list: () => Promise<StoredEntry[]>,
 *   put: (removed: number[], entry: StoredEntry|null) => Promise<void>}} HistoryStore
 */

const ENTRIES = "entries";

/**
 * Return the store of own actions on a set in IndexedDB, so that they can be undone after the page was reloaded.
 *
 * No promise is ever rejected. Where the browser does not allow storage, actions from before the page was opened cannot
 * be undone; the outbox reports the reason.
 *
 * @param {{storage: () => IDBFactory, name: string, patience?: number, turn?: () => Promise<void>}} options turn:
 *   resolves when opening and writing do not delay what is shown
 * @returns {HistoryStore}
 */
export function openHistoryStore({ storage, name, patience = 5_000, turn = () => Promise.resolve() }) {
  const opened = turn().then(() => openDatabase(storage, name, patience, (database) => {
    database.createObjectStore(ENTRIES, { keyPath: "key" });
  }));
  /** @type {Promise<IDBDatabase|null>} */
  const database = opened.catch(() => null);
  /** @type {{removed: number[], entry: StoredEntry|null}[]} */
  let waiting = [];
  /** @type {Promise<void>|null} */
  let writing = null;
  /** Write in batches: entries that arrive while the disk is busy share the next transaction. */
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
  const opened = await database;
  if (!opened) return null;
  return new Promise((resolve) => {
    try {
      const transaction = opened.transaction(ENTRIES, mode);
      const request = work(transaction.objectStore(ENTRIES));
      transaction.oncomplete = () => resolve(request ? request.result : null);
      transaction.onabort = () => resolve(null);
    } catch {
      resolve(null); // the browser has closed the storage
    }
  });
}
