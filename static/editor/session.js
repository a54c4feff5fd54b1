import { createKeymap } from "./commands/keymap.js";
import { createHistory } from "./model/history.js";
import { createStore } from "./model/state.js";
import { changeFromWire, readPayload } from "./model/wire.js";
import { openHistoryStore } from "./saving/history_store.js";
import { openOutbox } from "../saving/outbox.js";
import { keepConflicts } from "./saving/conflicts.js";
import { Sync } from "./saving/sync.js";
import { createChannel } from "../saving/tabs.js";
import { openTimeStore, Timer } from "./saving/timer.js";
import { createTransport } from "../saving/transport.js";
import { Watch } from "./saving/watch.js";
import { watchPage } from "./views/page_events.js";

/**
 * @typedef {{setTimeout: (work: () => void, milliseconds: number) => unknown, clearTimeout: (timer: any) => void,
 *   random: () => number}} Clock
 * @typedef {object} Surroundings
 * @property {import("../saving/transport.js").Transport} transport
 * @property {import("../saving/outbox.js").Outbox} outbox
 * @property {import("../saving/tabs.js").Locks} locks
 * @property {import("../saving/tabs.js").Channel} channel
 * @property {Clock} clock
 * @property {() => Promise<void>} [turn] resolves when work does not delay what is shown
 * @typedef {object} SessionOptions
 * @property {import("./model/wire.js").Payload} payload answer of GET annotation-sets/{id}/editor/
 * @property {string} changesUrl
 * @property {string|null} timeUrl null where time is not measured
 * @property {string} userId
 * @property {boolean} isOwn whether the user may change the set while it is open
 * @property {() => string} csrfToken
 * @property {() => Promise<void>} turn
 * @property {import("../saving/tabs.js").Locks} locks
 * @property {AbortSignal} signal aborted when another document takes the place of this one
 * @typedef {{store: import("./model/state.js").Store, history: import("./model/history.js").History,
 *   keymap: import("./commands/keymap.js").Keymap, sync: Sync, timer: Timer|null}} Session
 */

/** @type {Clock} */
const CLOCK = Object.freeze({
  setTimeout: (/** @type {() => void} */ work, /** @type {number} */ milliseconds) => setTimeout(work, milliseconds),
  clearTimeout: (/** @type {any} */ timer) => clearTimeout(timer),
  random: () => Math.random(),
});

/**
 * Return the editor of one annotation set, without its page. Saving starts at once: changes that an earlier page could
 * not send are restored and sent.
 *
 * @param {SessionOptions} options
 * @returns {Session}
 */
export function openSession({ payload, changesUrl, timeUrl, userId, isOwn, csrfToken, turn, locks, signal }) {
  const store = createStore(readPayload(payload));
  const name = `annotator-${userId}-${payload.set.id}`;
  const outbox = openOutbox({
    storage: () => globalThis.indexedDB,
    name,
    turn,
    warn: (message) => store.dispatch({ storageWarning: message, userEvent: "warn.storage", announce: message }),
  });
  const transport = createTransport({ csrfToken, userId });
  const channel = createChannel(name);
  signal.addEventListener("abort", () => channel.listen(() => {}));
  const sync = new Sync(store, { changesUrl, revision: payload.set.revision, isOwn }, {
    transport, outbox, locks, channel, clock: CLOCK, turn,
  });
  keepConflicts(store, outbox);
  askForStorage(store);
  const page = watchPage(globalThis.window, signal);
  watch(sync, page);
  const timeStore = openTimeStore({ storage: () => globalThis.localStorage, name, tabId: locks.tabId });
  const timer = timeUrl === null ? null
    : measure(page, { store, transport, url: timeUrl, keep: timeStore }, payload.set.active_seconds ?? 0);
  const historyStore = openHistoryStore({ storage: () => globalThis.indexedDB, name: `${name}-history`, turn });
  const history = createHistory(store, { historyStore });
  const restored = (payload.set.restored ?? []).flatMap((change) =>
    changeFromWire(change, store.state.document.offsets));
  void history.restore(restored);
  return { store, history, keymap: createKeymap(store.state.schema), sync, timer };
}

/**
 * Restore what earlier pages left, and fetch changes made elsewhere while this page is in use.
 *
 * @param {Sync} sync
 * @param {import("./views/page_events.js").PageEvents} page
 */
function watch(sync, page) {
  const remote = new Watch({ look: () => sync.look(), isVisible: () => page.isVisible(), clock: CLOCK });
  page.onReturn(() => void sync.restore().then(() => sync.check()).then(() => remote.touch()));
  page.onActivity(() => remote.touch());
  page.onLeave(() => sync.leave());
  void sync.restore().then(() => remote.start());
}

/**
 * Measure and report the active time on a set.
 *
 * @param {import("./views/page_events.js").PageEvents} page
 * @param {{store: import("./model/state.js").Store, transport: import("../saving/transport.js").Transport, url: string,
 *   keep: import("./saving/timer.js").TimeStore}} parts
 * @param {number} counted seconds that were counted before
 */
function measure(page, { store, transport, url, keep }, counted) {
  const timer = new Timer({ keep, clock: CLOCK, now: () => Date.now(), isCounted: () => store.state.editable,
    send: (periods, options) => transport.post(url, { now: Date.now(), periods }, options)
      .then(({ status, body }) => (status === 200 ? body.active_seconds : null)).catch(() => null) }, counted);
  page.onActivity(() => timer.touch());
  page.onLeave(() => void timer.pause());
  timer.touch();
  return timer;
}

/**
 * Ask the browser to keep the outbox, at the moment it is needed: some browsers ask the user.
 *
 * @param {import("./model/state.js").Store} store
 */
function askForStorage(store) {
  const stop = store.subscribe(({ state }) => {
    if (!["offline", "waiting", "signed_out"].includes(state.saving.state)) return;
    stop();
    void navigator.storage?.persist?.();
  });
}
