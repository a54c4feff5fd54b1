/** Highlights in the text: the token cursor, outlines of selected spans, numbers of targets, curves of relations. */

import { blockAt } from "../../model/text/document.js";
import { makeSvg } from "../elements.js";
import { BlockDrawings } from "./drawing.js";


/**
 * @typedef {import("../../model/types.js").EditorState} EditorState
 * @typedef {import("../../model/types.js").Span} Span
 * @typedef {import("../../model/types.js").Fragment} Fragment
 * @typedef {import("./text.js").TextView} TextView
 * @typedef {import("./geometry.js").TextGeometry} TextGeometry
 * @typedef {import("./span_painter.js").SpanPainter} SpanPainter
 * @typedef {import("./geometry.js").Piece} Piece
 * @typedef {import("./drawing.js").Shape} Shape
 * @typedef {{x: number, y: number}} Point
 * @typedef {{shapes: Map<number, Shape[]>, curves: SVGElement[]}} Plan shapes by block; curves are above all of them
 * @typedef {{candidate: string|null, numbered: Span[]}} Offered spans offered as the target of a relation
 */

/** The space around the characters of an outlined stretch. */
const ROOM = 1.5;
const CORNER = 3;
const BAR = 3;
/** The distance between the end of a curve and its name. */
const GAP = 6;
/** The least height of a curve above the line of text. */
const RISE = 16;
/** The width to reserve for a character of a relation’s name, in the widest fonts. */
const CHARACTER = 8;
const HANDLE = 4.5;
/** The size of the box of a number. */
const NUMBER = 17;

export class HighlightsView {
  /**
   * @param {TextView} view
   * @param {TextGeometry} geometry
   * @param {SpanPainter} painter
   */
  constructor(view, geometry, painter) {
    this.view = view;
    this.geometry = geometry;
    this.painter = painter;
    this.drawings = new BlockDrawings("marks", view);
    this.curves = makeSvg("svg", { class: "curves", "aria-hidden": "true" });
    /** The shapes being planned, by block. @type {Map<number, Shape[]>} */
    this.shapes = new Map();
  }

  /** @param {EditorState} state @param {Offered} offered */
  update(state, offered) {
    this.show(this.plan(state, offered));
  }

