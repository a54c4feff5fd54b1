/**
 * Periods of work that were not reported, in the storage of this browser: each page under a key of its own.
 *
 * Where the browser forbids to store, a page that closes off line takes them with it; of the work nothing is lost.
 *
 * @param {{storage: () => Storage, name: string, tabId: string}} options name is that of person and set; storage may
 *   throw
 * @returns {import("./timer.js").TimeKeep}
 */
export function openTimeKeep({ storage, name, tabId }) {
  const prefix = `${name}-time-`;
  /** @type {<T>(work: (storage: Storage) => T, otherwise: T) => T} */
  const attempt = (work, otherwise) => {
    try {
      return work(storage());
    } catch {
      return otherwise; // full or forbidden
    }
  };
  const keep = (/** @type {import("./timer.js").Period[]} */ periods) => attempt((store) => {
    if (periods.length > 0) store.setItem(prefix + tabId, JSON.stringify(periods));
    else store.removeItem(prefix + tabId);
  }, undefined);
  const take = () => attempt((store) => {
    const keys = Object.keys(store).filter((key) => key.startsWith(prefix));
    const found = keys.flatMap((key) => JSON.parse(store.getItem(key) ?? "[]"));
    for (const key of keys) store.removeItem(key);
    keep(found);
    return found;
  }, /** @type {import("./timer.js").Period[]} */ ([]));
  return { take, keep };
}
