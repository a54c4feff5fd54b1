import assert from "node:assert/strict";
import { test } from "node:test";
import { Watch } from "../../../../static/editor/saving/watch.js";
import { watchPage } from "../../../../static/editor/views/page_events.js";
import { ManualClock, settle } from "../support/clock.js";
import { label, saving, start } from "../support/saving.js";

/** A watch over a page that can be hidden, and how often it asked. */
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

test("while somebody stirs there are less than two seconds between questions", async () => {
  const { page, watch } = makeWatch();
  for (let second = 0; second < 600; second += 1) {
    watch.stir();
    await settle();
    await page.clock.pass(1000);
  }

  assert.ok(page.asked >= 300 && page.asked <= 400, `asked ${page.asked} times in ten minutes`);
});

test("when nobody stirs for a minute, questions become rarer, until somebody stirs again", async () => {
  const { page, watch } = makeWatch();
  watch.stir();
  await settle();
  const waits = await waitsOf(page.clock);

  assert.deepEqual(waits.slice(0, 40), Array(40).fill(1500));
  assert.deepEqual(waits.slice(-3), [30_000, 30_000, 30_000]);
  assert.deepEqual(waits, waits.toSorted((a, b) => a - b));
  const before = page.asked;
  watch.stir();
  await settle();
  assert.deepEqual([page.asked, page.clock.pending], [before + 1, 1500]);
});

test("news keep questions frequent, as somebody is at work elsewhere", async () => {
  const { page, watch } = makeWatch();
  page.hasNews = true;
  watch.stir();
  await settle();

  assert.deepEqual(new Set(await waitsOf(page.clock)), new Set([1500]));
});

test("a hidden page asks nothing until somebody comes back", async () => {
  const { page, watch } = makeWatch();
  watch.stir();
  await settle();
  page.isVisible = false;
  await page.clock.pass(1500);
  assert.deepEqual([page.asked, page.clock.pending], [1, null]);
  page.isVisible = true;
  watch.stir();
  await settle();

  assert.deepEqual([page.asked, page.clock.pending], [2, 1500]);
});

test("keys, pointer, wheel and touch are stirs", () => {
  const page = Object.assign(new EventTarget(), { document: { visibilityState: "visible" } });
  const watched = watchPage(/** @type {any} */ (page));
  let stirs = 0;
  watched.onStir(() => {
    stirs += 1;
  });
  for (const name of ["keydown", "pointermove", "pointerdown", "wheel", "touchmove", "focus"]) {
    page.dispatchEvent(new Event(name));
  }

  assert.deepEqual([stirs, watched.isVisible()], [5, true]);
});

test("looking brings what happened on another device, and tells whether anything did", async () => {
  const { browser, tab } = await start();
  const other = await browser.open();
  browser.listeners.clear(); // another device: no messages between tabs
  assert.equal(await tab.sync.look(), false);
  await label(other, "denied", "Denial");

  assert.equal(await tab.sync.look(), true);
  assert.equal(tab.store.state.spans.countOf("Denial"), 1);
});

test("looking does not press a server that asked for time, nor one that refused", async () => {
  const { server, tab } = await start();
  server.trouble = [{ status: 503, retryAfter: 300 }];
  await label(tab, "denied", "Denial");
  const asked = server.requests.length;
  await tab.sync.look();

  assert.equal(server.requests.length, asked);
  assert.deepEqual([saving(tab), tab.clock.pending], [["waiting", 1], 300_000]);
});
