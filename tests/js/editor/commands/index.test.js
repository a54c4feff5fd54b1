import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../../../static/editor/commands/index.js";
import { selectWords, TEXT } from "../support/article.js";
import { makeSpan, openEditor } from "../support/editors.js";

test("a relation is added where the schema allows it", () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("a", [[0, 3]], "Speaker"), makeSpan("c", [[9, 26]])] });
  editor.run(commands.selectSpan("c"));

  assert.ok(editor.run(commands.addRelation("attributed-to", "a")));
  assert.equal(editor.said(), "Relation added: Claim “the plan was off.” attributed to Speaker “Ada”.");
  assert.equal(editor.run(commands.addRelation("attributed-to", "a")), false);
  assert.equal(editor.run(commands.addRelation("denies", "a")), false);
  const [relation] = editor.store.state.relations.values();
  assert.ok(editor.run(commands.removeRelation(relation.id)));
  assert.equal(editor.store.state.relations.size, 0);
});

test("targets of a relation follow reading order", () => {
  const editor = openEditor(TEXT, { spans: [
    makeSpan("a", [[0, 3]], "Speaker"), makeSpan("c", [[9, 26]]), makeSpan("h", [[13, 17]], "Hedge"),
    makeSpan("b", [[28, 31]], "Speaker"),
  ] });
  editor.run(commands.selectSpan("c"));
  const target = (/** @type {string|null} */ from, /** @type {1|-1} */ direction) =>
    commands.nextTarget(editor.store.state, "attributed-to", from, direction)?.id;

  assert.deepEqual([target(null, 1), target("b", 1), target(null, -1), target("b", -1)], ["b", undefined, "a", "a"]);
});

test("closed sets can be read but not changed", () => {
  const spans = [makeSpan("a", [[0, 3]], "Speaker"), makeSpan("c", [[9, 26]])];
  const editor = openEditor(TEXT, { editable: false, spans });
  assert.ok(editor.run(commands.nextSpan));
  assert.ok(selectWords(editor, "plan"));
  const all = [
    commands.labelSelection("Claim"), commands.applyLabel("Claim"), commands.relabel("Claim"), commands.removeSelected,
    commands.setAttribute("kind", "group"), commands.setNote("x"), commands.resize("end", 1), commands.widenToSentence,
    commands.setFragments, commands.addFragment, commands.addRelation("restates", "c"), commands.removeRelation("r"),
  ];

  assert.deepEqual(all.map((command) => editor.run(command)), all.map(() => false));
  assert.ok(editor.updates.every((update) => !update.transaction.changes));
});

test("commands without dispatch only say whether they apply", () => {
  const { store } = openEditor(TEXT, { spans: [makeSpan("c", [[0, 3]])] });

  assert.equal(commands.labelSelection("Claim")(store.state), true);
  assert.equal(commands.removeSelected(store.state), false);
  assert.equal(commands.nextSpan(store.state), true);
  assert.deepEqual([store.state.spans.size, store.state.selectedId], [1, null]);
});

test("documents without words have no cursor and no labels", () => {
  for (const text of ["", " \r\n "]) {
    const editor = openEditor(text);
    const all = [
      commands.moveCursor("token", 1), commands.labelSelection("Claim"), commands.nextSpan, commands.selectText(0, 1),
      commands.placeCursor(0), commands.cycleAtCursor(1),
    ];
    assert.deepEqual(all.map((command) => editor.run(command)), all.map(() => false));
  }
});
