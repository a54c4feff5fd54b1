import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../static/editor/commands.js";
import { selected, selectWords, TEXT } from "./support/article.js";
import { makeSpan, openEditor } from "./support/editors.js";

test("boundaries move by word and by sentence, and a span keeps at least one word", () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("c", [[9, 17]])] });
  const now = () => TEXT.slice(...selected(editor).fragments[0]);
  editor.run(commands.selectSpan("c"));

  editor.run(commands.resize("end", 1));
  assert.equal(now(), "the plan was");
  editor.run(commands.resize("start", -1));
  assert.equal(now(), "said the plan was");
  editor.run(commands.resize("start", 1));
  editor.run(commands.resize("end", -1));
  assert.equal(now(), "the plan");
  editor.run(commands.resize("end", -1));
  assert.equal(editor.run(commands.resize("end", -1)), false);
  assert.deepEqual([now(), editor.said()], ["the", "A span keeps at least one word. Delete removes it."]);
  editor.run(commands.resize("end", 1, "sentence"));
  assert.equal(now(), "the plan was off.");
  editor.run(commands.widenToSentence);
  assert.equal(now(), "Ada said the plan was off.");
  assert.equal(editor.run(commands.resize("start", -1)), false);
});

test("boundaries that lie inside words, as in a file, move to the next border", () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("c", [[10, 15]])] });
  editor.run(commands.selectSpan("c"));

  editor.run(commands.resize("end", 1));
  editor.run(commands.resize("start", -1));
  assert.equal(TEXT.slice(...selected(editor).fragments[0]), "the plan");
});

test("the selected text becomes the boundaries of a span, or another part of it", () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("c", [[0, 3]]), makeSpan("s", [[28, 31]], "Speaker")] });
  editor.run(commands.selectSpan("c"));
  selectWords(editor, "plan");
  assert.ok(editor.run(commands.setFragments));
  selectWords(editor, "🙂", "denied");
  assert.ok(editor.run(commands.addFragment));
  const parts = selected(editor).fragments.map((/** @type {any} */ part) => TEXT.slice(...part));
  assert.deepEqual(parts, ["plan", "🙂 denied"]);
  selectWords(editor, "was", "off");
  editor.run(commands.addFragment);
  assert.equal(TEXT.slice(...selected(editor).fragments[0]), "plan was off", "only white space between: one part");
  editor.run(commands.selectSpan("s"));
  selectWords(editor, "denied");
  assert.equal(editor.run(commands.addFragment), false);
  assert.equal(editor.said(), "A Speaker cannot have several parts.");
});

test("a change of boundaries that would double another span is refused", () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("c", [[0, 3]]), makeSpan("d", [[4, 8]])] });
  editor.run(commands.selectSpan("d"));
  selectWords(editor, "Ada");

  assert.equal(editor.run(commands.setFragments), false);
  assert.equal(editor.said(), "Claim “Ada” is there already.");
});
