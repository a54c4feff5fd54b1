import { gettext, interpolate } from "../../pages/text.js";
import { ChangeRefused, invert } from "./changes.js";
import { describeAll } from "./descriptions.js";

/**
 * @typedef {import("./types.js").Change} Change
 * @typedef {import("./types.js").Update} Update
 * @typedef {import("./state.js").Store} Store
 * @typedef {import("../saving/history_store.js").HistoryStore} HistoryStore
 * @typedef {Pick<import("./types.js").EditorState, "cursor"|"selection">} Place
 * @typedef {{key: number, changes: Change[], selectedId: string|null, place?: Place}} Entry an action, and the span and
 *   the text that were selected before (the text only until the page is left); keys grow with every action
 */

/** Events that make no new entry: changes made elsewhere, and steps through the history itself. */
const NO_ENTRY = new Set(["remote", "undo", "redo"]);

/**
 * Undo and redo without limit, also of actions from before the page was reloaded. Each step is a new change, since the
 * log of the server only grows.
 *
 * An entry that no longer applies because the set was changed elsewhere is dropped when its turn comes, with a message,
 * so that changes made elsewhere are never undone.
 */
export class History {
  /** @type {Entry[]} */
  #done = [];
  /** @type {Entry[]} */
  #undone = [];
  /** @type {string|null} */
  #selectedBefore;
  /** @type {Place} */
  #placeBefore;
  /** @type {Store} */
  #store;
  /** @type {HistoryStore|null} */
  #historyStore;
  #lastKey = 0;

  /**
   * @param {Store} store
   * @param {{historyStore?: HistoryStore|null, now?: () => number}} [options] historyStore: stores actions beyond the
   *   page; now: milliseconds
   */
  constructor(store, { historyStore = null, now = () => Date.now() } = {}) {
    this.#store = store;
    this.#historyStore = historyStore;
    this.now = now;
    this.#selectedBefore = store.state.selectedId;
    this.#placeBefore = placeOf(store.state);
    store.subscribe((update) => this.#record(update));
  }

  canUndo = () => this.#store.state.editable && this.#done.length > 0;

  canRedo = () => this.#store.state.editable && this.#undone.length > 0;

  /** Undo the last own action; false when there is none. */
  undo = () => this.canUndo() && this.#step(this.#done, this.#undone, "undo");

  /** Redo the action that was undone last; false when there is none. */
  redo = () => this.canRedo() && this.#step(this.#undone, this.#done, "redo");

  /**
   * Restore the actions from before the page was opened, below those made since.
   *
   * @param {Change[]} [restored] the last changes of the log when they restored an earlier revision: one action
   */
  async restore(restored = []) {
    const stored = (await this.#historyStore?.list()) ?? [];
    const isFresh = this.#done.length + this.#undone.length === 0;
    const strip = (/** @type {import("../saving/history_store.js").StoredEntry} */ { key, changes, selectedId }) =>
      ({ key, changes, selectedId });
    const known = new Set(this.#done.map((entry) => entry.key));
    this.#done = [...stored.filter((entry) => entry.isDone && !known.has(entry.key)).map(strip), ...this.#done];
    if (isFresh) this.#undone = stored.filter((entry) => !entry.isDone).map(strip).reverse();
    this.#lastKey = Math.max(this.#lastKey, stored.at(-1)?.key ?? 0); // sorted by key
    if (isFresh && restored.length > 0 && !this.#done.some(({ changes }) => changes[0].id === restored[0].id)) {
      this.#push(restored);
    }
    if (stored.length + restored.length === 0) return;
    const { state, dispatch } = this.#store;
    dispatch({ selection: state.selection, userEvent: "restore.history" });
  }

  /** Return a new key. Keys follow the clock, so that two tabs do not use the same ones. */
  #nextKey() {
    this.#lastKey = Math.max(this.#lastKey + 1, this.now() * 1000);
    return this.#lastKey;
  }

  /** @param {Update} update */
  #record({ state, transaction: { changes = [], restored = [], userEvent } }) {
    if (changes.length > 0 && !NO_ENTRY.has(userEvent)) this.#push(changes);
    else if (restored.length > 0) this.#push(restored);
    this.#selectedBefore = state.selectedId;
    this.#placeBefore = placeOf(state);
  }

  /** Add an action that can be undone. @param {Change[]} changes */
  #push(changes) {
    const entry = { key: this.#nextKey(), changes, selectedId: this.#selectedBefore };
    this.#done.push({ ...entry, place: this.#placeBefore });
    void this.#historyStore?.put(this.#undone.map((other) => other.key), { ...entry, isDone: true });
    this.#undone = [];
  }

  /**
   * @param {Entry[]} from
   * @param {Entry[]} to
   * @param {"undo"|"redo"} userEvent
   */
  #step(from, to, userEvent) {
    const { state, dispatch } = this.#store;
    const entry = /** @type {Entry} */ (from.pop());
    const changes = entry.changes.map((change) => invert(change)).reverse();
    const focus = focusAfter(changes);
    const selectedId = focus ?? entry.selectedId;
    // The text of a span that is gone is selected again, so that another label key labels it.
    const place = focus === undefined && userEvent === "undo" ? entry.place : undefined;
    const message = userEvent === "undo" ? gettext("Undone: %(change)s.") : gettext("Redone: %(change)s.");
    const announce = interpolate(message, { change: describeAll(state, changes) });
    try {
      dispatch({ changes, userEvent, selectedId, selection: null, ...place, announce });
      const done = { key: entry.key, changes, selectedId: state.selectedId };
      to.push({ ...done, place: userEvent === "undo" ? entry.place : placeOf(state) });
      void this.#historyStore?.put([], { ...done, isDone: userEvent === "redo" });
    } catch (error) {
      if (!(error instanceof ChangeRefused)) throw error;
      void this.#historyStore?.put([entry.key], null);
      dispatch({ userEvent: "refused", announce: userEvent === "undo"
        ? gettext("This cannot be undone, because it was changed elsewhere.")
        : gettext("This cannot be redone, because it was changed elsewhere.") });
    }
    return true;
  }
}

/**
 * @param {Store} store
 * @param {{historyStore?: HistoryStore|null, now?: () => number}} [options]
 * @returns {History}
 */
export function createHistory(store, options) {
  return new History(store, options);
}

/** @param {import("./types.js").EditorState} state @returns {Place} */
function placeOf({ cursor, selection }) {
  return { cursor, selection };
}

/**
 * Return the id of the span to select after changes: the last one that still exists.
 *
 * @param {Change[]} changes
 * @returns {string|undefined}
 */
function focusAfter(changes) {
  const last = changes.filter((change) => change.kind !== "remove_span").at(-1);
  if (!last) return undefined;
  if (last.kind === "update_span") return last.span_id;
  return last.kind === "add_span" ? last.span.id : last.relation.from;
}
