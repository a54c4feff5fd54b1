/**
 * What a span that was just made is most likely linked with: the relation that is offered, the spans with numbers, and
 * the one that Enter takes. Pure.
 */

import { suggestedNames } from "../name_suggestions.js";
import { labelOf, relationProblem, startsAt } from "../schema.js";
import { excerpt, sentenceAt } from "../text/document.js";

/**
 * @typedef {import("../types.js").EditorState} EditorState
 * @typedef {import("../types.js").Span} Span
 * @typedef {import("../types.js").RelationType} RelationType
 * @typedef {{id: string, title: string, type: RelationType, isOutward: boolean, spans: Span[], assumed: Span|null}}
 *   Link `isOutward`: the relation starts at the new span; `spans` have the numbers from 1; Enter links `assumed`
 * @typedef {{id: string, title: string, attribute: string, names: string[]}} Naming names with the numbers from 1, of
 *   which Enter takes the first
 * @typedef {Link|Naming} Frame `id` tells frames of one span apart
 */

/** The spans that have numbers. */
const MOST_OFFERED = 9;
/** How much of a text is searched for full names. */
const LONGEST_SEARCH = 100_000;
/** How many spans on either side are looked at. */
const NEAR = 40;
/** Relations that are never assumed, since they are too often wrong: a number has to be chosen. */
const NEVER_ASSUMED = new Set(["denies", "restates"]);

/**
 * Return the first relation that a span could have and has not, with the nearest spans for its other end.
 *
 * @param {EditorState} state
 * @param {Span} span
 * @param {ReadonlySet<string>} skipped ids of relation types that were offered already
 * @returns {Frame|null}
 */
export function frameOf(state, span, skipped) {
  return namingOf(state, span, skipped) ?? linkOf(state, span, skipped);
}

/**
 * @param {EditorState} state
 * @param {Span} span
 * @param {ReadonlySet<string>} skipped
 * @returns {Naming|null}
 */
function namingOf(state, span, skipped) {
  const attribute = labelOf(state.schema, span.label).attributes.find(({ id, type }) =>
    type === "registry" && span.attributes[id] === undefined && !skipped.has(id));
  const names = attribute ? likelyNames(state, span, attribute.id) : [];
  if (!attribute || names.length === 0) return null;
  return { id: attribute.id, title: attribute.name, attribute: attribute.id, names };
}

/**
 * Return the names that a mention most likely stands for: the full names in the text that it is a part of, the names
 * that its words had before, and those of the speakers before it. These come first for a pronoun or a description.
 *
 * @param {EditorState} state
 * @param {Span} span
 * @param {string} attribute
 * @returns {string[]}
 */
function likelyNames(state, span, attribute) {
  const { text } = state.document;
  const words = excerpt(state.document, span.fragments, 80);
  const isName = /\p{Lu}\p{L}/u.test(words);
  const own = [...(words.includes(" ") ? [] : fullNames(text, words)), ...namesAmong(words), capitalized(words)];
  const known = suggestedNames(state, span, attribute).filter((name) => name !== words);
  const before = namesBefore(state, span, attribute);
  const order = isName || known.length > 0 ? [...known, ...own, ...before] : [...before, ...own];
  return [...new Set(order)].slice(0, MOST_OFFERED);
}

/**
 * Return the names of the speakers before a span, the nearest first.
 *
 * @param {EditorState} state
 * @param {Span} span
 * @param {string} attribute
 */
function namesBefore({ spans }, span, attribute) {
  /** @type {string[]} */
  const names = [];
  let other = spans.before(span);
  for (let step = 0; other && step < NEAR; step += 1) {
    if (other.attributes[attribute]) names.push(other.attributes[attribute]);
    other = spans.before(other);
  }
  return names;
}

/**
 * Return the names in a mention without what stands before them: "deputy Marek Osk", "Judge Tavi Orne".
 *
 * @param {string} words
 */
function namesAmong(words) {
  const names = words.match(/\p{Lu}[\p{L}'’-]+(?: (?:\p{Lu}[\p{L}'’-]*))+/gu) ?? [];
  return names.flatMap((name) => {
    const parts = name.split(" ");
    return parts.length > 2 ? [parts.slice(-2).join(" "), name, parts.slice(1).join(" ")] : [name];
  });
}

