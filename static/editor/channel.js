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
