import assert from "node:assert/strict";
import { test } from "node:test";
import { clash, createKeymap, nameOf } from "../../static/editor/keymap.js";
import { keyProblem, withKey, withoutKey } from "../../static/editor/preferences.js";
import { parseSchema } from "../../static/editor/schema.js";
import { SCHEMA } from "./support/editors.js";

/** @param {import("../../static/editor/keymap.js").OwnKeys} [keys] */
function makeKeymap(keys) {
  const keymap = createKeymap(parseSchema(SCHEMA), keys);
  const command = (/** @type {string} */ name) => {
    const found = keymap.commands.find((binding) => nameOf(binding) === name);
    assert.ok(found, name);
    return found;
  };
  return { keymap, command };
}

test("every command has a name of its own, also those without a key", () => {
  const names = makeKeymap().keymap.commands.map(nameOf);

  assert.equal(new Set(names).size, names.length);
  for (const name of ["span.next", "label Claim", "view.relation denies", "attribute Claim voice narrator"]) {
    assert.ok(names.includes(name), name);
  }
});

test("a person's key takes the place of those that a command came with, and an empty list takes them away", () => {
  const { keymap } = makeKeymap({ "span.next": ["q"], "span.remove": ["Delete"], "label Hedge": [],
    "attribute Claim voice narrator": ["n"] });

  assert.deepEqual(keymap.find({ key: "q" }, null)?.command, "span.next");
  assert.deepEqual(keymap.find({ key: "Backspace" }, null), undefined);
  assert.deepEqual(keymap.keysOf("label Hedge"), []);
  assert.deepEqual(keymap.find({ key: "n" }, "Claim")?.argument, ["voice", "narrator"]);
  assert.equal(keymap.find({ key: "n" }, "Hedge"), undefined);
  assert.deepEqual(keymap.clashes, []);
});

test("other keys are in force at once, and those of before are not", () => {
  const { keymap } = makeKeymap();
  keymap.remap({ "span.next": ["q"] });
  assert.equal(keymap.find({ key: "n" }, null), undefined);
  keymap.remap({});

  assert.deepEqual([keymap.find({ key: "q" }, null), keymap.keysOf("span.next")], [undefined, ["n"]]);
});

test("a key that another command has is refused by its name, except where the two never meet", () => {
  const { keymap, command } = makeKeymap();

  assert.equal(keyProblem(keymap, command("span.next"), "p"), "It is the key of “Previous span”.");
  assert.equal(keyProblem(keymap, command("attribute Hedge form reported"), "d"), "", "d belongs to Claims only");
  assert.match(keyProblem(keymap, command("attribute Claim voice narrator"), "d"), /Claim: Quote type: Direct/);
  assert.equal(keyProblem(keymap, command("span.next"), "n"), "", "its own");
  assert.equal(keyProblem(keymap, command("span.next"), "q"), "");
});

test("keys that the browser or assistive technology needs are refused", () => {
  const { keymap, command } = makeKeymap();

  for (const key of ["Tab", "Shift+Tab", "F5", "Control+c", "Control+Shift+t", "Dead", "AltGraph"]) {
    assert.equal(keyProblem(keymap, command("span.next"), key), "The browser needs this key.", key);
  }
  for (const key of [" ", "F2", "Control+k", "Alt+n", "ö", "!"]) {
    assert.equal(keyProblem(keymap, command("span.next"), key), "", key);
  }
});

test("changing a key and changing it back leaves nothing behind", () => {
  const { command } = makeKeymap();
  const binding = command("span.next");
  const keys = withKey({ "label Claim": ["t"] }, binding, "q");

  assert.deepEqual(keys, { "label Claim": ["t"], "span.next": ["q"] });
  assert.deepEqual(withKey(keys, binding, ""), { "label Claim": ["t"], "span.next": [] });
  assert.deepEqual(withoutKey(keys, binding), { "label Claim": ["t"] });
});

test("no set of own keys, however wild, gives one press two meanings", () => {
  const keys = Object.fromEntries(makeKeymap().keymap.commands.map((binding, index) =>
    [nameOf(binding), ["jkq"[index % 3], "F2"]]));
  const { bindings, clashes } = makeKeymap(keys).keymap;

  for (const [index, binding] of bindings.entries()) {
    for (const other of bindings.slice(index + 1)) {
      assert.ok(!clash(binding, other), `${nameOf(binding)} ${nameOf(other)}`);
    }
  }
  assert.ok(clashes.length > 0);
});
