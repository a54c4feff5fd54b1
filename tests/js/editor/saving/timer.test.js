import assert from "node:assert/strict";
import { test } from "node:test";
import { openTimeStore, formatDuration, Timer } from "../../../../static/editor/saving/timer.js";
import { ManualClock, settle } from "../support/clock.js";

/** @typedef {import("../../../../static/editor/saving/timer.js").Period} Period */

/** Return a server that counts the union of the reported periods, and a page with a timer. */
function makePage({ left = /** @type {Period[]} */ ([]), counted = 0 } = {}) {
  const clock = new ManualClock();
  const page = { clock, isCounted: true, isReachable: true, kept: left,
    reports: /** @type {Period[][]} */ ([]), seconds: new Set(/** @type {number[]} */ ([])) };
  const keep = { take: () => page.kept, keep: (/** @type {Period[]} */ periods) => {
    page.kept = structuredClone(periods);
  } };
  const send = (/** @type {Period[]} */ periods) => {
    if (!page.isReachable) return Promise.resolve(null);
    page.reports.push(structuredClone(periods));
    for (const [start, end] of periods) for (let at = start; at < end; at += 1000) page.seconds.add(at);
    return Promise.resolve(counted + page.seconds.size);
  };
  const timer = new Timer({ send, keep, clock, now: () => clock.now, isCounted: () => page.isCounted }, counted);
  /** @param {number} seconds of work, with a touch each second */
  const work = async (seconds) => {
    for (let second = 0; second < seconds; second += 1) {
      timer.touch();
      await clock.pass(1000);
    }
    timer.touch();
  };
  return { page, timer, work };
}

test("new time is reported every minute", async () => {
  const { page, timer, work } = makePage();
  await work(150);

  assert.deepEqual(page.reports, [[[0, 59_000]], [[59_000, 119_000]]]);
  assert.equal(timer.seconds, 150);
});

test("short pauses count", async () => {
  const { page, timer, work } = makePage();
  await work(10);
  await page.clock.pass(60_000);
  await work(10);
  await page.clock.pass(61_000);
  await work(5);
  await page.clock.pass(200_000);
  timer.touch();

  assert.equal(timer.seconds, 85);
  await timer.pause();
  assert.equal(page.seconds.size, 85);
});

test("hidden pages do not count", async () => {
  const { page, timer, work } = makePage();
  await work(10);
  await page.clock.pass(20_000);
  await timer.pause();
  await page.clock.pass(30_000);
  await work(5);

  assert.equal(timer.seconds, 35);
  assert.deepEqual(page.reports, [[[0, 30_000]]]);
  assert.deepEqual(page.kept, []);
});

test("unused pages stop their timer", async () => {
  const { page, work } = makePage();
  await work(10);
  for (let minute = 0; minute < 5; minute += 1) await page.clock.pass(60_000);

  assert.equal(page.reports.length, 1);
  assert.equal(page.clock.pending, null);
});

test("unreported time is kept", async () => {
  const { page, timer, work } = makePage({ counted: 600 });
  page.isReachable = false;
  await work(70);
  assert.equal(timer.seconds, 670);
  await timer.pause();
  assert.deepEqual(page.kept, [[0, 70_000]]);

  const next = makePage({ left: page.kept, counted: 600 });
  assert.equal(next.timer.seconds, 670);
  next.page.clock.now = 200_000;
  await next.work(5);
  await next.timer.pause();
  assert.deepEqual(next.page.reports[0][0], [0, 70_000]);
  assert.deepEqual(next.page.kept, []);
});

test("closed sets and clock changes do not count", async () => {
  const { page, timer, work } = makePage();
  await work(10);
  page.clock.now -= 3_600_000;
  await work(10);
  page.isCounted = false;
  await work(100);

  assert.equal(timer.seconds, 20);
});

test("running reports are not repeated", async () => {
  const { page, timer, work } = makePage();
  await work(10);
  const pauses = [timer.pause(), timer.pause()];
  await Promise.all(pauses);
  await settle();

  assert.equal(page.reports.length, 1);
});

test("stored periods are kept apart by page", () => {
  const data = /** @type {Record<string, any>} */ ({});
  const storage = /** @type {any} */ (data);
  Object.defineProperties(data, {
    getItem: { value: (/** @type {string} */ key) => data[key] ?? null },
    setItem: { value: (/** @type {string} */ key, /** @type {string} */ value) => void (data[key] = value) },
    removeItem: { value: (/** @type {string} */ key) => void delete data[key] },
  });
  const open = (/** @type {string} */ tabId, name = "a") => openTimeStore({ storage: () => storage, name, tabId });
  open("1").keep([[0, 1]]);
  open("2").keep([[5, 6]]);
  open("3", "b").keep([[7, 8]]);

  assert.deepEqual(open("4").take(), [[0, 1], [5, 6]]);
  assert.deepEqual(Object.keys(data).sort(), ["a-time-4", "b-time-3"]);
  const forbidden = openTimeStore({ storage: () => {
    throw new Error("no");
  }, name: "a", tabId: "5" });
  forbidden.keep([[0, 1]]);
  assert.deepEqual(forbidden.take(), []);
});

test("durations are shown in hours and minutes", () => {
  assert.deepEqual([0, 59, 60, 3599, 3600, 7380].map(formatDuration),
    ["0 min", "0 min", "1 min", "59 min", "1 h 0 min", "2 h 3 min"]);
});
