/** Dragging an end of the selected span to another word, by mouse, pen or finger. */

import { moveEdge } from "../../commands/boundaries.js";
import { labelOf } from "../../model/schema.js";


/**
 * @typedef {import("../../model/state.js").Store} Store
 * @typedef {import("./text.js").TextView} TextView
 * @typedef {import("./geometry.js").Geometry} Geometry
 * @typedef {{edge: "start"|"end", offset: number|null}} Drag
 */

/** The handle hangs below the line; the text that is meant is above the finger. */
const ABOVE = 18;

export class ResizeView {
  /** @param {{view: TextView, geometry: Geometry, store: Store}} parts */
  constructor({ view, geometry, store }) {
    this.view = view;
    this.geometry = geometry;
    this.store = store;
    /** @type {Drag|null} */
    this.drag = null;
  }

  listen() {
    const { root } = this.view;
    root.addEventListener("pointerdown", (event) => this.#begin(event), { capture: true });
    root.addEventListener("mousedown", (event) => {
      if (this.drag) event.preventDefault(); // no selection of the browser's own
    }, { capture: true });
    document.addEventListener("pointermove", (event) => this.#move(event));
    document.addEventListener("pointerup", () => this.#end(true), { capture: true });
    document.addEventListener("pointercancel", () => this.#end(false), { capture: true });
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    const handle = event.target instanceof Element ? event.target.closest(".mark-handle") : null;
    if (!handle || event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.drag = { edge: handle.getAttribute("data-edge") === "start" ? "start" : "end", offset: null };
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.drag) return;
    const offset = this.geometry.nearestOffset(event.clientX, event.clientY - ABOVE);
    if (offset === null) return;
    this.drag.offset = offset;
    const { state } = this.store;
    moveEdge(this.drag.edge, offset, true)(state, this.store.dispatch);
  }

  /** @param {boolean} done */
  #end(done) {
    const { drag } = this;
    if (!drag) return;
    this.drag = null;
    const { state, dispatch } = this.store;
    dispatch({ selection: null, userEvent: "select.none" });
    if (done && drag.offset !== null) moveEdge(drag.edge, drag.offset)(state, dispatch);
  }
}

/** Which spans the pointer is over, in the browser's own tooltip: label and attributes, innermost first. */


/**
 * @typedef {import("../../model/types.js").EditorState} EditorState
 * @typedef {import("../../model/types.js").Span} Span
 * @typedef {{root: HTMLElement, state: () => EditorState, geometry: import("./geometry.js").Geometry,
 *   lanes: import("./spans.js").LanesView}} Parts
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
