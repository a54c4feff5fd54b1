/**
 * @typedef {{onReturn: (listener: () => void) => void, onLeave: (listener: () => void) => void}} PageEvents
 */

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
  };
}
