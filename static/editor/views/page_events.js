/**
 * @typedef {{onReturn: (listener: () => void) => void, onLeave: (listener: () => void) => void,
 *   onStir: (listener: () => void) => void, isVisible: () => boolean}} PageEvents `onStir`: somebody is at the page
 */

/** What only a person at the page does. */
const STIRS = Object.freeze(["keydown", "pointerdown", "pointermove", "wheel", "touchmove"]);

/**
 * When somebody comes back to the page, or the connection does, and when the page may be closing.
 *
 * @param {Window} page
 * @returns {PageEvents}
 */
export function watchPage(page) {
  return {
    onReturn: (listener) => {
      const whenVisible = () => {
        if (page.document.visibilityState === "visible") listener();
      };
      page.document.addEventListener("visibilitychange", whenVisible);
      for (const name of ["focus", "online", "pageshow"]) page.addEventListener(name, listener);
    },
    onLeave: (listener) => {
      const whenHidden = () => {
        if (page.document.visibilityState === "hidden") listener();
      };
      page.document.addEventListener("visibilitychange", whenHidden);
      page.addEventListener("pagehide", listener);
    },
    onStir: (listener) => {
      for (const name of STIRS) page.addEventListener(name, listener, { capture: true, passive: true });
    },
    isVisible: () => page.document.visibilityState === "visible",
  };
}
