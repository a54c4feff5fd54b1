import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../../../static/editor/commands/index.js";
import { selected, selectWords, TEXT } from "../support/article.js";
import { makeSpan, openEditor } from "../support/editors.js";

test("a new span has the default attributes", () => {
  const editor = openEditor(TEXT);
  selectWords(editor, "the", "off");

  assert.ok(editor.run(commands.labelSelection("Claim")));
  const span = selected(editor);
  assert.deepEqual([span.label, span.origin, span.note], ["Claim", "manual", ""]);
  assert.deepEqual(span.attributes, { quote_type: "indirect", voice: "speaker", kind: "fact" });
  assert.equal(TEXT.slice(...span.fragments[0]), "the plan was off");
  assert.equal(editor.store.state.selection, null);
  assert.equal(editor.said(), "Claim “the plan was off” added. Trimmed “.” (boundary rule).");
});

test("a label without a selection covers the word at the cursor", () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("c", [[9, 26]])] });
  editor.run(commands.placeCursor(TEXT.indexOf("plan")));

  assert.ok(editor.run(commands.labelSelection("Hedge")));
  assert.equal(editor.said(), "Hedge “plan” added, in Claim “the plan was off.”.");
});

test("an existing span is selected instead of duplicated", () => {
  const editor = openEditor(TEXT);
  selectWords(editor, "Ada");
  editor.run(commands.labelSelection("Speaker"));
  const { id } = selected(editor);
  editor.run(commands.selectSpan(null));
  selectWords(editor, "Ada");

  assert.ok(editor.run(commands.labelSelection("Speaker")));
  assert.deepEqual([selected(editor).id, editor.store.state.spans.size], [id, 1]);
  assert.equal(editor.said(), "Speaker “Ada” exists already.");
});

test("a label key relabels the span at the cursor", () => {
  const editor = openEditor(TEXT);
  selectWords(editor, "Ada");
  editor.run(commands.applyLabel("Claim"));

  editor.run(commands.applyLabel("Speaker"));
  assert.deepEqual([selected(editor).label, editor.store.state.spans.size], ["Speaker", 1]);
  selectWords(editor, "denied", "it");
  editor.run(commands.applyLabel("Denial"));
  assert.deepEqual([selected(editor).label, editor.store.state.spans.size], ["Denial", 2]);
  editor.run(commands.placeCursor(TEXT.indexOf("plan")));
  editor.run(commands.applyLabel("Hedge"));
  assert.equal(editor.store.state.spans.size, 3);
});

test("a label key labels a word once the cursor has moved", () => {
  const editor = openEditor(TEXT);
  selectWords(editor, "denied", "it");
  editor.run(commands.applyLabel("Claim"));
  editor.run(commands.placeCursor(TEXT.indexOf("denied")));

  editor.run(commands.applyLabel("Hedge"));
  const { label, fragments } = selected(editor);
  assert.deepEqual([label, TEXT.slice(...fragments[0]), editor.store.state.spans.size], ["Hedge", "denied", 2]);
  editor.run(commands.applyLabel("Denial"));
  assert.deepEqual([selected(editor).label, editor.store.state.spans.size], ["Denial", 2]);
  editor.run(commands.moveCursor("token", 1));
  editor.run(commands.moveCursor("token", -1));
  editor.run(commands.applyLabel("Hedge"));
  assert.deepEqual([selected(editor).label, editor.store.state.spans.size], ["Hedge", 2], "the same stretch");
});

test("relabelling back brings the attributes back", () => {
  const attributes = { kind: "prediction", voice: "speaker" };
  const editor = openEditor(TEXT, { spans: [makeSpan("c", [[9, 26]], "Claim", attributes)] });
  editor.run(commands.selectSpan("c"));
  editor.run(commands.relabel("Speaker"));
  editor.run(commands.relabel("Claim"));

  assert.deepEqual([selected(editor).attributes.kind, selected(editor).attributes.mention], ["prediction", undefined]);
});

test("a label does nothing while only blanks are selected", () => {
  const editor = openEditor(TEXT);
  selectWords(editor, "Ada");
  editor.run(commands.applyLabel("Speaker"));
  editor.run(commands.selectText(3, 4));

  assert.equal(editor.said(), "Only blanks are selected.");
  assert.equal(editor.run(commands.applyLabel("Claim")), false);
  assert.equal(editor.said(), "Nothing labelled: select words, not only blanks.");
  assert.deepEqual([...editor.store.state.spans.values()].map(({ label }) => label), ["Speaker"]);
  editor.run(commands.moveCursor("token", 1));
  assert.ok(editor.run(commands.applyLabel("Claim")), "after any move");
});

