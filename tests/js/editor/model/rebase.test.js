import assert from "node:assert/strict";
import { test } from "node:test";
import { keepTheirs, takeMine } from "../../../../static/editor/commands/conflicts.js";
import { applyAll } from "../../../../static/editor/model/changes.js";
import { rebase } from "../../../../static/editor/model/rebase.js";
import { TEXT } from "../support/article.js";
import { contentOf, makeSpan, openEditor } from "../support/editors.js";

/** @typedef {import("../../../../static/editor/model/types.js").Change} Change */

const ADA = makeSpan("ada", [[0, 3]], "Speaker", { kind: "person", mention: "name" });
const PLAN = makeSpan("plan", [[9, 26]], "Claim", { kind: "fact", voice: "speaker" });
const GONE = () => [change({ kind: "remove_relation", relation: BY }), change({ kind: "remove_span", span: PLAN })];
const BY = { id: "by", label: "attributed-to", from: "plan", to: "ada" };

let count = 0;
/** @param {any} fields @returns {Change} */
const change = (fields) => ({ id: `c${count += 1}`, ...fields });
/** @param {string} id @param {any} before @param {any} after */
const update = (id, before, after) => change({ kind: "update_span", span_id: id, before, after });
/** @param {string} id @param {string} name @param {string|null} from @param {string|null} to */
const set = (id, name, from, to) => update(id, { attributes: { [name]: from } }, { attributes: { [name]: to } });

/**
 * Return what is kept and reported when two pages change the same set and the other one saved first.
 *
 * @param {Change[]} theirs
 * @param {Change[]} mine
 */
function meet(theirs, mine, relations = [BY]) {
  const given = { spans: [ADA, PLAN], relations };
  const [there, here] = [openEditor(TEXT, given), openEditor(TEXT, given)];
  applyAll(there.store.state, theirs);
  applyAll(here.store.state, mine);
  const { state } = there.store;
  const { kept, conflicts } = rebase(state, mine, {}, (id) => here.store.state.spans.get(id));
  there.store.dispatch({ conflicts, userEvent: "remote" });
  const reported = conflicts.map((conflict) => [conflict.spanId, conflict.field, conflict.mine, conflict.theirs]);
  return { kept, reported, conflicts, state, there, kinds: kept.map((each) => each.kind) };
}

test("changes to different spans are all kept", () => {
  const addition = change({ kind: "add_span", span: makeSpan("new", [[4, 8]], "Cue") });
  const mine = [addition, set("ada", "kind", "person", "group")];
  const { kept, reported } = meet([set("plan", "kind", "fact", "position")], mine);

  assert.deepEqual([kept, reported], [mine, []]);
});

test("different fields of a span are both kept", () => {
  const mine = [set("plan", "voice", "speaker", "narrator")];
  const { kept, reported, state } = meet([set("plan", "kind", "fact", "position")], mine);

  assert.equal(kept.length, 1);
  assert.deepEqual([reported, state.spans.get("plan")?.attributes], [[], { kind: "position", voice: "narrator" }]);
});

test("the same field is reported with both values", () => {
  const mine = [set("plan", "kind", "fact", "evaluation")];
  const { kept, conflicts, state } = meet([set("plan", "kind", "fact", "position")], mine);

  assert.deepEqual(kept, []);
  assert.equal(state.spans.get("plan")?.attributes.kind, "position");
  assert.equal(conflicts[0].message,
    "Kind of Claim “the plan was off.”: you set Evaluation. Elsewhere it was set to Position, which was kept.");
});

test("fields that were not touched elsewhere are kept", () => {
  const before = { note: "", attributes: { kind: "fact" } };
  const mine = update("plan", before, { note: "mine", attributes: { kind: "position" } });
  const { kept, reported, state } = meet([update("plan", { note: "" }, { note: "theirs" })], [mine]);

  assert.notEqual(kept[0].id, mine.id);
  assert.deepEqual([state.spans.get("plan")?.note, state.spans.get("plan")?.attributes.kind], ["theirs", "position"]);
  assert.deepEqual(reported, [["plan", "note", "“mine”", "“theirs”"]]);
});

test("equal changes on both sides are no conflict", () => {
  const { kept, reported } = meet([set("plan", "kind", "fact", "position")], [set("plan", "kind", "fact", "position")]);

  assert.deepEqual([kept, reported], [[], []]);
});

