import { applyAll } from "./changes.js";

/**
 * @typedef {import("./types.js").EditorState} EditorState
 * @typedef {import("./types.js").Transaction} Transaction
 * @typedef {import("./types.js").Update} Update
 * @typedef {(update: Update) => void} Listener
 */

/** The properties of a transaction that are copied into the state. */
const COPIED = /** @type {const} */ (["selection", "saving", "setState", "editable", "conflicts",
  "storageWarning", "waived", "picksByWords"]);

/**
 * The only place where state changes. Each transaction makes a new state object; its stores of spans and relations
 * stay the same objects and are changed.
 */
export class Store {
  /** @type {EditorState} */
  #state;
  /** @type {Set<Listener>} */
  #listeners = new Set();
  /** @type {Update[]} */
  #waiting = [];
  #isCalling = false;

  /** @param {EditorState} initial */
  constructor(initial) {
    this.#state = initial;
  }

  get state() {
    return this.#state;
  }

  /**
   * Apply a transaction, completely or not at all, and call every subscriber once, in the order of the transactions
   * even when a subscriber dispatches one. Changes from the server are applied as they are; own changes must follow the
   * schema.
   *
   * @param {Transaction} transaction
   * @throws {import("./changes.js").ChangeRefused}
   */
  dispatch = (transaction) => {
    const touched = { ids: new Set(), blocks: new Set() };
    rememberAttributes(this.#state, transaction);
    const tables = transaction.userEvent === "remote" ? { ...this.#state, schema: undefined } : this.#state;
    applyAll(tables, transaction.changes ?? [], touched);
    this.#state = nextState(this.#state, transaction);
    this.#waiting.push({ state: this.#state, transaction, touched: touched.ids, blocks: touched.blocks });
    if (!this.#isCalling) this.#callListeners();
  };

  /**
   * @param {Listener} listener
   * @returns {() => void} ends the subscription
   */
  subscribe = (listener) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  #callListeners() {
    this.#isCalling = true;
    try {
      for (let update = this.#waiting.shift(); update; update = this.#waiting.shift()) {
        for (const listener of [...this.#listeners]) listener(update);
      }
    } finally {
      this.#isCalling = false;
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
  const copied = Object.fromEntries(COPIED.filter((name) => transaction[name] !== undefined)
    .map((name) => [name, transaction[name]]));
  const selectedId = transaction.selectedId === undefined ? state.selectedId : transaction.selectedId;
  return {
    ...state,
    ...copied,
    cursor: clamp(transaction.cursor ?? state.cursor, state.document.tokenStarts.length),
    selectedId: selectedId !== null && state.spans.has(selectedId) ? selectedId : null,
    selectedIds: existingIds(transaction.selectedIds ?? state.selectedIds, state.spans),
    trim: trimAfter(state, transaction),
    question: afterwards(state, transaction, "question", ""),
    picking: afterwards(state, transaction, "picking", null),
  };
}

/**
 * Return a question, or what is being picked, after a transaction: it ends when spans or what is selected change.
 *
 * @template {"question"|"picking"} Name
 * @param {EditorState} state
 * @param {Transaction} transaction
 * @param {Name} name
 * @param {EditorState[Name]} none
 * @returns {EditorState[Name]}
 */
function afterwards(state, transaction, name, none) {
  const wanted = transaction[name];
  if (wanted !== undefined) return /** @type {EditorState[Name]} */ (wanted);
  const { changes, cursor, selection, selectedId, userEvent } = transaction;
  const isOver = userEvent !== "remote" && [changes, cursor, selection, selectedId].some((part) => part !== undefined);
  return isOver ? none : state[name];
}

/**
 * Remember the attributes of spans whose label changes.
 *
 * @param {EditorState} state before the transaction
 * @param {Transaction} transaction
 */
function rememberAttributes({ spans, formerAttributes }, { changes = [] }) {
  for (const change of changes) {
    if (change.kind !== "update_span" || change.after.label === undefined) continue;
    const span = spans.get(change.span_id);
    if (span) formerAttributes.set(`${span.id} ${span.label}`, span.attributes);
  }
}

/**
 * Return the trim that can be undone after a transaction: the last one, until spans are changed again on this page.
 *
 * @param {EditorState} state
 * @param {Transaction} transaction
 */
function trimAfter({ trim, spans }, transaction) {
  if (transaction.trim !== undefined) return transaction.trim;
  const isOver = transaction.changes !== undefined && transaction.userEvent !== "remote";
  return trim && !isOver && spans.has(trim.spanId) ? trim : null;
}

/**
 * @param {ReadonlySet<string>} selectedIds
 * @param {EditorState["spans"]} spans
 */
function existingIds(selectedIds, spans) {
  const existing = [...selectedIds].filter((id) => spans.has(id));
  return existing.length === selectedIds.size ? selectedIds : new Set(existing);
}

/**
 * @param {import("./types.js").Cursor} cursor
 * @param {number} count of tokens
 */
function clamp(cursor, count) {
  const inside = (/** @type {number} */ index) => Math.max(0, Math.min(index, count - 1));
  return { ...cursor, anchor: inside(cursor.anchor), focus: inside(cursor.focus) };
}
