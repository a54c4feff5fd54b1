import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../../../static/editor/commands/index.js";
import { selected, selectWords, TEXT, words } from "../support/article.js";
import { makeSpan, openEditor } from "../support/editors.js";

test("the cursor moves by word, sentence, paragraph and document", () => {
  const editor = openEditor(TEXT);
  const after = (/** @type {Parameters<typeof commands.moveCursor>} */ ...move) => {
    editor.run(commands.moveCursor(...move));
    return words(editor);
  };

  assert.equal(after("token", 1), "said");
  assert.equal(after("block", 1), "off.");
  assert.equal(after("block", -1), "Ada");
  assert.equal(after("token", -1), "Ada");
  assert.equal(after("sentence", 1), "Ben");
  assert.equal(after("token", 1), "🙂");
  assert.equal(after("sentence", -1), "Ben");
  assert.equal(after("sentence", -1), "Ada");
  assert.equal(after("document", 1), "twice.");
  assert.equal(after("sentence", 1), "twice.");
  assert.equal(after("document", -1), "Ada");
});

test("extending selects whole words in both directions", () => {
  const editor = openEditor(TEXT);
  editor.run(commands.placeCursor(TEXT.indexOf("plan") + 1));

  editor.run(commands.moveCursor("token", 1, true));
  assert.equal(words(editor), "plan", "one word in one press");
  editor.run(commands.moveCursor("token", 1, true));
  assert.equal(words(editor), "plan was");
  editor.run(commands.moveCursor("token", -1, true));
  editor.run(commands.moveCursor("token", -1, true));
  assert.equal(words(editor), "the plan");
  editor.run(commands.placeCursor(TEXT.indexOf("🙂"), true));
  assert.equal(words(editor), "plan was off.\r\nBen 🙂");
  editor.run(commands.moveCursor("token", 1));
  assert.deepEqual([words(editor), editor.store.state.selection], ["denied", null]);
});

test("next and previous follow reading order", () => {
  const spans = [makeSpan("x", [[9, 17]]), makeSpan("a", [[0, 26]]), makeSpan("z", [[28, 31]])];
  const editor = openEditor(TEXT, { spans });
  const go = (/** @type {any} */ command) => editor.run(command) && selected(editor).id;

  assert.deepEqual([commands.nextSpan, commands.nextSpan, commands.nextSpan].map(go), ["a", "x", "z"]);
  assert.deepEqual([go(commands.nextSpan), editor.said()], [false, "No span after this one."]);
  assert.deepEqual([commands.previousSpan, commands.previousSpan].map(go), ["x", "a"]);
  assert.equal(editor.said(), "Claim “Ada said the plan was off.”");
  editor.run(commands.placeCursor(TEXT.indexOf("denied")));
  assert.equal(go(commands.previousSpan), "z");
});

test("spans at the cursor are selected from the inside out", () => {
  const spans = [makeSpan("outer", [[0, 26]]), makeSpan("mid", [[9, 26]]), makeSpan("in", [[13, 17]])];
  const editor = openEditor(TEXT, { spans });
  const click = () => editor.run(commands.selectAt(14)) && selected(editor).id;

  assert.deepEqual([click(), click(), click(), click()], ["in", "mid", "outer", "in"]);
  editor.run(commands.cycleAtCursor(1));
  assert.equal(selected(editor).id, "mid");
  editor.run(commands.cycleAtCursor(-1));
  assert.equal(selected(editor).id, "in");
  assert.equal(editor.said(), "Claim “plan”, in Claim “the plan was off.”");
  assert.equal(editor.run(commands.selectAt(27)), false);
});

test("Escape clears the selected text before the selected span", () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("c", [[0, 3]])] });
  editor.run(commands.selectSpan("c"));
  selectWords(editor, "the", "plan");

  assert.ok(editor.run(commands.escape));
  assert.deepEqual([editor.store.state.selection, editor.store.state.selectedId], [null, "c"]);
  assert.ok(editor.run(commands.escape));
  assert.equal(editor.store.state.selectedId, null);
  assert.equal(editor.run(commands.escape), false);
});

test("arrows follow the direction of the text", () => {
  const editor = openEditor("דניאל אמר לא");
  const press = (/** @type {string} */ command) => {
    const context = { history: editor.history, rightToLeft: true };
    return editor.run(/** @type {any} */ (commands.commandOf({ command, argument: [] }, context)));
  };

  press("cursor.left");
  assert.equal(words(editor), "אמר");
  press("extend.left");
  press("extend.left");
  assert.equal(words(editor), "אמר לא");
  press("cursor.documentStart");
  assert.equal(words(editor), "דניאל");
});

// Lines count as sentences here.
const SENTENCES = "One one.\nTwo two.\nThree three.\nFour four.\n";

test("the next unlabelled sentence is announced", () => {
  const editor = openEditor(SENTENCES, { spans: [makeSpan("a", [[9, 12]]), makeSpan("b", [[22, 34]])] });

  assert.equal(editor.run(commands.toUnlabelled(1)), false, "Two is labelled, Three and Four share one");
  assert.equal(editor.said(), "No unlabelled sentence after this one.");
});

test("sentences with any span are skipped in both directions", () => {
  const editor = openEditor(SENTENCES, { spans: [makeSpan("a", [[13, 16]])] });
  const steps = [1, 1, -1].map((direction) => {
    assert.ok(editor.run(commands.toUnlabelled(/** @type {1|-1} */ (direction))));
    return words({ ...editor, store: editor.store })?.toString().trim();
  });

  assert.deepEqual(steps, ["Three", "Four", "Three"]);
  assert.equal(editor.said(), "Sentence 3 of 4, without a span: Three three.");
  assert.ok(editor.run(commands.toUnlabelled(-1)));
  assert.match(editor.said(), /^Sentence 1 of 4/);
  assert.equal(editor.run(commands.toUnlabelled(-1)), false);
});

test("documents without sentences have no unlabelled sentence", () => {
  assert.equal(openEditor("").run(commands.toUnlabelled(1)), false);
});
