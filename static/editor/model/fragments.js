import { gettext, interpolate } from "../../pages/text.js";

/**
 * @typedef {import("./types.js").Span} Span
 * @typedef {import("./types.js").Fragment} Fragment
 */

/**
 * Return the number of UTF-16 units that a span covers.
 *
 * @param {Span} span
 * @returns {number}
 */
export function lengthOf(span) {
  return span.fragments.reduce((sum, [start, end]) => sum + end - start, 0);
}

/** Return where a span ends. @param {Span} span */
export function endOf({ fragments }) {
  return fragments[fragments.length - 1][1];
}

/**
 * @param {Fragment[]} first
 * @param {Fragment[]} second
 * @returns {boolean}
 */
export function sameFragments(first, second) {
  return first.length === second.length
    && first.every(([start, end], index) => start === second[index][0] && end === second[index][1]);
}

/**
 * @param {string} first
 * @param {string} second
 * @returns {number} by UTF-16 unit, the same on every machine
 */
export function compareText(first, second) {
  if (first === second) return 0;
  return first < second ? -1 : 1;
}

/**
 * Compare spans that cover the same offset: shorter first, of equals the one that starts later. Of spans with equal
 * boundaries, the label that comes later in the schema is inside, then the greater id.
 *
 * @param {Span} first
 * @param {Span} second
 * @param {(label: string) => number} rank of a label in the schema
 * @returns {number}
 */
export function compareInnermost(first, second, rank) {
  return lengthOf(first) - lengthOf(second) || second.fragments[0][0] - first.fragments[0][0]
    || rank(second.label) - rank(first.label) || compareText(second.id, first.id);
}

/**
 * Return the sorted fragments that cover the same text, those without a gap between them as one.
 *
 * @param {Fragment[]} fragments
 * @param {(end: number, start: number) => boolean} [joins] whether two fragments become one although there is a gap
 * @returns {Fragment[]}
 */
export function mergeFragments(fragments, joins = () => false) {
  const sorted = [...fragments].sort((first, second) => first[0] - second[0]);
  /** @type {Fragment[]} */
  const merged = [];
  for (const [start, end] of sorted) {
    const last = merged.at(-1);
    if (last && (start <= last[1] || joins(last[1], start))) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}

/**
 * Return why the fragments of a span are not valid; "" when they are sorted, do not touch, and lie inside the text.
 *
 * @param {Fragment[]} fragments
 * @param {number} length of the text
 * @returns {string}
 */
export function fragmentsProblem(fragments, length) {
  if (fragments.length === 0) return gettext("A span needs at least one fragment.");
  let previous = -1;
  for (const [start, end] of fragments) {
    if (!Number.isInteger(start) || !Number.isInteger(end)) return gettext("Fragments are pairs of whole numbers.");
    if (start >= end || end > length) {
      return interpolate(gettext("The fragment %(start)s–%(end)s lies outside the text (%(length)s characters)."),
        { start, end, length });
    }
    if (start <= previous) {
      return interpolate(gettext("The fragment %(start)s–%(end)s is out of order or touches the one before."),
        { start, end });
    }
    previous = end;
  }
  return "";
}
