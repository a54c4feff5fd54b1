/** What the page loads once it has opened: help, settings, finding, what the boundary rules did. */

import { HelpView, SettingsView } from "./views/dialogs.js";
import { FindView } from "./views/panel/find.js";
import { CutView, GoneView } from "./views/text/undo_bars.js";


/**
 * @typedef {import("./model/types.js").Preferences} Preferences
 * @typedef {object} ExtrasParts
 * @property {import("./model/state.js").Store} store
 * @property {import("./commands/keymap.js").Keymap} keymap
 * @property {import("./model/history.js").History} history
 * @property {Preferences} preferences
 * @property {(preferences: Preferences) => Promise<void>} savePreferences rejects with an Error that says why not
 * @property {import("./views/panel/panel.js").PanelView} panel
 * @property {import("./views/text/text.js").TextView} view
 * @property {import("./views/text/spans.js").LanesView} lanes
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
