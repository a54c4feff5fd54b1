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
