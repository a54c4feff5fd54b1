/** Dragging an end of the selected span to another word, by mouse, pen or finger. */

import { moveEdge } from "./edge_commands.js";

/**
 * @typedef {import("./state.js").Store} Store
 * @typedef {import("./text_view.js").TextView} TextView
 * @typedef {import("./geometry_view.js").Geometry} Geometry
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
