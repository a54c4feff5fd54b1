/**
 * @typedef {{status: number, body: Record<string, any>, retryAfter: number}} Answer body is {} when it is not JSON;
 *   retryAfter in seconds, 0 when not given
 * @typedef {{get: (url: string) => Promise<Answer>,
 *   post: (url: string, body: unknown, options?: {keepalive?: boolean}) => Promise<Answer>}} Transport
 *   rejects when no answer came
 * @typedef {Transport & {put: (url: string, body: unknown) => Promise<Answer>}} PageTransport
 */

/** How long an answer may take; after that the request counts as failed and is sent again. */
const PATIENCE = 30_000;

/**
 * Requests to the API of this site, in JSON, under the session of the page.
 *
 * @param {{csrfToken: () => string, fetch?: typeof fetch, patience?: number}} options csrfToken is asked before each
 *   request, because signing in again changes it; patience in milliseconds
 * @returns {PageTransport}
 */
export function createTransport({ csrfToken, fetch: send = globalThis.fetch.bind(globalThis), patience = PATIENCE }) {
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
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify(body),
    keepalive,
  });
  return {
    get: (url) => request(url, { headers: { Accept: "application/json" } }),
    post: (url, body, { keepalive = false } = {}) => write("POST", url, body, keepalive),
    put: (url, body) => write("PUT", url, body),
  };
}

/**
 * @param {Response} response
 * @returns {Promise<Answer>}
 */
async function readAnswer(response) {
  if (response.type === "opaqueredirect") return { status: 401, body: {}, retryAfter: 0 }; // led to the sign-in page
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
    return {}; // a page of a proxy or of a captive portal: whoever reads the answer sees that it says nothing
  }
}

/**
 * @typedef {"done"|"stale"|"too_large"|"waiting"|"signed_out"|"closed"|"failed"} Outcome
 */

const LONGEST_WAIT = 60_000;
const FIRST_WAIT = 1_000;

/**
 * What an answer to sent changes means for the sender.
 *
 * @param {Answer} answer
 * @returns {Outcome}
 */
export function outcomeOf({ status, body }) {
  if (status === 200) return Number.isInteger(body.revision) ? "done" : "waiting"; // not from our server
  if (status === 409 && body.code === "stale_revision") return "stale";
  if (status === 409 && body.code === "set_closed") return "closed";
  if (status === 401 || status === 403) return "signed_out";
  if (status === 413) return "too_large";
  if (status === 408 || status === 425 || status === 429 || status >= 500) return "waiting";
  return "failed";
}

/**
 * How long to wait before another try: twice as long each time, up to a minute, and never the same for everybody.
 *
 * @param {number} attempt 0 for the first
 * @param {number} random from 0 up to 1
 * @param {number} [retryAfter] seconds that the server asked for
 * @returns {number} milliseconds
 */
export function backoff(attempt, random, retryAfter = 0) {
  const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(attempt, 16));
  return Math.max(1000 * retryAfter, wait * (0.5 + random / 2));
}

/**
 * What to tell the annotator.
 *
 * @param {import("../model/types.js").SavingState} state
 * @param {number} unsent
 * @param {string} detail of the server, where it gave one
 * @returns {string}
 */
export function savingMessage(state, unsent, detail) {
  const kept = unsent === 1 ? "1 change is kept in this browser" : `${unsent} changes are kept in this browser`;
  const also = unsent > 0 ? `; ${kept}` : "";
  switch (state) {
    case "saved":
      return "All changes saved";
    case "saving":
      return "Saving…";
    case "waiting":
      return `The server does not answer; ${kept} and sent again soon.`;
    case "offline":
      return `No connection; ${kept} and sent when it is back.`;
    case "signed_out":
      return `You are signed out${also}. Sign in again in another window.`;
    case "conflict":
      return "Saved, but some of your changes did not fit what was changed elsewhere. See the list.";
    case "closed":
      return `This set is closed${also}. ${detail}`.trim();
    case "failed":
      return `Not saved: ${detail || "the server refused it"} ${unsent > 0 ? kept.concat(".") : ""}`.trim();
  }
}
