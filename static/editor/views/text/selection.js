/** Pointer and native selection -> transactions, and the pending selection back into the page. */

import { addFragment } from "../../commands/boundaries.js";
import { placeCursor, selectText } from "../../commands/cursor.js";
import { blockAt, nearestToken, snap, tokenAt } from "../../model/text/document.js";


/**
 * @typedef {import("../../model/types.js").EditorState} EditorState
 * @typedef {import("../../model/state.js").Store} Store
 * @typedef {import("./text.js").TextView} TextView
 * @typedef {import("./geometry.js").Geometry} Geometry
 * @typedef {import("./spans.js").LanesView} LanesView
 * @typedef {{x: number, y: number, shift: boolean, add: boolean}} Click `add`: with Control or Command
 */

/** How long a selection made by touch must rest before it counts. */
const REST_MILLISECONDS = 200;

export class TextSelection {
  /**
   * @param {{view: TextView, geometry: Geometry, lanes: LanesView, store: Store,
   *   offer: (spanIds: string[], add: boolean) => boolean}} parts `offer` is asked first what a click on spans means
   */
  constructor({ view, geometry, lanes, store, offer }) {
    this.view = view;
    this.geometry = geometry;
    this.lanes = lanes;
    this.store = store;
    this.offer = offer;
    this.isDown = false;
    /** Whether the next click selects up to there, as one with Shift does: for those without keyboard or drag. */
    this.isExtending = false;
    /** Where a further part of a span is being pointed at: of which, and its first word. */
    this.part = new PendingPart();
    /** Where the pointer was let go, until that is taken in. @type {Click|null} */
    this.released = null;
    /** Whether the pending selection was made by mouse, pen or finger. */
    this.byPointer = false;
    /** Whether a transaction comes from the pointer just now. */
    this.isClicking = false;
    /** Whether the browser's own selection has changed since it was looked at: looking costs a layout. */
    this.isNativeNew = true;
    this.timer = 0;
  }

  listen() {
    const { root } = this.view;
    root.addEventListener("mousedown", (event) => this.#press(event));
    root.addEventListener("pointerdown", (event) => {
      this.isDown = event.pointerType !== "touch" && event.button === 0;
    });
    document.addEventListener("pointerup", (event) => {
      if (!this.isDown) return;
      this.isDown = false;
      this.released = clickOf(event);
      // The browser collapses or finishes its selection after this event.
      window.setTimeout(() => this.settle());
    });
    root.addEventListener("click", (event) => {
      if (event instanceof PointerEvent && event.pointerType === "touch") this.#tap(event);
    });
    document.addEventListener("pointercancel", () => {
      this.isDown = false;
    });
    document.addEventListener("selectionchange", () => this.#notice());
  }

  /** Shift+click takes the cursor's token as its other end, not the browser's last click. @param {MouseEvent} event */
  #press(event) {
    if (!event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    this.view.root.focus({ preventScroll: true });
  }

  /** Take in what the pointer did; a key that is pressed at once must find it done. */
  settle() {
    const click = this.released;
    if (!click) return;
    this.released = null;
    const range = this.#nativeRange();
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
      const range = this.#nativeRange();
      const { state } = this.store;
      if (!range || this.isDown) return;
      const meant = snap(state.document, ...range);
      if (meant && (meant.start !== state.selection?.start || meant.end !== state.selection.end)) this.#adopt(range);
    }, REST_MILLISECONDS);
  }

  /**
   * The browser's selection in document offsets, from its anchor to its focus; null when empty or elsewhere.
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

  /** @param {[number, number]} range @param {boolean} [add] as a further part of the selected span */
  #adopt(range, add = false) {
    this.#asPointer(() => {
      const { state, dispatch } = this.store;
      if (selectText(...range)(state, dispatch)) {
        if (add || this.part.isOf(state)) addFragment(this.store.state, dispatch);
        this.part.end();
        return;
      }
      document.getSelection()?.removeAllRanges();
      if (state.selection) dispatch({ selection: null, userEvent: "select.none" });
    });
  }

  /** What the pointer does is in view already, and gets the bar beside the selection. @param {() => void} act */
  #asPointer(act) {
    this.byPointer = true;
    this.isClicking = true;
    act();
    this.isClicking = false;
  }

  /**
   * A click on a line selects its span; on a word it puts the cursor there and selects the innermost span, clicked
   * again the next one outwards.
   *
   * @param {Click} click
   */
  click({ x, y, shift: held, add }) {
    const { state, dispatch } = this.store;
    const shift = held || this.isExtending;
    this.isExtending = false;
    const near = this.geometry.nearestOffset(x, y);
    const place = this.geometry.placeAt(x, y);
    const line = shift ? null : this.lanes.spanAt(place.block, x, y);
    const character = line === null ? place.character : null;
    const under = character === null ? [] : state.spans.at(character).map((span) => span.id);
    this.#asPointer(() => {
      if (this.part.click(this.store, character ?? near)) return;
      // The word that was clicked, not the caret nearest to the click: that may be the next word's.
      if (shift && near !== null) placeCursor(character ?? near, true)(state, dispatch);
      else if (this.offer(line === null ? under : [line], add)) return;
      else if (line !== null) this.#select(line);
      else if (character !== null) this.#cycle(character, under);
      else if (near !== null) placeCursor(near)(state, (made) => dispatch({ ...made, selectedId: null }));
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
    const place = state.selectedId !== null && here && !state.selection ? under.indexOf(state.selectedId) : -1;
    const selectedId = under[place + 1] ?? null;
    const cursor = { anchor: token, focus: token };
    dispatch({ selectedId, selection: null, cursor, userEvent: selectedId === null ? "move.cursor" : "select.span" });
  }

  /**
   * Show the pending selection as the browser's own, so that copying and assistive technology know it.
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
    const known = this.#nativeRange();
    if (known && Math.min(...known) === start && Math.max(...known) === end) return;
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

  /** The boxes of the pending selection on the page, in viewport pixels. @param {EditorState} state */
  boxes(state) {
    if (!state.selection) return [];
    const range = document.createRange();
    range.setStart(...this.#startPoint(state.selection.start));
    range.setEnd(...this.#endPoint(state.selection.end));
    return Array.from(range.getClientRects()).filter((box) => box.width > 0);
  }
}

/** @param {PointerEvent} event @returns {Click} */
function clickOf({ clientX, clientY, shiftKey, ctrlKey, metaKey }) {
  return { x: clientX, y: clientY, shift: shiftKey, add: ctrlKey || metaKey };
}

/** A further part of a span by two clicks, on its first and last word: for those who cannot drag or hold a key. */



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
