import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { backoff, createTransport, outcomeOf, savingMessage } from "../../../static/saving/transport.js";

/**
 * Return a transport to an HTTP server with a given answer.
 *
 * @param {import("node:test").TestContext} context
 * @param {(request: {method?: string, url?: string, headers: any, body: string}) =>
 *   {status: number, body?: string, headers?: Record<string, string>}|null} answer null for none
 * @param {number} [patience]
 */
async function connect(context, answer, patience) {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const given = answer({ method: request.method, url: request.url, headers: request.headers, body });
    if (given) response.writeHead(given.status, given.headers).end(given.body ?? "");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  let token = 0;
  const transport = createTransport({ csrfToken: () => `token-${token += 1}`, patience });
  return { transport, address: `http://127.0.0.1:${port}/changes/` };
}

test("changes are posted as JSON with the current token", async (context) => {
  /** @type {any[]} */
  const seen = [];
  const { transport, address } = await connect(context, (request) => {
    seen.push([request.method, request.headers["content-type"], request.headers["x-csrftoken"], request.body]);
    return { status: 200, body: '{"revision": 1}' };
  });

  assert.deepEqual(await transport.post(address, { a: "🙂" }), { status: 200, body: { revision: 1 }, retryAfter: 0 });
  await transport.post(address, {}, { keepalive: true });
  assert.deepEqual(seen, [
    ["POST", "application/json", "token-1", '{"a":"🙂"}'], ["POST", "application/json", "token-2", "{}"],
  ]);
});

test("problems are answers", async (context) => {
  const { transport, address } = await connect(context, () =>
    ({ status: 429, body: '{"code": "throttled"}', headers: { "Retry-After": "7" } }));

  assert.deepEqual(await transport.get(address), { status: 429, body: { code: "throttled" }, retryAfter: 7 });
});

test("answers without JSON are empty", async (context) => {
  for (const body of ["<html>Sign in to the guest network</html>", "", "[1", "null", "3"]) {
    const { transport, address } = await connect(context, () => ({ status: 200, body }));
    assert.deepEqual((await transport.get(address)).body, {});
  }
});

test("redirects are failures", async (context) => {
  let visits = 0;
  const { transport, address } = await connect(context, () => {
    visits += 1;
    return { status: 302, headers: { Location: "/sign-in/" } };
  });

  assert.notEqual(outcomeOf(await transport.get(address)), "done");
  assert.equal(visits, 1);
});

test("slow servers count as unreachable", async (context) => {
  const { transport, address } = await connect(context, () => null, 30);

  await assert.rejects(transport.get(address));
});

test("each answer has one outcome", () => {
  const outcome = (/** @type {number} */ status, /** @type {any} */ body = {}) =>
    outcomeOf({ status, body, retryAfter: 0 });

  assert.equal(outcome(200, { revision: 3 }), "done");
  assert.equal(outcome(200), "waiting");
  assert.equal(outcome(409, { code: "stale_revision" }), "stale");
  assert.equal(outcome(409, { code: "set_closed" }), "closed");
  assert.deepEqual([401, 403].map((status) => outcome(status)), ["signed_out", "signed_out"]);
  assert.equal(outcome(413), "too_large");
  assert.deepEqual([408, 425, 429, 500, 502, 503].map((status) => outcome(status)), Array(6).fill("waiting"));
  assert.deepEqual([400, 404, 409, 422].map((status) => outcome(status)), Array(4).fill("failed"));
});

test("waits double with a random part", () => {
  assert.deepEqual([0, 1, 5, 6, 99].map((attempt) => backoff(attempt, 1)), [1000, 2000, 32_000, 60_000, 60_000]);
  assert.equal(backoff(0, 0), 500);
  assert.equal(backoff(0, 0, 20), 20_000);
});

test("messages give the number of changes and the next step", () => {
  assert.match(savingMessage("offline", 1, ""), /1 change is stored in this browser and will be sent/);
  assert.match(savingMessage("signed_out", 2, ""), /2 changes are stored.*Sign in again/);
  assert.equal(savingMessage("signed_out", 0, ""), "You are signed out. Sign in again in another window.");
  assert.match(savingMessage("failed", 2, "Too long."), /Not saved: Too long\. 2 changes are stored/);
  assert.equal(savingMessage("closed", 1, ""), "This annotation set is closed. 1 change is stored in this browser.");
});
