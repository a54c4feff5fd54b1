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
 * Two start from the same set: what did the one keep, and what was reported, after the other was first?
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
  const told = conflicts.map((conflict) => [conflict.spanId, conflict.field, conflict.mine, conflict.theirs]);
  return { kept, told, conflicts, state, there, kinds: kept.map((each) => each.kind) };
}

test("changes of different things are all kept, as they were", () => {
  const addition = change({ kind: "add_span", span: makeSpan("new", [[4, 8]], "Cue") });
  const mine = [addition, set("ada", "kind", "person", "group")];
  const { kept, told } = meet([set("plan", "kind", "fact", "position")], mine);

  assert.deepEqual([kept, told], [mine, []]);
});

test("different fields of one span are both kept", () => {
  const mine = [set("plan", "voice", "speaker", "narrator")];
  const { kept, told, state } = meet([set("plan", "kind", "fact", "position")], mine);

  assert.equal(kept.length, 1);
  assert.deepEqual([told, state.spans.get("plan")?.attributes], [[], { kind: "position", voice: "narrator" }]);
});

test("the same field changed on both sides: theirs stays, mine is reported with both values", () => {
  const mine = [set("plan", "kind", "fact", "evaluation")];
  const { kept, conflicts, state } = meet([set("plan", "kind", "fact", "position")], mine);

  assert.deepEqual(kept, []);
  assert.equal(state.spans.get("plan")?.attributes.kind, "position");
  assert.equal(conflicts[0].message,
    "Kind of Claim “the plan was off.”: you chose Evaluation. Elsewhere it became Position, which was kept.");
});

test("of an update, the fields that nobody else touched are kept, as a new change", () => {
  const before = { note: "", attributes: { kind: "fact" } };
  const mine = update("plan", before, { note: "mine", attributes: { kind: "position" } });
  const { kept, told, state } = meet([update("plan", { note: "" }, { note: "theirs" })], [mine]);

  assert.notEqual(kept[0].id, mine.id);
  assert.deepEqual([state.spans.get("plan")?.note, state.spans.get("plan")?.attributes.kind], ["theirs", "position"]);
  assert.deepEqual(told, [["plan", "note", "“mine”", "“theirs”"]]);
});

test("the same change on both sides is no conflict and nothing to send", () => {
  const { kept, told } = meet([set("plan", "kind", "fact", "position")], [set("plan", "kind", "fact", "position")]);

  assert.deepEqual([kept, told], [[], []]);
});

test("a change to a span that was removed elsewhere is reported, and the rest goes on", () => {
  const theirs = GONE();
  const mine = [set("plan", "kind", "fact", "position"), set("ada", "kind", "person", "group")];
  const { told, kinds } = meet(theirs, mine);

  assert.deepEqual(kinds, ["update_span"]);
  assert.deepEqual(told, [["plan", "attributes.kind", "Position", "removed"]]);
});

test("a span that was changed elsewhere is not removed, and keeps its relations", () => {
  const mine = GONE();
  const { kept, conflicts, state } = meet([set("plan", "kind", "fact", "position")], mine);

  assert.deepEqual(kept, []);
  assert.deepEqual([state.spans.has("plan"), state.relations.has("by")], [true, true]);
  assert.match(conflicts[0].message, /^You removed Claim “the plan was off.”. Elsewhere it was changed/);
});

test("a span that got a relation elsewhere is not removed", () => {
  const mine = [change({ kind: "remove_span", span: ADA })];
  const { told, state } = meet([change({ kind: "add_relation", relation: BY })], mine, []);

  assert.deepEqual([state.spans.has("ada"), told.length], [true, 1]);
});

test("what both sides removed is gone, and earlier changes to it do not matter", () => {
  const theirs = GONE();
  const edited = { ...PLAN, note: "x" };
  const mine = [update("plan", { note: "" }, { note: "x" }), change({ kind: "remove_relation", relation: BY }),
    change({ kind: "remove_span", span: edited })];
  const { kept, told } = meet(theirs, mine);

  assert.deepEqual([kept, told], [[], []]);
});

test("a removal that was taken back here is no conflict", () => {
  const removal = GONE();
  const back = [change({ kind: "add_span", span: PLAN }), change({ kind: "add_relation", relation: BY })];
  const { kept, told } = meet([update("plan", { note: "" }, { note: "theirs" })], [...removal, ...back]);

  assert.deepEqual([kept, told], [[], []]);
});

test("a value that was changed and changed back here is no conflict", () => {
  const mine = [set("plan", "kind", "fact", "position"), set("plan", "kind", "position", "fact")];
  const { kept, told } = meet([set("plan", "kind", "fact", "prediction")], mine);

  assert.deepEqual([kept, told], [[], []]);
});

test("of several changes of one field the last word is reported", () => {
  const mine = [set("plan", "kind", "fact", "position"), set("plan", "kind", "position", "evaluation")];
  const { told, conflicts } = meet([set("plan", "kind", "fact", "prediction")], mine);

  assert.deepEqual(told, [["plan", "attributes.kind", "Evaluation", "Prediction"]]);
  assert.deepEqual(/** @type {any} */ (conflicts[0].change).before, { attributes: { kind: "fact" } });
});

