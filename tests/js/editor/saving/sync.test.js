import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../../../static/editor/commands/index.js";
import { selectWords } from "../support/article.js";
import { settle } from "../support/clock.js";
import { contentOf } from "../support/editors.js";
import { label, saving, setValue, start, unsent } from "../support/saving.js";

test("every action is sent at once", async () => {
  const { server, tab } = await start();
  await label(tab, "denied", "Denial");
  tab.run(commands.setNote("look"));
  await settle();

  assert.deepEqual(server.requests.map(({ method, body }) =>
    [method, body.base_revision, body.changes.length, body.sha256]),
    [["POST", 0, 1, "0".repeat(64)], ["POST", 1, 1, "0".repeat(64)]]);
  assert.deepEqual(server.log[0].span.fragments, [[34, 40]]);
  assert.deepEqual([saving(tab), await unsent(tab)], [["saved", 0], 0]);
  assert.equal(tab.store.state.saving.message, "All changes saved");
});

test("actions during a request are sent together", async () => {
  const { server, tab } = await start();
  selectWords(tab, "denied");
  tab.run(commands.labelSelection("Denial"));
  await Promise.resolve();
  for (const kind of ["rejection", "discredit", "contradiction"]) tab.run(commands.setAttribute("kind", kind));
  await settle();

  assert.ok(tab.updates.some((update) => update.transaction.saving?.state === "saving"));
  const kinds = server.log.map((entry) => (entry.span ?? entry.after).attributes.kind);
  assert.deepEqual(kinds, ["contradiction", "rejection", "discredit", "contradiction"]);
  assert.ok(server.requests.length <= 2);
});

test("changes wait for the connection", async () => {
  const { server, tab } = await start();
  server.trouble = ["lost request", "lost request"];
  await label(tab, "denied", "Denial");
  assert.deepEqual([saving(tab), tab.clock.pending], [["offline", 1], 1000]);
  await label(tab, "Ben", "Speaker");
  assert.deepEqual([saving(tab), server.requests.length, await unsent(tab)], [["offline", 2], 1, 2]);
  await tab.clock.pass(1000);
  assert.deepEqual([saving(tab), tab.clock.pending], [["offline", 2], 2000]);
  await tab.clock.pass(2000);

  assert.deepEqual([saving(tab), tab.clock.pending, await unsent(tab)], [["saved", 0], null, 0]);
  assert.deepEqual(server.log.map((entry) => entry.span.label), ["Denial", "Speaker"]);
});

test("coming back ends the wait", async () => {
  const { server, tab } = await start();
  server.trouble = ["lost request"];
  await label(tab, "denied", "Denial");
  await tab.sync.check();

  assert.deepEqual([saving(tab), server.log.length, tab.clock.pending], [["saved", 0], 1, null]);
});

test("waits grow up to a minute", async () => {
  const { server, tab } = await start();
  server.trouble = [...Array(8).fill({ status: 503 }), { status: 429, retryAfter: 300 }];
  await label(tab, "denied", "Denial");
  const waits = [];
  for (let wait = tab.clock.pending; wait !== null; wait = tab.clock.pending) {
    waits.push(wait / 1000);
    assert.equal(tab.store.state.saving.state, "waiting");
    await tab.clock.pass(wait);
  }

  assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60, 300]);
  assert.deepEqual(saving(tab), ["saved", 0]);
});

test("a lost answer does not duplicate a change", async () => {
  const { server, tab } = await start();
  server.trouble = ["lost answer"];
  await label(tab, "denied", "Denial");
  assert.deepEqual([saving(tab), server.log.length], [["offline", 1], 1]);
  await label(tab, "Ben", "Speaker");
  await tab.clock.pass(1000);

  assert.deepEqual([saving(tab), server.log.length, tab.sync.revision], [["saved", 0], 2, 2]);
});

