import { newId } from "../model/identifiers.js";

/**
 * @typedef {object} Locks
 * @property {string} tabId
 * @property {(tabId: string, work: () => Promise<void>) => Promise<boolean>} takeOver do the work that another tab
 *   left, once that is gone: at once, or, when the answer is false, whenever it goes
 * @property {<T>(name: string, work: () => Promise<T>) => Promise<T>} exclusively
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
  if (!manager) return { tabId, takeOver: (_, work) => work().then(() => true), exclusively: (_, work) => work() };
  void manager.request(lifeOf(tabId), () => new Promise(() => {})); // held until the tab is gone, which settles nothing
  return {
    tabId,
    takeOver: async (other, work) => {
      const name = lifeOf(other);
      const isDone = await manager.request(name, { ifAvailable: true }, (lock) =>
        lock !== null && work().then(() => true));
      if (!isDone) void manager.request(name, work);
      return isDone;
    },
    exclusively: (name, work) => manager.request(name, work),
  };
}

/** @param {string} tabId */
function lifeOf(tabId) {
  return `annotator-tab-${tabId}`;
}

/**
 * @typedef {{revision: number}} Message the revision that a tab has brought the set to
 * @typedef {{tell: (message: Message) => void, listen: (listener: (message: Message) => void) => void,
 *   close: () => void}} Channel
 */

/**
 * Messages between the tabs of this browser that show the same annotation set.
 *
 * @param {string} name
 * @returns {Channel}
 */
export function createChannel(name) {
  const channel = new BroadcastChannel(name);
  return {
    tell: (message) => channel.postMessage(message),
    listen: (listener) => {
      channel.onmessage = ({ data }) => listener(data);
    },
    close: () => channel.close(),
  };
}
