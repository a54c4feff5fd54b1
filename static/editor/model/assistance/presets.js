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
 * @typedef {{words: string, first: string, isQuoted: boolean, hasQuotation: boolean}} Clues
 */

const PRONOUN = /^(?:i|you|he|she|it|we|they|him|her|them|us|me|who|this|that)$/u;
const INSTITUTION = new RegExp("\\b(?:ministr|governments?|offices?|associations?|police|courts?|compan|banks?"
  + "|councils?\\b|unions?|part(?:y|ies)|universit|institutes?|agenc|departments?|committees?|services?|cooperative"
  + "|commission|team|campaign|parliament|senate|congress|airline|hospital|group|firm)", "iu");
const DOCUMENT = /\b(?:report|memo|letter|statement|study|article|document|e-?mail|post|paper|survey|poll)s?$/iu;
const ANONYMOUS = /^(?:an?|one|some|two|three|several)\s|^sources?\b|\b(?:sources?|official|insiders?)$/iu;
const PERSON = /(?:spokes(?:man|woman|person)|minister|ambassador|lawyer|mayor|chief|deputy|president|judge)$/iu;
const PLURAL = /(?:people|[^s]s)$/u;

/** @type {[RegExp, string][]} */
const CLAIM_KINDS = [
  [/\b(?:will|won't|would|going to|is to|are to|by next|tomorrow)\b/iu, "prediction"],
  [/\b(?:lying|safe|enough|busy|wrong|absurd|unfair|irresponsible|coy|worse|better|best|worst|dangerous|tired)\b/iu,
    "evaluation"],
  [/\b(?:should|must|ought|need(?:s|ed)? to|has to|have to)\b|^to /iu, "position"],
];
/** @type {[RegExp, string][]} */
const DENIAL_KINDS = [
  [/\b(?:reject|refus|declin|turned down|dismiss)/iu, "rejection"], // wording: words of texts
  [/\b(?:fairy tale|nonsense|lie[sd]?\b|liar|invent|fabricat|absurd|ridiculous|banners|fake)/iu, "discredit"],
];
/** @type {[RegExp, string][]} */
const HEDGE_KINDS = [
  [/\b(?:comment|declined|confirm|respond|silent|not say|no answer|drawn|rule out|discuss|sidestepped)\b/iu,
    "non-answer"],
  [/\b(?:ask|referred|put that to|question|talk about|looking into)\b/iu, "deflection"],
  [/^(?:if|unless|provided)\b/iu, "conditional"],
  [/\b(?:about|roughly|around|nearly|almost|some|more or less)\b/iu, "approximator"],
  [/\b(?:reportedly|allegedly|said to|according)\b/iu, "attribution-shield"],
];
/** The speaker before a line of an interview or a transcript ("A:", "Dr Lind:"); questions report others. */
const SPEAKS = /^(?!Q)(?:\p{Lu}[\p{L}.'’-]*\s?){1,3}:\s/u;
const REPORTED = /^(?:\w+ly )?(?:(?:did|has|had|would|could) not (?!be\b)\w+|\w+ed)\b|^denies\b|^silent$/iu;

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
  Speaker: ({ words, first }) => ({ kind: speakerKind(words, first), mention: mentionOf(words, first) }),
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
 */
function speakerKind(words, first) {
  if (PRONOUN.test(first)) return "";
  if (DOCUMENT.test(words)) return "document";
  if (/\p{Lu}\p{Ll}+$/u.test(words) && !INSTITUTION.test(words)) return "";
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
  const words = fragments.map(([from, to]) => text.slice(from, to)).join(" ").replace(/[’]/gu, "'");
  const before = text.slice(document.blockStarts[blockAt({ text, ...document }, start)], start);
  const opened = before.split("“").length - before.split("”").length;
  const isQuoted = SPEAKS.test(before) || opened > 0 || (before.split("\"").length - 1) % 2 === 1;
  return { words, first: (/^[\p{L}\p{N}'-]+/u.exec(words)?.[0] ?? "").toLowerCase(), isQuoted,
    hasQuotation: /[“”"]/u.test(words) };
}
