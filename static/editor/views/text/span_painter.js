/**
 * Draws the spans: one drawing for each block near the visible text, above it, with tints and stacked lines ("lanes").
 * The text itself never changes, so that nothing moves when a span is added or removed.
 */

import { lengthOf } from "../../model/fragments.js";
import { assignLanes } from "../../model/lanes.js";
import { labelOf } from "../../model/schema.js";
import { labelClass } from "../elements.js";
import { Drawing } from "./drawing.js";


/**
 * @typedef {import("./drawing.js").Shape} Shape
 * @typedef {import("../../model/types.js").EditorState} EditorState
 * @typedef {import("./text.js").TextView} TextView
 * @typedef {import("./geometry.js").TextGeometry} TextGeometry
 * @typedef {import("./geometry.js").Piece} Piece
 * @typedef {import("../../model/types.js").Span} Span
 * @typedef {{id: string, label: string, pieces: Piece[], rects: [number, number][], ticks: number[],
 *   gaps: [number, number][], length: number}} Run the part of a visual line that one span covers; ticks mark where it
 *   starts or ends, gaps are joined by a thin line because the span continues after them
 * @typedef {{id: string, left: number, right: number, y: number, middle: number}} Stroke a drawn line that can be
 *   clicked, and the middle of its words
 * @typedef {{tint: string, line: string, tick: string, join: string}} Layers path data of one label
 * @typedef {{block: number, shapes: Shape[], strokes: Stroke[]}} Plan the drawing of a block
 */

/** How far beyond the visible text blocks are drawn, in pixels. */
const MARGIN = 200;
/** The time for drawing in one frame of scrolling; the rest waits for the next frame. */
const SLICE_MILLISECONDS = 8;
const FIRST_LANE = 2.5;
const PITCH = 5;
/** The height of a line that the text itself takes; lanes use the rest. */
const TEXT_ROOM = 14;
const TICK = 5;
/** The length of the thin line that shows that a fragment follows on another line. */
const STUB = 9;
/** The largest distance of a click from a lane. */
const REACH = 2.6;

export class SpanPainter {
  /**
   * @param {TextView} view
   * @param {TextGeometry} geometry
   */
  constructor(view, geometry) {
    this.view = view;
    this.geometry = geometry;
    /** @type {Map<number, Drawing>} */
    this.drawn = new Map();
    /** @type {Map<number, Stroke[]>} */
    this.strokes = new Map();
    /** @type {[number, number]} */
    this.window = [0, 0];
  }

  /**
   * Draw the blocks near the visible text and drop the others. Return whether another frame is needed.
   *
   * @param {EditorState} state
   */
  refresh(state) {
    this.window = this.view.visibleBlocks(MARGIN);
    const [first, end] = this.window;
    for (const block of this.drawn.keys()) if (block < first || block >= end) this.#drop(block);
    const began = performance.now();
    const fresh = [];
    for (let block = first; block < end; block++) {
      if (this.drawn.has(block) || state.spans.bucket(block).length === 0) continue;
      if (performance.now() - began > SLICE_MILLISECONDS && fresh.length > 0) {
        this.show(fresh);
        return true;
      }
      fresh.push(this.#plan(state, block));
    }
    this.show(fresh);
    return false;
  }

  /**
   * Measure the drawings of blocks near the visible text. The page is not changed yet, so that other views can measure
   * before the browser lays out again.
   *
   * @param {EditorState} state
   * @param {Iterable<number>} blocks
   */
  plan(state, blocks) {
    const [first, end] = this.window;
    const near = [...blocks].filter((block) => block >= first && block < end);
    return near.map((block) => this.#plan(state, block));
  }

  /** Drop all drawings, because the width or the font has changed. */
  clear() {
    for (const block of [...this.drawn.keys()]) this.#drop(block);
  }

  /**
   * Return what is drawn under a point of a block: the span whose line is there, or null, and those whose words are.
   *
   * @param {number} block
   * @param {number} left pixels from the corner of the block
   * @param {number} top
   * @returns {{line: string|null, words: string[]}}
   */
  spansAt(block, left, top) {
    const half = this.geometry.lineHeight / 2;
    let nearest = REACH;
    let line = null;
    const words = [];
    for (const stroke of this.strokes.get(block) ?? []) {
      if (left < stroke.left || left > stroke.right) continue;
      const distance = Math.abs(stroke.y - top);
      if (distance < nearest || (line === null && distance === nearest)) [line, nearest] = [stroke.id, distance];
      if (Math.abs(stroke.middle - top) <= half) words.push(stroke.id);
    }
    return { line, words };
  }

  /** @param {number} block */
  #drop(block) {
    this.drawn.get(block)?.element.remove();
    this.drawn.delete(block);
    this.strokes.delete(block);
  }

  /** Draw the plans. @param {Plan[]} plans */
  show(plans) {
    for (const { block, shapes, strokes } of plans) {
      let drawing = this.drawn.get(block);
      if (!drawing) {
        drawing = new Drawing("lanes");
        this.view.blocks[block].append(drawing.element);
        this.drawn.set(block, drawing);
      }
      drawing.show(shapes);
      this.strokes.set(block, strokes);
    }
  }

  /**
   * @param {EditorState} state
   * @param {number} block
   * @returns {Plan}
   */
  #plan(state, block) {
    /** @type {Map<string, Layers>} */
    const layers = new Map();
    /** @type {Stroke[]} */
    const strokes = [];
    for (const runs of this.#lines(state, block)) {
      const { lanes } = assignLanes(runs, { most: this.#mostLanes() });
      runs.forEach((run, index) => {
        const double = labelOf(state.schema, run.label).pattern === "double";
        let layer = layers.get(run.label);
        if (!layer) layers.set(run.label, (layer = { tint: "", line: "", tick: "", join: "" }));
        trace(run, lanes[index], { layer, strokes, double });
      });
    }
    const labels = [...layers.keys()].map((id) => labelOf(state.schema, id));
    labels.sort((first, second) => first.index - second.index);
    const shapes = labels.flatMap((label) => shapesOf(label, /** @type {Layers} */ (layers.get(label.id))));
    return { block, shapes, strokes };
  }

  /** Return how many lanes fit between two lines of text. */
  #mostLanes() {
    return Math.max(2, Math.min(8, Math.floor((this.geometry.lineHeight - TEXT_ROOM) / PITCH)));
  }

  /**
   * Return the runs of the spans of a block, by visual line.
   *
   * @param {EditorState} state
   * @param {number} block
   * @returns {Run[][]}
   */
  #lines(state, block) {
    const { blockStarts, blockEnds } = this.view.text;
    /** @type {Map<number, Map<string, Run>>} */
    const lines = new Map();
    for (const { span, start, end } of state.spans.bucket(block)) {
      const from = Math.max(start, blockStarts[block]);
      const to = Math.min(end, blockEnds[block]);
      for (const piece of this.geometry.pieces(block, from, to)) {
        const run = runOf(lines, piece.line, span);
        run.pieces.push(piece);
        run.rects.push([piece.x, piece.x + piece.width]);
      }
      const [head, tail] = this.geometry.boundaries(block, from, to);
      if (head && start === from) {
        const run = runOf(lines, head.line, span);
        run.ticks.push(head.x);
        if (start !== span.fragments[0][0]) join(run, head.x);
      }
      if (tail && end === to) {
        const run = runOf(lines, tail.line, span);
        run.ticks.push(tail.x);
        if (end !== span.fragments[span.fragments.length - 1][1]) run.gaps.push([tail.x, tail.x + STUB]);
      }
    }
    return Array.from(lines.values(), (line) => [...line.values()]);
  }
}

