import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../../../static/editor/commands/index.js";
import { TEXT } from "../support/article.js";
import { settle } from "../support/clock.js";
import { contentOf, makeSpan } from "../support/editors.js";
import { IndexedDatabaseDouble } from "../support/indexed_database.js";
import { label, saving, setValue, SPANS, start, unsent } from "../support/saving.js";
import { Server } from "../support/server.js";
import { Browser } from "../support/tabs.js";

test("a page that closes sends its last changes without waiting, at most what a browser lets it", async () => {
  const { server, tab } = await start();
  server.trouble = ["lost request", "lost request"];
  for (let step = 0; step < 60; step += 1) {
    tab.run(commands.selectSpan("ada"));
    tab.run(commands.setNote(`${step}${"x".repeat(1500)}`));
  }
  await settle();
  server.trouble = [];
  tab.sync.leave();
  await settle();

  const last = server.requests.at(-1);
  assert.ok(last?.keepalive && JSON.stringify(last.body.changes).length <= 60_000);
  assert.ok(server.log.length > 5);
  await tab.sync.check();
  assert.deepEqual([saving(tab), server.log.length], [["saved", 0], 60]);
});

test("a page that has nothing to send says nothing when it closes", async () => {
  const { server, tab } = await start();
  tab.sync.leave();
  await settle();

  assert.deepEqual(server.requests, []);
});

test("what a page could not send is sent by the next one, on top of what happened meanwhile", async () => {
  const { server, browser, tab } = await start();
  server.trouble = ["lost request"];
  await setValue(tab, "plan", "kind", "position");
  await label(tab, "denied", "Denial");
  tab.close();
  server.trouble = [];
  server.transport.post("", { base_revision: 0, sha256: server.sha256, changes: [
    { id: "x", kind: "update_span", span_id: "ada", before: { note: "" }, after: { note: "from a phone" } },
  ] });
  await settle();
  const next = await browser.open();

  assert.deepEqual([saving(next), await unsent(next), server.log.length], [["saved", 0], 0, 3]);
  assert.equal(next.store.state.spans.get("plan")?.attributes.kind, "position");
  assert.equal(next.store.state.spans.size, 3);
});

test("drafts that the server has already, but never acknowledged, are not made twice nor reported", async () => {
  const { server, browser, tab } = await start();
  server.trouble = ["lost answer"];
  await setValue(tab, "plan", "kind", "position");
  tab.close();
  server.transport.post("", { base_revision: 1, sha256: server.sha256, changes: [
    { id: "x", kind: "update_span", span_id: "plan", before: { attributes: { kind: "position" } },
      after: { attributes: { kind: "prediction" } } },
  ] });
  await settle();
  const next = await browser.open();

  assert.deepEqual([next.store.state.conflicts, server.log.length, await unsent(next)], [[], 2, 0]);
  assert.equal(next.store.state.spans.get("plan")?.attributes.kind, "prediction");
});

test("drafts wait for a connection, and new changes come after them", async () => {
  const { server, browser, tab } = await start();
  server.trouble = ["lost request", "lost request", "lost request"];
  await setValue(tab, "plan", "kind", "position");
  tab.close();
  const next = await browser.open();
  assert.deepEqual(saving(next), ["offline", 1]);
  await label(next, "denied", "Denial");
  assert.deepEqual(saving(next), ["offline", 2]);
  server.trouble = [];
  await next.sync.check();

  assert.deepEqual([saving(next), server.log.map((entry) => entry.kind)], [["saved", 0], ["update_span", "add_span"]]);
});

test("drafts outlive any number of pages that could not send them, also once put on top of others", async () => {
  const { server, browser, tab } = await start();
  server.trouble = ["lost request"];
  await setValue(tab, "plan", "kind", "position");
  tab.close();
  server.trouble = [{ status: 200, body: { revision: 0, state: "open", changes: [] } }, "lost request"];
  const second = await browser.open();
  assert.deepEqual([saving(second), await unsent(second)], [["offline", 1], 1]);
  second.close();
  const third = await browser.open();

  assert.deepEqual([saving(third), server.spans.get("plan").attributes.kind], [["saved", 0], "position"]);
});

test("drafts for a set that was closed meanwhile stay, unseen, until it is open again", async () => {
  const { server, browser, tab } = await start();
  server.trouble = ["lost request"];
  await setValue(tab, "plan", "kind", "position");
  tab.close();
  server.state = "submitted";
  const next = await browser.open();
  assert.deepEqual([saving(next), await unsent(next)], [["closed", 1], 1]);
  assert.equal(next.store.state.spans.get("plan")?.attributes.kind, "fact");
  server.state = "open";
  await next.sync.setOpen(true);

  assert.deepEqual([saving(next), server.spans.get("plan").attributes.kind], [["saved", 0], "position"]);
});

test("the drafts of a tab that is still open are left to it, and taken over the moment it is gone", async () => {
  const { server, browser, tab } = await start();
  server.trouble = ["lost request"];
  await label(tab, "denied", "Denial");
  const other = await browser.open();
  await other.sync.recovery.restore();
  assert.deepEqual([saving(other), server.log.length, await unsent(tab)], [["saved", 0], 0, 1]);
  tab.close();
  await settle();

  assert.deepEqual([saving(other), server.log.length, await unsent(other)], [["saved", 0], 1, 0]);
  assert.equal(other.store.state.spans.size, 3);
});

test("without locks between tabs nothing is lost and nothing made twice", async () => {
  const server = new Server({ spans: SPANS });
  const storage = new IndexedDatabaseDouble();
  const browser = new Browser(server, { text: TEXT, storage: () => storage.factory, locks: null });
  const tab = await browser.open();
  server.trouble = ["lost request"];
  await label(tab, "denied", "Denial");
  server.trouble = [];
  const other = await browser.open();
  await tab.clock.pass(1000);

  assert.deepEqual([saving(tab), saving(other)], [["saved", 0], ["saved", 0]]);
  assert.deepEqual([server.log.length, await unsent(tab)], [1, 0]);
  assert.deepEqual(contentOf(tab.store.state), contentOf(other.store.state));
});

test("a log that does not fit this page stops it with a clear word, and keeps what was not sent", async () => {
  const { server, tab } = await start();
  server.log.push({ id: "x", kind: "remove_span", span: makeSpan("gone", [[0, 1]]), revision: 1 });
  await label(tab, "denied", "Denial");

  assert.deepEqual([saving(tab), await unsent(tab)], [["failed", 1], 1]);
  assert.match(tab.store.state.saving.message, /no longer agrees with the server\. Load it again/);
});

test("a browser that forbids to store says so, and saves all the same", async () => {
  const server = new Server({ spans: SPANS });
  const forbid = () => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  };
  const tab = await new Browser(server, { text: TEXT, storage: forbid }).open();
  await label(tab, "denied", "Denial");

  assert.match(tab.store.state.storageWarning, /does not store unsent changes \(The operation is insecure\.\): keep/);
  assert.deepEqual([saving(tab), server.log.length], [["saved", 0], 1]);
});
