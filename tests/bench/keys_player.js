/**
 * Counts the keys that a fixed procedure needs to label texts: no planning, no second thoughts, always the right hint.
 *
 *     node keys_player.js FILE
 *
 * FILE holds schema and documents with the spans to make. The procedure runs on the commands of the editor itself, and
 * `pressed` of the answer lists its keys, by which a browser does the same (`tests/soak/article.py`).
 * Beside it stands the habit without hints: arrows, sentence jumps, Shift and arrows, a digit. A chord counts as one
 * key.
 */

import { readFileSync } from "node:fs";
import {
  labelByKey, leaveFrame, pickEnd, pickFragment, pickLetter, resize, resizeByStructure, selectedSpan, selectText,
  setAttribute, takeFromFrame, toNextSentence,
} from "../../static/editor/commands/index.js";
import { frameOf } from "../../static/editor/model/assistance/frames.js";
import { labelOf } from "../../static/editor/model/schema.js";
import { createStore } from "../../static/editor/model/state.js";
import { sentenceAt, tokenFrom } from "../../static/editor/model/text/document.js";
import { isMark, isWord, structuralEnds } from "../../static/editor/model/text/ends.js";
import { countBelow } from "../../static/editor/model/text/offsets.js";
import { readPayload } from "../../static/editor/model/wire.js";

/**
 * @typedef {import("../../static/editor/model/state.js").Store} Store
 * @typedef {import("../../static/editor/model/types.js").Command} Command
 * @typedef {import("../../static/editor/model/types.js").Span} Span
 */

/** The most presses of j or k before the end is picked by its letters. */
const MOST_STEPS = 2;

class Player {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    /** The names of the keys pressed. @type {string[]} */
    this.pressed = [];
    /** @type {import("../../static/editor/model/text/ends.js").EndRule} */
    this.rule = "punctuation";
  }

  /** @param {Command} command @param {...string} keys */
  press(command, ...keys) {
    this.pressed.push(...keys);
    return command(this.store.state, this.store.dispatch);
  }

  /** Type the letters of the word at a token, or return false when it has none. @param {number} token */
  letters(token) {
    const hint = this.store.state.picking?.hints.find((each) => each.token === token);
    if (!hint) return false;
    for (const letter of hint.letters) this.press(pickLetter(letter), letter);
    return true;
  }

  /** Label a span as the procedure does. Return whether it is exact. @param {Span} wanted */
  label(wanted) {
    const { document } = this.store.state;
    const [[start, end], ...rest] = wanted.fragments;
    const first = tokenFrom(document, start);
    this.rule = labelOf(this.store.state.schema, wanted.label).rule;
    if (!this.#hasHint(first)) return this.#labelMark(wanted, first);
    const { hotkey } = labelOf(this.store.state.schema, wanted.label);
    this.press(labelByKey(wanted.label), hotkey);
    while (!this.letters(first)) {
      const direction = first < this.store.state.cursor.focus ? -1 : 1;
      const key = direction < 0 ? "Control+ArrowLeft" : "Control+ArrowRight";
      if (!this.press(toNextSentence(direction), key)) return false;
      this.press(labelByKey(wanted.label), hotkey);
    }
    this.#moveStart(start);
    this.#moveEnd(first, end);
    for (const [from, to] of rest) {
      this.press(pickFragment, "+");
      if (!this.letters(tokenFrom(document, from))) return false;
      this.#moveEnd(tokenFrom(document, from), to);
    }
    const span = selectedSpan(this.store.state);
    return span !== undefined && String(span.fragments) === String(wanted.fragments);
  }

  /**
   * Label a span that begins with punctuation, which has no letters: with arrows.
   *
   * @param {Span} wanted
   * @param {number} first
   */
  #labelMark(wanted, first) {
    const { document, cursor } = this.store.state;
    const [[start, end]] = wanted.fragments;
    const { hotkey } = labelOf(this.store.state.schema, wanted.label);
    const arrows = habit(document, wanted, cursor.focus).keys - 1;
    this.press(selectText(start, end), ...Array.from({ length: arrows }, () => "arrow"));
    this.press(labelByKey(wanted.label), hotkey);
    if (this.store.state.question) this.press(labelByKey(wanted.label), hotkey);
    return first >= 0;
  }

  /** @param {number} token */
  #hasHint(token) {
    const { document, schema } = this.store.state;
    return isWord(document, token) || (!schema.boundaries.quotesOut && isMark(document, token));
  }

  /** @param {number} wanted offset */
  #moveStart(wanted) {
    for (let step = 0; step < 4; step += 1) {
      const start = selectedSpan(this.store.state)?.fragments[0][0] ?? wanted;
      if (start === wanted) return;
      this.press(resize("start", start > wanted ? -1 : 1), start > wanted ? "<" : ">");
    }
  }

  /** @param {number} first token @param {number} wanted offset */
  #moveEnd(first, wanted) {
    const { document } = this.store.state;
    const at = () => selectedSpan(this.store.state)?.fragments.at(-1)?.[1] ?? -1;
    if (at() === wanted) return;
    const ends = structuralEnds(document, first, this.rule).map((token) => document.tokenEnds[token]);
    const target = ends.indexOf(wanted);
    const sorted = Uint32Array.from(ends);
    const now = at() < wanted ? countBelow(sorted, at() + 1) - 1 : countBelow(sorted, at());
    if (target >= 0 && Math.abs(target - now) <= MOST_STEPS) {
      const direction = target > now ? 1 : -1;
      while (at() !== wanted && this.press(resizeByStructure(direction), direction > 0 ? "j" : "k"));
      return;
    }
    let last = countBelow(document.tokenStarts, wanted) - 1;
    while (last > first && !this.#hasHint(last)) last -= 1;
    this.press(pickEnd, "Space");
    this.letters(last);
    for (let step = 0; at() !== wanted && step < 6; step += 1) {
      const isShort = at() < wanted;
      this.press(resize("end", isShort ? 1 : -1), isShort ? "." : ",");
    }
  }
}

