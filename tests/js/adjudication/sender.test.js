import assert from "node:assert/strict";
import { test } from "node:test";
import { Sender } from "../../../static/adjudication/sender.js";
import { openOutbox } from "../../../static/saving/outbox.js";
import { createLocks } from "../../../static/saving/tabs.js";
import { ManualClock, settle } from "../editor/support/clock.js";
import { IndexedDatabaseDouble } from "../editor/support/indexed_database.js";

/** @typedef {import("../../../static/adjudication/exchange.js").PageAnswer} PageAnswer */

const DONE = Object.freeze({ outcome: /** @type {const} */ ("done"), html: "", url: "", problem: "", retryAfter: 0 });

/**
 * Return a tab of the desk; `answer` is the server.
 *
 * @param {any} storage
 * @param {(id: string) => Promise<PageAnswer>} answer
 */
function openTab(storage, answer) {
  /** @type {string[]} */
  const states = [];
  /** @type {string[]} */
  const answered = [];
  const clock = new ManualClock();
  const sender = new Sender({
    exchange: { post: ({ id }) => answer(id), get: () => Promise.reject(new Error("not asked")) },
    outbox: openOutbox({ storage: () => storage, name: "desk", warn: assert.fail }),
    locks: createLocks(undefined),
    channel: { send: () => {}, listen: () => {}, close: () => {} },
    clock,
    name: "desk",
  }, {
    report: ({ state, unsent }) => states.push(`${state} ${unsent}`),
    answered: (action) => answered.push(action.id),
    addConflicts: () => {},
  });
  return { sender, states, answered, clock };
}

/** @param {string} id */
function makeAction(id) {
  return { id, after: "", path: "/units/1/", values: /** @type {[string, string][]} */ ([]), unit: "1", words: "" };
}

test("actions wait for the server and are sent in order", async () => {
  let isUp = false;
  /** @type {string[]} */
  const sent = [];
  const tab = openTab(new IndexedDatabaseDouble().factory, (id) => {
    sent.push(id);
    return isUp ? Promise.resolve(DONE) : Promise.reject(new Error("no connection"));
  });
  tab.sender.push(makeAction("a"));
  await settle();
  tab.sender.push(makeAction("b"));
  await settle();
  assert.equal(tab.states.at(-1), "offline 2");

  isUp = true;
  await tab.sender.flush();

  assert.deepEqual([sent, tab.answered], [["a", "a", "b"], ["a", "b"]]);
  assert.equal(tab.states.at(-1), "saved 0");
});

test("actions of a closed page are sent by the next one", async () => {
  const storage = new IndexedDatabaseDouble().factory;
  const closed = openTab(storage, () => Promise.reject(new Error("no connection")));
  closed.sender.push(makeAction("a"));
  await settle();
  const next = openTab(storage, () => Promise.resolve(DONE));

  await next.sender.recovery.restore();
  await settle();

  assert.deepEqual(next.answered, ["a"]);
});

test("a server that refuses for good stops sending until the action is skipped", async () => {
  const tab = openTab(new IndexedDatabaseDouble().factory, (id) =>
    Promise.resolve(id === "a" ? { ...DONE, outcome: /** @type {const} */ ("failed") } : DONE));
  tab.sender.push(makeAction("a"));
  tab.sender.push(makeAction("b"));
  await settle();
  assert.equal(tab.states.at(-1), "failed 2");

  await tab.sender.skipRefused();

  assert.deepEqual(tab.answered, ["b"]);
});
