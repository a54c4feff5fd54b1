/**
 * The tomorrow test: if the speaker confirms the claim tomorrow, have they contradicted what they said today? Yes: a
 * denial. No: a hedge. It is asked where the words of a span read like the other one of both. Pure.
 */

import { gettext, interpolate } from "../../../pages/text.js";
import { endOf } from "../fragments.js";
import { labelOf } from "../schema.js";
import { excerpt, textOf } from "../text/document.js";

/**
 * @typedef {import("../types.js").EditorState} EditorState
 * @typedef {import("../types.js").Span} Span
 * @typedef {import("./findings.js").Finding} Finding
 * @typedef {import("./findings.js").Definition} Definition
 */

// The words of the lexicons of the source "rules"; a test compares them.
const NON_ANSWERS = // wording: words of texts
  "behind closed doors|brushed aside the question|brushed off the question|can neither confirm nor deny|" +
  "can't comment|cannot comment|cannot recall|could neither confirm nor deny|could not be reached|" +
  "could not comment|could not recall|decline to comment|decline to say|declined to answer|declined to comment|" +
  "declined to confirm or deny|declined to discuss|declined to elaborate|declined to say|declines to comment|" +
  "declines to say|declining to comment|did not answer|did not comment|did not deny|did not immediately respond|" +
  "did not reply|did not respond|did not return|did not rule out|didn't answer|didn't comment|didn't deny|" +
  "didn't reply|didn't respond|didn't rule out|do not comment|dodge|dodged|does not comment|doesn't comment|" +
  "don't comment|duck the question|ducked the question|evade|evaded|evasive|fell silent|" +
  "for reasons of confidentiality|for security reasons|has not replied|has not responded|has said all|" +
  "have not responded|have said all|hung up|i did not say that|i didn't say that|i do not recall|i don't recall|" +
  "kept silent|laughed off|neither confirm nor deny|neither confirmed nor denied|no comment|no further comment|" +
  "nor confirm|not able to comment|not be drawn|not be reached for comment|not comment|not confirm or deny|" +
  "not going to comment|not going to discuss|not going to get into|not going to go into|not going to speculate|" +
  "not immediately available|not immediately respond|not in a position to comment|not in public|not rule out|" +
  "nothing further to say|nothing more to add|nothing to add|nothing to announce|nothing to say|on legal advice|" +
  "on the advice of counsel|ongoing investigation|operational matters|refrain from commenting|" +
  "refrained from commenting|refuse to comment|refused to answer|refused to be drawn|refused to comment|" +
  "refused to confirm or deny|refused to discuss|refused to elaborate|refused to rule out|refused to say|" +
  "refuses to comment|remain silent|remained silent|said nothing|says nothing|sidestep|sidestepped|sidestepping|" +
  "silent on|skirted|stayed silent|stonewalled|sub judice|unable to comment|under investigation|walked away|" +
  "will not comment|will not discuss|will not get into|will not go into|will not say|will not speculate|" +
  "without comment|won't comment|won't discuss|won't go into|won't say|won't speculate|would not be drawn|" +
  "would not comment|would not discuss|would not say";
const CONTRADICTIONS = // wording: words of texts
  "a fairy tale|absolutely not|are lies|baseless|categorical denial|certainly not|contest|contested|contesting|" +
  "contests|contradict|contradicted|contradicting|contradiction|contradicts|debunk|debunked|debunking|debunks|" +
  "denial|denials|denied|denies|deny|denying|did no such thing|did not happen|didn't happen|disagree|disagreed|" +
  "disagreeing|disagrees|disavow|disavowed|disavowing|disavows|disclaimer|dismiss the allegation|dismiss the claim|" +
  "dismiss the report|dismissed the allegation|dismissed the claim|dismissed the report|dismisses the allegation|" +
  "dismisses the claim|dismisses the report|dismissing the allegation|dismissing the claim|dismissing the report|" +
  "disown|disowned|disowning|disowns|disprove|disproved|disproves|disproving|dispute|disputed|disputes|disputing|" +
  "far from it|flat denial|flatly wrong|gave the lie to|give the lie to|given the lie to|gives the lie to|" +
  "giving the lie to|groundless|had nothing to do with|has nothing to do with|inaccurate|incorrect|is a lie|" +
  "is false|is not true|is untrue|isn't true|negate|negated|negates|negating|no such agreement|" +
  "no such conversation|no such meeting|no such plan|no truth in|not a word of truth|" +
  "nothing could be further from the truth|nothing of the kind|nothing of the sort|of course not|on the contrary|" +
  "plainly wrong|pure fiction|pure invention|rebut|rebuts|rebuttal|rebutted|rebutting|refutation|refute|refuted|" +
  "refutes|refuting|reject the allegation|reject the claim|reject the report|reject the suggestion|" +
  "rejected the allegation|rejected the claim|rejected the report|rejected the suggestion|rejecting the allegation|" +
  "rejecting the claim|rejecting the report|rejecting the suggestion|rejects the allegation|rejects the claim|" +
  "rejects the report|rejects the suggestion|repudiate|repudiated|repudiates|repudiating|repudiation|" +
  "sheer invention|simply wrong|take issue with|taken issue with|takes issue with|taking issue with|" +
  "that never happened|there is no evidence|there was no|there were no|this never happened|took issue with|" +
  "unfounded|without foundation";

