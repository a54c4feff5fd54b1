/** What stands out just now: the token cursor, the outline of the selected span, and the curves of its relations. */

import { makeSvg } from "./elements_view.js";
import { blockAt } from "./document.js";

/**
 * @typedef {import("./types.js").EditorState} EditorState
 * @typedef {import("./types.js").Span} Span
 * @typedef {import("./types.js").Fragment} Fragment
 * @typedef {import("./text_view.js").TextView} TextView
 * @typedef {import("./geometry_view.js").Geometry} Geometry
 * @typedef {import("./lanes_view.js").LanesView} LanesView
 * @typedef {import("./geometry_view.js").Piece} Piece
 * @typedef {{x: number, y: number}} Point
 */

/** Room around the characters of an outlined stretch. */
const ROOM = 1.5;
const CORNER = 3;
const BAR = 3;
/** How high a curve rises above the line of text, at least. */
const RISE = 16;

export class MarksView {
  /**
   * @param {TextView} view
   * @param {Geometry} geometry
   * @param {LanesView} lanes
   */
  constructor(view, geometry, lanes) {
    this.view = view;
    this.geometry = geometry;
    this.lanes = lanes;
    /** @type {Map<number, SVGSVGElement>} */
    this.drawings = new Map();
    this.curves = makeSvg("svg", { class: "curves", "aria-hidden": "true" });
  }

  /** @param {EditorState} state @param {string|null} candidate a span offered as the other end of a relation */
  update(state, candidate) {
    for (const drawing of this.drawings.values()) drawing.remove();
    this.drawings.clear();
    const selected = state.selectedId === null ? undefined : state.spans.get(state.selectedId);
    const offered = candidate === null ? undefined : state.spans.get(candidate);
    if (selected) this.#outline(selected, "mark-selected");
    if (offered) this.#outline(offered, "mark-candidate");
    if (!state.selection) this.#cursor(state, selected !== undefined);
    for (const [block, drawing] of this.drawings) this.view.blocks[block].append(drawing);
    this.#drawCurves(state, selected);
  }

  /**
   * @param {Span} span
   * @param {string} kind
   */
  #outline(span, kind) {
    for (const { block, piece } of this.#piecesNear(span.fragments)) {
      const box = {
        x: piece.x - ROOM, y: piece.top - ROOM, rx: CORNER,
        width: piece.width + 2 * ROOM, height: piece.bottom - piece.top + 2 * ROOM,
      };
      this.#drawing(block).append(makeSvg("rect", { class: kind, ...box }));
    }
  }

  /**
   * @param {EditorState} state
   * @param {boolean} thin a bar before the token, because a box is around the span already
   */
  #cursor({ document: text, cursor }, thin) {
    const [start, end] = [text.tokenStarts[cursor.focus], text.tokenEnds[cursor.focus]];
    if (start === undefined || end === undefined) return;
    const block = blockAt(text, start);
    if (!this.#isNear(block)) return;
    const [head] = this.geometry.edges(block, start, end);
    for (const piece of this.geometry.pieces(block, start, end)) {
      const height = piece.bottom - piece.top + 2 * ROOM;
      const bar = { x: (head?.x ?? piece.x) - BAR / 2, y: piece.top - ROOM, width: BAR, height };
      const box = { x: piece.x - ROOM, y: piece.top - ROOM, rx: CORNER, width: piece.width + 2 * ROOM, height };
      const shape = thin ? { class: "mark-bar", ...bar } : { class: "mark-cursor", ...box };
      this.#drawing(block).append(makeSvg("rect", shape));
      if (thin) return;
    }
  }

  /** @param {number} block */
  #drawing(block) {
    let drawing = this.drawings.get(block);
    if (!drawing) {
      drawing = makeSvg("svg", { class: "marks", "aria-hidden": "true" });
      this.drawings.set(block, drawing);
    }
    return drawing;
  }

  /** @param {number} block */
  #isNear(block) {
    const [first, end] = this.lanes.window;
    return block >= first && block < end;
  }

  /**
   * Where fragments are on the page, as far as they are near the reader.
   *
   * @param {Fragment[]} fragments
   */
  #piecesNear(fragments) {
    const { blockStarts, blockEnds } = this.view.text;
    const [first, end] = this.lanes.window;
    /** @type {{block: number, piece: Piece}[]} */
    const found = [];
    for (const [from, to] of fragments) {
      const begin = Math.max(first, blockAt(this.view.text, from));
      for (let block = begin; block < end && blockStarts[block] < to; block++) {
        const [start, stop] = [Math.max(from, blockStarts[block]), Math.min(to, blockEnds[block])];
        if (start >= stop) continue;
        for (const piece of this.geometry.pieces(block, start, stop)) found.push({ block, piece });
      }
    }
    return found;
  }

  /**
   * @param {EditorState} state
   * @param {Span|undefined} selected
   */
  #drawCurves(state, selected) {
    this.curves.replaceChildren();
    if (!selected || state.relations.of(selected.id).length === 0) {
      this.curves.remove();
      return;
    }
    const origin = this.view.root.getBoundingClientRect();
    for (const [index, relation] of state.relations.of(selected.id).entries()) {
      const [from, to] = [relation.from, relation.to].map((id) => this.#anchor(state.spans.get(id), origin));
      const name = state.schema.relations.get(relation.label)?.name ?? relation.label;
      if (from && to) this.curves.append(curve(from, to, name, index));
    }
    this.view.root.append(this.curves);
  }

  /**
   * The middle of the top of a span's first line, from the corner of the text; null when it is far from the reader.
   *
   * @param {Span|undefined} span
   * @param {DOMRect} origin
   * @returns {Point|null}
   */
  #anchor(span, origin) {
    const start = span ? blockAt(this.view.text, span.fragments[0][0]) : -1;
    if (!span || !this.#isNear(start)) return null;
    const first = this.#piecesNear(span.fragments.slice(0, 1))[0];
    if (!first || first.block !== start) return null;
    const box = this.view.blocks[start].getBoundingClientRect();
    const { piece } = first;
    return { x: box.left - origin.left + piece.x + piece.width / 2, y: box.top - origin.top + piece.top };
  }
}

/**
 * An arrow from one point to another, rising above both, with the relation's name in the middle.
 *
 * @param {Point} from
 * @param {Point} to
 * @param {string} name
 * @param {number} index among the curves; each rises above the one before, so that names do not cover each other
 */
function curve(from, to, name, index) {
  const rise = RISE * (1 + Math.min(index, 4) * 0.75) + Math.min(24, Math.abs(to.x - from.x) / 16);
  const top = [from.y - rise, to.y - rise];
  const line = `M${from.x} ${from.y}C${from.x} ${top[0]} ${to.x} ${top[1]} ${to.x} ${to.y - 2}`;
  const head = `M${to.x - 4} ${to.y - 8}L${to.x} ${to.y - 2}L${to.x + 4} ${to.y - 8}`;
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 8 + (3 * (top[0] + top[1])) / 8 };
  return makeSvg("g", {},
    makeSvg("path", { class: "curve-line", d: line }),
    makeSvg("path", { class: "curve-line", d: head }),
    makeSvg("text", { class: "curve-name", x: middle.x, y: middle.y + 4, "text-anchor": "middle" }, name));
}
