/**
 * What may be missing or wrong before a set is submitted. Pure: a list of findings for a state, in reading order. The
 * rules are those that the schema lists as hints (`lint`), its rules about nesting and boundaries, and a few that hold
 * for every schema. The tomorrow test is apart (`tomorrow.js`): its words are loaded later. A finding prevents nothing.
 */

import { gettext, interpolate } from "../../../pages/text.js";
import { presetAttributes } from "../assistance/presets.js";
import { endOf } from "../fragments.js";
import { labelOf } from "../schema.js";
import { excerpt, textOf } from "../text/document.js";

/**
 * @typedef {import("../types.js").EditorState} EditorState
 * @typedef {import("../types.js").Span} Span
 * @typedef {{key: string, message: string, spanId: string|null, start: number, end: number, isQuestion?: boolean}}
 *   Finding `key` names rule and place, by which it is waived; spanId is null when it is about text without a span;
 *   `isQuestion`: the tomorrow test, see `tomorrow.js`
 * @typedef {{lint?: {id: string}[], nesting?: Record<string, any>, boundaries?: Record<string, any>}} Definition the
 *   schema as it is stored
 * @typedef {(span: Span, links: Links, state: EditorState) => boolean} Check whether a hint applies to a span
 * @typedef {{out: Set<string>, in: Set<string>}} Links names of the relations from and to a span
 */

