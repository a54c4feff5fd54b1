/**
 * Values that the attributes of a new span most likely have, from its marks and words. Pure.
 *
 * They follow the built-in schema; a value that the schema of a project does not allow is left out, and its default
 * stays.
 */

import { allowsValue, defaultAttributes } from "../schema.js";
import { blockAt } from "../text/document.js";

/**
 * @typedef {import("../types.js").TextDocument} TextDocument
 * @typedef {import("../types.js").Label} Label
 * @typedef {import("../types.js").Fragment} Fragment
 * @typedef {{words: string, written: string, first: string, isQuoted: boolean, hasQuotation: boolean}} Clues `words` in
 *   lower case
 */

// All but names are looked for in lower case: a pattern that ignores case takes the browser twice as long to prepare.
const PRONOUN = /^(?:i|you|he|she|it|we|they|him|her|them|us|me|who|this|that)$/u;
const INSTITUTION = new RegExp("\\b(?:ministr|governments?|offices?|associations?|police|courts?|compan|banks?"
  + "|councils?\\b|unions?|part(?:y|ies)|universit|institutes?|agenc|departments?|committees?|services?|cooperative"
  + "|commission|team|campaign|parliament|senate|congress|airline|hospital|group|firm)", "u");
const DOCUMENT = /\b(?:report|memo|letter|statement|study|article|document|e-?mail|post|paper|survey|poll)s?$/u;
const ANONYMOUS = /^(?:an?|one|some|two|three|several)\s|^sources?\b|\b(?:sources?|official|insiders?)$/u;
const PERSON = /(?:spokes(?:man|woman|person)|minister|ambassador|lawyer|mayor|chief|deputy|president|judge)$/u;
const PLURAL = /(?:people|[^s]s)$/u;

