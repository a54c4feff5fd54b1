import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../../../static/editor/commands/index.js";
import { TEXT } from "../support/article.js";
import { contentOf, makeSpan, openEditor } from "../support/editors.js";

const SPANS = [makeSpan("a", [[0, 3]], "Speaker", { kind: "person" }), makeSpan("c", [[9, 26]]),
  makeSpan("d", [[0, 3], [9, 12]]), makeSpan("h", [[34, 40]], "Hedge", { kind: "deflection", form: "reported" })];
const RELATIONS = [{ id: "r1", label: "attributed-to", from: "c", to: "a" },
  { id: "r2", label: "attributed-to", from: "h", to: "a" }];

/** @param {string[]} ids */
function openWith(ids) {
  const editor = openEditor(TEXT, { spans: SPANS, relations: RELATIONS });
  editor.run(commands.selectSpans(ids));
  return editor;
}

test("multiple selection grows and shrinks by one span", () => {
  const editor = openEditor(TEXT, { spans: SPANS });

  assert.ok(editor.run(commands.toggleSpan("a")));
  assert.equal(editor.said(), "Speaker “Ada” added to the selection. 1 span selected.");
  editor.run(commands.selectSpan("c"));
  assert.ok(editor.run(commands.toggleSpan()));
  assert.deepEqual([...editor.store.state.selectedIds], ["a", "c"]);
  assert.equal(commands.describeSelectedSpans(editor.store.state), "1 Speaker, 1 Claim");
  editor.run(commands.toggleSpan("a"));
  assert.deepEqual([...editor.store.state.selectedIds], ["c"]);
  assert.equal(editor.run(commands.toggleSpan("missing")), false);
});

test("selected spans are removed together with their relations", () => {
  const editor = openWith(["a", "c"]);
  const before = contentOf(editor.store.state);

  assert.ok(editor.run(commands.removeSelection));
  assert.deepEqual([editor.store.state.spans.size, editor.store.state.relations.size], [2, 0]);
  assert.match(editor.said(), /^2 spans deleted, with 2 relations: /);
  assert.equal(editor.store.state.selectedIds.size, 0);
  editor.history.undo();
  assert.deepEqual(contentOf(editor.store.state), before);
  assert.equal(editor.history.canUndo(), false);
});

test("selected spans are relabelled in one step", () => {
  const editor = openWith(["c", "d", "h"]);
  const before = contentOf(editor.store.state);

  assert.ok(editor.run(commands.labelOrRelabel("Speaker")));
  const labels = ["c", "d", "h"].map((id) => editor.store.state.spans.get(id)?.label);
  assert.deepEqual(labels, ["Speaker", "Claim", "Speaker"]);
  assert.equal(editor.store.state.relations.size, 0, "the schema allows no relation from a Speaker");
  assert.match(editor.said(), /^2 spans became Speaker, with 2 relations: .*\. Not changed: Claim “Ada … the”\.$/);
  editor.history.undo();
  assert.deepEqual(contentOf(editor.store.state), before);
});

test("relations that both new labels allow survive", () => {
  const editor = openEditor(TEXT, {
    spans: [makeSpan("x", [[0, 3]], "Claim"), makeSpan("y", [[9, 26]], "Claim")],
    relations: [{ id: "r", label: "restates", from: "x", to: "y" }],
  });
  const type = editor.store.state.schema.relations.get("restates");
  assert.ok(type);
  editor.run(commands.selectSpans(["x", "y"]));

  const target = type.from.find((label) => label !== "Claim" && type.to.includes(label)) ?? "Hedge";
  assert.ok(editor.run(commands.relabelSpans(target)));
  assert.equal(editor.store.state.relations.size, type.from.includes(target) && type.to.includes(target) ? 1 : 0);
});

test("two spans over the same text stay different", () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("x", [[0, 3]], "Claim"), makeSpan("y", [[0, 3]], "Denial")] });
  editor.run(commands.selectSpans(["x", "y"]));

  assert.ok(editor.run(commands.relabelSpans("Hedge")));
  assert.deepEqual([...editor.store.state.spans.values()].map((span) => span.label).sort(), ["Denial", "Hedge"]);
});

test("selected text comes before selected spans", () => {
  const editor = openWith(["c"]);
  editor.run(commands.selectSpan("h"));
  editor.run(commands.selectText(4, 8));

  editor.run(commands.labelOrRelabel("Denial"));
  assert.equal(editor.store.state.spans.size, 5);
  const escape = commands.commandOf({ command: "escape", argument: [] }, { history: editor.history });
  assert.ok(escape && editor.run(escape));
  assert.equal(editor.store.state.selectedIds.size, 0);
  assert.ok(editor.store.state.selectedId !== null && editor.run(escape));
  assert.equal(editor.store.state.selectedId, null);
});

test("spans removed elsewhere leave the selection", () => {
  const editor = openWith(["a", "h"]);
  const [span, relation] = [editor.store.state.spans.get("h"), RELATIONS[1]];
  assert.ok(span);

  editor.store.dispatch({ userEvent: "remote", changes: [{ id: "1", kind: "remove_relation", relation },
    { id: "2", kind: "remove_span", span }] });
  assert.deepEqual([...editor.store.state.selectedIds], ["a"]);
});

test("read-only sets do not change", () => {
  const editor = openEditor(TEXT, { spans: SPANS, editable: false });
  editor.run(commands.selectSpans(["a", "c"]));

  assert.equal(editor.run(commands.removeSpans), false);
  assert.equal(editor.run(commands.relabelSpans("Hedge")), false);
});
