/**
 * Where a span starts and ends by the boundary rules of the schema (`boundaries` in schema.json).
 *
 * @typedef {object} Boundaries
 * @property {boolean} trimWhiteSpace
 * @property {string[]} trimTrailing punctuation that does not end a span
 * @property {boolean} quotesOut whether quotation marks around the whole span stay outside
 * @property {string[]} pairs opening and closing mark, either both in a span or both outside
 * @property {Record<string, Set<string>>} out what stays outside the spans of a label, by its id in lowercase letters:
 *   "leading_article", "possessive", "apposition_after_comma", "leading_complementiser", "leading_connective"
 * @typedef {import("../types.js").Fragment} Fragment
 */

/** Quotation marks; single ones are also apostrophes and count only around the whole span. */
const QUOTE_PAIRS = Object.freeze(["“”", "\"\"", "«»", "»«", "„“", "„”", "「」", "『』", "‘’", "''", "‹›"]);
const ALWAYS_BALANCED = Object.freeze(["“”", "\"\"", "«»"]);

const IDEOGRAPHIC = new Map([["。", "."], ["、", ","]]);
const ABBREVIATION = new RegExp("(?:^|[\\s(\\[“\"'‘])(?:(?:\\p{L}\\.)*\\p{L}|Dr|Mr|Mrs|Ms|Prof|St|Jr|Sr|Gen|Gov|Sen"
  + "|Rep|Lt|Col|Capt|Inc|Ltd|Co|Corp|vs|etc|Dept|approx)\\.$", "u");
const LETTER = /[\p{L}\p{N}]/u;

/**
 * @param {Record<string, any>} [json] `boundaries` of schema.json as stored
 * @returns {Boundaries}
 */
export function parseBoundaries(json = {}) {
  /** @type {Record<string, Set<string>>} */
  const out = {};
  for (const [name, value] of Object.entries(json)) {
    const match = /^(.+?)_(leading_\w+|possessive|apposition_after_comma)$/.exec(name);
    if (match && value === "out") (out[match[1]] ??= new Set()).add(match[2]);
  }
  return {
    trimWhiteSpace: json.trim_whitespace !== false,
    trimTrailing: json.trim_trailing ?? [],
    quotesOut: json.outer_quotation_marks === "out",
    pairs: json.balanced_pairs ?? [],
    out,
  };
}

/**
 * Return the fragment of a text that the rules for a label allow: what does not belong to the span is trimmed from both
 * ends, and a mark whose partner is in the span is added.
 *
 * @param {string} text
 * @param {Fragment} piece
 * @param {Boundaries} rules
 * @param {string} label
 * @returns {Fragment} the same one when nothing would be left
 */
export function trimToRules(text, piece, rules, label) {
  const out = rules.out[label.toLowerCase()] ?? new Set();
  /** @type {Fragment} */
  let now = [...piece];
  for (let round = 0; round < 20; round += 1) {
    const next = oneStep(text, now, rules, out);
    if (next[0] === now[0] && next[1] === now[1]) break;
    if (!LETTER.test(text.slice(...next))) return piece;
    now = next;
  }
  return now;
}

/**
 * Return the narrow form of a full-width or ideographic punctuation mark: what trims `.` trims `。` and `．`, too.
 *
 * @param {string} mark
 */
function narrow(mark) {
  const plain = mark.normalize("NFKC");
  return IDEOGRAPHIC.get(plain) ?? plain;
}

/**
 * Return the fragment after the first rule that changes it.
 *
 * @param {string} text
 * @param {Fragment} piece
 * @param {Boundaries} rules
 * @param {Set<string>} out
 * @returns {Fragment}
 */
function oneStep(text, [start, end], rules, out) {
  const words = text.slice(start, end);
  const bare = rules.trimWhiteSpace ? words.trim() : words;
  if (bare.length > 0 && bare.length < words.length) {
    const from = start + words.indexOf(bare);
    return [from, from + bare.length];
  }
  if (rules.quotesOut && isQuoted(words)) return [start + 1, end - 1];
  const balanced = balance(text, [start, end], words, rules.pairs);
  if (balanced) return balanced;
  const last = words.at(-1) ?? "";
  const stays = last === "." && (ABBREVIATION.test(words.slice(-12)) || words.endsWith("..."));
  const isTrimmed = rules.trimTrailing.includes(last) || rules.trimTrailing.includes(narrow(last));
  if (isTrimmed && !stays) return [start, end - 1];
  const around = { before: text.slice(Math.max(0, start - 8), start), after: text.slice(end, end + 24) };
  const trim = trimForLabel({ words, ...around }, out);
  return [start + trim.before, end - trim.after];
}

