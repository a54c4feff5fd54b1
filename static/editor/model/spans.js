import { compareInnermost, compareText, sameFragments } from "./fragments.js";
import { blockAt } from "./text/document.js";

/**
 * Return the index of an entry in a bucket, or where it belongs: by start, longer first, then in the order of the
 * labels in the schema, then by id.
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
  return first.start - second.start || second.end - first.end || first.rank - second.rank
    || compareText(first.span.id, second.span.id);
}

/**
 * @typedef {import("./types.js").Span} Span
 * @typedef {import("./types.js").Fragment} Fragment
 * @typedef {import("./types.js").TextDocument} TextDocument
 * @typedef {{span: Span, start: number, end: number, head: boolean, rank: number}} Entry one fragment in one block, not
 *   clipped to it; `head` marks the first fragment in its first block, which places the span in reading order; `rank`
 *   is that of its label
 */

/** The spans of one annotation set: by id, and by block of the text sorted by start. */
export class SpanStore {
  /** @type {Map<string, Span>} */
  #spans = new Map();
  /** @type {Map<string, number>} */
  #counts = new Map();
  /** @type {TextDocument} */
  #document;
  /** @type {(Entry[]|undefined)[]} */
  #buckets;
  /** @type {Map<string, number>} */
  #ranks;
  /** @type {Span} */
  #whole;

  /**
   * @param {TextDocument} document
   * @param {Iterable<Span>} [spans]
   * @param {Iterable<string>} [labels] ids in the order of the schema, in which spans with equal boundaries nest
   * @param {Span["attributes"]} [attributes] of the document: the span with the empty id stands for it
   */
  constructor(document, spans = [], labels = [], attributes = {}) {
    this.#whole = { id: "", label: "", fragments: [], attributes, note: "", origin: "manual" };
    this.#document = document;
    this.#ranks = new Map([...labels].map((label, index) => [label, index]));
    this.#buckets = new Array(document.blockStarts.length);
    for (const span of spans) this.add(span);
  }

  get size() {
    return this.#spans.size;
  }

  /** @param {string} id */
  get(id) {
    return id === "" ? this.#whole : this.#spans.get(id);
  }

  /** @param {string} id */
  has(id) {
    return this.#spans.has(id);
  }

  /** Return all spans, in no particular order. */
  values() {
    return this.#spans.values();
  }

  /**
   * Return the number of spans with a label.
   *
   * @param {string} label
   */
  countOf(label) {
    return this.#counts.get(label) ?? 0;
  }

