/**
 * Number of elements of a sorted list that are smaller than `value`.
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
 * Index of the last element of a sorted list of whole numbers that is not greater than `value`; -1 when there is none.
 *
 * @param {ArrayLike<number>} sorted ascending
 * @param {number} value
 * @returns {number}
 */
export function lastUpTo(sorted, value) {
  return countBelow(sorted, value + 1) - 1;
}
