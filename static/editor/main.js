/** Starts the editor: fetches the annotation set, opens its session and shows the page. */

import { gettext, interpolate } from "../pages/text.js";
import { savedWorkLine, savedWorkName } from "./model/wire.js";
import { fetchPayload, isOfVersions, NextDocument } from "./saving/next_document.js";
import { createLocks } from "../saving/tabs.js";
import { createTransport } from "../saving/transport.js";
import { openSession } from "./session.js";
import { AfterPaint } from "./views/after_paint.js";
import { find, make, setAttributes } from "./views/elements.js";
import { PageView } from "./views/page.js";
import { showActiveTime } from "./views/status.js";


/**
 * @typedef {{payloadUrl: string, waivedUrl: string|null, changesUrl: string, timeUrl: string|null,
 *   submitUrl: string|null, reopenUrl: string|null, assignUrl: string|null, upcomingUrl: string|null, pageUrl: string,
 *   suggestionsUrl: string|null, dismissalsUrl: string|null, setId: number, userId: string, csrfCookie: string}} Config
 *   from the server, in the page; null for what this person may not do
 * @typedef {{url: string, module: string, dialogs_module: string, dialogs_styles: string,
 *   suggestions_module: string, tomorrow_module: string, document_module: string, document_styles: string,
 *   editor_preferences: import("./model/types.js").Preferences}} Personal
 * @typedef {import("../saving/transport.js").Transport} Transport
 * @typedef {import("./saving/timer.js").Timer} Timer
 * @typedef {import("./saving/sync.js").Sync} Sync
 * @typedef {import("./model/wire.js").Payload} Payload
 * @typedef {{payload: Payload, config: Config, page: PageView, sync: Sync, next: NextDocument,
 *   close: () => void}} Shown the document on the page
 */

/** After opening, when the user is not waiting for anything. */
const PREPARE_MILLISECONDS = 2_500;

async function start() {
  /** @type {Config} */
  const config = JSON.parse(find("#editor-config").textContent ?? "");
  /** @type {Personal} */
  const personal = JSON.parse(find("#editor-personal").textContent ?? "");
  const csrfToken = () => readCookie(config.csrfCookie);
  const transport = createTransport({ csrfToken, userId: config.userId });
  const answer = await transport.get(config.payloadUrl);
  if (answer.status !== 200) throw new Error(wordsOfProblem(answer));
  const editor = new Editor(personal, transport, csrfToken);
  editor.show(/** @type {Payload} */ (answer.body), config);
  addEventListener("popstate", () => {
    if (location.pathname !== editor.shown?.config.pageUrl) location.reload();
  });
}

/** Shows one document after another. Each has a session, views and elements of its own. */
class Editor {
  afterPaint = new AfterPaint();
  locks = createLocks(navigator.locks);
  /** The elements of the page as the server sent them. */
  template = /** @type {HTMLElement} */ (document.body.cloneNode(true));
  /** @type {Shown|null} */
  shown = null;

  /**
   * @param {Personal} personal
   * @param {import("../saving/transport.js").PageTransport} transport
   * @param {() => string} csrfToken
   */
  constructor(personal, transport, csrfToken) {
    this.personal = personal;
    this.transport = transport;
    this.csrfToken = csrfToken;
    this.template.querySelector(".messages")?.remove();
  }

  /** @param {Payload} payload @param {Config} config */
  show(payload, config) {
    performance.mark("editor:data");
    const { personal, transport, afterPaint, locks, csrfToken } = this;
    const { changesUrl, timeUrl, userId, waivedUrl } = config;
    const closing = new AbortController();
    const { signal } = closing;
    const { store, history, keymap, sync, timer } = openSession({ payload, changesUrl, timeUrl, userId, csrfToken,
      isOwn: config.submitUrl !== null, turn: afterPaint.turn, locks, signal });
    const post = (/** @type {string|null} */ url, /** @type {boolean} */ open) =>
      (url ? () => changeState({ transport, sync, timer, url, open }) : null);
    keymap.remap(personal.editor_preferences.keys);
    store.dispatch({ picksByWords: personal.editor_preferences.pick_by_words, userEvent: "settings" });
    if (waivedUrl !== null) keepWaived(store, transport, waivedUrl);
    const next = new NextDocument(transport, config);
    const page = new PageView({ afterPaint, store, history, keymap, personal, signal,
      review: { definition: payload.schema, isOn: waivedUrl !== null && payload.project.review_on_submit !== false },
      savePreferences: (preferences) => savePreferences(transport, personal, preferences),
      actions: { submit: post(config.submitUrl, false), reopen: post(config.reopenUrl, true),
        reopenUrl: config.reopenUrl, reopenOther: (url) => request(transport, url),
        openSet: (setId) => this.open(setId), openNext: () => this.openNext(), setId: config.setId,
        flush: () => sync.flush(), skipRefused: () => sync.skipRefused(),
        exportWork: () => savedWorkLine(store.state, savedWorkName(payload.set.name, new Date())) } });
    const close = () => {
      void timer?.pause();
      closing.abort();
    };
    if (this.shown) page.takeModes(this.shown.page);
    this.shown = { payload, config, page, sync, next, close };
    page.open();
    if (payload.suggests) void this.#suggest(page, config);
    if (page.store.state.schema.whole.attributes.length > 0) {
      import(personal.document_module).then((script) => script.showDocumentAttributes(page)).catch(showFailure);
    }
    showActiveTime(timer);
    setTimeout(() => !signal.aborted && void next.prepare(), PREPARE_MILLISECONDS);
    requestAnimationFrame(() => setTimeout(() => performance.measure("editor:open", "editor:data")));
  }