test("changes to a removed span are reported", () => {
  const theirs = GONE();
  const mine = [set("plan", "kind", "fact", "position"), set("ada", "kind", "person", "group")];
  const { reported, kinds } = meet(theirs, mine);

  assert.deepEqual(kinds, ["update_span"]);
  assert.deepEqual(reported, [["plan", "attributes.kind", "Position", "removed"]]);
});

test("spans changed elsewhere are not removed", () => {
  const mine = GONE();
  const { kept, conflicts, state } = meet([set("plan", "kind", "fact", "position")], mine);

  assert.deepEqual(kept, []);
  assert.deepEqual([state.spans.has("plan"), state.relations.has("by")], [true, true]);
  assert.match(conflicts[0].message, /^You deleted Claim “the plan was off.”. It was kept because it was changed/);
});

test("spans with a new relation are not removed", () => {
  const mine = [change({ kind: "remove_span", span: ADA })];
  const { reported, state } = meet([change({ kind: "add_relation", relation: BY })], mine, []);

  assert.deepEqual([state.spans.has("ada"), reported.length], [true, 1]);
});

test("spans removed on both sides stay removed", () => {
  const theirs = GONE();
  const edited = { ...PLAN, note: "x" };
  const mine = [update("plan", { note: "" }, { note: "x" }), change({ kind: "remove_relation", relation: BY }),
    change({ kind: "remove_span", span: edited })];
  const { kept, reported } = meet(theirs, mine);

  assert.deepEqual([kept, reported], [[], []]);
});

test("an undone removal is no conflict", () => {
  const removal = GONE();
  const back = [change({ kind: "add_span", span: PLAN }), change({ kind: "add_relation", relation: BY })];
  const { kept, reported } = meet([update("plan", { note: "" }, { note: "theirs" })], [...removal, ...back]);

  assert.deepEqual([kept, reported], [[], []]);
});

test("a value that was changed back is no conflict", () => {
  const mine = [set("plan", "kind", "fact", "position"), set("plan", "kind", "position", "fact")];
  const { kept, reported } = meet([set("plan", "kind", "fact", "prediction")], mine);

  assert.deepEqual([kept, reported], [[], []]);
});

test("only the last change of a field is reported", () => {
  const mine = [set("plan", "kind", "fact", "position"), set("plan", "kind", "position", "evaluation")];
  const { reported, conflicts } = meet([set("plan", "kind", "fact", "prediction")], mine);

  assert.deepEqual(reported, [["plan", "attributes.kind", "Evaluation", "Prediction"]]);
  assert.deepEqual(/** @type {any} */ (conflicts[0].change).before, { attributes: { kind: "fact" } });
});

test("independent changes of a field are both reported", () => {
  const [closed, next] = [set("plan", "kind", "fact", "position"), set("plan", "kind", "fact", "evaluation")];
  const back = set("plan", "kind", "evaluation", "fact");
  const removals = [change({ kind: "remove_span", span: PLAN }), change({ kind: "remove_span", span: PLAN })];
  /** @param {Change[]} mine */
  const reported = (mine) => {
    const { state } = openEditor(TEXT, { spans: [{ ...PLAN, attributes: { kind: "prediction" } }] }).store;
    return rebase(state, mine).conflicts.map((conflict) => conflict.mine);
  };

  assert.deepEqual(reported([closed, next]), ["Position", "Evaluation"]);
  assert.deepEqual(reported([closed, next, back]), ["Position"]);
  assert.deepEqual(reported([...removals, change({ kind: "add_span", span: PLAN })]), ["deleted"]);
});

test("an existing span is reported only if it differs", () => {
  const span = makeSpan("new", [[4, 8]], "Cue", { stance: "neutral" });
  const theirs = [change({ kind: "add_span", span })];

  assert.deepEqual(meet(theirs, [change({ kind: "add_span", span })]).reported, []);
  const other = { ...span, label: "Hedge", attributes: {} };
  const { kept, reported } = meet(theirs, [change({ kind: "add_span", span: other })]);
  assert.deepEqual([kept, reported], [[], [["new", "span", "Hedge “said” added", "Cue “said”"]]]);
});

test("a span relabelled on both sides keeps the other label", () => {
  const relabel = (/** @type {string} */ label, /** @type {any} */ attributes) =>
    update("plan", { label: "Claim", attributes: { kind: "fact", voice: "speaker" } }, { label, attributes });
  const { kept, reported, conflicts } = meet([relabel("Hedge", { kind: "epistemic", voice: null })],
    [relabel("Denial", { kind: "contradiction", voice: null })]);

  assert.deepEqual([kept, reported], [[], [["plan", "label", "Denial", "Hedge"]]]);
  assert.equal(/** @type {any} */ (conflicts[0].change).after.attributes.kind, "contradiction");
});