/** @type {[RegExp, string][]} */
const CLAIM_KINDS = [
  [/\b(?:will|won't|would|going to|is to|are to|by next|tomorrow)\b/u, "prediction"],
  [/\b(?:lying|safe|enough|busy|wrong|absurd|unfair|irresponsible|coy|worse|better|best|worst|dangerous|tired)\b/u,
    "evaluation"],
  [/\b(?:should|must|ought|need(?:s|ed)? to|has to|have to)\b|^to /u, "position"],
];
/** @type {[RegExp, string][]} */
const DENIAL_KINDS = [
  [/\b(?:reject|refus|declin|turned down|dismiss)/u, "rejection"], // wording: words of texts
  [/\b(?:fairy tale|nonsense|lie[sd]?\b|liar|invent|fabricat|absurd|ridiculous|banners|fake)/u, "discredit"],
];
/** @type {[RegExp, string][]} */
const HEDGE_KINDS = [
  [/\b(?:comment|declined|confirm|respond|silent|not say|no answer|drawn|rule out|discuss|sidestepped)\b/u,
    "non-answer"],
  [/\b(?:ask|referred|put that to|question|talk about|looking into)\b/u, "deflection"],
  [/^(?:if|unless|provided)\b/u, "conditional"],
  [/\b(?:about|roughly|around|nearly|almost|some|more or less)\b/u, "approximator"],
  [/\b(?:reportedly|allegedly|said to|according)\b/u, "attribution-shield"],
];
/** The speaker before a line of an interview or a transcript ("A:", "Dr Lind:"); questions report others. */
const SPEAKS = /^(?!Q)(?:\p{Lu}[\p{L}.'’-]*\s?){1,3}:\s/u;
const REPORTED = /^(?:\w+ly )?(?:(?:did|has|had|would|could) not (?!be\b)\w+|\w+ed)\b|^denies\b|^silent$/u;

/**
 * Return the attributes of a new span: the defaults of its label, and what the text shows about them.
 *
 * @param {TextDocument} document
 * @param {Label} label
 * @param {Fragment[]} fragments
 * @returns {Record<string, string>}
 */
export function presetAttributes(document, label, fragments) {
  const clues = cluesOf(document, fragments);
  const shown = Object.entries(PRESETS[label.id]?.(clues) ?? {}).filter(([name, value]) => {
    const attribute = label.attributes.find(({ id }) => id === name);
    return value !== "" && attribute !== undefined && allowsValue(attribute, value);
  });
  return { ...defaultAttributes(label), ...Object.fromEntries(shown) };
}

/**
 * Return the attributes of a span that was just made once its boundaries move: values that its text showed before
 * follow the text.
 *
 * @param {TextDocument} document
 * @param {Label} label
 * @param {import("../types.js").Span} span
 * @param {Fragment[]} fragments
 */
export function movedAttributes(document, label, span, fragments) {
  const [before, now] = [span.fragments, fragments].map((parts) => presetAttributes(document, label, parts));
  return Object.fromEntries(Object.entries(span.attributes).map(([name, value]) =>
    [name, value === before[name] ? now[name] ?? value : value]));
}

/** The relation that tells the voice of a claim, and the values with and without it. */
const VOICE = Object.freeze({ relation: "attributed-to", linked: "speaker", unlinked: "unsourced" });

/**
 * Return the voice of a claim once it was linked with a speaker, or once none was chosen.
 *
 * @param {Label} label
 * @param {import("../types.js").Span} span
 * @param {string} relation
 * @param {boolean} isLinked
 * @returns {string} "" when it stays
 */
export function voiceOf(label, { attributes }, relation, isLinked) {
  const [from, to] = isLinked ? [VOICE.unlinked, VOICE.linked] : [VOICE.linked, VOICE.unlinked];
  const attribute = label.attributes.find(({ id }) => id === "voice");
  return relation === VOICE.relation && attributes.voice === from && attribute && allowsValue(attribute, to) ? to : "";
}

/** @type {Readonly<Record<string, (clues: Clues) => Record<string, string>>>} */
const PRESETS = Object.freeze({
  Claim: ({ words, isQuoted, hasQuotation }) => ({
    quote_type: isQuoted ? "direct" : hasQuotation ? "mixed" : "indirect",
    kind: kindIn(CLAIM_KINDS, words),
  }),
  Speaker: ({ words, written, first }) => ({ kind: speakerKind(words, first, written),
    mention: mentionOf(written, first) }),
  Denial: ({ words, isQuoted }) => ({
    kind: kindIn(DENIAL_KINDS, words),
    form: !isQuoted && REPORTED.test(words) ? "reported" : "performed",
  }),
  Hedge: ({ words, isQuoted }) => ({
    kind: kindIn(HEDGE_KINDS, words),
    form: !isQuoted && REPORTED.test(words) ? "reported" : "performed",
  }),
});

/**
 * @param {[RegExp, string][]} kinds
 * @param {string} words
 * @returns {string} "" for the default
 */
function kindIn(kinds, words) {
  return kinds.find(([pattern]) => pattern.test(words))?.[1] ?? "";
}

/**
 * @param {string} words
 * @param {string} first
 * @param {string} written with capital letters
 */
function speakerKind(words, first, written) {
  if (PRONOUN.test(first)) return "";
  if (DOCUMENT.test(words)) return "document";
  if (/\p{Lu}\p{Ll}+$/u.test(written) && !INSTITUTION.test(words)) return "";
  if (PERSON.test(words)) return "";
  if (ANONYMOUS.test(words)) return "anonymous";
  if (INSTITUTION.test(words)) return "institution";
  return PLURAL.test(words) ? "group" : "";
}

/**
 * @param {string} words
 * @param {string} first
 */
function mentionOf(words, first) {
  if (PRONOUN.test(first) && !words.includes(" ")) return "pronoun";
  return /\p{Lu}\p{L}/u.test(words) || !/\p{Lu}|\p{Ll}/u.test(words) ? "name" : "description";
}

/**
 * @param {TextDocument} document
 * @param {Fragment[]} fragments
 * @returns {Clues}
 */
function cluesOf({ text, ...document }, fragments) {
  const [[start]] = fragments;
  const written = fragments.map(([from, to]) => text.slice(from, to)).join(" ").replace(/[’]/gu, "'");
  const before = text.slice(document.blockStarts[blockAt({ text, ...document }, start)], start);
  const opened = before.split("“").length - before.split("”").length;
  const isQuoted = SPEAKS.test(before) || opened > 0 || (before.split("\"").length - 1) % 2 === 1;
  const words = written.toLowerCase();
  return { words, written, first: /^[\p{L}\p{N}'-]+/u.exec(words)?.[0] ?? "", isQuoted,
    hasQuotation: /[“”"]/u.test(words) };
}