test("a stale revision is rebased in one step", async () => {
  const { server, browser, tab } = await start();
  const other = await browser.open();
  browser.listeners.clear();
  await label(other, "denied", "Denial");
  const before = tab.updates.length;
  await setValue(tab, "plan", "kind", "position");

  const remote = tab.updates.slice(before).filter((update) => update.transaction.userEvent === "remote");
  assert.equal(remote.length, 1);
  assert.match(remote[0].transaction.announce ?? "", /^1 change was made elsewhere/);
  assert.deepEqual(saving(tab), ["saved", 0]);
  assert.deepEqual(server.log.map((entry) => entry.kind), ["add_span", "update_span"]);
  assert.deepEqual(contentOf(tab.store.state).spans.map((span) => span.label).sort(), ["Claim", "Denial", "Speaker"]);
  assert.equal(tab.store.state.selectedId, "plan", "the selection survives");
});

test("conflicts outlive the page until they are resolved", async () => {
  const { server, browser, tab } = await start();
  const other = await browser.open();
  browser.listeners.clear();
  await setValue(other, "plan", "kind", "position");
  await setValue(tab, "plan", "kind", "evaluation");

  assert.deepEqual([saving(tab), server.log.length], [["conflict", 0], 1]);
  assert.match(tab.store.state.conflicts[0].message, /you set Evaluation\. Elsewhere it was set to Position/);
  tab.close();
  const again = await browser.open();
  assert.deepEqual(again.store.state.conflicts.map((conflict) => conflict.mine), ["Evaluation"]);
  again.run(commands.takeMine(again.store.state.conflicts[0].id));
  await settle();
  assert.deepEqual([saving(again), server.spans.get("plan").attributes.kind], [["saved", 0], "evaluation"]);
  again.close();
  assert.deepEqual((await browser.open()).store.state.conflicts, []);
});

test("other tabs show saved changes", async () => {
  const { browser, tab } = await start();
  const other = await browser.open();
  await label(tab, "denied", "Denial");

  assert.deepEqual(contentOf(other.store.state), contentOf(tab.store.state));
  assert.equal(other.history.canUndo(), false, "changes of another tab cannot be undone here");
});

test("a closed set keeps unsent changes", async () => {
  const { server, tab } = await start();
  server.state = "submitted";
  await label(tab, "denied", "Denial");
  assert.deepEqual([saving(tab), tab.store.state.editable, await unsent(tab)], [["closed", 1], false, 1]);
  assert.match(tab.store.state.saving.message, /closed\. 1 change is stored/);
  server.state = "open";
  await tab.sync.check();

  assert.deepEqual([saving(tab), tab.store.state.editable, server.log.length], [["saved", 0], true, 1]);
});

test("a set can be submitted and reopened", async () => {
  const { server, tab } = await start();
  await label(tab, "denied", "Denial");
  assert.equal(await tab.sync.flush(), true);
  server.state = "submitted";
  await tab.sync.setOpen(false);
  assert.deepEqual([tab.store.state.editable, tab.run(commands.removeSelected)], [false, false]);
  server.state = "open";
  await tab.sync.setOpen(true);

  assert.equal(tab.store.state.editable, true);
});

test("flush reports unsaved changes", async () => {
  const { server, tab } = await start();
  server.trouble = ["lost request", "lost request"];
  await label(tab, "denied", "Denial");

  assert.equal(await tab.sync.flush(), false);
  assert.equal(await tab.sync.flush(), true);
});

for (const status of [401, 403]) {
  test(`changes are kept while signed out (${status})`, async () => {
    const { server, tab } = await start();
    server.trouble = [{ status }];
    await label(tab, "denied", "Denial");
    assert.deepEqual([saving(tab), await unsent(tab)], [["signed_out", 1], 1]);
    assert.match(tab.store.state.saving.message, /Sign in again/);
    await tab.sync.check();

    assert.deepEqual([saving(tab), server.log.length], [["saved", 0], 1]);
  });
}

test("only failures with unsent changes are reported", async () => {
  const { server, tab } = await start();
  server.trouble = ["lost request", { status: 503 }, { status: 401 }];
  await tab.sync.check();
  await tab.sync.check();
  assert.deepEqual(saving(tab), ["saved", 0]);
  await tab.sync.check();
  assert.deepEqual(saving(tab), ["signed_out", 0]);
  await tab.clock.pass(60_000);

  assert.deepEqual([saving(tab), tab.clock.pending], [["saved", 0], null]);
});

