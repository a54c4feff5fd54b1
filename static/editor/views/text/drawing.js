/** An SVG drawing above one block of the text. It is changed in place, so that unchanged shapes cost nothing. */

import { makeSvg, setAttributes } from "../elements.js";

/**
 * @typedef {{key: string, name: "path"|"rect"|"circle"|"g"|"text", attributes: Record<string, string|number>,
 *   children?: SVGElement[]}} Shape `key` identifies the shape; children belong to the key and never change
 */

export class Drawing {
  /** @type {Map<string, {element: SVGElement, attributes: Shape["attributes"]}>} */
  #parts = new Map();

  /** @param {string} kind class of the drawing */
  constructor(kind) {
    this.element = makeSvg("svg", { class: kind, "aria-hidden": "true" });
  }

  /** Show these shapes and no others, from back to front. @param {Shape[]} shapes */
  show(shapes) {
    const wanted = new Set(shapes.map(({ key }) => key));
    for (const [key, { element }] of this.#parts) {
      if (wanted.has(key)) continue;
      element.remove();
      this.#parts.delete(key);
    }
    const { children } = this.element;
    shapes.forEach((shape, index) => {
      const element = this.#element(shape);
      if (children[index] !== element) this.element.insertBefore(element, children[index] ?? null);
    });
  }

  /** @param {Shape} shape */
  #element({ key, name, attributes, children = [] }) {
    const known = this.#parts.get(key);
    if (!known) {
      const element = makeSvg(name, attributes, ...children);
      this.#parts.set(key, { element, attributes });
      return element;
    }
    const before = known.attributes;
    const changed = Object.entries(attributes).filter(([attribute, value]) => before[attribute] !== value);
    setAttributes(known.element, Object.fromEntries(changed));
    known.attributes = attributes;
    return known.element;
  }
}

/** The drawings of one view, one above each block of the text that has something to show. */
export class BlockDrawings {
  /** @type {Map<number, Drawing>} */
  #drawings = new Map();

  /**
   * @param {string} kind class of the drawings
   * @param {import("./text.js").TextView} view
   */
  constructor(kind, view) {
    this.kind = kind;
    this.view = view;
  }

  /** Show these shapes and no others. @param {Map<number, Shape[]>} shapes those of each block, by its number */
  show(shapes) {
    for (const [block, drawing] of this.#drawings) {
      if (shapes.has(block)) continue;
      drawing.element.remove();
      this.#drawings.delete(block);
    }
    for (const [block, wanted] of shapes) {
      let drawing = this.#drawings.get(block);
      if (!drawing) {
        drawing = new Drawing(this.kind);
        this.view.blocks[block].append(drawing.element);
        this.#drawings.set(block, drawing);
      }
      drawing.show(wanted);
    }
  }
}