/** @param {string} words */
function capitalized(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * Return the names of several words in a text that end with a word, the first one first.
 *
 * @param {string} text
 * @param {string} word
 */
function fullNames(text, word) {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&");
  const name = new RegExp(`(?:\\p{Lu}[\\p{L}.'’-]*[ ]){1,3}${escaped}(?![\\p{L}])`, "gu");
  return [...new Set(text.slice(0, LONGEST_SEARCH).match(name) ?? [])].slice(0, 3);
}

/**
 * @param {EditorState} state
 * @param {Span} span
 * @param {ReadonlySet<string>} skipped
 * @returns {Link|null}
 */
function linkOf(state, span, skipped) {
  for (const type of state.schema.relations.values()) {
    if (skipped.has(type.id) || NEVER_OFFERED.has(type.id)) continue;
    if (startsAt(type, span) && state.relations.from(span.id).every(({ label }) => label !== type.id)) {
      const spans = nearest(state, span, (other) => relationProblem(state, type, span, other) === "");
      if (spans.length > 0) return link(type, true, spans, assumedOf(state, type, span, spans));
    } else if (type.to.includes(span.label)) {
      const waiting = nearest(state, span, (other) => isInSentence(state, span, other)
        && state.relations.from(other.id).every(({ label }) => label !== type.id)
        && relationProblem(state, type, other, span) === "");
      const assumed = isSpeakerRelation(state, type) && waiting.length > 0 ? waiting[0] : null;
      if (assumed) return link(type, false, waiting, assumed);
    }
  }
  return null;
}

/**
 * @param {RelationType} type
 * @param {boolean} isOutward
 * @param {Span[]} spans
 * @param {Span|null} assumed
 * @returns {Link}
 */
function link(type, isOutward, spans, assumed) {
  return { id: type.id, title: type.name, type, isOutward, spans, assumed };
}

/** Relations that are made with their own key only. */
const NEVER_OFFERED = new Set(["restates", "defers-to", "signals"]);

/**
 * @param {EditorState} state
 * @param {RelationType} type
 * @param {Span} span
 * @param {Span[]} spans nearest first
 * @returns {Span|null}
 */
function assumedOf(state, type, span, spans) {
  if (NEVER_ASSUMED.has(type.id)) return null;
  if (!isSpeakerRelation(state, type)) return state.spans.around(span).find((outer) => spans.includes(outer)) ?? null;
  return spans.find((other) => isInSentence(state, span, other)) ?? spans[0];
}

/**
 * Return whether a relation leads to people and the like only: labels whose spans are noun chunks.
 *
 * @param {EditorState} state
 * @param {RelationType} type
 */
function isSpeakerRelation({ schema }, type) {
  return type.to.length > 0 && type.to.every((label) => schema.labels.get(label)?.rule === "noun");
}

/**
 * @param {EditorState} state
 * @param {Span} span
 * @param {Span} other
 */
function isInSentence({ document }, span, other) {
  const of = (/** @type {Span} */ { fragments }) => sentenceAt(document, fragments[0][0]);
  return of(span) === of(other);
}

/**
 * Return the nearest spans that a condition allows, by the distance of their starts.
 *
 * @param {EditorState} state
 * @param {Span} span
 * @param {(other: Span) => boolean} allows
 * @returns {Span[]}
 */
function nearest({ spans }, span, allows) {
  /** @type {Span[]} */
  const near = [];
  let [before, after] = [spans.before(span), spans.after(span)];
  for (let step = 0; step < NEAR; step += 1) {
    if (before && allows(before)) near.push(before);
    if (after && allows(after)) near.push(after);
    before = before && spans.before(before);
    after = after && spans.after(after);
  }
  const distance = (/** @type {Span} */ { fragments }) => Math.abs(fragments[0][0] - span.fragments[0][0]);
  return near.sort((one, other) => distance(one) - distance(other)).slice(0, MOST_OFFERED);
}