test("a change after a failed check is not called saved", async () => {
  const { server, tab } = await start();
  server.trouble = ["lost request", "lost request"];
  await tab.sync.check();
  assert.deepEqual([saving(tab), tab.clock.pending], [["saved", 0], 1000]);
  await label(tab, "denied", "Denial");

  assert.equal(server.requests.length, 2);
  assert.deepEqual(saving(tab), ["offline", 1]);
  assert.ok(tab.updates.every(({ state }) => state.saving.state !== "saved" || state.saving.unsent === 0));
});

test("a refused change can be skipped", async () => {
  const { server, tab } = await start();
  selectWords(tab, "denied");
  tab.run(commands.labelSelection("Denial"));
  server.unwanted.add(tab.sync.queue.applied[0].id);
  selectWords(tab, "Ben");
  tab.run(commands.labelSelection("Speaker"));
  await settle();
  assert.deepEqual([saving(tab), await unsent(tab), server.log.length], [["failed", 2], 2, 0]);
  assert.deepEqual([tab.store.state.saving.canSkip, tab.store.state.saving.message],
    [true, "Not saved: No. 2 changes are stored in this browser."]);
  await tab.sync.skipRefused();

  assert.deepEqual([saving(tab), server.log.map((entry) => entry.span.label)], [["conflict", 0], ["Speaker"]]);
  assert.deepEqual(tab.store.state.conflicts.map((conflict) => conflict.mine), ["Denial “denied” added"]);
  assert.equal(tab.store.state.spans.size, 3);
});

test("a changed text is reported and nothing is lost", async () => {
  for (const trouble of [{ status: 409, body: { code: "wrong_text", detail: "Load it again." } }, { status: 404 }]) {
    const { server, tab } = await start();
    server.trouble = [trouble];
    await label(tab, "denied", "Denial");
    assert.deepEqual([saving(tab), await unsent(tab), tab.clock.pending], [["failed", 1], 1, null]);
    assert.equal(await tab.sync.flush(), true, "trying again by hand");
  }
});

test("a failed check counts the changes that are made after it", async () => {
  const { server, tab } = await start();
  server.trouble = [{ status: 404, body: { detail: "There is no annotation set 5." } }];
  await tab.sync.check();
  assert.deepEqual([saving(tab), tab.store.state.saving.message], [["failed", 0], "There is no annotation set 5."]);
  await label(tab, "denied", "Denial");

  assert.deepEqual([saving(tab), tab.store.state.saving.message],
    [["failed", 1], "Not saved: There is no annotation set 5. 1 change is stored in this browser."]);
});

test("foreign answers are ignored", async () => {
  const { server, tab } = await start();
  server.trouble = [{ status: 200, body: {} }];
  await label(tab, "denied", "Denial");

  assert.deepEqual(saving(tab), ["waiting", 1]);
});

test("large batches are split", async () => {
  const { server, tab } = await start();
  server.trouble = ["lost request"];
  for (let step = 0; step < 250; step += 1) {
    tab.run(commands.selectSpan("ada"));
    tab.run(commands.setNote(`note ${step}`));
  }
  await settle();
  server.largest = 20_000;
  await tab.clock.pass(1000);

  const sizes = server.requests.map(({ body }) => body.changes.length);
  assert.equal(Math.max(...sizes), 200);
  assert.deepEqual([server.log.length, saving(tab)], [250, ["saved", 0]]);
  assert.equal(server.spans.get("ada").note, "note 249");
});

test("a single change that is too large can be skipped", async () => {
  const { server, tab } = await start();
  server.largest = 10;
  await label(tab, "denied", "Denial");
  assert.deepEqual([saving(tab), tab.store.state.saving.canSkip], [["failed", 1], true]);
  await tab.sync.skipRefused();

  assert.deepEqual(saving(tab), ["conflict", 0]);
});
