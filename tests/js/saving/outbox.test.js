import assert from "node:assert/strict";
import { test } from "node:test";
import { openOutbox } from "../../../static/saving/outbox.js";
import { makeSpan } from "../editor/support/editors.js";
import { IndexedDatabaseDouble } from "../editor/support/indexed_database.js";

/** @param {string} id */
const draft = (id, owner = "tab") => ({ id, owner, base: 3,
  change: { id, kind: /** @type {const} */ ("add_span"), span: makeSpan(id, [[0, 1]]) } });

/** @param {string} id */
const conflict = (id) =>
  ({ id, spanId: "s", field: "note", mine: "a", theirs: "b", message: "c", change: draft(id).change });

/** @param {IndexedDatabaseDouble} [storage] */
function open(storage = new IndexedDatabaseDouble()) {
  /** @type {string[]} */
  const warnings = [];
  const outbox = openOutbox({ storage: () => storage.factory, name: "d", warn: (message) => warnings.push(message) });
  return { outbox, storage, warnings };
}

/** @param {import("../../../static/saving/outbox.js").Outbox} outbox */
const idsIn = async (outbox) => (await outbox.list()).drafts.map((kept) => kept.id);

test("drafts keep their order", async () => {
  const { outbox, storage } = open();
  void outbox.rewrite([], [draft("b"), draft("a")]);
  await outbox.rewrite([], [draft("c", "other")]);

  const { drafts } = await open(storage).outbox.list();
  assert.deepEqual(drafts, [draft("b"), draft("a"), draft("c", "other")]);
});

test("replaced drafts come last", async () => {
  const { outbox } = open();
  await outbox.rewrite([], [draft("a"), draft("b"), draft("c")]);
  await outbox.rewrite(["b", "unknown"], []);
  assert.deepEqual(await idsIn(outbox), ["a", "c"]);
  await outbox.rewrite(["a", "c"], [draft("c"), draft("d")]);

  assert.deepEqual(await idsIn(outbox), ["c", "d"]);
});

test("stored drafts are not duplicated", async () => {
  const { outbox, warnings } = open();
  await outbox.rewrite([], [draft("a")]);
  await outbox.rewrite([], [draft("a"), draft("b")]);

  assert.deepEqual([await idsIn(outbox), warnings], [["a", "b"], []]);
});

test("conflicts are kept until they are resolved", async () => {
  const { outbox } = open();
  await outbox.keepConflicts([], [conflict("x"), conflict("y")]);
  await outbox.keepConflicts(["x"], [conflict("y"), conflict("z")]);

  assert.deepEqual((await outbox.list()).conflicts.map((kept) => kept.id), ["y", "z"]);
});

test("a full disk is reported once", async () => {
  const { outbox, storage, warnings } = open();
  await outbox.rewrite([], [draft("a")]);
  storage.full = true;
  await outbox.rewrite([], [draft("b")]);
  await outbox.rewrite([], [draft("c")]);

  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /\(The disk is full\.\)\. Keep the page open until everything is saved/);
  assert.deepEqual(await outbox.list(), { drafts: [], conflicts: [] });
});

test("slow storage does not delay the editor", async () => {
  /** @type {string[]} */
  const warnings = [];
  const silent = /** @type {any} */ ({ open: () => ({}) });
  const warn = (/** @type {string} */ message) => warnings.push(message);
  const outbox = openOutbox({ storage: () => silent, name: "d", warn, patience: 1 });

  assert.deepEqual(await outbox.list(), { drafts: [], conflicts: [] });
  assert.match(warnings[0], /it does not respond/);
});

test("missing storage is reported", async () => {
  /** @type {string[]} */
  const warnings = [];
  const request = /** @type {any} */ ({ error: new DOMException("No.", "UnknownError") });
  const refuse = () => {
    queueMicrotask(() => request.onerror());
    return request;
  };
  const outbox = openOutbox({ storage: () => /** @type {any} */ ({ open: refuse }), name: "d",
    warn: (message) => warnings.push(message) });
  await outbox.rewrite([], [draft("a")]);

  assert.deepEqual(warnings,
    ["This browser does not store unsent changes (No.). Keep the page open until everything is saved."]);
});
