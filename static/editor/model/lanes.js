/**
 * @typedef {{id: string, rects: [number, number][], length: number}} Piece the part of a visual line that one span
 *   covers: left and right (several with text in both directions), and the length of the whole span
 * @typedef {{lanes: number[], used: number, collapsed: number}} Lanes lane of each piece (0 is nearest the text),
 *   number of lanes used, number of pieces without a free lane, which share the last one
 */

/**
 * Return the lanes for the spans on one visual line: greedy, shortest span nearest the text; pieces without a free lane
 * share the last one.
 *
 * @param {Piece[]} pieces
 * @param {{most?: number, gap?: number}} [options] number of lanes; space between neighbours, in the unit of the rects
 * @returns {Lanes}
 */
export function assignLanes(pieces, { most = 5, gap = 0 } = {}) {
  const order = pieces.map((_, index) => index).sort((first, second) => comparePieces(pieces[first], pieces[second]));
  /** @type {[number, number][][]} */
  const taken = [];
  const lanes = new Array(pieces.length).fill(0);
  let collapsed = 0;
  for (const index of order) {
    const { rects } = pieces[index];
    let lane = 0;
    while (lane < most && taken[lane] && overlaps(taken[lane], rects, gap)) lane += 1;
    if (lane === most) {
      lane = most - 1;
      collapsed += 1;
    }
    (taken[lane] ??= []).push(...rects);
    lanes[index] = lane;
  }
  return { lanes, used: taken.length, collapsed };
}

/**
 * @param {[number, number][]} taken
 * @param {[number, number][]} rects
 * @param {number} gap
 */
function overlaps(taken, rects, gap) {
  return rects.some(([left, right]) => taken.some((other) => left < other[1] + gap && other[0] < right + gap));
}

/**
 * @param {Piece} first
 * @param {Piece} second
 */
function comparePieces(first, second) {
  if (first.length !== second.length) return first.length - second.length;
  return (first.rects[0]?.[0] ?? 0) - (second.rects[0]?.[0] ?? 0) || (first.id < second.id ? -1 : 1);
}
