/**
 * The text of the document: one element for each block with one text node, in sections that the browser may skip. Empty
 * lines are space above the next block, since an element for each would double the size of the page. Converts between
 * offsets of the document and points of the page.
 */

import { make } from "../elements.js";


/** @typedef {import("../../model/types.js").TextDocument} TextDocument */

/** The estimated characters of a line, for the scroll bar of sections that are not laid out yet. */
const CHARACTERS_A_LINE = 70;
/** The space kept above and below what is scrolled into view. */
const REVEAL_SPACE = 56;
/** The characters of the longest cell of a table; a longer one is prose. */
const WIDEST_CELL = 30;
/** Characters as wide as two digits. */
const WIDE = /[\p{scx=Han}\p{scx=Hang}\p{scx=Hira}\p{scx=Kana}]/gu;

/** Selects the element of a block. */
const BLOCK = "[data-block]";

export class TextView {
  /**
   * @param {HTMLElement} root the region that holds the text
   * @param {HTMLElement} pane the element that scrolls
   * @param {TextDocument} text
   */
  constructor(root, pane, text) {
    this.root = root;
    this.pane = pane;
    this.text = text;
    /** The elements by block; an empty line has the element that follows it. @type {HTMLElement[]} */
    this.blocks = [];
    /** The blocks by element. @type {Map<Node, number>} */
    this.numbers = new Map();
    /** @type {HTMLElement[]} */
    this.sections = [];
  }

  /** Put the whole text into the page. */
  mount() {
    const { chunkStarts, blockStarts } = this.text;
    const all = document.createDocumentFragment();
    for (let chunk = 0; chunk < chunkStarts.length; chunk++) {
      const end = chunk + 1 < chunkStarts.length ? chunkStarts[chunk + 1] : blockStarts.length;
      all.append(this.#section(chunkStarts[chunk], end));
    }
    const width = columnWidth(this.text.text);
    if (width > 0) this.root.style.setProperty("tab-size", `${width}ch`);
    this.root.replaceChildren(all);
  }

  /**
   * @param {number} first
   * @param {number} end
   */
  #section(first, end) {
    const section = make("div", { class: "chunk" });
    let lines = 0;
    let empty = 0;
    for (let index = first; index < end; index++) {
      const content = this.#content(index);
      lines += 1 + Math.floor(content.length / CHARACTERS_A_LINE);
      const isLast = index + 1 === end;
      if (content === "" && !isLast) {
        empty += 1;
        continue;
      }
      const block = this.#block(index, content);
      if (empty > 0) block.classList.add("block-after-empty");
      if (empty > 1) block.style.setProperty("--empty-lines", String(empty));
      for (; empty >= 0; empty--) this.blocks.push(block);
      empty = 0;
      section.append(block);
    }
    section.style.setProperty("--chunk-lines", String(lines));
    this.sections.push(section);
    return section;
  }