/**
 * Return the keys of today's habit for a span, and where the cursor is then.
 *
 * @param {import("../../static/editor/model/types.js").TextDocument} document
 * @param {Span} span
 * @param {number} cursor token
 */
function habit(document, span, cursor) {
  let keys = 1;
  let at = cursor;
  span.fragments.forEach(([start, end], index) => {
    const [first, last] = [tokenFrom(document, start), countBelow(document.tokenStarts, end) - 1];
    const [here, there] = [cursor, first].map((token) => sentenceAt(document, document.tokenStarts[token]));
    const begin = tokenFrom(document, document.sentenceStarts[there] ?? 0);
    const byJumps = Math.abs(there - here) + (there === here ? 1 : 0) + (first - begin);
    keys += Math.min(Math.abs(first - at), byJumps) + (last - first) + (index > 0 ? 1 : 0);
    at = last;
  });
  return { keys, cursor: at };
}

/** What a link costs that no frame offers: select the span, the key of the relation, a number. */
const KEYS_OF_A_LINK = 3;

/**
 * Return the keys for the attributes that are not right once all links are made, one each; names are left out.
 *
 * @param {Store} store
 * @param {Span} wanted
 * @param {string} id of the span made
 */
function attributeKeys({ state }, wanted, id) {
  const made = state.spans.get(id);
  return labelOf(state.schema, wanted.label).attributes.filter(({ id: name, type }) =>
    type === "choice" && wanted.attributes[name] !== undefined
    && made?.attributes[name] !== wanted.attributes[name]).length;
}

/**
 * Go through the frames of a new span. Return the keys pressed; the relations made are removed from those wanted.
 *
 * @param {Store} store
 * @param {Span} wanted
 * @param {Set<import("../../static/editor/model/types.js").Relation>} relations
 * @param {Map<string, string>} ids of the spans made, by those wanted
 */