  /**
   * Measure the highlights. The page is not changed yet, so that the browser lays out only once.
   *
   * @param {EditorState} state
   * @param {Offered} offered
   * @returns {Plan}
   */
  plan(state, { candidate, numbered }) {
    this.shapes = new Map();
    const selected = state.selectedId === null ? undefined : state.spans.get(state.selectedId);
    const offered = candidate === null ? undefined : state.spans.get(candidate);
    for (const id of state.selectedIds) this.#outline(/** @type {Span} */ (state.spans.get(id)), "mark-multiple");
    if (selected) this.#outline(selected, "mark-selected");
    if (selected && state.editable && state.selectedIds.size === 0) this.#handles(selected);
    if (offered) this.#outline(offered, "mark-candidate");
    if (!state.selection) this.#cursor(state, selected !== undefined);
    this.#numbers(numbered);
    return { shapes: this.shapes, curves: this.#planCurves(state, selected) };
  }

  /** Draw as planned. @param {Plan} plan */
  show({ shapes, curves }) {
    this.drawings.show(shapes);
    this.curves.replaceChildren(...curves);
    if (curves.length === 0) this.curves.remove();
    else this.view.root.append(this.curves);
  }

  /**
   * @param {number} block
   * @param {Shape["name"]} name
   * @param {{class: string} & Shape["attributes"]} attributes
   * @param {{key?: string, children?: SVGElement[]}} [more] a shape keeps its element under the same key
   */
  #add(block, name, attributes, { key = attributes.class, children = [] } = {}) {
    let shapes = this.shapes.get(block);
    if (!shapes) this.shapes.set(block, (shapes = []));
    const alike = shapes.filter((shape) => shape.key.startsWith(`${key} `)).length;
    shapes.push({ key: `${key} ${alike}`, name, attributes, children });
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
      this.#add(block, "rect", { class: kind, ...box });
    }
  }

  /**
   * @param {EditorState} state
   * @param {boolean} thin whether to draw a bar before the token, because a box surrounds the span already
   */
  #cursor({ document: text, cursor }, thin) {
    const [start, end] = [text.tokenStarts[cursor.focus], text.tokenEnds[cursor.focus]];
    if (start === undefined || end === undefined) return;
    const block = blockAt(text, start);
    if (!this.#isNear(block)) return;
    const [head] = this.geometry.boundaries(block, start, end);
    for (const piece of this.geometry.pieces(block, start, end)) {
      const height = piece.bottom - piece.top + 2 * ROOM;
      const bar = { x: (head?.x ?? piece.x) - BAR / 2, y: piece.top - ROOM, rx: 0, width: BAR, height };
      const box = { x: piece.x - ROOM, y: piece.top - ROOM, rx: CORNER, width: piece.width + 2 * ROOM, height };
      const shape = thin ? { class: "mark-bar", ...bar } : { class: "mark-cursor", ...box };
      this.#add(block, "rect", shape, { key: "cursor" });
      if (thin) return;
    }
  }

  /** Plan the handles that drag the boundaries of the selected span. @param {Span} span */
  #handles({ fragments }) {
    const last = fragments[fragments.length - 1];
    for (const side of /** @type {const} */ (["start", "end"])) {
      const [from, to] = side === "start" ? fragments[0] : last;
      const block = blockAt(this.view.text, side === "start" ? from : to - 1);
      if (!this.#isNear(block)) continue;
      const stretch = /** @type {const} */ ([Math.max(from, this.view.text.blockStarts[block]),
        Math.min(to, this.view.text.blockEnds[block])]);
      const pieces = this.geometry.pieces(block, ...stretch);
      const point = this.geometry.boundaries(block, ...stretch)[side === "start" ? 0 : 1];
      const piece = pieces.find(({ line }) => line === point?.line);
      if (!point || !piece) continue;
      this.#add(block, "circle", { class: "mark-handle", "data-boundary": side, r: HANDLE, cx: point.x,
        cy: piece.bottom + HANDLE });
    }
  }

  /** Plan numbers at the starts of spans, side by side where several start. @param {Span[]} spans */
  #numbers(spans) {
    /** @type {Set<string>} */
    const taken = new Set();
    spans.forEach((span, index) => {
      const first = this.#piecesNear(span.fragments.slice(0, 1))[0];
      if (!first) return;
      const y = Math.round(first.piece.top) - NUMBER / 2;
      let x = Math.max(0, Math.round(first.piece.x) - NUMBER / 2);
      while (taken.has(`${first.block} ${x} ${y}`)) x += NUMBER + 1;
      taken.add(`${first.block} ${x} ${y}`);
      const children = [makeSvg("rect", { x, y, width: NUMBER, height: NUMBER, rx: CORNER }),
        makeSvg("text", { x: x + NUMBER / 2, y: y + NUMBER - 4.5, "text-anchor": "middle" }, String(index + 1))];
      this.#add(first.block, "g", { class: "mark-number" }, { key: `${index} ${x} ${y}`, children });
    });
  }

  /** @param {number} block */
  #isNear(block) {
    const [first, end] = this.painter.window;
    return block >= first && block < end;
  }

  /**
   * Return the boxes of fragments near the visible text.
   *
   * @param {Fragment[]} fragments
   */
  #piecesNear(fragments) {
    const { blockStarts, blockEnds } = this.view.text;
    const [first, end] = this.painter.window;
    /** @type {{block: number, piece: Piece}[]} */
    const pieces = [];
    for (const [from, to] of fragments) {
      const begin = Math.max(first, blockAt(this.view.text, from));
      for (let block = begin; block < end && blockStarts[block] < to; block++) {
        const [start, stop] = [Math.max(from, blockStarts[block]), Math.min(to, blockEnds[block])];
        if (start >= stop) continue;
        for (const piece of this.geometry.pieces(block, start, stop)) pieces.push({ block, piece });
      }
    }
    return pieces;
  }

  /**
   * @param {EditorState} state
   * @param {Span|undefined} selected
   * @returns {SVGElement[]}
   */
  #planCurves(state, selected) {
    const relations = selected ? state.relations.of(selected.id) : [];
    if (!selected || relations.length === 0) return [];
    const origin = this.view.root.getBoundingClientRect();
    /** @type {Map<string, {name: string, count: number, end: Point, isLeft: boolean}>} */
    const bundles = new Map();
    const curves = relations.flatMap((relation, index) => {
      const [from, to] = [relation.from, relation.to].map((id) => this.#anchor(state.spans.get(id), origin));
      if (!from || !to) return [];
      const outward = relation.from === selected.id;
      const name = state.schema.relations.get(relation.label)?.name ?? relation.label;
      const bundle = bundles.get(`${relation.label} ${outward}`) 
        ?? { name, count: 0, end: outward ? from : to, isLeft: outward ? to.x < from.x : from.x < to.x };
      bundle.count += 1;
      bundles.set(`${relation.label} ${outward}`, bundle);
      return curve(from, to, index);
    });
    return [...curves, ...words([...bundles.values()], origin.width)];
  }

  /**
   * Return the middle of the top of a span's first line, from the corner of the text; null when it is far from the
   * visible text.
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
    const { piece } = first;
    const box = this.view.blocks[start].getBoundingClientRect();
    return { x: box.left - origin.left + piece.x + piece.width / 2, y: box.top - origin.top + piece.top };
  }
}

/**
 * Return an arrow from one point to another, rising above both.
 *
 * @param {Point} from
 * @param {Point} to
 * @param {number} index among the curves; each rises above the one before
 */
function curve(from, to, index) {
  const rise = RISE * (1 + Math.min(index, 4) * 0.75) + Math.min(24, Math.abs(to.x - from.x) / 16);
  const line = `M${from.x} ${from.y}C${from.x} ${from.y - rise} ${to.x} ${to.y - rise} ${to.x} ${to.y - 2}`;
  const head = `M${to.x - 4} ${to.y - 8}L${to.x} ${to.y - 2}L${to.x + 4} ${to.y - 8}`;
  return [line, head].map((d) => makeSvg("path", { class: "curve-line", d }));
}

/**
 * Return one name for all curves of a kind, at the selected span, on the side to which they lead, between the lines.
 *
 * @param {{name: string, count: number, end: Point, isLeft: boolean}[]} bundles
 * @param {number} width of the column
 */
function words(bundles, width) {
  const taken = { left: GAP, right: GAP };
  return bundles.map(({ name, count, end, isLeft }) => {
    const text = count > 1 ? `${name} × ${count}` : name;
    const length = text.length * CHARACTER + 2 * CORNER;
    const side = isLeft && end.x - taken.left - length >= 0 ? "left" : "right";
    const x = side === "left" ? end.x - taken.left - length : Math.min(end.x + taken.right, width - length);
    taken[side] += length + GAP;
    return makeSvg("text", { class: "curve-name", x: Math.max(0, x), y: end.y - 4 }, text);
  });
}