/**
 * Return the fragment after a mark without its partner was trimmed from an end, or its partner was added beside an end.
 *
 * @param {string} text
 * @param {Fragment} piece
 * @param {string} words
 * @param {string[]} pairs
 * @returns {Fragment|null} null when every mark has its partner
 */
function balance(text, [start, end], words, pairs) {
  for (const [open, close] of pairs) {
    const single = unmatched(words, open, close);
    if (single === null) continue;
    if (single === 0 && words[0] === open) return [start + 1, end];
    if (single === words.length - 1) return [start, end - 1];
    const closes = words[single] === close && open !== close;
    if (!closes) {
      const after = /^[.,;:?!…]*/u.exec(text.slice(end, end + 4))?.[0].length ?? 0;
      if (text[end + after] === close) return [start, end + after + 1];
    }
    if ((closes || open === close) && text[start - 1] === open) return [start - 1, end];
  }
  return null;
}

/**
 * Return the index of a mark without its partner; null when there is none, or too many to decide.
 *
 * @param {string} words
 * @param {string} open
 * @param {string} close
 * @returns {number|null}
 */
function unmatched(words, open, close) {
  /** @type {number[]} */
  const waiting = [];
  for (let at = 0; at < words.length; at += 1) {
    const isClose = words[at] === close && (open !== close || waiting.length > 0);
    if (isClose && waiting.length === 0) return at;
    if (isClose) waiting.pop();
    else if (words[at] === open) waiting.push(at);
  }
  const [first] = waiting;
  if (first === undefined) return null;
  // Of marks that look the same, the last one may be the extra one as well as the first.
  return open === close && words.at(-1) === close && words[0] !== open ? words.length - 1 : first;
}

/** @param {string} words Return whether one pair of quotation marks surrounds all words. */
function isQuoted(words) {
  const pair = QUOTE_PAIRS.find(([open, close]) => words[0] === open && words.at(-1) === close);
  if (!pair || words.length < 3) return false;
  const inside = words.slice(1, -1);
  if (pair[0] === pair[1]) return !inside.includes(pair[0]);
  return ALWAYS_BALANCED.includes(pair) ? unmatched(inside, pair[0], pair[1]) === null : !inside.includes(pair[0]);
}

const ARTICLE = /^(?:the|an?)\s+/iu;
/** In “that is false”, “that” is the subject; in “that the dam leaks” it is a complementiser. */
const COMPLEMENTISER = new RegExp("^(?:(?:said|says)\\s+)?(?:whether(?:\\s+or\\s+not)?|that(?!\\s+(?:is|was|will|would"
  + "|has|had|may|might|can|could|should|must|does|did|(?:is|was|would|does|did|could|should)n['’]t|cannot)\\s))\\s+"
  + "|^(?:said|says)[,:]?\\s+", "u");
/** Some words link only before a comma or a new subject: not in “so far”, “rather than”, “however hard”, “but for”. */
const CONNECTIVE = new RegExp("^(?:(?:but|however|therefore|furthermore|moreover|rather|and|so),\\s*"
  + "|(?:but(?!\\s+for\\s)|therefore|furthermore|moreover|and)\\s+"
  + "|so\\s+(?=(?:the|an?|he|she|it|they|we|you|I|there|this|these|those|his|her|its|their|our|my|your"
  + "|nobody|no)\\s))", "iu"); // wording: words of texts
const POSSESSIVE = /(?:['’]s|(?<=s)['’])$/iu;
/** What follows a possessive: a noun. “McDonald's” before a verb or at the end of a sentence is a name. */
const OWNED = new RegExp("^\\s+(?!(?:said|says|told|denie[sd]|declined|refused|claim(?:s|ed)" // wording: words of texts
  + "|is|are|was|were|has|had|have|will|would|did|does|and|or|but)\\s)[\\p{L}\\p{N}“‘\"'(]", "u");
