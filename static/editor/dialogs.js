/** Dialogs, loaded some time after opening or when they are opened: settings and help, finding a label. */

import { find, make } from "./views/elements.js";
import { LabelFinderView } from "./views/label_finder.js";
import { SettingsView } from "./views/settings.js";

/**
 * @typedef {{settings: SettingsView, labels: LabelFinderView}} Dialogs
 *
 * @param {import("./extras.js").ExtrasParts} parts
 * @returns {Promise<Dialogs>} once their styles are loaded
 */
export async function openDialogs(parts) {
  const href = parts.personal.dialogs_styles;
  if (!document.querySelector(`link[href="${CSS.escape(href)}"]`)) {
    const link = make("link", { rel: "stylesheet", href });
    const loaded = new Promise((resolve, reject) => {
      link.addEventListener("load", resolve);
      link.addEventListener("error", () => reject(new Error(href)));
    });
    find("head").append(link);
    await loaded;
  }
  const dialogs = { settings: new SettingsView(parts), labels: new LabelFinderView(parts) };
  for (const view of Object.values(dialogs)) view.listen();
  return dialogs;
}
