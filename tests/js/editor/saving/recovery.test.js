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

test("a closing page sends its last changes", async () => {
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

test("a closing page without changes sends nothing", async () => {
  const { server, tab } = await start();
  tab.sync.leave();
  await settle();

  assert.deepEqual(server.requests, []);
});

test("a page says that everything is saved once it has read its storage", async () => {
  const { browser, tab } = await start();
  tab.close();
  const next = await browser.open();

  const messages = next.updates.flatMap(({ transaction }) => transaction.saving?.message ?? []);
  assert.deepEqual([next.atFirst, messages], ["Opening…", ["All changes saved"]]);
});

test("unsent changes are sent by the next page", async () => {
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

test("acknowledged drafts are not sent again", async () => {
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

test("drafts wait for a connection", async () => {
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

test("drafts outlive any number of pages", async () => {
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

test("drafts of a closed set wait until it is open", async () => {
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

test("drafts of an open tab are left to it", async () => {
  const { server, browser, tab } = await start();
  server.trouble = ["lost request"];
  await label(tab, "denied", "Denial");
  const other = await browser.open();
  await other.sync.restore();
  assert.deepEqual([saving(other), server.log.length, await unsent(tab)], [["saved", 0], 0, 1]);
  tab.close();
  await settle();

  assert.deepEqual([saving(other), server.log.length, await unsent(other)], [["saved", 0], 1, 0]);
  assert.equal(other.store.state.spans.size, 3);
});

test("tabs without locks lose nothing", async () => {
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

test("a log that does not match stops the page", async () => {
  const { server, tab } = await start();
  server.log.push({ id: "x", kind: "remove_span", span: makeSpan("gone", [[0, 1]]), revision: 1 });
  await label(tab, "denied", "Denial");

  assert.deepEqual([saving(tab), await unsent(tab)], [["failed", 1], 1]);
  assert.match(tab.store.state.saving.message, /no longer matches the server\. Reload it/);
});

test("saving works without storage", async () => {
  const server = new Server({ spans: SPANS });
  const forbid = () => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  };
  const tab = await new Browser(server, { text: TEXT, storage: forbid }).open();
  await label(tab, "denied", "Denial");

  assert.match(tab.store.state.storageWarning, /does not store unsent changes \(The operation is insecure\.\)\. Keep/);
  assert.deepEqual([saving(tab), server.log.length], [["saved", 0], 1]);
});
