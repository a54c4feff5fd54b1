/**
 * Where a span most likely ends that begins at a word: its default end, and the ends that j and k go through. Pure.
 *
 * The words are English. In other languages, and for labels without a rule of their own, only punctuation and sentences
 * count.
 */

import { sentenceAt } from "./document.js";
import { countBelow } from "./offsets.js";

/**
 * @typedef {import("../types.js").TextDocument} TextDocument
 * @typedef {"noun"|"verb"|"clause"|"reply"|"punctuation"} EndRule what a label covers by default: a noun chunk, a verb
 *   group, a clause, the words of a denial or hedge, or everything up to the next punctuation
 * @typedef {{document: TextDocument, first: number, limit: number}} Stretch a start word, and the word after the
 *   sentence
 */

/** @param {string} words */
const set = (words) => new Set(words.split(" "));

const DETERMINERS = set("a an the this that these those my your his her its our their some any no every each all both");
const PREPOSITIONS = set("of in on at by for with from to into over under about after before between against during "
  + "through without within among since until toward towards upon across behind beyond near off "
  + "per via than as like");
const CONJUNCTIONS = set("and or but nor so yet");
const OPENERS = set("that which who whom whose because if when while where although though whether unless how why "
  + "what until since after before as");
const PRONOUNS = set("i you he she it we they me him us them who this that these those "
  + "nobody somebody everybody " // wording: words of texts
  + "anyone everyone someone one none nothing");
const AUXILIARIES = set("is are was were be been being am has have had having do does did will would shall should can "
  + "could may might must not never cannot isn't aren't wasn't weren't hasn't haven't hadn't "
  + "don't doesn't didn't won't wouldn't shouldn't can't couldn't mustn't");
const MODALS = set("will would shall should can could may might must about roughly around nearly almost some "
  + "perhaps maybe probably possibly likely reportedly allegedly apparently seemingly usually "
  + "often sometimes generally largely");
/** Verbs of saying and thinking, by their stems. */
const SPOKEN = new RegExp("^(?:said|say(?:s|ing)?|t(?:old|ell(?:s|ing)?)|th(?:ink|inks|ought)|wrote|writes|want|believe"
  + "|according|(?:claim|den|insist|warn|repl|answer|argu|announc|call|stat|declar|not|report|suggest|explain|admitt?"
  + "|conced|reject|dismiss|declin|refus|confirm|believ|testif|alleg|acknowledg|agree|accus|want|hop|expect|vow|promis"
  + "|urg|point|remark|demand|add|ask|tweet)(?:i?e?s|i?e?d|ing))$", "u");
