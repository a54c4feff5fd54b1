/** Starts the editor: fetches the annotation set, opens its session and shows the page. */

import { gettext, interpolate } from "../pages/text.js";
import { savedWorkLine, savedWorkName } from "./model/wire.js";
import { createTransport } from "./saving/transport.js";
import { openSession } from "./session.js";
import { AfterPaint } from "./views/after_paint.js";
import { find, make } from "./views/elements.js";
import { PageView } from "./views/page.js";
import { showActiveTime } from "./views/status.js";


/**
 * @typedef {{payloadUrl: string, waivedUrl: string|null, changesUrl: string, timeUrl: string|null,
 *   submitUrl: string|null, reopenUrl: string|null, userId: string, csrfCookie: string}} Config from the server, in
 *   the page; null for what this person may not do
 * @typedef {{url: string, module: string, editor_preferences: import("./model/types.js").Preferences}} Personal
 * @typedef {import("./saving/transport.js").Transport} Transport
 * @typedef {import("./saving/timer.js").Timer} Timer
 * @typedef {import("./saving/sync.js").Sync} Sync
 */

async function start() {
  /** @type {Config} */
  const config = JSON.parse(find("#editor-config").textContent ?? "");
  const csrfToken = () => readCookie(config.csrfCookie);
  const transport = createTransport({ csrfToken, userId: config.userId });
  const answer = await transport.get(config.payloadUrl);
  if (answer.status !== 200) throw new Error(problemOf(answer));
  performance.mark("editor:data");
  const payload = /** @type {import("./model/wire.js").Payload} */ (answer.body);
  const { changesUrl, timeUrl, userId } = config;
  const afterPaint = new AfterPaint();
  const session = openSession({ payload, changesUrl, timeUrl, userId, isOwn: config.submitUrl !== null, csrfToken,
    turn: afterPaint.turn });
  const { store, history, keymap, sync, timer } = session;
  const post = (/** @type {string|null} */ url, /** @type {boolean} */ open) =>
    (url ? () => changeState({ transport, sync, timer, url, open }) : null);
  /** @type {Personal} */
  const personal = JSON.parse(find("#editor-personal").textContent ?? "");
  keymap.remap(personal.editor_preferences.keys);
  if (config.waivedUrl !== null) keepWaived(store, transport, config.waivedUrl);
  const page = new PageView({ afterPaint, store, history, keymap, extrasUrl: personal.module,
    preferences: personal.editor_preferences,
    review: { definition: payload.schema,
      isOn: config.waivedUrl !== null && payload.project.review_on_submit !== false },
    savePreferences: (preferences) => savePreferences(transport, personal.url, preferences),
    actions: { submit: post(config.submitUrl, false), reopen: post(config.reopenUrl, true),
      reopenUrl: config.reopenUrl, reopenOther: (url) => request(transport, url),
      flush: () => sync.flush(), skipRefused: () => sync.skipRefused(),
      exportWork: () => savedWorkLine(store.state, savedWorkName(payload.set.name, new Date())) } });
  page.open();
  showActiveTime(timer);
  requestAnimationFrame(() => setTimeout(() => performance.measure("editor:open", "editor:data")));
}

/**
 * Submit or reopen the set, once everything is saved.
 *
 * @param {{transport: Transport, sync: Sync, timer: Timer|null, url: string, open: boolean}} what
 * @throws {Error} with the reason
 */
async function changeState({ transport, sync, timer, url, open }) {
  const isSaved = await sync.flush();
  if (!isSaved && !open) throw new Error(gettext("Not submitted: some changes are not saved yet."));
  await request(transport, url);
  void timer?.pause();
  await sync.setOpen(open);
}

/**
 * @param {Transport} transport
 * @param {string} url
 * @throws {Error} with the reason
 */
async function request(transport, url) {
  const answer = await transport.post(url, {}).catch(() => null);
  if (!answer) throw new Error(gettext("The server cannot be reached. Try again when you are online."));
  if (answer.status !== 200) throw new Error(problemOf(answer));
}

/**
 * Store the hints that are waived and the values that are confirmed. Those that could not be sent are sent with the
 * next ones.
 *
 * @param {import("./model/state.js").Store} store
 * @param {Transport} transport
 * @param {string} url
 */
function keepWaived(store, transport, url) {
  let stored = store.state.waived;
  store.subscribe(({ state, transaction }) => {
    const hints = [...state.waived].filter((key) => !stored.has(key));
    if (!transaction.waived || hints.length === 0) return;
    transport.post(url, { hints }).then(({ status }) => {
      if (status === 200) stored = new Set([...stored, ...hints]);
    }).catch(() => undefined);
  });
}

/**
 * @param {import("./saving/transport.js").PageTransport} transport
 * @param {string} url
 * @param {import("./model/types.js").Preferences} preferences
 * @throws {Error} with the reason why they are not saved
 */
async function savePreferences(transport, url, preferences) {
  const answer = await transport.put(url, { editor_preferences: preferences }).catch(() => null);
  if (!answer) throw new Error(gettext("The server cannot be reached."));
  if (answer.status !== 200) throw new Error(problemOf(answer));
}

/** @param {import("./saving/transport.js").Answer} answer */
function problemOf({ status, body }) {
  return body.detail ?? interpolate(gettext("The server answered with status %(status)s."), { status });
}

/** @param {string} name */
function readCookie(name) {
  const cookie = document.cookie.split("; ").find((entry) => entry.startsWith(`${name}=`));
  return decodeURIComponent(cookie?.slice(name.length + 1) ?? "");
}

/** @param {unknown} error */
function showFailure(error) {
  const words = error instanceof Error ? error.message : String(error);
  find("#notices").replaceChildren(make("p", { class: "notice notice--error", role: "alert" },
    interpolate(gettext("The document could not be opened: %(reason)s Reload the page to try again."),
      { reason: words })));
}

start().catch(showFailure);