function linkKeys(store, wanted, relations, ids) {
  const offered = new Set();
  /** @type {string[]} */
  const keys = [];
  for (;;) {
    const span = selectedSpan(store.state);
    const frame = span && frameOf(store.state, span, offered);
    if (!frame) return keys;
    if ("names" in frame) {
      offered.add(frame.id);
      keys.push(...nameKeys(store, frame, wanted));
      continue;
    }
    const relation = [...relations].find((each) => each.label === frame.type.id
      && (frame.isOutward ? each.from : each.to) === wanted.id
      && frame.spans.some(({ id }) => id === ids.get(frame.isOutward ? each.to : each.from)));
    const otherId = relation && ids.get(frame.isOutward ? relation.to : relation.from);
    const index = frame.spans.findIndex(({ id }) => id === otherId);
    if (relation && takeFromFrame(frame, index)(store.state, store.dispatch)) {
      relations.delete(relation);
      keys.push(String(index + 1));
      if (frame.isOutward) offered.add(frame.type.id);
    } else {
      offered.add(frame.type.id);
      keys.push("Escape");
      leaveFrame(frame)(store.state, store.dispatch);
    }
  }
}

/**
 * Return the keys that answer the frame of a name: its number, or else its letters in the field that has the focus then.
 *
 * @param {Store} store
 * @param {import("../../static/editor/model/assistance/frames.js").Naming} frame
 * @param {Span} wanted
 */
function nameKeys(store, frame, wanted) {
  const name = wanted.attributes[frame.attribute];
  if (!name) return ["Escape"];
  const index = frame.names.indexOf(name);
  if (index >= 0) takeFromFrame(frame, index)(store.state, store.dispatch);
  else setAttribute(frame.attribute, name)(store.state, store.dispatch);
  return index >= 0 ? [String(index + 1)] : ["Escape", "field", ...name, "Enter"];
}

/** @param {number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);

/** @param {number[]} values */
const mean = (values) => sum(values) / Math.max(1, values.length);

const { schema, documents } = JSON.parse(readFileSync(process.argv[2], "utf8"));
/** @type {Record<"procedure"|"habit"|"more", number[]>} `more`: attributes and links */
const keys = { procedure: [], habit: [], more: [] };
/** The keys of each span, and those that answer its frames. @type {{id: string, keys: string[], answers: string[]}[]} */
const pressed = [];
let exact = 0;
for (const { id, text, tokens, sentences, spans, relations } of documents) {
  const payload = { document: { id, title: id, sha256: "", text, tokens, sentences },
    set: { id, name: "", state: "open", revision: 0, editable: true, spans, relations: [] }, schema, speakers: [],
    project: { slug: "p", name: "p", snap: true, show_optional_labels: true } };
  const gold = [...readPayload(payload).spans.inOrder()];
  const store = createStore(readPayload({ ...payload, set: { ...payload.set, spans: [] } }));
  let cursor = 0;
  const missing = new Set(relations);
  const ids = new Map();
  for (const span of gold) {
    const player = new Player(store);
    if (player.label(span)) exact += 1;
    ids.set(span.id, store.state.selectedId);
    const answers = linkKeys(store, span, missing, ids);
    pressed.push({ id: span.id, keys: player.pressed, answers });
    keys.more.push(answers.length);
    keys.procedure.push(player.pressed.length);
    const today = habit(store.state.document, span, cursor);
    keys.habit.push(today.keys);
    cursor = today.cursor;
  }
  keys.more.push(...gold.map((span) => attributeKeys(store, span, ids.get(span.id))));
  keys.more.push(...[...missing].map(() => KEYS_OF_A_LINK));
}
console.log(JSON.stringify({ spans: keys.procedure.length, exact, procedure: mean(keys.procedure),
  habit: mean(keys.habit), pressed,
  complete: (sum(keys.procedure) + sum(keys.more)) / Math.max(1, keys.procedure.length) }));
