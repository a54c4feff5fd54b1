import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../../../static/editor/commands/index.js";
import { TEXT } from "../support/article.js";
import { contentOf, makeSpan, openEditor } from "../support/editors.js";

const SPANS = [makeSpan("a", [[0, 3]], "Speaker", { kind: "person" }), makeSpan("c", [[9, 26]]),
  makeSpan("d", [[0, 3], [9, 12]]), makeSpan("h", [[34, 40]], "Hedge", { kind: "deflection", form: "reported" })];
const RELATIONS = [{ id: "r1", label: "attributed-to", from: "c", to: "a" },
  { id: "r2", label: "attributed-to", from: "h", to: "a" }];

/** @param {string[]} chosen */
function openWith(chosen) {
  const editor = openEditor(TEXT, { spans: SPANS, relations: RELATIONS });
  editor.run(commands.choose(chosen));
  return editor;
}

test("spans are chosen and left out one by one, and each step says how many there are", () => {
  const editor = openEditor(TEXT, { spans: SPANS });

  assert.ok(editor.run(commands.toggleChosen("a")));
  assert.equal(editor.said(), "Speaker “Ada” chosen: 1 span chosen.");
  editor.run(commands.selectSpan("c"));
  assert.ok(editor.run(commands.toggleChosen()));
  assert.deepEqual([...editor.store.state.chosen], ["a", "c"]);
  assert.equal(commands.describeChosen(editor.store.state), "1 Speaker, 1 Claim");
  editor.run(commands.toggleChosen("a"));
  assert.deepEqual([...editor.store.state.chosen], ["c"]);
  assert.equal(editor.run(commands.toggleChosen("nobody")), false);
});

test("all that are chosen are removed with their relations in one step, and undo brings everything back", () => {
  const editor = openWith(["a", "c"]);
  const before = contentOf(editor.store.state);

  assert.ok(editor.run(commands.removeSome));
  assert.deepEqual([editor.store.state.spans.size, editor.store.state.relations.size], [2, 0]);
  assert.match(editor.said(), /^2 spans removed, with 2 relations: /);
  assert.equal(editor.store.state.chosen.size, 0);
  editor.history.undo();
  assert.deepEqual(contentOf(editor.store.state), before);
  assert.equal(editor.history.canUndo(), false);
});

test("all that are chosen get the label of a key in one step; what cannot bear it stays and is named", () => {
  const editor = openWith(["c", "d", "h"]);
  const before = contentOf(editor.store.state);

  assert.ok(editor.run(commands.labelOrRelabel("Speaker")));
  const labels = ["c", "d", "h"].map((id) => editor.store.state.spans.get(id)?.label);
  assert.deepEqual(labels, ["Speaker", "Claim", "Speaker"]);
  assert.equal(editor.store.state.relations.size, 0, "a Speaker is attributed to nobody");
  assert.match(editor.said(), /^2 spans became Speaker, with 2 relations: .*\. Left as it was: Claim “Ada … the”\.$/);
  editor.history.undo();
  assert.deepEqual(contentOf(editor.store.state), before);
});

test("a relation that its new labels allow survives, whatever they allow in between", () => {
  const editor = openEditor(TEXT, {
    spans: [makeSpan("x", [[0, 3]], "Claim"), makeSpan("y", [[9, 26]], "Claim")],
    relations: [{ id: "r", label: "restates", from: "x", to: "y" }],
  });
  const type = editor.store.state.schema.relations.get("restates");
  assert.ok(type);
  editor.run(commands.choose(["x", "y"]));

  const target = type.from.find((label) => label !== "Claim" && type.to.includes(label)) ?? "Hedge";
  assert.ok(editor.run(commands.relabelChosen(target)));
  assert.equal(editor.store.state.relations.size, type.from.includes(target) && type.to.includes(target) ? 1 : 0);
});

test("two chosen spans over the same text do not become the same span", () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("x", [[0, 3]], "Claim"), makeSpan("y", [[0, 3]], "Denial")] });
  editor.run(commands.choose(["x", "y"]));

  assert.ok(editor.run(commands.relabelChosen("Hedge")));
  assert.deepEqual([...editor.store.state.spans.values()].map((span) => span.label).sort(), ["Denial", "Hedge"]);
});

test("selected text is labelled although spans are chosen, and Escape gives up one thing after the other", () => {
  const editor = openWith(["c"]);
  editor.run(commands.selectSpan("h"));
  editor.run(commands.selectText(4, 8));

  editor.run(commands.labelOrRelabel("Denial"));
  assert.equal(editor.store.state.spans.size, 5);
  const escape = commands.commandOf({ command: "escape", argument: [] }, { history: editor.history });
  assert.ok(escape && editor.run(escape));
  assert.equal(editor.store.state.chosen.size, 0);
  assert.ok(editor.store.state.selectedId !== null && editor.run(escape));
  assert.equal(editor.store.state.selectedId, null);
});

test("what somebody else removed is chosen no longer", () => {
  const editor = openWith(["a", "h"]);
  const [span, relation] = [editor.store.state.spans.get("h"), RELATIONS[1]];
  assert.ok(span);

  editor.store.dispatch({ userEvent: "remote", changes: [{ id: "1", kind: "remove_relation", relation },
    { id: "2", kind: "remove_span", span }] });
  assert.deepEqual([...editor.store.state.chosen], ["a"]);
});

test("nothing that is chosen changes in a set that can only be read", () => {
  const editor = openEditor(TEXT, { spans: SPANS, editable: false });
  editor.run(commands.choose(["a", "c"]));

  assert.equal(editor.run(commands.removeChosen), false);
  assert.equal(editor.run(commands.relabelChosen("Hedge")), false);
});
