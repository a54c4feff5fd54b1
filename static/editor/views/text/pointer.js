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
  }

  listen() {
    const { root } = this.view;
    root.addEventListener("pointerdown", (event) => this.#begin(event), { capture: true });
    root.addEventListener("mousedown", (event) => {
      if (this.drag) event.preventDefault(); // prevents the selection of the browser
    }, { capture: true });
    const options = { capture: true, signal: this.signal };
    document.addEventListener("pointermove", (event) => this.#move(event), options);
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

/** Browsers show a tooltip after the pointer has rested for longer than this; the spans are looked up only then. */
const REST_MILLISECONDS = 80;
/** Measuring takes longer than the rest of a look-up: a block is measured again after this time, or after scrolling. */
const MEASURED_MILLISECONDS = 2_000;

export class TooltipView {
  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = parts;
    /** The last move of the pointer, while it has not been looked up. @type {PointerEvent|null} */
    this.moved = null;
    this.timer = 0;
    this.words = "";
    /** Where the block under the pointer is, and until when that counts. */
    this.measured = { block: -1, left: 0, top: 0, until: 0 };
  }

  listen() {
    const { root, signal } = this.parts;
    document.addEventListener("scroll", () => { this.measured.until = 0; }, { capture: true, passive: true, signal });
    root.addEventListener("pointermove", (event) => {
      if (event.pointerType === "touch" || event.buttons !== 0) return;
      this.moved = event;
      this.timer ||= window.setTimeout(this.#look, REST_MILLISECONDS);
    }, { passive: true });
    root.addEventListener("pointerleave", () => { this.moved = null; });
  }

  /** Look the spans up if the pointer rests, else wait again: one timer for each move would cost more than the rest. */
  #look = () => {
    this.timer = 0;
    const { moved } = this;
    if (!moved) return;
    const left = moved.timeStamp + REST_MILLISECONDS - performance.now();
    if (left > 1) {
      this.timer = window.setTimeout(this.#look, left);
    } else {
      this.moved = null;
      this.#show(this.#under(moved));
    }
  };

  /**
   * Return the span whose line is under the pointer, or else those whose words are, innermost first.
   *
   * @param {PointerEvent} event
   */
  #under({ clientX, clientY, target }) {
    const { view, painter, state } = this.parts;
    const { spans } = state();
    const block = target instanceof Node ? view.blockOf(target) : -1;
    const { line, words } = painter.spansAt(block, clientX, clientY, () => this.#measure(block));
    const under = (line === null ? words : [line]).flatMap((id) => spans.get(id) ?? []);
    return under.length > 1 ? spans.innermostFirst(under) : under;
  }

  /** @param {number} block */
  #measure(block) {
    const now = performance.now();
    if (block !== this.measured.block || now > this.measured.until) {
      const { left, top } = this.parts.view.blocks[block].getBoundingClientRect();
      this.measured = { block, left, top, until: now + MEASURED_MILLISECONDS };
    }
    return this.measured;
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
