import { applyAll } from "./changes.js";

/**
 * @typedef {import("./types.js").EditorState} EditorState
 * @typedef {import("./types.js").Transaction} Transaction
 * @typedef {import("./types.js").Update} Update
 * @typedef {{readonly state: EditorState, dispatch: (transaction: Transaction) => void,
 *   subscribe: (listener: (update: Update) => void) => () => void}} Store
 */

/** What of a transaction goes into the state as it is. */
const PLAIN = /** @type {const} */ (["selection", "saving", "editable", "conflicts", "storageWarning"]);

/**
 * The one place where state changes: `dispatch` applies a transaction, all of it or none, and tells every subscriber once.
 *
 * The state is a new object after each transaction; the stores of spans and relations in it are the same ones, changed.
 *
 * @param {EditorState} initial
 * @returns {Store}
 */
export function createStore(initial) {
  let state = initial;
  /** @type {Set<(update: Update) => void>} */
  const listeners = new Set();
  /** @type {Update[]} */
  const waiting = [];
  let telling = false;

  /** @param {Transaction} transaction */
  const dispatch = (transaction) => {
    const touched = { ids: new Set(), blocks: new Set() };
    applyAll(state, transaction.changes ?? [], touched);
    state = nextState(state, transaction);
    waiting.push({ state, transaction, touched: touched.ids, blocks: touched.blocks });
    if (telling) return; // a listener dispatched: its update follows after this one, so that all see them in order
    telling = true;
    try {
      for (let update = waiting.shift(); update; update = waiting.shift()) {
        for (const listener of [...listeners]) listener(update);
      }
    } finally {
      telling = false;
    }
  };

  return {
    get state() {
      return state;
    },
    dispatch,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/**
 * @param {EditorState} state
 * @param {Transaction} transaction
 * @returns {EditorState}
 */
function nextState(state, transaction) {
  const given = Object.fromEntries(PLAIN.filter((name) => transaction[name] !== undefined)
    .map((name) => [name, transaction[name]]));
  const selectedId = transaction.selectedId === undefined ? state.selectedId : transaction.selectedId;
  return {
    ...state,
    ...given,
    cursor: clamp(transaction.cursor ?? state.cursor, state.document.tokenStarts.length),
    selectedId: selectedId !== null && state.spans.has(selectedId) ? selectedId : null,
  };
}

/**
 * @param {import("./types.js").Cursor} cursor
 * @param {number} count of tokens
 */
function clamp(cursor, count) {
  const inside = (/** @type {number} */ index) => Math.max(0, Math.min(index, count - 1));
  return { anchor: inside(cursor.anchor), focus: inside(cursor.focus) };
}
