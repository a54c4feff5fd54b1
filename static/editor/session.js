import { createChannel } from "./channel.js";
import { openOutbox } from "./drafts.js";
import { createHistory } from "./history.js";
import { openKeep } from "./kept_history.js";
import { createKeymap } from "./keymap.js";
import { createLocks } from "./locks.js";
import { watchPage } from "./page_events.js";
import { openTimeKeep } from "./kept_time.js";
import { keepConflicts } from "./recovery.js";
import { createStore } from "./state.js";
import { Sync } from "./sync.js";
import { Timer } from "./timer.js";
import { createTransport } from "./transport.js";
import { Watch } from "./watch.js";
import { readPayload } from "./wire.js";

/**
 * @typedef {{setTimeout: (work: () => void, milliseconds: number) => unknown, clearTimeout: (timer: any) => void,
 *   random: () => number}} Clock
 * @typedef {object} Surroundings
 * @property {import("./transport.js").Transport} transport
 * @property {import("./drafts.js").Outbox} outbox
 * @property {import("./locks.js").Locks} locks
 * @property {import("./channel.js").Channel} channel
 * @property {Clock} clock
 * @property {() => Promise<void>} [turn] when work does not hold up what is to be seen, in the order of asking
 * @typedef {object} SessionOptions
 * @property {import("./wire.js").Payload} payload answer of GET annotation-sets/{id}/editor/
 * @property {string} changesUrl
 * @property {string|null} timeUrl null where no time is measured
 * @property {string} userId
 * @property {() => string} csrfToken
 * @property {() => Promise<void>} turn
 * @typedef {{store: import("./state.js").Store, history: import("./history.js").History,
 *   keymap: import("./keymap.js").Keymap, sync: Sync, timer: Timer|null}} Session
 */

/** @type {Clock} */
const CLOCK = Object.freeze({
  setTimeout: (/** @type {() => void} */ work, /** @type {number} */ milliseconds) => setTimeout(work, milliseconds),
  clearTimeout: (/** @type {any} */ timer) => clearTimeout(timer),
  random: () => Math.random(),
});

/**
 * The core of the editor over one annotation set in this browser. Saving begins at once: changes that an earlier page
 * could not send are brought back and sent.
 *
 * @param {SessionOptions} options
 * @returns {Session}
 */
export function openSession({ payload, changesUrl, timeUrl, userId, csrfToken, turn }) {
  const store = createStore(readPayload(payload));
  const name = `annotator-${userId}-${payload.set.id}`;
  const outbox = openOutbox({
    storage: () => globalThis.indexedDB,
    name,
    turn,
    warn: (message) => store.dispatch({ storageWarning: message, userEvent: "warn.storage", announce: message }),
  });
  const transport = createTransport({ csrfToken });
  const locks = createLocks(navigator.locks);
  const sync = new Sync(store, { changesUrl, revision: payload.set.revision }, {
    transport, outbox, locks, channel: createChannel(name), clock: CLOCK, turn,
  });
  keepConflicts(store, outbox);
  askForStorage(store);
  const page = watchPage(globalThis.window);
  watch(sync, page);
  const timeKeep = openTimeKeep({ storage: () => globalThis.localStorage, name, tabId: locks.tabId });
  const timer = timeUrl === null ? null
    : measure(page, { store, transport, url: timeUrl, keep: timeKeep }, payload.set.active_seconds ?? 0);
  const keep = openKeep({ storage: () => globalThis.indexedDB, name: `${name}-history`, turn });
  const history = createHistory(store, { keep });
  void history.restore();
  return { store, history, keymap: createKeymap(store.state.schema), sync, timer };
}

/**
 * Bring back what earlier pages left, and see what happens elsewhere as long as somebody is at this one.
 *
 * @param {Sync} sync
 * @param {import("./page_events.js").PageEvents} page
 */
function watch(sync, page) {
  const elsewhere = new Watch({ look: () => sync.look(), isVisible: () => page.isVisible(), clock: CLOCK });
  page.onReturn(() => void sync.recovery.restore().then(() => sync.check()).then(() => elsewhere.stir()));
  page.onStir(() => elsewhere.stir());
  page.onLeave(() => sync.leave());
  void sync.recovery.restore().then(() => elsewhere.stir());
}

/**
 * Measure how long somebody is at work on a set, and report it.
 *
 * @param {import("./page_events.js").PageEvents} page
 * @param {{store: import("./state.js").Store, transport: import("./transport.js").Transport, url: string,
 *   keep: import("./timer.js").TimeKeep}} parts
 * @param {number} counted seconds before
 */
function measure(page, { store, transport, url, keep }, counted) {
  const timer = new Timer({ keep, clock: CLOCK, now: () => Date.now(), isCounted: () => store.state.editable,
    send: (periods, options) => transport.post(url, { now: Date.now(), periods }, options)
      .then(({ status, body }) => (status === 200 ? body.active_seconds : null)).catch(() => null) }, counted);
  page.onStir(() => timer.stir());
  page.onLeave(() => void timer.pause());
  timer.stir();
  return timer;
}

/**
 * Ask the browser not to throw the outbox away, at the moment it is needed: some ask the person about it.
 *
 * @param {import("./state.js").Store} store
 */
function askForStorage(store) {
  const end = store.subscribe(({ state }) => {
    if (!["offline", "waiting", "signed_out"].includes(state.saving.state)) return;
    end();
    void navigator.storage?.persist?.();
  });
}
