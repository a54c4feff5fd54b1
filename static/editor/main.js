/** Puts the editor together: the server's answer -> state -> views, and what happens in the page -> transactions. */

import { createKeymap } from "./keymap.js";
import { createStore } from "./state.js";
import { createHistory } from "./history.js";
import { find, make } from "./elements_view.js";
import { readPayload } from "./wire.js";
import { PageView } from "./page_view.js";

/**
 * @typedef {{payloadUrl: string, changesUrl: string, submitUrl: string|null, reopenUrl: string|null,
 *   nextUrl: string|null, csrfCookie: string, userId: string}} Config from the server, in the page
 */

async function start() {
  /** @type {Config} */
  const config = JSON.parse(find("#editor-config").textContent ?? "");
  const answer = await fetch(config.payloadUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  const payload = await answer.json();
  const store = createStore(readPayload(payload));
  const history = createHistory(store);
  const keymap = createKeymap(store.state.schema);
  const page = new PageView({ store, history, keymap, setState: payload.set.state, submit: null, reopen: null });
  page.open();
}

/** @param {unknown} error */
function tellFailure(error) {
  const words = error instanceof Error ? error.message : String(error);
  find("#notices").replaceChildren(make("p", { class: "notice notice--error", role: "alert" },
    `The text could not be opened. ${words} Reload the page to try again.`));
}

start().catch(tellFailure);