test("changes of one field that do not build on each other, from two pages, are both reported", () => {
  const [closed, next] = [set("plan", "kind", "fact", "position"), set("plan", "kind", "fact", "evaluation")];
  const back = set("plan", "kind", "evaluation", "fact");
  const removals = [change({ kind: "remove_span", span: PLAN }), change({ kind: "remove_span", span: PLAN })];
  /** @param {Change[]} mine */
  const told = (mine) => {
    const { state } = openEditor(TEXT, { spans: [{ ...PLAN, attributes: { kind: "prediction" } }] }).store;
    return rebase(state, mine).conflicts.map((conflict) => conflict.mine);
  };

  assert.deepEqual(told([closed, next]), ["Position", "Evaluation"]);
  assert.deepEqual(told([closed, next, back]), ["Position"]);
  assert.deepEqual(told([...removals, change({ kind: "add_span", span: PLAN })]), ["removed"]);
});

test("a span id that is there already: equal is left out, different is reported", () => {
  const span = makeSpan("new", [[4, 8]], "Cue", { stance: "neutral" });
  const theirs = [change({ kind: "add_span", span })];

  assert.deepEqual(meet(theirs, [change({ kind: "add_span", span })]).told, []);
  const other = { ...span, label: "Hedge", attributes: {} };
  const { kept, told } = meet(theirs, [change({ kind: "add_span", span: other })]);
  assert.deepEqual([kept, told], [[], [["new", "span", "Hedge “said” added", "Cue “said”"]]]);
});

test("relabelled on both sides: theirs stays with its attributes, and mine is reported whole", () => {
  const relabel = (/** @type {string} */ label, /** @type {any} */ attributes) =>
    update("plan", { label: "Claim", attributes: { kind: "fact", voice: "speaker" } }, { label, attributes });
  const { kept, told, conflicts } = meet([relabel("Hedge", { kind: "epistemic", voice: null })],
    [relabel("Denial", { kind: "contradiction", voice: null })]);

  assert.deepEqual([kept, told], [[], [["plan", "label", "Denial", "Hedge"]]]);
  assert.equal(/** @type {any} */ (conflicts[0].change).after.attributes.kind, "contradiction");
});

test("an attribute set here that the label given elsewhere does not have is reported, not sent to be refused", () => {
  const theirs = update("plan", { label: "Claim", attributes: { kind: "fact", voice: "speaker" } },
    { label: "Hedge", attributes: { kind: "epistemic", voice: null } });
  const { kept, told } = meet([theirs], [set("plan", "quote_type", null, "direct")]);

  assert.deepEqual([kept, told], [[], [["plan", "attributes.quote_type", "Direct", "nothing"]]]);
});

test("a relation whose end was removed or relabelled elsewhere is reported", () => {
  const restates = { id: "r", label: "restates", from: "new", to: "plan" };
  const addition = change({ kind: "add_span", span: makeSpan("new", [[34, 40]]) });
  const mine = [addition, change({ kind: "add_relation", relation: restates })];
  const gone = GONE();
  const turned = [update("plan", { label: "Claim", attributes: { kind: "fact", voice: "speaker" } },
    { label: "Hedge", attributes: { kind: "epistemic", voice: null } })];

  for (const theirs of [gone, turned]) {
    const { kinds, told } = meet(theirs, mine);
    assert.deepEqual(kinds, ["add_span"]);
    assert.deepEqual([told.length, told[0][1]], [1, "relation"]);
  }
});

test("the same relation made on both sides is there once", () => {
  const twin = (/** @type {string} */ id) => [change({ kind: "add_relation", relation: { ...BY, id } })];
  const { kept, told, state } = meet(twin("theirs"), twin("mine"), []);

  assert.deepEqual([kept, told, state.relations.size], [[], [], 1]);
});

test("changes that are in the log already are left out without a question", () => {
  const mine = set("plan", "kind", "fact", "position");
  const { state } = openEditor(TEXT, { spans: [{ ...PLAN, attributes: { kind: "evaluation" } }] }).store;

  assert.deepEqual(rebase(state, [mine], { acknowledged: new Set([mine.id]) }), { kept: [], conflicts: [] });
});

test("a change that the server refused is reported, and what builds on it with it", () => {
  const addition = change({ kind: "add_span", span: makeSpan("new", [[4, 8]], "Cue") });
  const mine = [addition, update("new", { note: "" }, { note: "x" }), set("plan", "kind", "fact", "position")];
  const { state } = openEditor(TEXT, { spans: [ADA, PLAN] }).store;
  const { kept, conflicts } = rebase(state, mine, { refused: addition.id });

  assert.deepEqual(kept, [mine[2]]);
  assert.deepEqual(conflicts.map((conflict) => conflict.field), ["span", "note"]);
});

test("a conflict is settled either way: theirs stays, or mine is made after all", () => {
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

test("a removed span comes back as it was here, when mine is wanted", () => {
  const theirs = GONE();
  const { there, conflicts: [conflict] } = meet(theirs, [set("plan", "kind", "fact", "position")]);

  assert.ok(there.run(takeMine(conflict.id)));
  const wanted = { ...PLAN, attributes: { kind: "position", voice: "speaker" } };
  assert.deepEqual(contentOf(there.store.state).spans[1], wanted);
});

test("a removal is made after all with the relations, when mine is wanted", () => {
  const { there, conflicts: [conflict] } = meet([set("ada", "kind", "person", "group")],
    [change({ kind: "remove_relation", relation: BY }), change({ kind: "remove_span", span: ADA })]);

  assert.ok(there.run(takeMine(conflict.id)));
  assert.deepEqual([there.store.state.spans.has("ada"), there.store.state.relations.size], [false, 0]);
});
