import assert from "node:assert/strict";
import { test } from "node:test";
import { Watch } from "../../../../static/editor/saving/watch.js";
import { watchPage } from "../../../../static/editor/views/page_events.js";
import { ManualClock, settle } from "../support/clock.js";
import { label, saving, start } from "../support/saving.js";

/** Return a watch of a page that can be hidden, with a count of its requests. */
function makeWatch() {
  const page = { isVisible: true, asked: 0, hasNews: false, clock: new ManualClock() };
  const look = () => {
    page.asked += 1;
    return Promise.resolve(page.hasNews);
  };
  return { page, watch: new Watch({ look, isVisible: () => page.isVisible, clock: page.clock }) };
}

/** @param {ManualClock} clock */
async function waitsOf(clock) {
  const waits = [];
  for (let count = 0; count < 50; count += 1) {
    const wait = Number(clock.pending);
    waits.push(wait);
    await clock.pass(wait);
  }
  return waits;
}

test("a used page is updated every two seconds", async () => {
  const { page, watch } = makeWatch();
  for (let second = 0; second < 600; second += 1) {
    watch.touch();
    await settle();
    await page.clock.pass(1000);
  }

  assert.ok(page.asked >= 300 && page.asked <= 400, `asked ${page.asked} times in ten minutes`);
});

test("an unused page is updated less often", async () => {
  const { page, watch } = makeWatch();
  watch.touch();
  await settle();
  const waits = await waitsOf(page.clock);

  assert.deepEqual(waits.slice(0, 40), Array(40).fill(1500));
  assert.deepEqual(waits.slice(-3), [30_000, 30_000, 30_000]);
  assert.deepEqual(waits, waits.toSorted((a, b) => a - b));
  const before = page.asked;
  watch.touch();
  await settle();
  assert.deepEqual([page.asked, page.clock.pending], [before + 1, 1500]);
});

test("changes keep updates frequent", async () => {
  const { page, watch } = makeWatch();
  page.hasNews = true;
  watch.touch();
  await settle();

  assert.deepEqual(new Set(await waitsOf(page.clock)), new Set([1500]));
});

test("hidden pages are not updated", async () => {
  const { page, watch } = makeWatch();
  watch.touch();
  await settle();
  page.isVisible = false;
  await page.clock.pass(1500);
  assert.deepEqual([page.asked, page.clock.pending], [1, null]);
  page.isVisible = true;
  watch.touch();
  await settle();

  assert.deepEqual([page.asked, page.clock.pending], [2, 1500]);
});

test("keys, pointer, wheel and touch are activity", () => {
  const page = Object.assign(new EventTarget(), { document: { visibilityState: "visible" } });
  const watched = watchPage(/** @type {any} */ (page));
  let stirs = 0;
  watched.onActivity(() => {
    stirs += 1;
  });
  for (const name of ["keydown", "pointermove", "pointerdown", "wheel", "touchmove", "focus"]) {
    page.dispatchEvent(new Event(name));
  }

  assert.deepEqual([stirs, watched.isVisible()], [5, true]);
});

test("updates from other devices are reported", async () => {
  const { browser, tab } = await start();
  const other = await browser.open();
  browser.listeners.clear(); // another device: no messages between tabs
  assert.equal(await tab.sync.look(), false);
  await label(other, "denied", "Denial");

  assert.equal(await tab.sync.look(), true);
  assert.equal(tab.store.state.spans.countOf("Denial"), 1);
});

test("updates respect waits and refusals", async () => {
  const { server, tab } = await start();
  server.trouble = [{ status: 503, retryAfter: 300 }];
  await label(tab, "denied", "Denial");
  const asked = server.requests.length;
  await tab.sync.look();

  assert.equal(server.requests.length, asked);
  assert.deepEqual([saving(tab), tab.clock.pending], [["waiting", 1], 300_000]);
});
