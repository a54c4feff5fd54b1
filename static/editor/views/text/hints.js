/** The letters on words while one is picked, each above the start of its word. */

import { matchingHints, NUMBERED } from "../../commands/index.js";
import { blockAt } from "../../model/text/document.js";
import { makeSvg } from "../elements.js";
import { BlockDrawings } from "./drawing.js";

/**
 * @typedef {import("../../model/types.js").Picking} Picking
 * @typedef {import("./drawing.js").Shape} Shape
 */

/** The size of the box of a letter. */
const WIDTH = 13;
const HEIGHT = 16;
/** The space between neighbouring boxes, and the rounding of their corners. */
const HINT_GAP = 2;
/** How far a box reaches into the line of its word. */
const RAISED = 4;
const HINT_CORNER = 3;

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
    const shapes = picking ? this.#plan(picking) : new Map();
    this.drawings.show(shapes);
  }

  /**
   * Measure the hints near the visible text that match the letters typed; where two would overlap, one
   * goes below its word.
   *
   * @param {Picking} picking
   * @returns {Map<number, Shape[]>} by block
   */
  #plan(picking) {
    const { text } = this.view;
    const { typed, byWords } = picking;
    // Words that are picked by their own letters have numbers instead, once a letter is typed.
    const faces = byWords ? (typed ? matchingHints(picking).slice(0, NUMBERED) : []).map(({ token }, index) =>
      ({ token, letters: String(index + 1) })) : matchingHints(picking);
    const skipped = byWords ? "" : typed;
    const [first, end] = this.painter.window;
    /** @type {Map<number, Shape[]>} */
    const shapes = new Map();
    /** @type {Map<string, [number, number][]>} */
    const taken = new Map();
    for (const { token, letters } of faces) {
      const block = blockAt(text, text.tokenStarts[token]);
      if (block < first || block >= end) continue;
      const [piece] = this.geometry.pieces(block, text.tokenStarts[token], text.tokenEnds[token]);
      if (!piece) continue;
      const width = WIDTH + (letters.length - 1) * (WIDTH - 4);
      const x = Math.max(0, Math.round(piece.x) - 2);
      const above = Math.round(piece.top) - HEIGHT + RAISED;
      const row = taken.get(`${block} ${above}`) ?? [];
      const isFree = row.every(([from, to]) => x >= to + HINT_GAP || from >= x + width + HINT_GAP);
      const y = isFree ? above : Math.round(piece.bottom) - RAISED;
      if (isFree) taken.set(`${block} ${above}`, [...row, [x, x + width]]);
      const shape = hintShape(letters, skipped, x, y, width);
      shapes.set(block, [...(shapes.get(block) ?? []), shape]);
    }
    return shapes;
  }
}

/**
 * @param {string} letters
 * @param {string} typed
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @returns {Shape}
 */
function hintShape(letters, typed, x, y, width) {
  const children = [makeSvg("rect", { x, y, width, height: HEIGHT, rx: HINT_CORNER }),
    makeSvg("text", { x: x + width / 2, y: y + HEIGHT - 4, "text-anchor": "middle" }, letters.slice(typed.length))];
  return { key: `${letters} ${typed} ${x} ${y}`, name: "g", attributes: { class: "hint" }, children };
}
