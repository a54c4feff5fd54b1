/** Views that the page loads after it has opened: finding, printing, review, and the undo bars. */

import { FindView } from "./views/panel/find.js";
import { ReviewView } from "./views/review.js";
import { PrintView } from "./views/text/print.js";
import { TrimView, RemovedRelationsView } from "./views/text/undo_bars.js";


/**
 * @typedef {import("./model/types.js").Preferences} Preferences
 * @typedef {object} ExtrasParts
 * @property {import("./model/state.js").Store} store
 * @property {import("./commands/keymap.js").Keymap} keymap
 * @property {import("./model/history.js").History} history
 * @property {import("./views/review.js").Review} review
 * @property {import("./main.js").Personal} personal
 * @property {AbortSignal} signal aborted when another document takes the place of this one
 * @property {(preferences: Preferences) => Promise<void>} savePreferences rejects with an Error that gives the reason
 * @property {{setId: number}} actions
 * @property {import("./views/panel/panel.js").PanelView} panel
 * @property {import("./views/text/text.js").TextView} view
 * @property {import("./views/text/span_painter.js").SpanPainter} painter
 * @property {() => void} focusText
 * @property {(offset: number) => void} reveal
 * @property {() => void} keysChanged
 * @property {() => void} looksChanged called when size, width or colour of the text change
 * @typedef {{find: FindView, print: PrintView, review: ReviewView, trim: TrimView,
 *   removedRelations: RemovedRelationsView}} Extras
 */

/**
 * @param {ExtrasParts} parts
 * @returns {Extras}
 */
export function openExtras(parts) {
  const extras = { find: new FindView(parts), print: new PrintView(parts),
    review: new ReviewView(parts), trim: new TrimView(parts), removedRelations: new RemovedRelationsView(parts) };
  for (const view of Object.values(extras)) view.listen();
  return extras;
}