  /**
   * Add a span.
   *
   * @param {Span} span
   * @returns {number[]} the blocks it is in
   * @throws {RangeError} when a span with its id exists
   */
  add(span) {
    if (this.#spans.has(span.id)) throw new RangeError(`There is a span ${span.id} already.`);
    this.#spans.set(span.id, span);
    this.#counts.set(span.label, this.countOf(span.label) + 1);
    return this.#visitEntries(span, (bucket, entry) => bucket.splice(position(bucket, entry), 0, entry));
  }

  /**
   * @param {string} id
   * @returns {number[]} the blocks it was in
   * @throws {RangeError} when the span does not exist
   */
  remove(id) {
    const span = this.#spans.get(id);
    if (!span) throw new RangeError(`There is no span ${id}.`);
    this.#spans.delete(id);
    this.#counts.set(span.label, this.countOf(span.label) - 1);
    return this.#visitEntries(span, (bucket, entry) => bucket.splice(position(bucket, entry), 1));
  }

  /**
   * Replace the span with the same id.
   *
   * @param {Span} span
   * @returns {number[]} the blocks that the old or the new version is in
   */
  replace(span) {
    if (span.id !== "") return this.remove(span.id).concat(this.add(span));
    this.#whole = span;
    return [];
  }

  /**
   * Return the fragments in one block, sorted by start, longer ones first. The list must not be changed.
   *
   * @param {number} block
   * @returns {readonly Entry[]}
   */
  bucket(block) {
    return this.#buckets[block] ?? [];
  }

  /**
   * Return the spans with a fragment in the blocks from `from` up to and without `to`, in the order of these fragments.
   *
   * @param {number} from
   * @param {number} to
   * @returns {Span[]}
   */
  inBlocks(from, to) {
    const spans = new Set();
    for (let block = Math.max(0, from); block < Math.min(to, this.#buckets.length); block += 1) {
      for (const entry of this.bucket(block)) spans.add(entry.span);
    }
    return [...spans];
  }

  /**
   * Return the spans that cover an offset, innermost first: shorter before longer, of equals the one that starts later.
   *
   * @param {number} offset
   * @returns {Span[]}
   */
  at(offset) {
    const covering = this.#entriesNear(offset).filter((entry) => entry.start <= offset && offset < entry.end);
    return this.innermostFirst(covering.map((entry) => entry.span));
  }

  /** Return each of some spans once, innermost first. @param {Span[]} spans */
  innermostFirst(spans) {
    return [...new Set(spans)].sort((first, second) => this.#compare(first, second));
  }

  /** @param {string} label */
  #rank(label) {
    return this.#ranks.get(label) ?? this.#ranks.size;
  }

  /** @param {Span} first @param {Span} second */
  #compare(first, second) {
    return compareInnermost(first, second, (label) => this.#rank(label));
  }

  /**
   * Return the entries that may cover an offset. Those that cover a separator are in the blocks before or after it.
   *
   * @param {number} offset
   * @returns {readonly Entry[]}
   */
  #entriesNear(offset) {
    const { blockStarts, blockEnds } = this.#document;
    let first = blockAt(this.#document, offset);
    if (offset < blockEnds[first]) return this.bucket(first);
    let last = first + 1;
    while (first > 0 && blockStarts[first] === blockEnds[first]) first -= 1;
    while (last < blockStarts.length - 1 && blockStarts[last] === blockEnds[last]) last += 1;
    return this.#buckets.slice(first, last + 1).flatMap((bucket) => bucket ?? []);
  }

  /**
   * Return other spans that cover every fragment of a span, innermost first.
   *
   * @param {Span} span
   * @returns {Span[]}
   */
  around(span) {
    const covers = (/** @type {Span} */ other) => span.fragments.every(([start, end]) =>
      other.fragments.some((fragment) => fragment[0] <= start && end <= fragment[1]));
    return this.at(span.fragments[0][0]).filter((other) =>
      other.id !== span.id && covers(other) && this.#compare(other, span) > 0);
  }

  /**
   * Return the span with this label and exactly these fragments, if there is one.
   *
   * @param {string} label
   * @param {Fragment[]} fragments
   * @returns {Span|undefined}
   */
  find(label, fragments) {
    return this.bucket(this.#blocksOf(fragments[0])[0]).find((entry) =>
      entry.head && entry.span.label === label && sameFragments(entry.span.fragments, fragments))?.span;
  }

  /** Yield all spans in reading order: by start, longer first, in the order of their labels, then by id. */
  *inOrder() {
    for (const bucket of this.#buckets) {
      for (const entry of bucket ?? []) if (entry.head) yield entry.span;
    }
  }

  /**
   * Return the span after this one in reading order.
   *
   * @param {Span} span
   * @returns {Span|undefined}
   */
  after(span) {
    const block = this.#blocksOf(span.fragments[0])[0];
    return this.#walk(block, position(this.bucket(block), this.#asHead(span)) + 1, 1, () => true);
  }

  /**
   * Return the span before this one in reading order.
   *
   * @param {Span} span
   * @returns {Span|undefined}
   */
  before(span) {
    const block = this.#blocksOf(span.fragments[0])[0];
    return this.#walk(block, position(this.bucket(block), this.#asHead(span)) - 1, -1, () => true);
  }

  /**
   * Return the first span in reading order that starts at an offset or after it.
   *
   * @param {number} offset
   * @returns {Span|undefined}
   */
  firstFrom(offset) {
    return this.#walk(blockAt(this.#document, offset), 0, 1, (entry) => entry.start >= offset);
  }

  /**
   * Return the last span in reading order that starts before an offset.
   *
   * @param {number} offset
   * @returns {Span|undefined}
   */
  lastBefore(offset) {
    const block = blockAt(this.#document, offset);
    return this.#walk(block, this.bucket(block).length - 1, -1, (entry) => entry.start < offset);
  }

  /**
   * @param {number} block
   * @param {number} index in the bucket of the block
   * @param {1|-1} step
   * @param {(entry: Entry) => boolean} wanted
   */
  #walk(block, index, step, wanted) {
    let at = index;
    for (let current = block; current >= 0 && current < this.#buckets.length; current += step) {
      const bucket = this.bucket(current);
      if (current !== block) at = step > 0 ? 0 : bucket.length - 1;
      for (; at >= 0 && at < bucket.length; at += step) {
        if (bucket[at].head && wanted(bucket[at])) return bucket[at].span;
      }
    }
    return undefined;
  }

  /**
   * @param {Span} span
   * @param {(bucket: Entry[], entry: Entry) => void} visit
   * @returns {number[]} the blocks visited
   */
  #visitEntries(span, visit) {
    /** @type {number[]} */
    const blocks = [];
    span.fragments.forEach((fragment, index) => {
      this.#blocksOf(fragment).forEach((block, order) => {
        const bucket = (this.#buckets[block] ??= []);
        visit(bucket, { span, start: fragment[0], end: fragment[1], head: index === 0 && order === 0,
          rank: this.#rank(span.label) });
        blocks.push(block);
      });
    });
    return blocks;
  }

  /**
   * Return the blocks that share text with a fragment; the block before for a fragment of separators only.
   *
   * @param {Fragment} fragment
   * @returns {number[]}
   */
  #blocksOf([start, end]) {
    const { blockStarts, blockEnds } = this.#document;
    const first = blockAt(this.#document, start);
    const blocks = [];
    for (let block = first; block < blockStarts.length && blockStarts[block] < end; block += 1) {
      if (blockEnds[block] > start && blockEnds[block] > blockStarts[block]) blocks.push(block);
    }
    return blocks.length > 0 ? blocks : [first];
  }

  /** @param {Span} span */
  #asHead(span) {
    return { span, start: span.fragments[0][0], end: span.fragments[0][1], head: true, rank: this.#rank(span.label) };
  }
}
