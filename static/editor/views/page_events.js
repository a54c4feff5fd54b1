/**
 * @typedef {{onReturn: (listener: () => void) => void, onLeave: (listener: () => void) => void,
 *   onActivity: (listener: () => void) => void, isVisible: () => boolean}} PageEvents `onActivity`: the page is used
 */

/** Events that only a person on the page causes. */
const ACTIVITY = Object.freeze(["keydown", "pointerdown", "pointermove", "wheel", "touchmove"]);

/**
 * Return when the user or the connection comes back, when the page may be closing, and when it is used.
 *
 * @param {Window} page
 * @param {AbortSignal} [signal] aborted when another document takes the place of this one
 * @returns {PageEvents}
 */
export function watchPage(page, signal) {
  const options = { signal };
  /** @type {(() => void)[]} */
  const active = [];
  return {
    onReturn: (listener) => {
      const whenVisible = () => {
        if (page.document.visibilityState === "visible") listener();
      };
      page.document.addEventListener("visibilitychange", whenVisible, options);
      for (const name of ["focus", "online", "pageshow"]) page.addEventListener(name, listener, options);
    },
    onLeave: (listener) => {
      const whenHidden = () => {
        if (page.document.visibilityState === "hidden") listener();
      };
      page.document.addEventListener("visibilitychange", whenHidden, options);
      page.addEventListener("pagehide", listener, options);
    },
    onActivity: (listener) => {
      if (active.push(listener) > 1) return; // one call of the browser for each move of the pointer, not one for each
      const tell = () => active.forEach((each) => each());
      for (const name of ACTIVITY) page.addEventListener(name, tell, { capture: true, passive: true, signal });
    },
    isVisible: () => !signal?.aborted && page.document.visibilityState === "visible",
  };
}
