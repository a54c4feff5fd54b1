/** Turns pointer events and the browser's selection into transactions, and shows the pending selection. */

import { gettext } from "../../../pages/text.js";
import { addFragment } from "../../commands/boundaries.js";
import { placeCursor, selectText } from "../../commands/cursor.js";
import { blockAt, nearestToken, snap, tokenAt } from "../../model/text/document.js";


/**
 * @typedef {import("../../model/types.js").EditorState} EditorState
 * @typedef {import("../../model/state.js").Store} Store
 * @typedef {import("./text.js").TextView} TextView
 * @typedef {import("./geometry.js").TextGeometry} TextGeometry
 * @typedef {import("./span_painter.js").SpanPainter} SpanPainter
 * @typedef {{x: number, y: number, shift: boolean, add: boolean}} Click `add`: with Control or Command
 */

/** How long a selection made by touch must stay unchanged before it counts. */
const TOUCH_MILLISECONDS = 200;

export class TextSelection {
  /**
   * @param {{view: TextView, geometry: TextGeometry, painter: SpanPainter, store: Store, signal: AbortSignal,
   *   offer: (spanIds: string[], add: boolean) => boolean}} parts `offer` may take a click on
   *   spans first
   */
  constructor({ view, geometry, painter, store, signal, offer }) {
    this.signal = signal;
    this.view = view;
    this.geometry = geometry;
    this.painter = painter;
    this.store = store;
    this.offer = offer;
    this.isDown = false;
    /** Whether the next click extends the selection, as one with Shift does. */
    this.isExtending = false;
    /** The fragment of a span that is being added by clicks. */
    this.fragment = new PendingFragment();
    /** Where in the text the pointer was pressed. @type {number|null} */
    this.pressed = null;
    /** Where the pointer was released, until that is handled. @type {Click|null} */
    this.released = null;
    /** Whether the pending selection was made by mouse, pen or finger. */
    this.byPointer = false;
    /** Whether the current transaction comes from the pointer. */
    this.isClicking = false;
    /** Whether the browser's selection has changed since it was read; reading it costs a layout. */
    this.isNativeNew = true;
    this.timer = 0;
  }

  listen() {
    const { root } = this.view;
    root.addEventListener("mousedown", (event) => this.#press(event));
    root.addEventListener("pointerdown", (event) => {
      this.settle(); // else this press would replace a click that waits for its turn
      this.isDown = event.pointerType !== "touch" && event.button === 0;
      this.pressed = this.geometry.nearestOffset(event.clientX, event.clientY);
    });
    const { signal } = this;
    document.addEventListener("pointerup", (event) => {
      if (!this.isDown) return;
      this.isDown = false;
      this.released = clickOf(event);
      // The browser collapses or finishes its selection after this event.
      window.setTimeout(() => this.settle());
    }, { signal });
    root.addEventListener("click", (event) => {
      if (event instanceof PointerEvent && event.pointerType === "touch") this.#tap(event);
    });
    document.addEventListener("pointercancel", () => {
      this.isDown = false;
    }, { signal });
    document.addEventListener("selectionchange", () => this.#notice(), { signal });
  }

  /**
   * Let Shift+click extend the selection from the cursor, not from the browser's last click. Without Shift, let go of
   * the browser's selection first: else the browser would drag the selected words instead of selecting others.
   *
   * @param {MouseEvent} event
   */
  #press(event) {
    if (event.button !== 0) return;
    if (!event.shiftKey && this.isDown && event.detail === 1) document.getSelection()?.removeAllRanges();
    if (!event.shiftKey) return;
    event.preventDefault();
    this.view.root.focus({ preventScroll: true });
  }

  /** Handle what the pointer did, before a key that is pressed right after it. */
  settle() {
    const click = this.released;
    if (!click) return;
    this.released = null;
    const range = this.#draggedOut(click.x, click.y) ?? this.#nativeRange();
    if (click.shift || !range) this.click(click);
    else this.#adopt(range, click.add);
  }

  /** @param {PointerEvent} event */
  #tap(event) {
    if (!this.#nativeRange()) this.click(clickOf(event));
  }

  #notice() {
    this.isNativeNew = true;
    clearTimeout(this.timer);
    if (this.isDown) return;
    this.timer = window.setTimeout(() => {
      const { state } = this.store;
      const range = this.#nativeRange();
      if (!range || this.isDown) return;
      const snapped = snap(state.document, ...range);
      const isNew = snapped?.start !== state.selection?.start || snapped?.end !== state.selection?.end;
      if (snapped && isNew) this.#adopt(range);
    }, TOUCH_MILLISECONDS);
  }