const OPENINGS = "“„«‹‘\"";
const MARKS = /[“”„«»‹›"]/u;
/** Words that announce the content of a speaker, in sentences without any span. */
const CUES = ["said", "says", "told", "claims?", "claimed", "den(?:y|ies|ied)", // wording: words of texts
  "according to", "declined to", "refused to", "insist(?:s|ed)?"];
const CUE = new RegExp(`\\b(?:${CUES.join("|")})\\b`, "u");
/** A quotation shorter than this is a word in quotation marks. */
const SHORTEST_QUOTATION = 12;

const isEvasion = (/** @type {Span} */ span) => ["non-answer", "deflection"].includes(span.attributes.kind);

/** Hints by their id in the schema: label, check and sentence. @type {Record<string, [string, Check, string]>} */
const HINTS = {
  "claim-without-speaker": ["Claim", ({ attributes }, links) =>
    (attributes.voice ?? "speaker") === "speaker" && !links.out.has("attributed-to"), gettext("has no speaker")],
  "claim-with-speaker-but-other-voice": ["Claim", ({ attributes }, links) =>
    (attributes.voice ?? "speaker") !== "speaker" && links.out.has("attributed-to"),
  gettext("has a speaker, but another voice")],
  "denial-without-target": ["Denial", ({ attributes }, links) =>
    (attributes.target ?? "in-text") === "in-text" && !links.out.has("denies"), gettext("denies nothing yet")],
  "denial-with-outside-target": ["Denial", ({ attributes }, links) =>
    attributes.target === "outside" && links.out.has("denies"),
  gettext("has a target in the text, but is set to a target outside")],
  "evasion-without-speaker": ["Hedge", (span, links) => isEvasion(span) && !links.out.has("attributed-to"),
    gettext("has no speaker")],
  "evasion-without-target": ["Hedge", (span, links) => isEvasion(span) && !links.out.has("hedges"),
    gettext("hedges nothing yet")],
  "hedge-unlinked": ["Hedge", (span, links) => !isEvasion(span) && !links.out.has("hedges"),
    gettext("hedges nothing yet")],
  "speaker-unused": ["Speaker", (_, links) => !links.in.has("attributed-to") && !links.in.has("defers-to"),
    gettext("is the speaker of nothing")],
  "speaker-no-canonical": ["Speaker", ({ attributes }) =>
    (attributes.mention ?? "name") === "name" && !attributes.canonical, gettext("has no canonical name")],
  "quote-type-mismatch": ["Claim", (span, _, state) => quoteTypeDiffers(span, state.document.text),
    gettext("has a quote type that its quotation marks contradict")],
};

/**
 * Return all findings that are not waived, in reading order.
 *
 * @param {EditorState} state
 * @param {Definition} definition
 * @param {ReadonlySet<string>} waived
 * @returns {Finding[]}
 */
export function findingsOf(state, definition, waived) {
  const spans = [...state.spans.inOrder()];
  const whole = /** @type {Span} */ (state.spans.get("")).attributes;
  const unanswered = state.schema.whole.attributes.filter(({ id, required }) => required && whole[id] === undefined)
    .map(({ id, name }) => finding(`document-${id}`, null, 0, 0,
      interpolate(gettext("Document: “%(attribute)s” has no value. F4 goes to it."), { attribute: name })));
  if (spans.length === 0) {
    const empty = finding("empty", null, 0, 0, gettext("No span is labelled. Submit the document as one without any?"));
    return [...unanswered, empty].filter(({ key }) => !waived.has(key));
  }
  const found = [...unanswered, ...ofEachSpan(state, spans, definition, waived), ...crossings(state, spans, definition),
    ...differentLabels(state, spans), ...uncovered(state, spans)];
  const isNew = new Set();
  return found.filter(({ key }) => !waived.has(key) && !isNew.has(key) && isNew.add(key))
    .sort((a, b) => a.start - b.start || a.end - b.end);
}

/**
 * @param {string} rule
 * @param {Span|null} span
 * @param {number} start
 * @param {number} end
 * @param {string} message
 * @returns {Finding}
 */
function finding(rule, span, start, end, message) {
  return { key: `${rule}:${span?.id ?? start}`, message, spanId: span?.id ?? null, start, end };
}

/**
 * @param {EditorState} state
 * @param {string} rule
 * @param {Span} span
 * @param {string} problem
 */
function aboutSpan(state, rule, span, problem) {
  const [[start]] = span.fragments;
  const names = { label: labelOf(state.schema, span.label).name, text: excerpt(state.document, span.fragments, 50),
    problem };
  return finding(rule, span, start, endOf(span), interpolate(gettext("%(label)s “%(text)s” %(problem)s."), names));
}

/**
 * @param {EditorState} state
 * @param {Span[]} spans
 * @param {Definition} definition
 * @param {ReadonlySet<string>} waived
 */
function ofEachSpan(state, spans, { lint = [], boundaries = {} }, waived) {
  const hints = lint.filter(({ id }) => Object.hasOwn(HINTS, id)).map(({ id }) => ({ id, hint: HINTS[id] }));
  const trailing = new Set(boundaries.trim_trailing ?? []);
  return spans.flatMap((span) => {
    const links = linksOf(state, span);
    const found = hints.filter(({ hint: [label, check] }) => span.label === label && check(span, links, state))
      .map(({ id, hint }) => aboutSpan(state, id, span, hint[2]));
    const text = textOf(state.document, span.fragments);
    const add = (/** @type {string} */ rule, /** @type {string} */ problem) =>
      void found.push(aboutSpan(state, rule, span, problem));
    if (!/[^\p{P}\s]/u.test(text)) add("punctuation-only", gettext("has no letter or digit"));
    else if (trailing.has(text.slice(-1))) add("trailing-punctuation", gettext("ends with a punctuation mark"));
    if ((boundaries.balanced_pairs ?? []).some((/** @type {string} */ pair) => isUnbalanced(text, pair))) {
      add("unbalanced-pair", gettext("has one mark of a pair"));
    }
    const defaults = unconfirmedAttributes(state, span, waived);
    if (defaults.length > 0) {
      add("defaults", interpolate(gettext("has values that you have not confirmed: %(names)s"),
        { names: defaults.join(", ") }));
    }
    return found;
  });
}

/**
 * Return the names of the required attributes that still have the default, or the value from the words, that they were
 * made with.
 *
 * @param {EditorState} state
 * @param {Span} span
 * @param {ReadonlySet<string>} waived
 */
export function unconfirmedAttributes(state, span, waived) {
  if (span.origin !== "manual" || waived.has(`defaults:${span.id}`)) return [];
  const label = labelOf(state.schema, span.label);
  const presets = presetAttributes(state.document, label, span.fragments);
  return label.attributes.filter((attribute) => attribute.required
    && presets[attribute.id] !== undefined && span.attributes[attribute.id] === presets[attribute.id]
    && !waived.has(`default:${span.id}:${attribute.id}`)).map(({ name }) => name);
}

/** @param {EditorState} state @param {Span} span @returns {Links} */
function linksOf(state, span) {
  const relations = state.relations.of(span.id);
  return { out: new Set(relations.filter(({ from }) => from === span.id).map(({ label }) => label)),
    in: new Set(relations.filter(({ to }) => to === span.id).map(({ label }) => label)) };
}

/** @param {Span} span @param {string} text of the document */
function quoteTypeDiffers(span, text) {
  const [[start]] = span.fragments;
  const inside = MARKS.test(text.slice(start, endOf(span)));
  const isEnclosed = OPENINGS.includes(text.charAt(start - 1)) && start > 0 && MARKS.test(text.charAt(endOf(span)));
  const type = span.attributes.quote_type;
  if (type === "direct") return !isEnclosed && !MARKS.test(text.charAt(start)) && !inside;
  return type === "indirect" ? isEnclosed : type === "mixed" && !inside;
}

/** @param {string} text @param {string} pair of an opening and a closing mark */
function isUnbalanced(text, pair) {
  const count = (/** @type {string} */ mark) => text.split(mark).length - 1;
  return pair[0] === pair[1] ? count(pair[0]) % 2 === 1 : count(pair[0]) !== count(pair[1]);
}

/**
 * @param {EditorState} state
 * @param {Span[]} spans in reading order
 * @param {Definition} definition
 */
function crossings(state, spans, { lint = [], nesting = {} }) {
  const mayCross = nesting.crossing !== false && !lint.some(({ id }) => id === "crossing-spans");
  /** @type {Finding[]} */
  const found = [];
  /** @type {Span[]} */
  let open = [];
  for (const span of spans) {
    const [[start]] = span.fragments;
    open = open.filter((other) => endOf(other) > start);
    for (const [rule, problem] of misplacements(span, open, { mayCross, nesting })) {
      found.push(aboutSpan(state, rule, span, problem));
    }
    open.push(span);
  }
  return found;
}

/**
 * Return the rules about nesting that a span breaks, each with what is wrong.
 *
 * @param {Span} span
 * @param {Span[]} around the spans before it that reach into it
 * @param {{mayCross: boolean, nesting: Record<string, any>}} rules
 * @returns {[string, string][]}
 */
function misplacements(span, around, { mayCross, nesting }) {
  const [[start], end] = [span.fragments[0], endOf(span)];
  const innermost = around[around.length - 1];
  const allowed = innermost && nesting.may_contain?.[innermost.label];
  const depth = around.filter(({ label }) => label === span.label).length + 1;
  /** @type {[boolean, string, string][]} */
  const rules = [
    [!mayCross && around.some((other) => endOf(other) < end && other.fragments[0][0] < start), "crossing-spans",
      gettext("crosses another span")],
    [nesting.identical_extent === false
      && around.some((other) => other.fragments[0][0] === start && endOf(other) === end), "identical-extent",
    gettext("has the boundaries of another span")],
    [allowed !== undefined && !allowed.includes(span.label), "may-contain",
      gettext("may not stand in the span around it")],
    [depth > (nesting.max_same_label_depth ?? Infinity), "depth", gettext("is nested too deeply")],
  ];
  return rules.filter(([isBroken]) => isBroken).map(([, rule, problem]) => [rule, problem]);
}

/**
 * Return spans whose words have another label elsewhere in the document.
 *
 * @param {EditorState} state
 * @param {Span[]} spans
 */
function differentLabels(state, spans) {
  /** @type {Map<string, Span>} */
  const first = new Map();
  return spans.flatMap((span) => {
    const words = textOf(state.document, span.fragments).replace(/\s+/gu, " ").toLowerCase();
    const before = first.get(words);
    if (!before) first.set(words, span);
    if (!before || before.label === span.label) return [];
    return [aboutSpan(state, "same-words", span,
      interpolate(gettext("is labelled %(label)s elsewhere"), { label: labelOf(state.schema, before.label).name }))];
  });
}

/**
 * Return quotations, and sentences with a cue, that no span touches; only for schemas of claims.
 *
 * @param {EditorState} state
 * @param {Span[]} spans
 */
function uncovered(state, spans) {
  if (!state.schema.labels.has("Claim")) return [];
  const { text, sentenceStarts, sentenceEnds } = state.document;
  const pieces = spans.flatMap((span) => span.fragments).sort((a, b) => a[0] - b[0]);
  let [next, reach] = [0, 0];
  /** @type {Finding[]} */
  const found = [];
  for (let index = 0; index < sentenceStarts.length; index += 1) {
    const [start, end] = [sentenceStarts[index], sentenceEnds[index]];
    const sentence = text.slice(start, end);
    const quotation = /[“„«"]([^“”„«»"]+)[”“»"]/u.exec(sentence);
    for (; next < pieces.length && pieces[next][0] < end; next += 1) reach = Math.max(reach, pieces[next][1]);
    if (reach > start) continue;
    const words = `“${sentence.replace(/\s+/gu, " ").slice(0, 50)}”`;
    if (quotation && quotation[1].length >= SHORTEST_QUOTATION) {
      found.push(finding("quotation", null, start, end, interpolate(gettext("Quotation without a span: %(words)s"),
        { words })));
    } else if (CUE.test(sentence.toLowerCase())) {
      found.push(finding("cue", null, start, end, interpolate(gettext("Reported speech without a span: %(words)s"),
        { words })));
    }
  }
  return found;
}
