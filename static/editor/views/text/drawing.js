/** An SVG drawing above one block of the text. It is changed in place, so that unchanged shapes cost nothing. */

import { makeSvg, setAttributes } from "../elements.js";


/**
 * @typedef {{key: string, name: "path"|"rect"|"circle"|"g", attributes: Record<string, string|number>,
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