  /**
   * Load the suggestions with the script that shows them; without either, the text is annotated as ever.
   *
   * @param {PageView} page
   * @param {Config} config
   */
  async #suggest(page, config) {
    const { transport, personal } = this;
    const [script, answer] = await Promise.all([import(personal.suggestions_module),
      transport.post(config.suggestionsUrl ?? "", {})]).catch(() => []);
    if (answer?.status === 200) script.showSuggestions({ runs: answer.body, page, transport, config });
  }

  /** Have the next document assigned and open it. @returns {Promise<boolean>} false when none was assigned */
  async openNext() {
    if (!this.shown) return false;
    const assigned = await this.shown.next.assign(this.shown.page.store.state);
    if (assigned) await this.open(assigned.setId, assigned.payload);
    return assigned !== null;
  }

  /**
   * Open another set of the user in place of the one on the page, or load its page where schema or guidelines are
   * others, or where changes are not saved: these stay in the outbox.
   *
   * @param {number} setId
   * @param {Payload|null} [prepared]
   */
  async open(setId, prepared = null) {
    const { shown } = this;
    if (!shown) return;
    const { config: old, sync } = shown;
    const isSaved = await sync.flush();
    const config = moved(old, setId);
    const payload = prepared ?? await fetchPayload(this.transport, config.payloadUrl);
    const fits = payload !== null && isOfVersions(payload, shown.payload.set) && old.submitUrl !== null;
    if (!fits || !isSaved || sync.queue.size > 0) return location.assign(config.pageUrl);
    shown.close();
    this.afterPaint.run();
    const page = /** @type {HTMLElement} */ (this.template.cloneNode(true));
    if (!this.personal.editor_preferences.show_tips) page.querySelector("#tips")?.remove();
    fill(page, payload, (url) => url.replace(setPath(old), setPath(config)));
    document.body.replaceChildren(...page.childNodes);
    scrollTo(0, 0);
    this.show(payload, config);
    // The browser takes longer for the address than for the text.
    this.afterPaint.request(() => history.pushState(null, "", config.pageUrl));
  }
}

/** @param {Config} config */
function setPath({ setId }) {
  return `/annotation-sets/${setId}/`;
}

/** Return the addresses of another set. @param {Config} config @param {number} setId @returns {Config} */
function moved(config, setId) {
  const [before, after] = [setPath(config), setPath({ ...config, setId })];
  const entries = Object.entries(config).map(([name, value]) =>
    [name, typeof value === "string" ? value.replace(before, after) : value]);
  return { ...Object.fromEntries(entries), setId };
}

/**
 * Write what belongs to a document into the elements of the page.
 *
 * @param {HTMLElement} page
 * @param {Payload} payload
 * @param {(url: string) => string} move returns the same address of this document
 */
function fill(page, { document: { title, meta = [] } }, move) {
  document.title = `${title} · Annotator`;
  find("h1", page).textContent = title;
  const { role, ariaRoleDescription } = find("#text");
  const text = find("#text", page);
  setAttributes(text, { role, "aria-roledescription": ariaRoleDescription, "aria-label": title });
  for (const link of page.querySelectorAll("a")) link.href = move(link.getAttribute("href") ?? "");
  page.querySelector(".document-meta")?.remove();
  if (meta.length === 0) return;
  text.before(make("dl", { class: "document-meta" }, ...meta.map(({ name, text: words, is_link: isLink }) =>
    make("div", {}, make("dt", {}, name), make("dd", { dir: "auto" }, isLink
      ? make("a", { href: words, target: "_blank", rel: "noopener noreferrer" }, words) : words)))));
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
  await request(transport, url, open ? {} : { undoable: true });
  void timer?.pause();
  await sync.setOpen(open);
}

/**
 * @param {Transport} transport
 * @param {string} url
 * @param {Record<string, unknown>} [body]
 * @throws {Error} with the reason
 */
async function request(transport, url, body = {}) {
  const answer = await transport.post(url, body).catch(() => null);
  if (!answer) throw new Error(gettext("The server cannot be reached. Try again when you are online."));
  if (answer.status !== 200) throw new Error(wordsOfProblem(answer));
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
 * @param {import("../saving/transport.js").PageTransport} transport
 * @param {Personal} personal
 * @param {import("./model/types.js").Preferences} preferences
 * @throws {Error} with the reason why they are not saved
 */
async function savePreferences(transport, personal, preferences) {
  personal.editor_preferences = preferences;
  const answer = await transport.put(personal.url, { editor_preferences: preferences }).catch(() => null);
  if (!answer) throw new Error(gettext("The server cannot be reached."));
  if (answer.status !== 200) throw new Error(wordsOfProblem(answer));
}

/** @param {import("../saving/transport.js").Answer} answer */
function wordsOfProblem({ status, body }) {
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
