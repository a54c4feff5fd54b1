/**
 * Converts between UTF-16 units, which browsers count, and code points, which the server and all files count.
 *
 * It stores only the positions of the characters outside the basic plane: with `a` of them, each conversion takes
 * O(log a).
 */
export class Offsets {
  /** @param {string} text */
  constructor(text) {
    /** @readonly units where a surrogate pair starts */
    this.astral = findPairs(text);
    /** @readonly length of the text in UTF-16 units */
    this.units = text.length;
    /** @readonly length of the text in code points */
    this.codePoints = text.length - this.astral.length;
  }

  /**
   * Return the code point offset of a unit; inside a surrogate pair, that of its start.
   *
   * @param {number} unit
   * @returns {number}
   */
  toCodePoint(unit) {
    return unit - countBelow(this.astral, unit);
  }

  /**
   * Return the unit at which a code point starts.
   *
   * @param {number} codePoint
   * @returns {number}
   */
  toUtf16(codePoint) {
    const { astral } = this;
    let low = 0;
    let high = astral.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (astral[middle] - middle < codePoint) low = middle + 1;
      else high = middle;
    }
    return codePoint + low;
  }

  /**
   * Return whether a unit is a boundary between characters of the text, so that it can be converted there and back.
   *
   * @param {number} unit
   * @returns {boolean}
   */
  isExact(unit) {
    if (!Number.isInteger(unit) || unit < 0 || unit > this.units) return false;
    return this.toUtf16(this.toCodePoint(unit)) === unit;
  }
}

/**
 * @param {string} text
 * @returns {Uint32Array}
 */
function findPairs(text) {
  const pairs = [];
  for (let at = 0; at + 1 < text.length; at += 1) {
    if ((text.charCodeAt(at) & 0xfc00) !== 0xd800) continue;
    if ((text.charCodeAt(at + 1) & 0xfc00) !== 0xdc00) continue;
    pairs.push(at);
    at += 1;
  }
  return new Uint32Array(pairs);
}

/**
 * Return the number of elements of a sorted list that are smaller than `value`.
 *
 * @param {ArrayLike<number>} sorted ascending
 * @param {number} value
 * @returns {number}
 */
export function countBelow(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Return the index of the last element of a sorted list of whole numbers that is not greater than `value`; -1 when
 * there is none.
 *
 * @param {ArrayLike<number>} sorted ascending
 * @param {number} value
 * @returns {number}
 */
export function lastUpTo(sorted, value) {
  return countBelow(sorted, value + 1) - 1;
}
