import assert from "node:assert/strict";
import { test } from "node:test";
import { formatUuid, newId } from "../../../static/pages/identifiers.js";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("ids are unique UUIDs of version 4", () => {
  const ids = Array.from({ length: 1000 }, newId);

  assert.ok(ids.every((id) => UUID.test(id)));
  assert.equal(new Set(ids).size, 1000);
});

test("ids need no secure context", () => {
  const original = crypto.randomUUID;
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true, writable: true });
  try {
    const ids = Array.from({ length: 100 }, newId);

    assert.ok(ids.every((id) => UUID.test(id)));
    assert.equal(new Set(ids).size, 100);
  } finally {
    crypto.randomUUID = original;
  }
});

test("UUIDs have their version and variant set", () => {
  assert.equal(formatUuid(new Uint8Array(16)), "00000000-0000-4000-8000-000000000000");
  assert.equal(formatUuid(new Uint8Array(16).fill(255)), "ffffffff-ffff-4fff-bfff-ffffffffffff");
});