  /**
   * Return the browser's selection in document offsets, from its anchor to its focus; null when empty or elsewhere.
   *
   * @returns {[number, number]|null}
   */
  #nativeRange() {
    const native = document.getSelection();
    if (!native || native.isCollapsed || !native.anchorNode || !native.focusNode) return null;
    if (!this.view.pane.contains(native.anchorNode) || !this.view.pane.contains(native.focusNode)) {
      if (!this.view.root.contains(native.anchorNode)) return null;
    }
    const from = this.view.offsetOf(native.anchorNode, native.anchorOffset);
    const to = this.view.offsetOf(native.focusNode, native.focusOffset);
    return from === to ? null : [from, to];
  }

  /**
   * Return what was dragged over, up to the visible text nearest to a point beside it: there, browsers select all that
   * comes before or after the text, or nothing.
   *
   * @param {number} x
   * @param {number} y
   * @returns {[number, number]|null} null in the pane of the text
   */
  #draggedOut(x, y) {
    const [seen, text] = [this.view.pane, this.view.root].map((element) => element.getBoundingClientRect());
    if (between(seen.left, x, seen.right) === x && between(seen.top, y, seen.bottom) === y) return null;
    const to = this.geometry.nearestOffset(between(text.left, x, text.right),
      between(Math.max(seen.top, text.top), y, Math.min(seen.bottom, text.bottom)));
    return to === null || this.pressed === null || to === this.pressed ? null : [this.pressed, to];
  }

  /** @param {[number, number]} range @param {boolean} [add] as a further fragment of the selected span */
  #adopt(range, add = false) {
    this.#asPointer(() => {
      const { state, dispatch } = this.store;
      if (selectText(...range)(state, dispatch)) {
        if (add || this.fragment.isOf(state)) addFragment(this.store.state, dispatch);
        this.fragment.end();
        return;
      }
      document.getSelection()?.removeAllRanges();
      this.fragment.end();
    });
  }

  /** Mark transactions as made by the pointer: they are visible already and get the popover. @param {() => void} act */
  #asPointer(act) {
    this.byPointer = true;
    this.isClicking = true;
    act();
    this.isClicking = false;
  }

  /**
   * Handle a click: on a line, select its span; on a word, put the cursor there and select the innermost span, on
   * further clicks the next one outwards.
   *
   * @param {Click} click
   */
  click({ x, y, shift: held, add }) {
    const { state, dispatch } = this.store;
    const shift = held || this.isExtending;
    this.isExtending = false;
    const near = this.geometry.nearestOffset(x, y);
    const point = this.geometry.characterAt(x, y);
    const origin = (this.view.blocks[point.block] ?? this.view.root).getBoundingClientRect();
    const line = shift ? null : this.painter.spansAt(point.block, x - origin.left, y - origin.top).line;
    const character = line === null ? point.character : null;
    const under = character === null ? [] : state.spans.at(character).map((span) => span.id);
    this.#asPointer(() => {
      if (this.fragment.click(this.store, character ?? near)) return;
      // The clicked word, since the caret nearest to the click may belong to the next word.
      if (shift && near !== null) placeCursor(character ?? near, true)(state, dispatch);
      else if (this.offer(line === null ? under : [line], add)) return;
      else if (line !== null) this.#select(line);
      else if (character !== null) this.#cycle(character, under);
      else if (near !== null) placeCursor(near)(state, (transaction) => dispatch({ ...transaction, selectedId: null }));
    });
  }

  /** @param {string} id */
  #select(id) {
    const { state, dispatch } = this.store;
    const token = nearestToken(state.document, state.spans.get(id)?.fragments[0][0] ?? 0);
    dispatch({ selectedId: id, selection: null, cursor: { anchor: token, focus: token }, userEvent: "select.span" });
  }

  /**
   * @param {number} offset of the character clicked
   * @param {string[]} under ids of the spans there, innermost first
   */
  #cycle(offset, under) {
    const { state, dispatch } = this.store;
    const token = nearestToken(state.document, offset);
    const here = tokenAt(state.document, offset) === state.cursor.focus || tokenAt(state.document, offset) < 0;
    const index = state.selectedId !== null && here && !state.selection ? under.indexOf(state.selectedId) : -1;
    const selectedId = under[index + 1] ?? null;
    const cursor = { anchor: token, focus: token, hasMoved: selectedId === null };
    dispatch({ selectedId, selection: null, cursor, userEvent: selectedId === null ? "move.cursor" : "select.span" });
  }

  /**
   * Show the pending selection as the browser's selection, for copying and assistive technology.
   *
   * @param {EditorState} state
   */
  show(state) {
    if (!state.selection) this.byPointer = false;
    if (this.isDown || (!state.selection && !this.isNativeNew)) return;
    const native = document.getSelection();
    if (!native) return;
    this.isNativeNew = state.selection !== null;
    if (!state.selection) {
      const inText = native.anchorNode !== null && this.view.root.contains(native.anchorNode);
      if (inText && !native.isCollapsed) native.removeAllRanges();
      return;
    }
    const { start, end } = state.selection;
    const range = this.#nativeRange();
    if (range && Math.min(...range) === start && Math.max(...range) === end) return;
    const { anchor, focus } = state.cursor;
    const from = this.#startPoint(start);
    const to = this.#endPoint(end);
    if (anchor <= focus) native.setBaseAndExtent(...from, ...to);
    else native.setBaseAndExtent(...to, ...from);
  }

  /** @param {number} offset */
  #startPoint(offset) {
    return this.view.pointOf(blockAt(this.view.text, offset), offset);
  }

  /** @param {number} offset */
  #endPoint(offset) {
    return this.view.pointOf(blockAt(this.view.text, Math.max(0, offset - 1)), offset);
  }

  /** Return the boxes of the pending selection on the page, in viewport pixels. @param {EditorState} state */
  boxes(state) {
    if (!state.selection) return [];
    const range = document.createRange();
    range.setStart(...this.#startPoint(state.selection.start));
    range.setEnd(...this.#endPoint(state.selection.end));
    return Array.from(range.getClientRects()).filter((box) => box.width > 0);
  }
}

/**
 * Return a number, or the nearest one well between two others.
 *
 * @param {number} low
 * @param {number} at
 * @param {number} high
 */
function between(low, at, high) {
  return Math.max(low + 1, Math.min(at, high - 1));
}

/** @param {PointerEvent} event @returns {Click} */
function clickOf({ clientX, clientY, shiftKey, ctrlKey, metaKey }) {
  return { x: clientX, y: clientY, shift: shiftKey, add: ctrlKey || metaKey };
}

/** Adds a fragment to a span by two clicks, on its first and last word, without dragging or holding a key. */



export class PendingFragment {
  constructor() {
    /** @type {string|null} */
    this.spanId = null;
    this.hasFirst = false;
  }

  /** Return whether clicks add a fragment to the selected span. @param {EditorState} state */
  isOf({ selectedId }) {
    return this.spanId !== null && this.spanId === selectedId;
  }

  /** Start with the selected span, or cancel. @param {Store} store */
  toggle({ state, dispatch }) {
    const starts = !this.isOf(state) && state.selectedId !== null;
    this.end();
    if (starts) this.spanId = state.selectedId;
    dispatch({ userEvent: "fragment.mode", selection: null,
      announce: starts ? gettext("Click the first word of the fragment, then the last one.")
        : gettext("Clicks select as usual.") });
  }

  end() {
    this.spanId = null;
    this.hasFirst = false;
  }

  /**
   * Take a click in the text as a word of the fragment.
   *
   * @param {Store} store
   * @param {number|null} offset
   * @returns {boolean} whether it was one
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