/**
 * @param {Map<number, Map<string, Run>>} lines
 * @param {number} line
 * @param {Span} span
 */
function runOf(lines, line, span) {
  let runs = lines.get(line);
  if (!runs) lines.set(line, (runs = new Map()));
  let run = runs.get(span.id);
  if (!run) {
    run = { id: span.id, label: span.label, pieces: [], rects: [], ticks: [], gaps: [], length: lengthOf(span) };
    runs.set(span.id, run);
  }
  return run;
}

/**
 * Join a fragment to the fragment before it on the same line.
 *
 * @param {Run} run
 * @param {number} x
 */
function join(run, x) {
  const open = run.gaps[run.gaps.length - 1];
  if (!open) {
    run.gaps.push([x - STUB, x]);
    return;
  }
  open[1] = x;
  run.rects.push([Math.min(...open), Math.max(...open)]); // no other span may use the lane there
}

/**
 * Add a run to the layers of its label and to the lines that can be clicked.
 *
 * @param {Run} run
 * @param {number} lane
 * @param {{layer: Layers, strokes: Stroke[], double: boolean}} target
 */
function trace(run, lane, { layer, strokes, double }) {
  let y = 0;
  for (const piece of run.pieces) {
    const [left, right] = [round(piece.x), round(piece.x + piece.width)];
    // Outwards to half pixels, so that the tint covers the whole box of the text.
    const [top, bottom] = [Math.floor(piece.top * 2) / 2, Math.ceil(piece.bottom * 2) / 2];
    y = Math.round(piece.bottom) + FIRST_LANE + lane * PITCH;
    layer.tint += `M${left} ${top}H${right}V${bottom}H${left}Z`;
    layer.line += double ? `M${left} ${y - 1}H${right}M${left} ${y + 1.5}H${right}` : `M${left} ${y}H${right}`;
    strokes.push({ id: run.id, left, right, y, middle: (top + bottom) / 2 });
  }
  const [first, last] = [run.pieces[0], run.pieces[run.pieces.length - 1]];
  const middle = first && last ? (first.x + last.x + last.width) / 2 : 0;
  for (const [from, to] of run.gaps) layer.join += `M${round(from)} ${y}H${round(to)}`;
  for (const x of run.ticks) layer.tick += `M${round(x < middle ? x + 1 : x - 1)} ${y + 1}v-${TICK}`;
}

/**
 * @param {import("../../model/types.js").Label} label
 * @param {Layers} layer
 * @returns {Shape[]}
 */
function shapesOf(label, { tint, line, tick, join: gaps }) {
  const path = (/** @type {string} */ kind, /** @type {string} */ d) => (/** @type {Shape} */ ({
    key: `${label.id} ${kind}`, name: "path", attributes: { class: `${kind} ${labelClass(label)}`, d },
  }));
  const shapes = [path("tint", tint), path(`lane lane-${label.pattern}`, line)];
  return [...shapes, path("tick", tick), ...(gaps ? [path("join", gaps)] : [])];
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 2) / 2;
}
