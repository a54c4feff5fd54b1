/** Styles of what a page loads later. */

import { find, make } from "./elements.js";

/**
 * Load a style sheet once.
 *
 * @param {string} href
 * @returns {Promise<void>} rejects when it cannot be loaded
 */
export async function loadStyles(href) {
  if (document.querySelector(`link[href="${CSS.escape(href)}"]`)) return;
  const link = make("link", { rel: "stylesheet", href });
  const loaded = new Promise((resolve, reject) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", () => reject(new Error(href)));
  });
  find("head").append(link);
  await loaded;
}
