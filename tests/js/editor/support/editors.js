import { readFileSync } from "node:fs";
import { createHistory } from "../../../../static/editor/model/history.js";
import { createStore } from "../../../../static/editor/model/state.js";
import { readPayload } from "../../../../static/editor/model/wire.js";

const TEMPLATE = new URL("../../../../projects/builtin/claims-attribution/schema.json", import.meta.url);

/** The schema of the built-in template, as it is stored. */
export const SCHEMA = JSON.parse(readFileSync(TEMPLATE, "utf8"));

const PIECES = ["Ada", "said", "🙂", "no", "e\u0301t\u00e9", "\u202bדניאל\u202c", "😀👩🏽‍🔬", "the", "𝔏𝔲𝔫𝔞", "plan", "نعم"];
const GAPS = [" ", " ", " ", "  ", "\n", "\r\n", "\n\n", "\u2028"];

/**
 * Return what the server sends for a text: words between white space are tokens, lines are sentences.
 *
 * @param {string} text
 * @param {{spans?: any[], relations?: any[], document_attributes?: Record<string, any>,
 *   showOptional?: boolean, editable?: boolean, revision?: number,
 *   schema?: any}} [options] spans as on the wire
 */
export function makePayload(text, options = {}) {
  const { spans = [], relations = [], document_attributes = {}, showOptional = true, editable = true, revision = 0,
    schema = SCHEMA } = options;
  return {
    document: { id: "d1", title: "Test", sha256: "0".repeat(64), text, tokens: deltas(text, /\S+/gu),
      sentences: deltas(text, /\S[^\n\r\u2028]*/gu) },
    set: { id: "set1", name: "A", state: "open", revision, editable, spans, relations,
      document_attributes },
    schema,
    speakers: ["Ada"],
    project: { slug: "p", name: "P", snap: true, show_optional_labels: showOptional },
  };
}

/**
 * @param {string} text
 * @param {RegExp} pattern
 */
function deltas(text, pattern) {
  const found = [];
  let unit = 0;
  for (const match of text.matchAll(pattern)) {
    const piece = match[0].trimEnd();
    found.push(countCharacters(text.slice(unit, match.index)), countCharacters(piece));
    unit = match.index + piece.length;
  }
  return found;
}

/** @param {string} text */
function countCharacters(text) {
  return Array.from(text).length;
}

/**
 * Return a span without a note, as on the wire.
 *
 * @param {string} id
 * @param {[number, number][]} fragments
 * @param {string} [label]
 * @param {Record<string, string>} [attributes]
 * @returns {import("../../../../static/editor/model/types.js").Span}
 */
export function makeSpan(id, fragments, label = "Claim", attributes = {}) {
  return { id, label, fragments, attributes, note: "", origin: "manual" };
}

/**
 * Return an editor of a text, without a page and a server.
 *
 * @param {string} text
 * @param {Parameters<typeof makePayload>[1]} [options]
 */
export function openEditor(text, options) {
  const store = createStore(readPayload(makePayload(text, options)));
  const history = createHistory(store);
  /** @type {import("../../../../static/editor/model/types.js").Update[]} */
  const updates = [];
  store.subscribe((update) => updates.push(update));
  return {
    store,
    history,
    updates,
    /** @param {import("../../../../static/editor/model/types.js").Command} command */
    run: (command) => command(store.state, store.dispatch),
    said: () => updates.at(-1)?.transaction.announce ?? "",
  };
}

/**
 * Return a text of words in several scripts, with line breaks of all kinds.
 *
 * @param {import("./random.js").Random} random
 * @param {number} words
 */
export function makeText(random, words) {
  return Array.from({ length: words }, () => random.of(PIECES) + random.of(GAPS)).join("");
}

/**
 * Return the spans and relations of a state, sorted for comparison.
 *
 * @param {{spans: {values(): Iterable<any>, get(id: string): any}, relations: {values(): Iterable<any>}}} state
 */
export function contentOf({ spans, relations }) {
  const byId = (/** @type {any} */ first, /** @type {any} */ second) => (first.id < second.id ? -1 : 1);
  return { spans: [...spans.values()].sort(byId).map(sortedAttributes), relations: [...relations.values()].sort(byId),
    document: sortedAttributes(spans.get("")) };
}

/** @param {any} span */
function sortedAttributes(span) {
  return { ...span, attributes: Object.fromEntries(Object.entries(span.attributes).sort()) };
}