const SPEECH = Object.freeze({ has: (/** @type {string} */ word) => SPOKEN.test(word) });
const ADVERB = /ly$/u;
const CLOSING = /^["”»’)\]]+$/u;
const READABLE = /[\p{L}\p{N}\p{So}\p{Extended_Pictographic}]/u;
/** What opens each closing mark. */
const OPENING_OF = new Map(Object.entries({ ")": "(", "]": "[", "”": "“", "’": "‘", "»": "«", "\"": "\"", "''": "''",
  "'": "'" }));
const MARK = /^["“”«»‘’'`([)\]]+$/u;
const SENTENCE_ENDS = /^[.!?…]+$/u;

/** @param {TextDocument} document @param {number} token */
const textAt = ({ text, tokenStarts, tokenEnds }, token) => text.slice(tokenStarts[token], tokenEnds[token]);

/** @param {TextDocument} document @param {number} token */
const lower = (document, token) => textAt(document, token).toLowerCase().replaceAll("’", "'");

/**
 * Return whether a token is a quotation mark or a bracket, with which a span may begin or end.
 *
 * @param {TextDocument} document
 * @param {number} token
 */
export const isMark = (document, token) => MARK.test(textAt(document, token));

/** @param {TextDocument} document @param {number} token */
export const isWord = (document, token) => READABLE.test(textAt(document, token));

/**
 * @param {TextDocument} document
 * @param {number} first token
 * @returns {Stretch}
 */
function stretchFrom(document, first) {
  const sentence = sentenceAt(document, document.tokenStarts[first]);
  const end = sentence < 0 ? document.text.length : document.sentenceEnds[sentence];
  const limit = Math.max(first + 1, countBelow(document.tokenStarts, end));
  return { document, first, limit };
}

/**
 * Return the last word of a span that begins at a word, by the rule of its label.
 *
 * @param {TextDocument} document
 * @param {number} first token
 * @param {EndRule} rule
 * @returns {number} token
 */
export function defaultEnd(document, first, rule) {
  const stretch = stretchFrom(document, first);
  const quotation = isMark(document, first) ? quotationEnd(document, first) : -1;
  if (quotation >= 0) return quotation;
  switch (rule) {
    case "noun": return nounEnd(stretch);
    case "verb": return verbEnd(stretch);
    case "clause": return clauseEnd(stretch);
    case "reply": return replyEnd(stretch);
    case "punctuation": return stopBefore(stretch, (token) => !isWord(document, token) && !isInner(document, token));
  }
}

/**
 * Return the last words of the spans that j and k go through, in order, all from the start word on.
 *
 * @param {TextDocument} document
 * @param {number} first token
 * @param {EndRule} rule of the label; with "punctuation", words end nothing
 * @returns {number[]} tokens
 */
export function structuralEnds(document, first, rule) {
  const stretch = stretchFrom(document, first);
  const quotation = isMark(document, first) ? quotationEnd(document, first) : -1;
  const hasWords = rule !== "punctuation";
  const ends = new Set(hasWords ? [nounEnd(stretch), verbEnd(stretch), quotation] : [quotation]);
  for (let token = first + 1; token <= stretch.limit; token += 1) {
    if (token === stretch.limit || isBreak(document, token, hasWords)) ends.add(lastWord(stretch, token - 1));
  }
  for (let more = 0, at = stretch.limit; more < 2 && at < document.tokenStarts.length; more += 1) {
    const next = stretchFrom(document, at);
    ends.add(lastWord({ ...next, first }, next.limit - 1));
    at = next.limit;
  }
  return [...ends].filter((token) => token >= first).sort((one, other) => one - other);
}

/**
 * Return whether a phrase, a clause or a quotation ends before a token.
 *
 * @param {TextDocument} document
 * @param {number} token
 * @param {boolean} hasWords whether words count, or punctuation only
 */
function isBreak(document, token, hasWords) {
  const word = lower(document, token);
  if (!isWord(document, token)) return !isInner(document, token);
  return hasWords && [PREPOSITIONS, CONJUNCTIONS, OPENERS, AUXILIARIES, SPEECH].some((words) => words.has(word));
}

/**
 * Return whether a token of punctuation stands inside a word or name, as a hyphen or the dot of "Mr." do.
 *
 * @param {TextDocument} document
 * @param {number} token
 */
function isInner({ text, tokenStarts, tokenEnds }, token) {
  const before = token > 0 && tokenEnds[token - 1] === tokenStarts[token];
  const after = tokenStarts[token + 1] === tokenEnds[token];
  const word = text.slice(tokenStarts[token], tokenEnds[token]);
  if (/^[-‑/&'’]$/u.test(word)) return before && after;
  return word === "." && before && /\b(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Col|Sgt|Lt|St|Jr|[A-Z])$/u
    .test(text.slice(Math.max(0, tokenStarts[token] - 4), tokenStarts[token]));
}

/**
 * Return the last token before one that ends the stretch.
 *
 * @param {Stretch} stretch
 * @param {(token: number) => boolean} ends
 */
function stopBefore(stretch, ends) {
  let token = stretch.first + 1;
  while (token < stretch.limit && !ends(token)) token += 1;
  return lastWord(stretch, token - 1);
}

/**
 * Return a token, or the last one before it that is not the punctuation at the end of a sentence or a quotation mark.
 *
 * @param {Stretch} stretch
 * @param {number} from
 */
function lastWord({ document, first }, from) {
  let token = from;
  while (token > first && !isWord(document, token) && !/^[?!]$/u.test(textAt(document, token))) token -= 1;
  for (;;) {
    if (closesInside(document, first, token + 1)) token += 1;
    else if (/^[.,!?…]$/u.test(textAt(document, token + 1)) && closesInside(document, first, token + 2)) token += 2;
    else return token;
  }
}

/**
 * Return whether a token closes a bracket or quotation that opened after the start word.
 *
 * @param {TextDocument} document
 * @param {number} first
 * @param {number} token
 */
function closesInside(document, first, token) {
  const opener = OPENING_OF.get(textAt(document, token));
  if (opener === undefined) return false;
  const inside = document.text.slice(document.tokenStarts[first], document.tokenStarts[token]);
  const closer = textAt(document, token);
  const count = (/** @type {string} */ mark) => inside.split(mark).length - 1;
  if (opener === closer) return count(opener) % 2 === 1;
  return count(opener) > inside.replace(/(\p{L})’(?=\p{L})/gu, "$1").split(closer).length - 1;
}

/** The most tokens of a quotation that a span covers by default. */
const LONGEST_QUOTATION = 300;

/**
 * Return the token that closes the quotation or bracket that a token opens; -1 without one.
 *
 * @param {TextDocument} document
 * @param {number} first
 */
function quotationEnd(document, first) {
  const last = Math.min(document.tokenStarts.length, first + LONGEST_QUOTATION);
  for (let token = first + 1; token < last; token += 1) {
    if (closesInside(document, first, token)) return token;
  }
  return -1;
}

/** @param {Stretch} stretch */
function nounEnd(stretch) {
  const { document, first } = stretch;
  const start = lower(document, first);
  if (PRONOUNS.has(start) && !DETERMINERS.has(start)) return first;
  const isName = /^\p{Lu}/u.test(textAt(document, first));
  return stopBefore(stretch, (token) => !joinsNoun(document, token, isName) && endsNoun(document, token));
}

/**
 * Return whether a token goes on with a noun: "of", and in names "for" and "in" before a capital.
 *
 * @param {TextDocument} document
 * @param {number} token
 * @param {boolean} isName
 */
function joinsNoun(document, token, isName) {
  const word = lower(document, token);
  return word === "of" || (isName && (word === "for" || word === "in") && /^\p{Lu}/u.test(textAt(document, token + 1)));
}

/** @param {TextDocument} document @param {number} token */
function endsNoun(document, token) {
  const word = lower(document, token);
  if (!isWord(document, token)) return !isInner(document, token);
  return ADVERB.test(word) || [PREPOSITIONS, CONJUNCTIONS, OPENERS, AUXILIARIES, SPEECH, PRONOUNS].some((words) =>
    words.has(word));
}

/** @param {Stretch} stretch */
function verbEnd(stretch) {
  const { document, first, limit } = stretch;
  if (lower(document, first) === "according" && lower(document, first + 1) === "to") return first + 1;
  let token = first;
  const leads = (/** @type {number} */ at) => {
    const word = lower(document, at);
    return AUXILIARIES.has(word) || ADVERB.test(word) || word === "also" || word === "to" || word === "be";
  };
  while (token + 1 < limit && leads(token) && isWord(document, token + 1)) token += 1;
  return token;
}

/** @param {Stretch} stretch */
function clauseEnd(stretch) {
  const { document, first, limit } = stretch;
  const inQuote = first > 0 && /^["“«‘]+$/u.test(textAt(document, first - 1));
  const ends = inQuote ? endsQuotation : endsClause;
  let token = first + 1;
  while (token < limit && !ends(stretch, token)) token += 1;
  return lastWord(stretch, token - 1);
}

/** @param {Stretch} stretch @param {number} token */
function endsQuotation({ document }, token) {
  const word = textAt(document, token);
  return CLOSING.test(word) || SENTENCE_ENDS.test(word);
}

/** @param {Stretch} stretch @param {number} token */
function endsClause({ document, first, limit }, token) {
  const word = textAt(document, token);
  if (word === ",") return saysAfter(document, token, limit);
  if (/^[;:]$/u.test(word)) return token + 1 < limit;
  return CLOSING.test(word) && !closesInside(document, first, token);
}

/**
 * Return whether a comma is followed by who said it: ", Torvand said", ", said Torvand", ", according to".
 *
 * @param {TextDocument} document
 * @param {number} comma
 * @param {number} limit
 */
function saysAfter(document, comma, limit) {
  for (let token = comma + 1; token < Math.min(limit, comma + 7); token += 1) {
    if (!isWord(document, token) && !isInner(document, token) && !CLOSING.test(textAt(document, token))) return false;
    if (SPEECH.has(lower(document, token))) return true;
  }
  return false;
}

/** @param {Stretch} stretch */
function replyEnd(stretch) {
  const word = lower(stretch.document, stretch.first);
  if (MODALS.has(word)) return stretch.first;
  const next = lower(stretch.document, stretch.first + 1);
  const isVerb = SPEECH.has(word) || AUXILIARIES.has(word) || /(?:ed|ing)$/u.test(word)
    || (ADVERB.test(word) && (SPEECH.has(next) || /ed$/u.test(next)));
  return isVerb ? verbEnd(stretch) : clauseEnd(stretch);
}
