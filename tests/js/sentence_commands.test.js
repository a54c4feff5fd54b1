import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../static/editor/commands.js";
import { words } from "./support/article.js";
import { makeSpan, openEditor } from "./support/editors.js";

// Lines count as sentences here.
const TEXT = "One one.\nTwo two.\nThree three.\nFour four.\n";

test("the cursor goes to the next sentence that no span touches, and back, and says which it is", () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("a", [[9, 12]]), makeSpan("b", [[22, 34]])] });

  assert.equal(editor.run(commands.toUnlabelled(1)), false, "Two is labelled, Three and Four share one");
  assert.equal(editor.said(), "No sentence without a span after this.");
});

test("sentences with a span in any part of them are passed over in both directions", () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("a", [[13, 16]])] });
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

test("a text without sentences has nowhere to go", () => {
  assert.equal(openEditor("").run(commands.toUnlabelled(1)), false);
});
