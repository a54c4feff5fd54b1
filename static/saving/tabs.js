import { newId } from "../pages/identifiers.js";

/**
 * @typedef {object} Locks
 * @property {string} tabId
 * @property {(tabId: string, work: () => Promise<void>) => Promise<boolean>} takeOver do the work that
 *   another tab left, once that is closed: at once, or, when the answer is false, whenever it closes
 * @property {<T>(name: string, work: () => Promise<T>) => Promise<T>} exclusively
 */

/**
 * Return the locks between the tabs of this browser: one sender at a time, and one lock for each open tab.
 *
 * Without the Web Locks API, which exists only in secure contexts, work runs at once and no other tab counts as open.
 * The server recognises changes that come twice, so this costs a request and loses nothing.
 *
 * @param {LockManager|undefined} manager `navigator.locks`
 * @returns {Locks}
 */
export function createLocks(manager) {
  const tabId = newId();
  if (!manager) return { tabId, takeOver: (_, work) => work().then(() => true), exclusively: (_, work) => work() };
  void manager.request(tabLock(tabId), () => new Promise(() => {})); // held until the tab is closed
  return {
    tabId,
    takeOver: async (other, work) => {
      const name = tabLock(other);
      const isDone = await manager.request(name, { ifAvailable: true }, (lock) =>
        lock !== null && work().then(() => true));
      if (!isDone) void manager.request(name, work);
      return isDone;
    },
    exclusively: (name, work) => manager.request(name, work),
  };
}

/** @param {string} tabId */
function tabLock(tabId) {
  return `annotator-tab-${tabId}`;
}

/**
 * @typedef {{revision: number, state?: any}} Message the revision
 *   of the set after a tab saved, and its state after a tab submitted or reopened it; older tabs send no state
 * @typedef {{send: (message: Message) => void, listen: (listener: (message: Message) => void) => void,
 *   close: () => void}} Channel
 */

/**
 * Return a channel between the tabs of this browser that show the same annotation set.
 *
 * @param {string} name
 * @returns {Channel}
 */
export function createChannel(name) {
  const channel = new BroadcastChannel(name);
  return {
    send: (message) => channel.postMessage(message),
    listen: (listener) => {
      channel.onmessage = ({ data }) => listener(data);
    },
    close: () => channel.close(),
  };
}
