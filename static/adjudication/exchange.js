/** Exchanges pages of the desk with the server: a form is sent and answered with a page. */

/**
 * @typedef {"done"|"refused"|"signed_out"|"other_user"|"waiting"|"failed"} PageOutcome
 * @typedef {{outcome: PageOutcome, html: string, url: string, problem: string, retryAfter: number}} PageAnswer `url`
 *   is the address of the page; `problem` is why it was refused, in words
 * @typedef {[string, string][]} Values
 * @typedef {{id: string, after: string, path: string, values: Values, unit: string, words: string, goesOn?: boolean}}
 *   Action a form that was sent: its id, that of an earlier action about the same unit, what it does in words, and
 *   whether the next unit comes after it; `unit` is "" for attributes of the document
 * @typedef {{post: (action: Action) => Promise<PageAnswer>, get: (url: string) => Promise<PageAnswer>}} Exchange
 *   rejects when no answer arrives
 */

/** How long an answer may take; after that the request has failed and is sent again. */
const PATIENCE = 30_000;

const BUSY = new Set([408, 425, 429]);

/**
 * @param {{csrfToken: () => string, userId: string, signIn: string, fetch?: typeof fetch}} options csrfToken is called
 *   before each request, because signing in again changes it; signIn is the path of the sign-in page
 * @returns {Exchange}
 */
export function createExchange({ csrfToken, userId, signIn, fetch: send = globalThis.fetch.bind(globalThis) }) {
  /**
   * @param {string} url
   * @param {RequestInit} options
   */
  const request = async (url, options) => {
    const headers = { Accept: "text/html", "X-Opened-By": userId, ...options.headers };
    const response = await send(url, {
      credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE), ...options, headers });
    return readPage(response, await response.text(), signIn);
  };
  return {
    get: (url) => request(url, {}),
    post: ({ id, after, path, values }) => request(path, {
      method: "POST",
      headers: { "X-CSRFToken": csrfToken(), "X-Action-Id": id, ...(after && { "X-After-Action": after }) },
      body: new URLSearchParams(values),
      keepalive: true, // a page that closes does not take it along
    }),
  };
}

/**
 * @param {Response} response
 * @param {string} html
 * @param {string} signIn
 * @returns {PageAnswer}
 */
function readPage(response, html, signIn) {
  const { status, headers, url } = response;
  const wait = Number(headers.get("Retry-After"));
  const isSignIn = new URL(url, location.href).pathname === signIn;
  return {
    outcome: outcomeOf(status, / id="work"/.test(html), isSignIn),
    html,
    url: headers.get("HX-Push-Url") ?? url,
    problem: decodeURIComponent(headers.get("X-Problem") ?? ""),
    retryAfter: Number.isFinite(wait) ? wait : 0,
  };
}

/**
 * @param {number} status
 * @param {boolean} isDesk whether the page is one of the desk
 * @param {boolean} isSignIn whether it is the sign-in page
 * @returns {PageOutcome}
 */
function outcomeOf(status, isDesk, isSignIn) {
  if (isSignIn) return "signed_out";
  if (status === 403) return "other_user";
  if (status >= 500 || BUSY.has(status)) return "waiting";
  if (!isDesk) return status >= 400 ? "failed" : "waiting"; // a page of a proxy, not of this server
  return status >= 400 ? "refused" : "done";
}
