/** Which spans the pointer is over, in the browser's own tooltip: label and attributes, innermost first. */

import { labelOf } from "./schema.js";

/**
 * @typedef {import("./types.js").EditorState} EditorState
 * @typedef {import("./types.js").Span} Span
 * @typedef {{root: HTMLElement, state: () => EditorState, geometry: import("./geometry_view.js").Geometry,
 *   lanes: import("./lanes_view.js").LanesView}} Parts
 */

export class HoverView {
  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = parts;
    this.shown = "";
  }

  listen() {
    const { root } = this.parts;
    root.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "touch" && event.buttons === 0) this.#show(this.#under(event.clientX, event.clientY));
    }, { passive: true });
    root.addEventListener("pointerleave", () => this.#show([]));
  }

  /**
   * The span whose line is at a point, else those that cover its character.
   *
   * @param {number} x viewport pixels
   * @param {number} y
   */
  #under(x, y) {
    const { geometry, lanes, state } = this.parts;
    const { spans } = state();
    const { block, character } = geometry.placeAt(x, y);
    const line = lanes.spanAt(block, x, y);
    const span = line === null ? undefined : spans.get(line);
    if (span) return [span];
    return character === null ? [] : spans.at(character);
  }

  /** @param {Span[]} spans */
  #show(spans) {
    const words = spans.map((span) => wordsFor(this.parts.state(), span)).join("\n");
    if (words === this.shown) return;
    this.shown = words;
    this.parts.root.title = words;
  }
}

/**
 * @param {EditorState} state
 * @param {Span} span
 */
function wordsFor({ schema }, { label: id, attributes, note }) {
  const label = labelOf(schema, id);
  const values = label.attributes.map(({ id: attribute, choices }) => {
    const value = attributes[attribute] ?? "";
    return choices.find((choice) => choice.id === value)?.name ?? value;
  });
  const said = [...values, note].filter(Boolean).join(", ");
  return said ? `${label.name}: ${said}` : label.name;
}
