import { newId } from "./identifiers.js";

/**
 * @typedef {{tabId: string, isAlive: (tabId: string) => Promise<boolean>,
 *   exclusively: <T>(name: string, work: () => Promise<T>) => Promise<T>}} Locks
 */

/**
 * Locks between the tabs of this browser: one sender at a time, and a sign of life of each tab.
 *
 * Without the Web Locks API (it exists in secure contexts only) work just runs and no other tab counts as alive. The
 * server recognises changes that come twice, so that this costs a request and loses nothing.
 *
 * @param {LockManager|undefined} manager `navigator.locks`
 * @returns {Locks}
 */
export function createLocks(manager) {
  const tabId = newId();
  if (!manager) return { tabId, isAlive: () => Promise.resolve(false), exclusively: (_, work) => work() };
  manager.request(lifeOf(tabId), () => new Promise(() => {})); // held until the tab is gone, which settles nothing
  return {
    tabId,
    isAlive: (other) => manager.request(lifeOf(other), { ifAvailable: true }, (lock) => lock === null),
    exclusively: (name, work) => manager.request(name, work),
  };
}

/** @param {string} tabId */
function lifeOf(tabId) {
  return `annotator-tab-${tabId}`;
}
