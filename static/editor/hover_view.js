/** Which spans the pointer is over, in the browser's own tooltip: label and attributes, innermost first. */

import { labelOf } from "./schema.js";

/**
 * @typedef {import("./types.js").EditorState} EditorState
 * @typedef {import("./types.js").Span} Span
 * @typedef {{root: HTMLElement, state: () => EditorState, geometry: import("./geometry_view.js").Geometry,
 *   lanes: import("./lanes_view.js").LanesView}} Parts
 */

/** Browsers show a tooltip when the pointer has rested for longer than this: until then nothing need be known. */
const REST_MILLISECONDS = 80;

export class HoverView {
  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = parts;
    this.point = { x: 0, y: 0 };
    this.timer = 0;
  }

  listen() {
    const { root } = this.parts;
    root.addEventListener("pointermove", (event) => {
      if (event.pointerType === "touch" || event.buttons !== 0) return;
      this.point = { x: event.clientX, y: event.clientY };
      this.#rest();
    }, { passive: true });
    root.addEventListener("pointerleave", () => clearTimeout(this.timer));
  }

  /** Look once the pointer rests: a pointer on its way asks for nothing. */
  #rest() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.#show(this.#under(this.point.x, this.point.y)), REST_MILLISECONDS);
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
    const { root, state } = this.parts;
    const words = spans.map((span) => wordsFor(state(), span)).join("\n");
    if (root.title !== words) root.title = words;
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
