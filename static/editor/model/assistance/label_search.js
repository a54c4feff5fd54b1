/** Finding a label among many: by two letters of its own, by its name, the ones used last first. Pure. */

/**
 * @typedef {import("../types.js").Label} Label
 */

const LETTERS = [..."abcdefghijklmnopqrstuvwxyz0"];
/** With the digits that number the labels of a list, for which letters do not suffice. */
const ALL = [...LETTERS, ..."123456789"];
const PAIRS = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));
/** What a code may begin with and what may follow, in the order in which they are used up. */
const ALPHABETS = [[LETTERS, LETTERS], [ALL, ALL], [LETTERS, PAIRS]];

/**
 * Return two letters for each label, unlike those of all others: the first letter of the name and a later one where
 * that is free. From the 730th label on they have digits, from the 1,297th on three letters.
 *
 * @param {Label[]} labels
 * @returns {Map<string, string>} by id of the label
 */
export function codesOf(labels) {
  /** @type {Map<string, string>} */
  const codes = new Map();
  const taken = new Set();
  const alphabets = [...ALPHABETS];
  for (const { id, name } of labels) {
    const letters = lettersOf(name);
    let code = freeCode(letters, taken, alphabets[0]);
    while (code === undefined && alphabets.length > 1) {
      alphabets.shift();
      code = freeCode(letters, taken, alphabets[0]);
    }
    if (code === undefined) break;
    taken.add(code);
    codes.set(id, code);
  }
  return codes;
}

/** @param {string} name */
function lettersOf(name) {
  const plain = name.toLowerCase().normalize("NFD");
  const letters = [...plain].filter((letter) => LETTERS.includes(letter));
  const initials = plain.split(/[^a-z0-9]+/u).slice(1).map((word) => word[0]).filter((one) => LETTERS.includes(one));
  return letters.length > 0 ? [letters[0], ...initials, ...letters.slice(1)] : [];
}

/**
 * @param {string[]} letters
 * @param {Set<string>} taken
 * @param {string[][]} alphabet
 */
function freeCode(letters, taken, [firsts, seconds]) {
  for (const first of [...letters.slice(0, 1), ...firsts]) {
    const second = [...letters.slice(1), ...seconds].find((letter) => !taken.has(first + letter));
    if (second !== undefined) return first + second;
  }
  return undefined;
}

/**
 * Return the labels that a query finds, best first: the one with these two letters, then those whose names begin with
 * the query, then those with a word that does, then those that contain it. Labels used last come first among equals.
 *
 * @param {Label[]} labels in the order of the schema
 * @param {string} query "" for all
 * @param {{codes: Map<string, string>, recent: string[]}} options `recent`: ids, the last one used first
 * @returns {Label[]}
 */
export function findLabels(labels, query, { codes, recent }) {
  const wanted = query.trim().toLowerCase();
  const rank = (/** @type {Label} */ { id, name }) => {
    const words = name.toLowerCase();
    if (wanted === "") return 0;
    if (codes.get(id) === wanted) return 0;
    if (words.startsWith(wanted)) return 1;
    if (words.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted))) return 2;
    return words.includes(wanted) || id.toLowerCase().includes(wanted) ? 3 : 4;
  };
  const use = (/** @type {Label} */ { id }) => (recent.includes(id) ? recent.indexOf(id) : recent.length);
  return labels.map((label, index) => ({ label, index, rank: rank(label) })).filter((entry) => entry.rank < 4)
    .sort((one, other) => one.rank - other.rank || use(one.label) - use(other.label) || one.index - other.index)
    .map(({ label }) => label);
}
