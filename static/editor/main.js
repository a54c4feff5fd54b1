/** Begins: the server's answer -> the core over it -> the page. */

import { rescueLine, rescueName } from "./model/wire.js";
import { createTransport } from "./saving/transport.js";
import { openSession } from "./session.js";
import { AfterPaint } from "./views/after_paint.js";
import { find, make } from "./views/elements.js";
import { PageView } from "./views/page.js";
import { showTime } from "./views/status.js";


/**
 * @typedef {{payloadUrl: string, changesUrl: string, timeUrl: string|null, submitUrl: string|null,
 *   reopenUrl: string|null, userId: string, csrfCookie: string}} Config from the server, in the page; null for what
 *   this person may not do
 * @typedef {{url: string, module: string, editor_preferences: import("./model/types.js").Preferences}} Personal
 * @typedef {import("./saving/transport.js").Transport} Transport
 * @typedef {import("./saving/timer.js").Timer} Timer
 * @typedef {import("./saving/sync.js").Sync} Sync
 */

async function start() {
  /** @type {Config} */
  const config = JSON.parse(find("#editor-config").textContent ?? "");
  const csrfToken = () => readCookie(config.csrfCookie);
  const transport = createTransport({ csrfToken });
  const answer = await transport.get(config.payloadUrl);
  if (answer.status !== 200) throw new Error(answer.body.detail ?? `The server answered ${answer.status}.`);
  performance.mark("editor:data");
  const payload = /** @type {import("./model/wire.js").Payload} */ (answer.body);
  const { changesUrl, timeUrl, userId } = config;
  const afterPaint = new AfterPaint();
  const session = openSession({ payload, changesUrl, timeUrl, userId, csrfToken, turn: afterPaint.turn });
  const { store, history, keymap, sync, timer } = session;
  const post = (/** @type {string|null} */ url, /** @type {boolean} */ open) =>
    (url ? () => settle({ transport, sync, timer, url, open }) : null);
  /** @type {Personal} */
  const personal = JSON.parse(find("#editor-personal").textContent ?? "");
  keymap.remap(personal.editor_preferences.keys);
  const page = new PageView({ afterPaint, store, history, keymap, extrasUrl: personal.module,
    preferences: personal.editor_preferences,
    savePreferences: (preferences) => savePreferences(transport, personal.url, preferences),
    setState: /** @type {import("./views/status.js").SetState} */ (payload.set.state),
    actions: { submit: post(config.submitUrl, false), reopen: post(config.reopenUrl, true),
      flush: () => sync.flush(), setAside: () => sync.setAside(),
      rescue: () => rescueLine(store.state, rescueName(payload.set.name, new Date())) } });
  page.open();
  showTime(timer);
  requestAnimationFrame(() => setTimeout(() => performance.measure("editor:open", "editor:data")));
}

/**
 * Submit or reopen, once everything is saved.
 *
 * @param {{transport: Transport, sync: Sync, timer: Timer|null, url: string, open: boolean}} what
 * @throws {Error} that says why not
 */
async function settle({ transport, sync, timer, url, open }) {
  const isSaved = await sync.flush();
  if (!isSaved && !open) throw new Error("Not submitted: there are changes that could not be sent yet.");
  const answer = await transport.post(url, {}).catch(() => null);
  if (!answer) throw new Error("The server cannot be reached. Try again when you are online.");
  if (answer.status !== 200) throw new Error(answer.body.detail ?? `The server answered ${answer.status}.`);
  void timer?.pause();
  await sync.setOpen(open);
}

/**
 * @param {import("./saving/transport.js").PageTransport} transport
 * @param {string} url
 * @param {import("./model/types.js").Preferences} preferences
 * @throws {Error} that says why they are not kept
 */
async function savePreferences(transport, url, preferences) {
  const answer = await transport.put(url, { editor_preferences: preferences }).catch(() => null);
  if (!answer) throw new Error("The server cannot be reached.");
  if (answer.status !== 200) throw new Error(answer.body.detail ?? `The server answered ${answer.status}.`);
}

/** @param {string} name */
function readCookie(name) {
  const found = document.cookie.split("; ").find((cookie) => cookie.startsWith(`${name}=`));
  return decodeURIComponent(found?.slice(name.length + 1) ?? "");
}

/** @param {unknown} error */
function tellFailure(error) {
  const words = error instanceof Error ? error.message : String(error);
  find("#notices").replaceChildren(make("p", { class: "notice notice--error", role: "alert" },
    `The text could not be opened. ${words} Reload the page to try again.`));
}

start().catch(tellFailure);