const APPOSITION = /,\s+|\s+(?=(?:who|whom|whose|which)\s)/u;
/** A comma that is part of a name. */
const NAME_GOES_ON = /^,\s+(?:Jr|Sr|Inc|Ltd|Corp|Co|LLC|LLP|PLC|plc|S\.A|N\.V|M\.?D|Ph\.?D|[IVX]+)\b\.?/u;
const SENTENCE_STARTS = /(?:^|\n\s*|[.!?:…]["”’»)\]]*\s+|["“‘«„([–—-]\s*)$/u;

/**
 * Return how much the rules for a label trim from both ends, in characters.
 *
 * The rules know some words but no grammar. Where they cannot decide, nothing is trimmed: an extra word is seen and
 * removed by hand, a missing one is easily overlooked.
 *
 * @param {{words: string, before: string, after: string}} piece of a text, with some of the text around it
 * @param {Set<string>} out what stays outside: "leading_article", "possessive", "apposition_after_comma",
 *   "leading_complementiser", "leading_connective"
 */
export function trimForLabel({ words, before, after }, out) {
  const leading = [out.has("leading_article") && !isNameWithArticle(words, before) && ARTICLE,
    out.has("leading_complementiser") && COMPLEMENTISER, out.has("leading_connective") && CONNECTIVE];
  for (const pattern of leading) {
    const length = pattern ? pattern.exec(words)?.[0].length : 0;
    if (length) return { before: length, after: 0 };
  }
  const possessive = out.has("possessive") && OWNED.test(after) ? POSSESSIVE.exec(words)?.[0].length : 0;
  if (possessive) return { before: 0, after: possessive };
  return out.has("apposition_after_comma") ? trimApposition(words) : { before: 0, after: 0 };
}

/**
 * Return whether the article is part of a name: in the middle of a sentence it has a capital letter, as in The
 * Guardian.
 *
 * @param {string} words
 * @param {string} before
 */
function isNameWithArticle(words, before) {
  return /^(?:The|An?)\s+\p{Lu}/u.test(words) && !SENTENCE_STARTS.test(before);
}

/**
 * Return how much to trim of a name and a description with a comma between them, so that the name is left; the first
 * one when both may be names. Enumerations are not trimmed.
 *
 * @param {string} words
 * @returns {{before: number, after: number}}
 */
function trimApposition(words) {
  const match = APPOSITION.exec(words);
  if (!match || isEnumeration(words)) return { before: 0, after: 0 };
  const { index } = match;
  const rest = index + match[0].length;
  const goesOn = NAME_GOES_ON.exec(words.slice(index))?.[0].length ?? 0;
  if (goesOn > 0) {
    const further = trimApposition(words.slice(index + goesOn));
    return index + goesOn === words.length ? { before: 0, after: 0 } : { before: 0, after: further.after };
  }
  const isNameLater = match[0].startsWith(",")
    && isNameAfter(words.slice(0, index), words.slice(rest).split(APPOSITION)[0]);
  return isNameLater ? { before: rest, after: 0 } : { before: 0, after: words.length - index };
}

/**
 * @param {string} first
 * @param {string} second
 */
function isNameAfter(first, second) {
  if (!endsInName(first)) return endsInName(second);
  // In “the mayor of Ebra, Hanno Silt” the second name is the mayor's; one word, as “Illinois”, is not a person.
  return /(?:^|\s)\p{Ll}\S*\s(?:of|for|in|at)\s+\p{Lu}\S*$/u.test(first)
    && /^\p{Lu}\S*(?:\s+\S+)*\s+\p{Lu}\S*$/u.test(second);
}

/** @param {string} words */
function endsInName(words) {
  return /(?:^|\s)\p{Lu}\S*$/u.test(words);
}

/**
 * Return whether words are an enumeration, “Ada, Ben and Cy”, rather than a name with a description, “Ada,
 * mathematician and writer”: all members of an enumeration are of one kind.
 *
 * @param {string} words
 */
function isEnumeration(words) {
  const last = /,?\s+(?:and|or|&)\s+(?!.*,)/u.exec(words);
  if (!last || !words.slice(0, last.index).includes(", ")) return false;
  const members = [...words.slice(0, last.index).split(/,\s+/u), words.slice(last.index + last[0].length)];
  const [first, ...others] = members.map(determinerOf);
  const isOneKind = new Set(others).size === 1;
  return isOneKind && (first === others[0] || (first === "bare" && others[0] === "definite")); // its article is trimmed
}

/** @param {string} member */
function determinerOf(member) {
  if (/^(?:the|his|her|its|their|our|my|your)\s/iu.test(member)) return "definite";
  if (/^an?\s/iu.test(member)) return "indefinite";
  return endsInName(member) && /^\p{Lu}/u.test(member) ? "name" : "bare";
}
