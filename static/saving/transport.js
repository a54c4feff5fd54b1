import { gettext, interpolate, ngettext } from "../pages/text.js";

/**
 * @typedef {{status: number, body: Record<string, any>, retryAfter: number}} Answer body is {} when it is not JSON;
 *   retryAfter in seconds, 0 without one
 * @typedef {{get: (url: string) => Promise<Answer>,
 *   post: (url: string, body: unknown, options?: {keepalive?: boolean}) => Promise<Answer>}} Transport
 *   rejects when no answer arrives
 * @typedef {Transport & {put: (url: string, body: unknown) => Promise<Answer>}} PageTransport
 */

/** How long an answer may take; after that the request has failed and is sent again. */
const PATIENCE = 30_000;

/**
 * Return functions that send JSON to the API of this site, in the session of the page.
 *
 * @param {{csrfToken: () => string, userId?: string, fetch?: typeof fetch, patience?: number}} options csrfToken is
 *   called before each request, because signing in again changes it; the server refuses requests of the page of one
 *   user in the session of another; patience in milliseconds
 * @returns {PageTransport}
 */
export function createTransport({
  csrfToken, userId = "", fetch: send = globalThis.fetch.bind(globalThis), patience = PATIENCE,
}) {
  /**
   * @param {string} url
   * @param {RequestInit} options
   * @returns {Promise<Answer>}
   */
  const request = async (url, options) => {
    const response = await send(url, {
      credentials: "same-origin",
      redirect: "manual",
      signal: AbortSignal.timeout(patience),
      ...options,
      headers: { Accept: "application/json", ...(userId && { "X-Opened-By": userId }), ...options.headers },
    });
    return readAnswer(response);
  };
  /**
   * @param {string} method
   * @param {string} url
   * @param {unknown} body
   * @param {boolean} [keepalive]
   */
  const write = (method, url, body, keepalive = false) => request(url, {
    method,
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify(body),
    keepalive,
  });
  return {
    get: (url) => request(url, {}),
    post: (url, body, { keepalive = false } = {}) => write("POST", url, body, keepalive),
    put: (url, body) => write("PUT", url, body),
  };
}

/**
 * @param {Response} response
 * @returns {Promise<Answer>}
 */
async function readAnswer(response) {
  if (response.type === "opaqueredirect") return { status: 401, body: {}, retryAfter: 0 }; // to the sign-in page
  const text = await response.text();
  const wait = Number(response.headers.get("Retry-After"));
  return { status: response.status, body: parseObject(text), retryAfter: Number.isFinite(wait) ? wait : 0 };
}

/**
 * @param {string} text
 * @returns {Record<string, any>}
 */
function parseObject(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {}; // the page of a proxy or of a captive portal
  }
}

/**
 * @typedef {"done"|"stale"|"too_large"|"waiting"|"signed_out"|"closed"|"no_access"|"failed"} Outcome
 */

/** Outcomes by status, or by status and problem code. @type {Record<string, Outcome>} */
const OUTCOMES = Object.freeze({
  "409 stale_revision": "stale", "409 set_closed": "closed", "404 not_found": "no_access", 413: "too_large",
  401: "signed_out", 403: "signed_out", 408: "waiting", 425: "waiting", 429: "waiting",
});

const LONGEST_WAIT = 60_000;
const FIRST_WAIT = 1_000;

/**
 * Return the outcome of a request that sent changes.
 *
 * @param {Answer} answer
 * @returns {Outcome}
 */
export function outcomeOf({ status, body }) {
  if (status === 200) return Number.isInteger(body.revision) ? "done" : "waiting"; // not from this server
  if (status >= 500) return "waiting";
  return OUTCOMES[`${status} ${body.code}`] ?? OUTCOMES[status] ?? "failed";
}

/**
 * Return how long to wait before the next attempt: twice as long each time, up to a minute, with a random part that
 * spreads the clients.
 *
 * @param {number} attempt 0 for the first
 * @param {number} random from 0 up to 1
 * @param {number} [retryAfter] seconds that the server asks for
 * @returns {number} milliseconds
 */
export function backoff(attempt, random, retryAfter = 0) {
  const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(attempt, 16));
  return Math.max(1000 * retryAfter, wait * (0.5 + random / 2));
}

/**
 * @typedef {"saved"|"saving"|"waiting"|"offline"|"signed_out"|"conflict"|"closed"|"failed"} SavingState
 * @typedef {{state: SavingState, unsent: number, message: string, canSkip?: boolean}} Saving `message` for people;
 *   `canSkip`: one change was refused, and the others can be sent without it
 */

/**
 * Return the state of saving in words.
 *
 * @param {SavingState} state
 * @param {number} unsent number of changes that are not saved
 * @param {string} detail from the server, where it gave one
 * @returns {string}
 */
export function savingMessage(state, unsent, detail) {
  switch (state) {
    case "saved":
      return gettext("All changes saved");
    case "saving":
      return gettext("Saving…");
    case "waiting":
      return sentences(gettext("Not saved: the server does not respond."), queuedWords(unsent));
    case "offline":
      return sentences(gettext("Not saved: no connection."), queuedWords(unsent));
    case "signed_out":
      return sentences(detail || gettext("You are signed out."), storedWords(unsent),
        gettext("Sign in again in another window."));
    case "conflict":
      return gettext("Saved, except for changes that conflict with changes made elsewhere.");
    case "closed":
      return sentences(gettext("This annotation set is closed."), storedWords(unsent), detail);
    case "failed":
      if (unsent === 0 && detail) return detail;
      return sentences(interpolate(gettext("Not saved: %(reason)s"),
        { reason: detail || gettext("the server refused a change.") }), storedWords(unsent));
  }
}

/** @param {string[]} parts those that are "" are left out */
function sentences(...parts) {
  return parts.filter(Boolean).join(" ");
}

/** @param {number} count */
function queuedWords(count) {
  return interpolate(ngettext("%(count)s change is stored in this browser and will be sent automatically.",
    "%(count)s changes are stored in this browser and will be sent automatically.", count), { count });
}

/** @param {number} count */
function storedWords(count) {
  if (count === 0) return "";
  return interpolate(ngettext("%(count)s change is stored in this browser.",
    "%(count)s changes are stored in this browser.", count), { count });
}