/** The attribute that keeps the answer where the schema has it, and the answer that agrees with each label. */
export const ANSWER_ATTRIBUTE = "tomorrow";
export const ANSWERS = Object.freeze({ Denial: "contradicted", Hedge: "open" });

/** The hint of the schema that asks about spans with a label, and what their words read like. */
export const ASKED = Object.freeze({
  Denial: { rule: "no-comment-as-denial", problem: gettext("reads like a non-answer") },
  Hedge: { rule: "contradiction-as-hedge", problem: gettext("has words of a denial") },
});

/** @type {Record<string, RegExp>} */
const patterns = {};

/** @param {string} words entries between bars */
function patternOf(words) {
  const longestFirst = () => words.split("|").sort((one, other) => other.length - one.length).join("|");
  return patterns[words] ??= new RegExp(`(?<!\\p{L})(?:${longestFirst()})(?!\\p{L})`, "gu");
}

/**
 * Return whether the words of a span read like those of the other label: a denial like a non-answer; a hedge like a
 * contradiction, apart from non-answers such as "did not deny".
 *
 * @param {string} label
 * @param {string} text
 */
export function readsLikeOther(label, text) {
  const words = text.toLowerCase().replace(/’/gu, "'").replace(/\s+/gu, " ");
  if (label === "Denial") return words.search(patternOf(NON_ANSWERS)) >= 0;
  return label === "Hedge" && words.replace(patternOf(NON_ANSWERS), "·").search(patternOf(CONTRADICTIONS)) >= 0;
}

/**
 * Return the questions of the tomorrow test that are open: of the hints that the schema lists, where the words read
 * like the other label and no answer is stored, or where the answer that is stored contradicts the label.
 *
 * @param {EditorState} state
 * @param {Definition} definition
 * @param {ReadonlySet<string>} waived
 * @returns {Finding[]}
 */
export function questionsOf(state, { lint = [] }, waived) {
  const listed = new Set(lint.map(({ id }) => id));
  return [...state.spans.inOrder()].flatMap((span) => {
    const asked = Object.hasOwn(ASKED, span.label) ? ASKED[/** @type {"Denial"|"Hedge"} */ (span.label)] : null;
    if (!asked || !listed.has(asked.rule)) return [];
    const key = `${asked.rule}:${span.id}`;
    const answer = span.attributes[ANSWER_ATTRIBUTE];
    const isOpen = answer ? answer !== ANSWERS[/** @type {"Denial"|"Hedge"} */ (span.label)]
      : readsLikeOther(span.label, textOf(state.document, span.fragments));
    if (waived.has(key) || !isOpen) return [];
    const values = { label: labelOf(state.schema, span.label).name, text: excerpt(state.document, span.fragments, 50),
      problem: answer ? gettext("has another answer to the tomorrow test") : asked.problem };
    const message = interpolate(gettext("%(label)s “%(text)s” %(problem)s. If the speaker confirms the claim tomorrow, "
      + "have they contradicted what they said today?"), values);
    return [{ key, message, spanId: span.id, start: span.fragments[0][0], end: endOf(span), isQuestion: true }];
  });
}