test("punctuation only is labelled after a question", () => {
  const editor = openEditor("Ada said — no. 🙂");
  const dash = "Ada said — no.".indexOf("—");
  editor.run(commands.selectText(dash, dash + 1));
  editor.run(commands.applyLabel("Claim"));

  assert.equal(editor.said(), "“—” is punctuation only. Choose Claim again to label it.");
  assert.equal(editor.store.state.spans.size, 0);
  editor.run(commands.applyLabel("Speaker"));
  assert.equal(editor.store.state.spans.size, 0, "another label is another question");
  editor.run(commands.applyLabel("Speaker"));
  assert.equal(editor.store.state.spans.size, 1);
  editor.run(commands.selectText(15, 17));
  editor.run(commands.applyLabel("Claim"));
  assert.equal(editor.store.state.spans.size, 2, "an emoji is no punctuation");
});

test("the whole document can be selected", () => {
  const editor = openEditor(TEXT);
  editor.run(commands.selectAll);

  assert.deepEqual(editor.store.state.selection, { start: 0, end: TEXT.length });
});

test("hidden optional labels cannot be applied", () => {
  const editor = openEditor(TEXT, { showOptional: false });

  assert.equal(editor.run(commands.applyLabel("Cue")), false);
  assert.equal(editor.store.state.spans.size, 0);
});

test("relabelling removes relations that are not allowed", () => {
  const editor = openEditor(TEXT, {
    spans: [makeSpan("a", [[0, 3]], "Speaker", { kind: "person" }), makeSpan("h", [[34, 40]], "Hedge",
      { kind: "deflection", form: "reported" })],
    relations: [
      { id: "r1", label: "attributed-to", from: "h", to: "a" }, { id: "r2", label: "defers-to", from: "h", to: "a" },
    ],
  });
  editor.run(commands.selectSpan("h"));

  assert.ok(editor.run(commands.relabel("Denial")));
  assert.deepEqual(selected(editor).attributes, { form: "reported", kind: "contradiction", target: "in-text" });
  assert.deepEqual([...editor.store.state.relations.values()].map((relation) => relation.id), ["r1"]);
  assert.match(editor.said(), /^Hedge became Denial, with 1 relation: .* defers to Speaker “Ada”\.$/);
});

test("spans with several fragments refuse labels with one", () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("c", [[0, 3], [9, 12]])] });
  editor.run(commands.selectSpan("c"));

  assert.equal(editor.run(commands.relabel("Speaker")), false);
  assert.equal(editor.said(), "Speaker spans cannot have several fragments.");
});

test("deleting a span deletes its relations", () => {
  const editor = openEditor(TEXT, {
    spans: [makeSpan("a", [[0, 3]], "Speaker"), makeSpan("c", [[9, 26]])],
    relations: [{ id: "r", label: "attributed-to", from: "c", to: "a" }],
  });
  editor.run(commands.selectSpan("a"));

  assert.ok(editor.run(commands.removeSelected));
  const kinds = editor.updates.at(-1)?.transaction.changes?.map((change) => change.kind);
  assert.deepEqual(kinds, ["remove_relation", "remove_span"]);
  assert.equal(editor.store.state.selectedId, null);
  assert.equal(editor.said(),
    "Speaker “Ada” deleted, with 1 relation: Claim “the plan was off.” attributed to Speaker “Ada”.");
});

test("attributes accept only values of the schema", () => {
  const editor = openEditor(TEXT);
  selectWords(editor, "Ada");
  editor.run(commands.labelSelection("Speaker"));

  assert.ok(editor.run(commands.setAttribute("kind", "institution")));
  assert.equal(editor.said(), "Kind: Institution.");
  assert.ok(editor.run(commands.setAttribute("canonical", "Ada Lovelace 🙂")));
  assert.ok(editor.run(commands.setAttribute("canonical", "")));
  assert.deepEqual(selected(editor).attributes, { kind: "institution", mention: "name" });
  const wrong = [["kind", "alien"], ["kind", null], ["voice", "speaker"], ["canonical", "x".repeat(501)]];
  for (const [name, value] of wrong) {
    assert.equal(editor.run(commands.setAttribute(String(name), value)), false, `${name}: ${value}`);
  }
});

test("setting the same value makes no change, and confirms the value", () => {
  const editor = openEditor(TEXT);
  selectWords(editor, "Ada");
  editor.run(commands.labelSelection("Speaker"));
  const before = editor.updates.length;

  assert.ok(editor.run(commands.setAttribute("kind", "person")));
  assert.ok(editor.run(commands.setNote("")));
  assert.deepEqual(editor.updates.slice(before).flatMap(({ transaction }) => transaction.changes ?? []), []);
  assert.deepEqual([...editor.store.state.waived], [`default:${editor.store.state.selectedId}:kind`]);
});

test("notes have a length limit", () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("a", [[0, 3]], "Speaker")] });
  editor.run(commands.selectSpan("a"));

  assert.ok(editor.run(commands.setNote("🙂".repeat(2000))));
  assert.equal(editor.run(commands.setNote("🙂".repeat(2001))), false);
  assert.equal(editor.run(commands.setNote("a\0b")), false);
  assert.equal(editor.run(commands.setNote("\ud800")), false);
});
