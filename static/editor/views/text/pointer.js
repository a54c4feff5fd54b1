/** Dragging the boundaries of the selected span, and the tooltip of the spans under the pointer. */

import { moveBoundary } from "../../commands/boundaries.js";
import { labelOf } from "../../model/schema.js";


/**
 * @typedef {import("../../model/state.js").Store} Store
 * @typedef {import("./text.js").TextView} TextView
 * @typedef {import("./geometry.js").TextGeometry} TextGeometry
 * @typedef {{side: "start"|"end", offset: number|null}} Drag
 */

/** The handle is below the line; the pointer drags to the text this far above it. */
const ABOVE = 18;

export class BoundaryHandlesView {
  /** @param {{view: TextView, geometry: TextGeometry, store: Store, signal: AbortSignal}} parts */
  constructor({ view, geometry, store, signal }) {
    this.signal = signal;
    this.view = view;
    this.geometry = geometry;
    this.store = store;
    /** @type {Drag|null} */
    this.drag = null;
    this.move = (/** @type {PointerEvent} */ event) => this.#move(event);
  }

  listen() {
    const { root } = this.view;
    root.addEventListener("pointerdown", (event) => this.#begin(event), { capture: true });
    root.addEventListener("mousedown", (event) => {
      if (this.drag) event.preventDefault(); // prevents the selection of the browser
    }, { capture: true });
    const options = { capture: true, signal: this.signal };
    document.addEventListener("pointerup", () => this.#end(true), options);
    document.addEventListener("pointercancel", () => this.#end(false), options);
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    const handle = event.target instanceof Element ? event.target.closest(".mark-handle") : null;
    if (!handle || event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.drag = { side: handle.getAttribute("data-boundary") === "start" ? "start" : "end", offset: null };
    document.addEventListener("pointermove", this.move, { capture: true, signal: this.signal });
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.drag) return;
    const offset = this.geometry.nearestOffset(event.clientX, event.clientY - ABOVE);
    if (offset === null) return;
    this.drag.offset = offset;
    const { state } = this.store;
    moveBoundary(this.drag.side, offset, true)(state, this.store.dispatch);
  }

  /** @param {boolean} done */
  #end(done) {
    const { drag } = this;
    if (!drag) return;
    this.drag = null;
    document.removeEventListener("pointermove", this.move, { capture: true });
    const { state, dispatch } = this.store;
    dispatch({ selection: null, userEvent: "select.none" });
    if (done && drag.offset !== null) moveBoundary(drag.side, drag.offset)(state, dispatch);
  }
}

/** Shows the spans under the pointer in the tooltip of the browser: label and attributes, innermost first. */


/**
 * @typedef {import("../../model/types.js").EditorState} EditorState
 * @typedef {import("../../model/types.js").Span} Span
 * @typedef {{view: TextView, root: HTMLElement, state: () => EditorState,
 *   painter: import("./span_painter.js").SpanPainter, signal: AbortSignal}} Parts
 */

export class TooltipView {
  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = parts;
    this.words = "";
  }

  listen() {
    this.parts.root.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "touch" && event.buttons === 0) this.#show(this.#under(event));
    }, { passive: true });
  }

  /**
   * Return the span whose line is under the pointer, or else those whose words are, innermost first.
   *
   * @param {PointerEvent} event
   */
  #under({ offsetX, offsetY, target }) {
    const { view, painter, state } = this.parts;
    const { spans } = state();
    const block = target instanceof Node ? view.blockOf(target) : -1;
    const { line, words } = painter.spansAt(block, offsetX, offsetY);
    const under = (line === null ? words : [line]).flatMap((id) => spans.get(id) ?? []);
    return under.length > 1 ? spans.innermostFirst(under) : under;
  }

  /** @param {Span[]} spans */
  #show(spans) {
    const { root, state } = this.parts;
    const words = spans.map((span) => tooltipOf(state(), span)).join("\n");
    if (this.words === words) return;
    this.words = words;
    root.title = words;
  }
}

/**
 * @param {EditorState} state
 * @param {Span} span
 */
function tooltipOf({ schema }, { label: id, attributes, note }) {
  const label = labelOf(schema, id);
  const values = label.attributes.map(({ id: attribute, choices }) => {
    const value = attributes[attribute] ?? "";
    return choices.find((choice) => choice.id === value)?.name ?? value;
  });
  const details = [...values, note].filter(Boolean).join(", ");
  return details ? `${label.name}: ${details}` : label.name;
}