  /** @param {number} index */
  #content(index) {
    return this.text.text.slice(this.text.blockStarts[index], this.text.blockEnds[index]);
  }

  /**
   * @param {number} index
   * @param {string} content
   */
  #block(index, content) {
    const kind = content === "" ? "block block-empty" : "block";
    const block = make("div", { class: kind, dir: "auto", "data-block": index });
    this.numbers.set(block, index);
    if (this.text.blockContinues[index] === 1) block.classList.add("block-continued");
    if (content !== "") block.append(document.createTextNode(visible(content)));
    return block;
  }

  /** @param {number} block @returns {Text|null} */
  textNode(block) {
    if (this.text.blockStarts[block] === this.text.blockEnds[block]) return null;
    const first = this.blocks[block]?.firstChild;
    return first instanceof Text ? first : null;
  }

  /**
   * Return the index of the block an element or text lies in, or -1.
   *
   * @param {Node|null} node
   */
  blockOf(node) {
    for (let around = node; around; around = around.parentNode) {
      const block = this.numbers.get(around);
      if (block !== undefined) return block;
    }
    return -1;
  }

  /**
   * Return the document offset of a point of the page. Points outside the text have the offset of its nearer end.
   *
   * @param {Node} node
   * @param {number} offset as in a Range: characters of a text node, children of an element
   */
  offsetOf(node, offset) {
    const block = this.blockOf(node);
    if (block >= 0) {
      const start = this.text.blockStarts[block];
      if (node === this.textNode(block)) return start + offset;
      return offset === 0 ? start : this.text.blockEnds[block];
    }
    if (!this.root.contains(node)) return this.#outside(node);
    const child = node.childNodes[offset];
    const next = child instanceof Element && (child.matches(BLOCK) ? child : child.querySelector(BLOCK));
    if (next) return this.text.blockStarts[this.blockOf(next)];
    const inside = /** @type {Element} */ (node).querySelectorAll(BLOCK);
    const last = inside[inside.length - 1];
    return last ? this.text.blockEnds[this.blockOf(last)] : this.text.text.length;
  }

  /** @param {Node} node */
  #outside(node) {
    const before = this.root.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING;
    return before ? 0 : this.text.text.length;
  }

  /**
   * Return the page's point of an offset in a block, for ranges and selections.
   *
   * @param {number} block
   * @param {number} offset of the document
   * @returns {[Node, number]}
   */
  pointOf(block, offset) {
    const node = this.textNode(block);
    if (!node) return [this.blocks[block] ?? this.root, 0];
    const within = offset - this.text.blockStarts[block];
    return [node, Math.max(0, Math.min(within, node.length))];
  }

  /** Return the visible part of the pane: `top` and `bottom` in viewport pixels. */
  viewport() {
    const box = this.pane.getBoundingClientRect();
    return { top: Math.max(0, box.top), bottom: Math.min(window.innerHeight, box.bottom) };
  }

  /**
   * Scroll as little as needed to show a stretch of a block; false when it is visible already.
   *
   * @param {number} block
   * @param {number} from pixels from the top of the block
   * @param {number} to
   */
  reveal(block, from, to) {
    const { top, bottom } = this.viewport();
    const origin = this.blocks[block].getBoundingClientRect().top;
    const space = Math.min(REVEAL_SPACE, Math.max(0, (bottom - top - (to - from)) / 2));
    const above = origin + from - space - top;
    const below = origin + to + space - bottom;
    const distance = above < 0 ? above : Math.max(0, below);
    if (distance === 0) return false;
    const scrolls = this.pane.scrollHeight > this.pane.clientHeight + 1;
    (scrolls ? this.pane : window).scrollBy({ top: distance, behavior: "instant" });
    return true;
  }

  /**
   * Return the blocks within `margin` pixels of the visible text, as [first, end).
   *
   * @param {number} margin
   * @returns {[number, number]}
   */
  visibleBlocks(margin) {
    const { top, bottom } = this.viewport();
    const low = top - margin;
    const high = bottom + margin;
    const firstSection = firstWhere(this.sections, (box) => box.bottom > low);
    const endSection = firstWhere(this.sections, (box) => box.top >= high);
    if (firstSection >= endSection) return [0, 0];
    const { chunkStarts } = this.text;
    const from = chunkStarts[firstSection];
    const lastFrom = chunkStarts[endSection - 1];
    const to = endSection < chunkStarts.length ? chunkStarts[endSection] : this.blocks.length;
    const head = this.blocks.slice(from, firstSection + 1 < endSection ? chunkStarts[firstSection + 1] : to);
    const tail = this.blocks.slice(lastFrom, to);
    return [
      from + firstWhere(head, (box) => box.bottom > low),
      lastFrom + firstWhere(tail, (box) => box.top >= high),
    ];
  }
}

/**
 * Return the width of a column, so that the cells of a table between tabs line up; 0 for a text without such cells.
 *
 * @param {string} text
 * @returns {number} in digits: the longest cell that is followed by a tab, with a gap
 */
function columnWidth(text) {
  let longest = 0;
  // Looked for as far as the tabs go: a pattern that looks ahead for one takes minutes for a long line without any.
  for (let tab = text.indexOf("\t"), from = 0; tab >= 0; from = tab + 1, tab = text.indexOf("\t", from)) {
    const cell = text.slice(Math.max(from, tab - WIDEST_CELL - 1), tab).replace(/^.*[\n\r\u2028\u2029]/su, "");
    const width = cell.length + (cell.match(WIDE)?.length ?? 0);
    if (width <= WIDEST_CELL) longest = Math.max(longest, width);
  }
  return longest > 0 ? longest + 2 : 0;
}

/**
 * Return the index of the first element for which a test is true, in elements from top to bottom.
 *
 * @param {HTMLElement[]} elements
 * @param {(box: DOMRect) => boolean} test false for the first ones, true for the rest
 */
function firstWhere(elements, test) {
  let low = 0;
  let high = elements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(elements[middle].getBoundingClientRect())) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Return a text with a sign in place of each control character, which would have no width or be drawn as a box. Every
 * sign is one unit long, as the character is, so that offsets stay the same.
 *
 * @param {string} content of one block
 * @returns {string}
 */
function visible(content) {
  return content.replace(/(?![\t\n\r])\p{Cc}/gu, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x85) return "\u2424";
    return code === 0x7f ? "\u2421" : "\ufffd";
  });
}
