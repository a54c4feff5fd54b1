/** Positions of characters on the page: boxes of stretches of text, and the character under a point. */

/**
 * @typedef {import("./text.js").TextView} TextView
 * @typedef {{caretRangeFromPoint?: (x: number, y: number) => Range|null}} LegacyDocument WebKit before Safari 26.2
 */

/**
 * A box of text on one visual line, in pixels from the corner of its block.
 *
 * @typedef {{x: number, width: number, line: number, top: number, bottom: number}} Piece
 */

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** Characters after which lines break without a space, several spaces, and text that runs from right to left. */
const BREAKS_ELSEWHERE = /[-/\u00ad\u200b\u2010-\u2014]|\s\s|[\u0590-\u08ff\u1100-\u11ff\u2e80-\uffff]/u;

export class TextGeometry {
  /** @param {TextView} view */
  constructor(view) {
    this.view = view;
    this.range = document.createRange();
    /** @type {Map<number, Map<string, Piece[]>>} by block and offsets; the text never changes, only the width */
    this.pieceCache = new Map();
    this.lineHeight = 0;
    /** The width of a space in pixels, once it is needed. */
    this.space = 0;
    this.reset();
  }

  /** Forget everything, because the width of the column or a font has changed. */
  reset() {
    this.pieceCache.clear();
    this.space = 0;
    this.lineHeight = Number.parseFloat(getComputedStyle(this.view.root).lineHeight) || 1;
  }

  /**
   * Return the boxes of `[start, end)` within a block, line by line; several for a line with text in both directions.
   *
   * @param {number} block
   * @param {number} start
   * @param {number} end
   * @returns {Piece[]}
   */
  pieces(block, start, end) {
    let cache = this.pieceCache.get(block);
    if (!cache) this.pieceCache.set(block, (cache = new Map()));
    const key = `${start}-${end}`;
    let pieces = cache.get(key);
    if (!pieces) cache.set(key, (pieces = this.#measure(block, start, end)));
    return pieces;
  }

  /**
   * @param {number} block
   * @param {number} start
   * @param {number} end
   */
  #measure(block, start, end) {
    const node = this.view.textNode(block);
    if (!node) return [];
    const origin = this.view.blocks[block].getBoundingClientRect();
    this.range.setStart(...this.view.pointOf(block, start));
    this.range.setEnd(...this.view.pointOf(block, end));
    /** @type {Piece[]} */
    const pieces = [];
    for (const box of this.range.getClientRects()) {
      if (box.width === 0) continue;
      const line = Math.floor((box.top + box.height / 2 - origin.top) / this.lineHeight);
      const last = pieces[pieces.length - 1];
      const x = box.left - origin.left;
      if (last?.line === line && Math.abs(last.x + last.width - x) < 1) last.width = x + box.width - last.x;
      else pieces.push({ x, width: box.width, line, top: box.top - origin.top, bottom: box.bottom - origin.top });
    }
    if (pieces.length > 1) this.#trimBlanks(pieces, node.data.slice(...this.#within(block, start, end)));
    return pieces;
  }

  /**
   * @param {number} block
   * @param {number} start
   * @param {number} end
   * @returns {[number, number]} within the block's text
   */
  #within(block, start, end) {
    const from = this.view.text.blockStarts[block];
    return [start - from, end - from];
  }

