import { applyAll } from "./changes.js";

/**
 * @typedef {import("./types.js").EditorState} EditorState
 * @typedef {import("./types.js").Transaction} Transaction
 * @typedef {import("./types.js").Update} Update
 * @typedef {(update: Update) => void} Listener
 */

/** What of a transaction goes into the state as it is. */
const PLAIN = /** @type {const} */ (["selection", "saving", "editable", "conflicts", "storageWarning"]);

/**
 * The one place where state changes. The state is a new object after each transaction; the stores of spans and
 * relations in it are the same ones, changed.
 */
export class Store {
  /** @type {EditorState} */
  #state;
  /** @type {Set<Listener>} */
  #listeners = new Set();
  /** @type {Update[]} */
  #waiting = [];
  #telling = false;

  /** @param {EditorState} initial */
  constructor(initial) {
    this.#state = initial;
  }

  get state() {
    return this.#state;
  }

  /**
   * Apply a transaction, all of it or none, and tell every subscriber once, in the order of the transactions even when
   * a subscriber dispatches one. What comes from the server is taken as it is; own changes have to obey the schema.
   *
   * @param {Transaction} transaction
   * @throws {import("./changes.js").ChangeRefused}
   */
  dispatch = (transaction) => {
    const touched = { ids: new Set(), blocks: new Set() };
    const tables = transaction.userEvent === "remote" ? { ...this.#state, schema: undefined } : this.#state;
    applyAll(tables, transaction.changes ?? [], touched);
    this.#state = nextState(this.#state, transaction);
    this.#waiting.push({ state: this.#state, transaction, touched: touched.ids, blocks: touched.blocks });
    if (!this.#telling) this.#tell();
  };

  /**
   * @param {Listener} listener
   * @returns {() => void} ends the subscription
   */
  subscribe = (listener) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  #tell() {
    this.#telling = true;
    try {
      for (let update = this.#waiting.shift(); update; update = this.#waiting.shift()) {
        for (const listener of [...this.#listeners]) listener(update);
      }
    } finally {
      this.#telling = false;
    }
  }
}

/**
 * @param {EditorState} initial
 * @returns {Store}
 */
export function createStore(initial) {
  return new Store(initial);
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
    chosen: stillThere(transaction.chosen ?? state.chosen, state.spans),
    cut: cutAfter(state, transaction),
  };
}

/**
 * What was cut off last can be taken back until something else is done to spans here.
 *
 * @param {EditorState} state
 * @param {Transaction} transaction
 */
function cutAfter({ cut, spans }, transaction) {
  if (transaction.cut !== undefined) return transaction.cut;
  const isOver = transaction.changes !== undefined && transaction.userEvent !== "remote";
  return cut && !isOver && spans.has(cut.spanId) ? cut : null;
}

/**
 * @param {ReadonlySet<string>} chosen
 * @param {EditorState["spans"]} spans
 */
function stillThere(chosen, spans) {
  const there = [...chosen].filter((id) => spans.has(id));
  return there.length === chosen.size ? chosen : new Set(there);
}

/**
 * @param {import("./types.js").Cursor} cursor
 * @param {number} count of tokens
 */
function clamp(cursor, count) {
  const inside = (/** @type {number} */ index) => Math.max(0, Math.min(index, count - 1));
  return { ...cursor, anchor: inside(cursor.anchor), focus: inside(cursor.focus) };
}
