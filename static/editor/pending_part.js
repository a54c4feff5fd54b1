/** A further part of a span by two clicks, on its first and last word: for those who cannot drag or hold a key. */

import { addFragment } from "./boundary_commands.js";
import { placeCursor } from "./cursor_commands.js";

/**
 * @typedef {import("./types.js").EditorState} EditorState
 * @typedef {import("./state.js").Store} Store
 */

export class PendingPart {
  constructor() {
    /** @type {string|null} */
    this.spanId = null;
    this.hasFirst = false;
  }

  /** Whether the next clicks mean a part of the span that is selected. @param {EditorState} state */
  isOf({ selectedId }) {
    return this.spanId !== null && this.spanId === selectedId;
  }

  /** Begin with the selected span, or give it up. @param {Store} store */
  toggle({ state, dispatch }) {
    const begins = !this.isOf(state) && state.selectedId !== null;
    this.end();
    if (begins) this.spanId = state.selectedId;
    dispatch({ userEvent: "part.mode", selection: null,
      announce: begins ? "Click the first word of the part, then the last one." : "Clicks as usual." });
  }

  end() {
    this.spanId = null;
    this.hasFirst = false;
  }

  /**
   * Take a click in the text.
   *
   * @param {Store} store
   * @param {number|null} offset
   * @returns {boolean} whether it was meant for the part
   */
  click(store, offset) {
    if (!this.isOf(store.state)) {
      this.end();
      return false;
    }
    if (offset === null) return true;
    const isLast = this.hasFirst;
    if (isLast) this.end();
    else this.hasFirst = true;
    placeCursor(offset, isLast)(store.state, store.dispatch);
    if (isLast) addFragment(store.state, store.dispatch);
    return true;
  }
}
