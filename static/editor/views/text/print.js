/**
 * The document as it is printed: the spans are drawn above the text for the window, and would stand beside their words
 * on paper. For printing, marked text takes the place of the page, in the styles of the print view.
 */

import { labelOf } from "../../model/schema.js";
import { labelClass, make } from "../elements.js";

/**
 * @typedef {import("../../model/types.js").EditorState} EditorState
 * @typedef {import("../../model/types.js").Span} Span
 */

/** Lanes and line patterns in marked-text.css. */
const LANES = 6;
const PATTERNS = 9;

export class PrintView {
  /** @param {{store: import("../../model/state.js").Store, signal: AbortSignal}} parts */
  constructor({ store, signal }) {
    this.signal = signal;
    this.store = store;
    this.page = make("article", { class: "print text text--plain", translate: "no" });
  }

  listen() {
    const { signal } = this;
    addEventListener("beforeprint", () => {
      this.page.replaceChildren(make("h1", { dir: "auto" }, this.store.state.document.title),
        ...markedBlocks(this.store.state));
      document.body.append(this.page);
    }, { signal });
    addEventListener("afterprint", () => this.page.remove(), { signal });
  }
}

/**
 * Return the lines of the document with their spans, each span with the name of its label at its end.
 *
 * @param {EditorState} state
 */
function markedBlocks(state) {
  const { blockStarts, blockEnds, blockContinues } = state.document;
  const pieces = [...state.spans.inOrder()].flatMap((span) =>
    span.fragments.map(([start, end], index) => ({ span, start, end, isLast: index === span.fragments.length - 1 })));
  pieces.sort((a, b) => a.start - b.start || b.end - a.end);
  const lanes = lanesOf(pieces);
  /** @type {HTMLElement[]} */
  const blocks = [];
  for (let block = 0; block < blockStarts.length; block += 1) {
    if (!blockContinues[block]) blocks.push(make("div", { class: "block", dir: "auto" }));
    const inside = pieces.filter(({ start, end }) => start < blockEnds[block] && end > blockStarts[block]);
    blocks[blocks.length - 1].append(...markedText(state, inside, lanes, blockStarts[block], blockEnds[block]));
  }
  for (const block of blocks) if (!block.hasChildNodes()) block.append(make("br"));
  return blocks;
}

/**
 * @typedef {{span: Span, start: number, end: number, isLast: boolean}} Piece
 * @param {EditorState} state
 * @param {Piece[]} pieces
 * @param {Map<string, number>} lanes
 * @param {number} from
 * @param {number} to
 */
function markedText(state, pieces, lanes, from, to) {
  const cuts = new Set([from, to]);
  for (const { start, end } of pieces) cuts.add(Math.max(from, start)).add(Math.min(to, end));
  const sorted = [...cuts].sort((a, b) => a - b);
  return sorted.slice(1).flatMap((end, index) => {
    const start = sorted[index];
    /** @type {Node|string} */
    let node = state.document.text.slice(start, end);
    for (const { span } of pieces.filter((piece) => piece.start < end && piece.end > start).reverse()) {
      const label = labelOf(state.schema, span.label);
      node = make("mark", { class: `mark ${labelClass(label)} pattern-${Math.max(0, label.index) % PATTERNS}`
        + ` lane-${lanes.get(span.id) ?? 0}` }, node);
    }
    const names = pieces.filter((piece) => piece.isLast && piece.end === end)
      .map(({ span }) => make("sup", {}, labelOf(state.schema, span.label).name));
    return [node, ...names];
  });
}

/** Return the lowest lane for each span that no span beside it uses. @param {Piece[]} pieces by start */
function lanesOf(pieces) {
  /** @type {Map<string, number>} */
  const lanes = new Map();
  /** @type {number[]} the end of the last piece in each lane */
  const ends = [];
  for (const { span, start, end } of pieces) {
    const free = ends.findIndex((last) => last <= start);
    const lane = lanes.get(span.id) ?? (free < 0 ? ends.length : free);
    lanes.set(span.id, lane % LANES);
    ends[lane] = Math.max(ends[lane] ?? 0, end);
  }
  return lanes;
}
