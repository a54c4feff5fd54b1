/** What the page loads once it has opened: help, settings, finding, what the boundary rules did. */

import { CutView } from "./cut_view.js";
import { FindView } from "./find_view.js";
import { GoneView } from "./gone_view.js";
import { HelpView } from "./help_view.js";
import { SettingsView } from "./settings_view.js";

/**
 * @typedef {import("./preferences.js").Preferences} Preferences
 * @typedef {object} ExtrasParts
 * @property {import("./state.js").Store} store
 * @property {import("./keymap.js").Keymap} keymap
 * @property {import("./history.js").History} history
 * @property {Preferences} preferences
 * @property {(preferences: Preferences) => Promise<void>} savePreferences rejects with an Error that says why not
 * @property {import("./panel_view.js").PanelView} panel
 * @property {import("./text_view.js").TextView} view
 * @property {import("./lanes_view.js").LanesView} lanes
 * @property {() => void} focusText
 * @property {(offset: number) => void} reveal
 * @property {() => void} keysChanged
 * @property {() => void} looksChanged the text has another size, width or colour
 * @typedef {{help: HelpView, settings: SettingsView, find: FindView, cut: CutView,
 *   gone: GoneView}} Extras
 */

/**
 * @param {ExtrasParts} parts
 * @returns {Extras}
 */
export function openExtras(parts) {
  const extras = { help: new HelpView(parts), settings: new SettingsView(parts), find: new FindView(parts),
    cut: new CutView(parts), gone: new GoneView(parts) };
  for (const view of Object.values(extras)) view.listen();
  return extras;
}
