import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../static/editor/commands.js";
import { rescueLine, rescueName } from "../../static/editor/rescue.js";
import { openEditor } from "./support/editors.js";
import { selectWords, TEXT } from "./support/article.js";

test("what stands on the page becomes a line that can be imported, in code points", () => {
  const editor = openEditor(TEXT);
  selectWords(editor, "denied");
  editor.run(commands.labelSelection("Denial"));

  const line = rescueLine(editor.store.state, "ada, rescued");

  const { text, annotators } = JSON.parse(line);
  const [{ label, fragments: [[start, end]] }] = annotators["ada, rescued"].spans;
  assert.deepEqual([text, label, [...text].slice(start, end).join("")], [TEXT, "Denial", "denied"]);
  assert.equal(line.indexOf("\n"), line.length - 1);
});

test("the name fits, and tells whose work it was and when", () => {
  const name = rescueName("ada".repeat(100), new Date(Date.UTC(2026, 10, 22, 12, 0, 5)));

  assert.ok(name.length < 150);
  assert.match(name, /^adaada.*, saved as a file 2026-11-22T12:00:05Z$/);
});