test("attributes of another label are reported", () => {
  const theirs = update("plan", { label: "Claim", attributes: { kind: "fact", voice: "speaker" } },
    { label: "Hedge", attributes: { kind: "epistemic", voice: null } });
  const { kept, reported } = meet([theirs], [set("plan", "quote_type", null, "direct")]);

  assert.deepEqual([kept, reported], [[], [["plan", "attributes.quote_type", "Direct", "nothing"]]]);
});

test("relations to changed spans are reported", () => {
  const restates = { id: "r", label: "restates", from: "new", to: "plan" };
  const addition = change({ kind: "add_span", span: makeSpan("new", [[34, 40]]) });
  const mine = [addition, change({ kind: "add_relation", relation: restates })];
  const gone = GONE();
  const turned = [update("plan", { label: "Claim", attributes: { kind: "fact", voice: "speaker" } },
    { label: "Hedge", attributes: { kind: "epistemic", voice: null } })];

  for (const theirs of [gone, turned]) {
    const { kinds, reported } = meet(theirs, mine);
    assert.deepEqual(kinds, ["add_span"]);
    assert.deepEqual([reported.length, reported[0][1]], [1, "relation"]);
  }
});

test("equal relations are kept once", () => {
  const twin = (/** @type {string} */ id) => [change({ kind: "add_relation", relation: { ...BY, id } })];
  const { kept, reported, state } = meet(twin("theirs"), twin("mine"), []);

  assert.deepEqual([kept, reported, state.relations.size], [[], [], 1]);
});

test("changes in the log are skipped", () => {
  const mine = set("plan", "kind", "fact", "position");
  const { state } = openEditor(TEXT, { spans: [{ ...PLAN, attributes: { kind: "evaluation" } }] }).store;

  assert.deepEqual(rebase(state, [mine], { acknowledged: new Set([mine.id]) }), { kept: [], conflicts: [] });
});

test("refused changes are reported with those based on them", () => {
  const addition = change({ kind: "add_span", span: makeSpan("new", [[4, 8]], "Cue") });
  const mine = [addition, update("new", { note: "" }, { note: "x" }), set("plan", "kind", "fact", "position")];
  const { state } = openEditor(TEXT, { spans: [ADA, PLAN] }).store;
  const { kept, conflicts } = rebase(state, mine, { refused: addition.id });

  assert.deepEqual(kept, [mine[2]]);
  assert.deepEqual(conflicts.map((conflict) => conflict.field), ["span", "note"]);
});

test("conflicts can be resolved either way", () => {
  const clash = () => meet([set("plan", "kind", "fact", "position")], [set("plan", "kind", "fact", "evaluation")]);
  const { there, conflicts: [conflict] } = clash();
  const kind = () => there.store.state.spans.get("plan")?.attributes.kind;

  assert.ok(there.run(takeMine(conflict.id)));
  assert.deepEqual([kind(), there.store.state.conflicts], ["evaluation", []]);
  assert.ok(there.history.undo());
  assert.equal(kind(), "position");
  assert.equal(there.run(takeMine(conflict.id)), false);
  const again = clash();
  assert.ok(again.there.run(keepTheirs(again.conflicts[0].id)));
  assert.equal(again.state.spans.get("plan")?.attributes.kind, "position");
  assert.deepEqual(again.there.store.state.conflicts, []);
});

test("a removed span can be restored", () => {
  const theirs = GONE();
  const { there, conflicts: [conflict] } = meet(theirs, [set("plan", "kind", "fact", "position")]);

  assert.ok(there.run(takeMine(conflict.id)));
  const wanted = { ...PLAN, attributes: { kind: "position", voice: "speaker" } };
  assert.deepEqual(contentOf(there.store.state).spans[1], wanted);
});

test("a removal can be repeated with its relations", () => {
  const { there, conflicts: [conflict] } = meet([set("ada", "kind", "person", "group")],
    [change({ kind: "remove_relation", relation: BY }), change({ kind: "remove_span", span: ADA })]);

  assert.ok(there.run(takeMine(conflict.id)));
  assert.deepEqual([there.store.state.spans.has("ada"), there.store.state.relations.size], [false, 0]);
});