  /**
   * Omit the space at which a line was broken. Its width is that of any space, and measuring the end of each line would
   * cost more than drawing it; so text that may break at other characters is not changed.
   *
   * @param {Piece[]} pieces
   * @param {string} text
   */
  #trimBlanks(pieces, text) {
    if (BREAKS_ELSEWHERE.test(text)) return;
    this.space ||= this.#measureBlank(pieces[0]);
    for (const [index, piece] of pieces.entries()) {
      const isBroken = index + 1 < pieces.length && pieces[index + 1].line > piece.line;
      if (isBroken && piece.width > 2 * this.space) piece.width -= this.space;
    }
  }

  /** @param {Piece} piece whose height gives the font size when the canvas does not know the font */
  #measureBlank(piece) {
    const context = document.createElement("canvas").getContext("2d");
    if (!context) return (piece.bottom - piece.top) / 5;
    context.font = getComputedStyle(this.view.root).font;
    return context.measureText(" ").width;
  }

  /**
   * Return where a stretch starts and ends: in text from right to left the start is the right side of its first
   * character.
   *
   * @param {number} block
   * @param {number} start
   * @param {number} end
   * @returns {{x: number, line: number}[]} start and end, or nothing when it is not visible
   */
  boundaries(block, start, end) {
    const pieces = this.pieces(block, start, end);
    let head = pieces[0];
    let tail = pieces[pieces.length - 1];
    if (!head || !tail) return [];
    const { text } = this.view.text;
    if (!RIGHT_TO_LEFT.test(text.slice(start, end))) {
      return [{ x: head.x, line: head.line }, { x: tail.x + tail.width, line: tail.line }];
    }
    const [first, last] = [firstCharacter(text, start), lastCharacter(text, end)];
    head = this.pieces(block, start, start + first.length)[0] ?? head;
    tail = this.pieces(block, end - last.length, end)[0] ?? tail;
    return [
      { x: RIGHT_TO_LEFT.test(first) ? head.x + head.width : head.x, line: head.line },
      { x: RIGHT_TO_LEFT.test(last) ? tail.x : tail.x + tail.width, line: tail.line },
    ];
  }

  /** Return whether a block reads from right to left. @param {number} block */
  isRightToLeft(block) {
    const element = this.view.blocks[block];
    return element !== undefined && getComputedStyle(element).direction === "rtl";
  }

  /**
   * Return what is under a point: the block, -1 outside the text, and the offset of the character whose box is there
   * (with the space above and below it), or null. Browsers return the nearest caret, also from margins and past the
   * middle of a glyph, so both neighbours are tested.
   *
   * @param {number} x viewport pixels
   * @param {number} y
   */
  characterAt(x, y) {
    const caret = caretAt(x, y);
    const block = caret ? this.view.blockOf(caret.node) : -1;
    const node = this.view.textNode(block);
    const isText = caret !== null && node !== null && caret.node === node;
    return { block, character: isText ? this.#characterNear(node, caret.offset, { block, x, y }) : null };
  }

  /**
   * @param {Text} node
   * @param {number} caret
   * @param {{block: number, x: number, y: number}} point
   */
  #characterNear(node, caret, { block, x, y }) {
    for (const [from, to] of neighbours(node.data, caret)) {
      this.range.setStart(node, from);
      this.range.setEnd(node, to);
      for (const box of this.range.getClientRects()) {
        const slack = Math.max(0, (this.lineHeight - box.height) / 2);
        const inside = x >= box.left && x <= box.right && y >= box.top - slack && y <= box.bottom + slack;
        if (inside) return this.view.text.blockStarts[block] + from;
      }
    }
    return null;
  }

  /** Return the number of visual lines of a block. @param {number} block */
  lineCount(block) {
    const height = this.view.blocks[block]?.getBoundingClientRect().height ?? 0;
    return Math.max(1, Math.round(height / this.lineHeight));
  }

  /**
   * Return the offset on a visual line that is nearest to a column; the line is scrolled into view, since browsers
   * return only visible carets.
   *
   * @param {number} block
   * @param {number} line
   * @param {number} column viewport pixels
   */
  offsetOnLine(block, line, column) {
    this.view.reveal(block, line * this.lineHeight, (line + 1) * this.lineHeight);
    const box = this.view.blocks[block].getBoundingClientRect();
    const x = Math.max(box.left + 1, Math.min(column, box.right - 1));
    return this.nearestOffset(x, box.top + (line + 0.5) * this.lineHeight);
  }

  /**
   * Return the offset of the caret nearest to a point, or null outside the text.
   *
   * @param {number} x
   * @param {number} y
   */
  nearestOffset(x, y) {
    const caret = caretAt(x, y);
    if (!caret || !this.view.root.contains(caret.node)) return null;
    return this.view.offsetOf(caret.node, caret.offset);
  }
}

/**
 * @param {number} x
 * @param {number} y
 * @returns {{node: Node, offset: number}|null}
 */
function caretAt(x, y) {
  if ("caretPositionFromPoint" in document) {
    const position = document.caretPositionFromPoint(x, y);
    return position ? { node: position.offsetNode, offset: position.offset } : null;
  }
  const legacy = /** @type {LegacyDocument} */ (/** @type {unknown} */ (document));
  const range = legacy.caretRangeFromPoint?.(x, y);
  return range ? { node: range.startContainer, offset: range.startOffset } : null;
}

/**
 * Return the whole characters before and after a caret, as [from, to) in UTF-16.
 *
 * @param {string} text
 * @param {number} caret
 * @returns {[number, number][]}
 */
function neighbours(text, caret) {
  /** @type {[number, number][]} */
  const characters = [];
  if (caret < text.length) characters.push([caret, caret + firstCharacter(text, caret).length]);
  if (caret > 0) characters.push([caret - lastCharacter(text, caret).length, caret]);
  return characters;
}

/**
 * Return the whole character that starts at an offset.
 *
 * @param {string} text
 * @param {number} offset
 */
function firstCharacter(text, offset) {
  return String.fromCodePoint(text.codePointAt(offset) ?? 0);
}

/**
 * Return the whole character that ends at an offset.
 *
 * @param {string} text
 * @param {number} offset
 */
function lastCharacter(text, offset) {
  const pair = offset >= 2 && (text.codePointAt(offset - 2) ?? 0) > 0xffff;
  return text.slice(offset - (pair ? 2 : 1), offset);
}
