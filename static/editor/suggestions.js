/** The suggestions for a document: loaded by script, and only where a source suggests something. */

import { readSuggestions } from "./model/assistance/suggestions.js";
import { openDismissals } from "./saving/dismissals.js";
import { SuggestionsView } from "./views/suggestions.js";


/**
 * Show suggestions on the page.
 *
 * @param {{runs: import("./model/assistance/suggestions.js").RunOnWire[], page: import("./views/page.js").PageView,
 *   transport: import("../saving/transport.js").Transport, config: {dismissalsUrl: string, userId: string}}} parts
 * @returns {SuggestionsView|null} null when the page shows another document by now
 */
export function showSuggestions({ runs, page, transport, config: { dismissalsUrl, userId } }) {
  const { store, keymap, view, painter, signal } = page.forExtras();
  if (signal.aborted) return null;
  const { suggestions, links } = readSuggestions(runs, store.state.document.offsets);
  const dismissals = openDismissals({ transport, url: dismissalsUrl, name: `annotator-${userId}-${dismissalsUrl}`,
    storage: () => globalThis.localStorage, signal });
  const shown = new SuggestionsView({ store, keymap, view, painter, geometry: page.geometry, dismissals, links, signal,
    afterPaint: page.afterPaint, suggestions: suggestions.filter(({ key }) => !dismissals.waiting.has(key)) });
  page.keyboard.first = (binding, isInText) => shown.press(binding, isInText);
  shown.listen();
  return shown;
}
