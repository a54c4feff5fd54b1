/**
 * The letters on words while one is picked, each above the start of its word. There are some two hundred, so the boxes
 * of a block are one shape, and its letters are one text.
 */

import { matchingHints, NUMBERED } from "../../commands/index.js";
import { blockAt } from "../../model/text/document.js";
import { makeSvg } from "../elements.js";
import { BlockDrawings } from "./drawing.js";

/**
 * @typedef {import("../../model/types.js").Picking} Picking
 * @typedef {import("./drawing.js").Shape} Shape
 * @typedef {{letters: string, x: number, y: number, width: number}} Box with the letters that are left to type
 */

/** The size of the box of a letter. */
const WIDTH = 13;
const HEIGHT = 16;
/** The space between neighbouring boxes. */
const HINT_GAP = 2;
/** How far a box reaches into the line of its word. */
const RAISED = 4;

export class HintsView {
  /**
   * @param {{view: import("./text.js").TextView, geometry: import("./geometry.js").TextGeometry,
   *   painter: import("./span_painter.js").SpanPainter}} parts
   */
  constructor({ view, geometry, painter }) {
    this.view = view;
    this.geometry = geometry;
    this.painter = painter;
    this.drawings = new BlockDrawings("marks hints", view);
    /** @type {Picking|null} */
    this.shown = null;
  }

  /** @param {Picking|null} picking */
  update(picking) {
    if (picking === this.shown && picking === null) return;
    this.shown = picking;
    const boxes = picking ? this.#plan(picking) : new Map();
    this.drawings.show(new Map(Array.from(boxes, ([block, placed]) => [block, shapesOfHints(placed)])));
  }

  /**
   * Measure the hints near the visible text that match the letters typed; where two would overlap, one
   * goes below its word.
   *
   * @param {Picking} picking
   * @returns {Map<number, Box[]>} by block
   */
  #plan(picking) {
    const { text } = this.view;
    const { typed, byWords } = picking;
    // Words that are picked by their own letters have numbers instead, once a letter is typed.
    const faces = byWords ? (typed ? matchingHints(picking).slice(0, NUMBERED) : []).map(({ token }, index) =>
      ({ token, letters: String(index + 1) })) : matchingHints(picking);
    const skipped = byWords ? 0 : typed.length;
    const [first, end] = this.painter.window;
    /** @type {Map<number, Box[]>} */
    const boxes = new Map();
    for (const { token, letters } of faces) {
      const block = blockAt(text, text.tokenStarts[token]);
      if (block < first || block >= end) continue;
      const [piece] = this.geometry.pieces(block, text.tokenStarts[token], text.tokenEnds[token]);
      if (!piece) continue;
      let placed = boxes.get(block);
      if (!placed) boxes.set(block, (placed = []));
      const width = WIDTH + (letters.length - 1) * (WIDTH - 4);
      const x = Math.max(0, Math.round(piece.x) - 2);
      const above = Math.round(piece.top) - HEIGHT + RAISED;
      const isFree = placed.every((other) => other.y !== above || x >= other.x + other.width + HINT_GAP
        || other.x >= x + width + HINT_GAP);
      placed.push({ letters: letters.slice(skipped), x, y: isFree ? above : Math.round(piece.bottom) - RAISED, width });
    }
    return boxes;
  }
}

/** @param {Box[]} boxes of one block @returns {Shape[]} */
function shapesOfHints(boxes) {
  const d = boxes.map(({ x, y, width }) => outlineOf(x, y, width)).join("");
  const letters = boxes.map(({ letters: face, x, y, width }) =>
    makeSvg("tspan", { class: "hint", x: x + width / 2, y: y + HEIGHT - 4 }, face));
  const key = `${d} ${boxes.map(({ letters: face }) => face)}`;
  return [{ key: "boxes", name: "path", attributes: { d } },
    { key, name: "text", attributes: { "text-anchor": "middle" }, children: letters }];
}

/**
 * Return the path of a box with round corners.
 *
 * @param {number} x
 * @param {number} y
 * @param {number} width
 */
function outlineOf(x, y, width) {
  const [across, down] = [width - 6, HEIGHT - 6];
  return `M${x + 3} ${y}h${across}q3 0 3 3v${down}q0 3-3 3h${-across}q-3 0-3-3v${-down}q0-3 3-3z`;
}
