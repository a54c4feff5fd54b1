import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldsOf, sameValue, valueIn } from "../../../../static/editor/model/fields.js";
import { changeFromWire } from "../../../../static/editor/model/wire.js";
import { actAtRandom } from "../support/actions.js";
import { settle } from "../support/clock.js";
import { contentOf, makeText, openEditor } from "../support/editors.js";
import { IndexedDatabaseDouble } from "../support/indexed_database.js";
import { Random } from "../support/random.js";
import { Server } from "../support/server.js";
import { Browser } from "../support/tabs.js";

/** @typedef {import("../../../../static/editor/model/types.js").Change} Change */
/** @typedef {import("../../../../static/editor/model/types.js").UpdateSpan} UpdateSpan */
/** @typedef {import("../../../../static/editor/model/types.js").AddRelation} AddRelation */
/** @typedef {import("../../../../static/editor/model/types.js").RemoveRelation} RemoveRelation */
/** @typedef {import("../support/tabs.js").Tab} Tab */

const TROUBLE = ["lost request", "lost answer", { status: 503 }, { status: 401 }];

/**
 * Let two tabs make random changes, with connections that break, pages that close and reopen, and messages that get
 * lost.
 *
 * @param {number} seed
 * @param {boolean} locks whether the browser has locks between tabs
 */
async function workAtRandom(seed, locks) {
  const random = new Random(seed);
  const server = new Server();
  const storage = new IndexedDatabaseDouble();
  const text = makeText(random, 12);
  const browser = new Browser(server, { text, storage: () => storage.factory, ...(locks ? {} : { locks: null }) });
  /** @type {Tab[]} */
  const ever = [await browser.open(), await browser.open()];
  const tabs = [...ever];
  for (let step = 0; step < 60; step += 1) {
    const index = random.below(2);
    if (random.chance(0.2)) server.trouble.push(random.of(TROUBLE));
    actAtRandom(tabs[index], random);
    if (random.chance(0.1)) tabs[index].history.undo();
    if (random.chance(0.4)) await settle();
    if (random.chance(0.1)) await tabs[index].sync.check();
    if (random.chance(0.06)) {
      if (random.chance(0.5)) tabs[index].sync.leave();
      await settle();
      tabs[index].close();
      tabs[index] = await browser.open();
      ever.push(tabs[index]);
    }
  }
  server.trouble = [];
  for (let round = 0; round < 3; round += 1) for (const tab of tabs) await tab.sync.check();
  await settle();
  return { server, tabs, ever, text };
}

/**
 * @typedef {object} Account
 * @property {Change[]} own changes of a tab, in order
 * @property {number} at index of the one that is looked for
 * @property {Change[]} all changes of all tabs
 * @property {Change[]} log of the server
 * @property {import("../../../../static/editor/model/types.js").Conflict[]} conflicts all that were ever reported
 */

/**
 * Return whether a change is in the log, was replaced, or was reported as a conflict.
 *
 * @param {Account} account
 */
function isAccountedFor(account) {
  const { own, at, log } = account;
  const change = own[at];
  if (log.some((entry) => entry.id === change.id)) return true;
  if (change.kind === "update_span") {
    return fieldsOf(change.after).every((field) => isFieldKnown(account, change, field));
  }
  if (change.kind === "add_relation" || change.kind === "remove_relation") return isRelationKnown(account, change);
  const back = own.slice(at + 1).some((entry) => entry.kind === "add_span" && entry.span.id === change.span.id);
  return isReported(account, change.span.id, ["span"]) || (back && change.kind === "remove_span")
    || log.some((entry) => entry.kind === change.kind && entry.span.id === change.span.id);
}

/**
 * @param {Account} account
 * @param {string} spanId
 * @param {string[]} fields
 */
function isReported({ conflicts }, spanId, fields) {
  return conflicts.some((conflict) => conflict.spanId === spanId && fields.includes(conflict.field));
}

/**
 * @param {Account} account
 * @param {UpdateSpan} change
 * @param {string} field
 */
function isFieldKnown(account, { span_id: id, after }, field) {
  const { own, at, log } = account;
  const wanted = valueIn(after, field);
  const updates = (/** @type {Change[]} */ list) =>
    list.flatMap((entry) => (entry.kind === "update_span" && entry.span_id === id ? [entry] : []));
  const setAgain = updates(own.slice(at + 1)).some((entry) => fieldsOf(entry.after).includes(field));
  const setBack = updates(own.slice(0, at)).some((entry) => sameValue(valueIn(entry.before, field), wanted));
  const logged = updates(log).some((entry) => sameValue(valueIn(entry.after, field), wanted));
  const removed = log.some((entry) => entry.kind === "remove_span" && entry.span.id === id);
  return setAgain || setBack || logged || removed || isReported(account, id, [field, "label", "span"]);
}

/**
 * @param {Account} account
 * @param {AddRelation|RemoveRelation} change
 */
function isRelationKnown(account, { kind, relation }) {
  const { own, at, all, log } = account;
  const { id, label, from, to } = relation;
  const ends = isReported(account, from, ["relation", "span"]) || isReported(account, to, ["span"]);
  const back = own.slice(at + 1).some((entry) =>
    "relation" in entry && entry.relation.id === id && entry.kind !== kind);
  const like = log.flatMap((entry) => ("relation" in entry ? [entry] : [])).filter((entry) => entry.kind === kind
    && entry.relation.label === label && entry.relation.from === from && entry.relation.to === to);
  const neverAdded = !log.some((entry) => entry.kind === "add_relation" && entry.relation.id === id);
  const endRemoved = all.some((entry) => entry.kind === "remove_span" && [from, to].includes(entry.span.id));
  return ends || back || endRemoved || like.length > 0 || (kind === "remove_relation" && neverAdded);
}

for (const locks of [true, false]) {
  test(`two tabs ${locks ? "with" : "without"} locks agree with the server`, async () => {
    const seen = { log: 0, conflicts: 0, tabs: 0 };
    for (let seed = 0; seed < 60; seed += 1) {
      const { server, tabs, ever, text } = await workAtRandom(1000 + seed, locks);
      const truth = contentOf(openEditor(text, server.snapshot()).store.state);
      for (const tab of tabs) {
        assert.deepEqual([tab.sync.queue.size, tab.sync.revision], [0, server.revision], `seed ${seed}`);
        assert.deepEqual(contentOf(tab.store.state), truth, `seed ${seed}`);
        assert.deepEqual((await tab.outbox.list()).drafts, []);
      }
      const { offsets } = tabs[0].store.state.document;
      const log = server.log.flatMap((entry) => changeFromWire(entry, offsets));
      const conflicts = ever.flatMap((tab) => tab.updates.flatMap((update) => update.transaction.conflicts ?? []));
      const made = ever.map((tab) => tab.updates.filter((update) => update.transaction.userEvent !== "remote")
        .flatMap((update) => update.transaction.changes ?? []));
      for (const own of made) {
        own.forEach((change, at) => {
          const account = { own, at, all: made.flat(), log, conflicts };
          assert.ok(isAccountedFor(account), `seed ${seed}: ${JSON.stringify(change)}`);
        });
      }
      seen.log += log.length;
      seen.conflicts += conflicts.length;
      seen.tabs += ever.length;
    }
    assert.ok(seen.log > 1000 && seen.conflicts > 50 && seen.tabs > 180, `too little: ${JSON.stringify(seen)}`);
  });
}
