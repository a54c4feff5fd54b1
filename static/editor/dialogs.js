/** Dialogs, loaded some time after opening or when they are opened: settings and help, finding a label. */

import { LabelFinderView } from "./views/label_finder.js";
import { SettingsView } from "./views/settings.js";
import { loadStyles } from "./views/styles.js";

/**
 * @typedef {{settings: SettingsView, labels: LabelFinderView}} Dialogs
 *
 * @param {import("./extras.js").ExtrasParts} parts
 * @returns {Promise<Dialogs>} once their styles are loaded
 */
export async function openDialogs(parts) {
  await loadStyles(parts.personal.dialogs_styles);
  const dialogs = { settings: new SettingsView(parts), labels: new LabelFinderView(parts) };
  for (const view of Object.values(dialogs)) view.listen();
  return dialogs;
}
