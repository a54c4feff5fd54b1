import { compareText } from "./fragments.js";

/** @typedef {import("./spans.js").Entry} Entry */

/**
 * Where an entry is in a bucket, or belongs: by start, longer first, then by id.
 *
 * @param {readonly Entry[]} bucket
 * @param {Entry} entry
 * @returns {number}
 */
export function position(bucket, entry) {
  let low = 0;
  let high = bucket.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareEntries(bucket[middle], entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * @param {Entry} first
 * @param {Entry} second
 */
function compareEntries(first, second) {
  return first.start - second.start || second.end - first.end || compareText(first.span.id, second.span.id);
}
