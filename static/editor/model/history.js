import { ChangeRefused, invert } from "./changes.js";
import { describe } from "./descriptions.js";

/**
 * @typedef {import("./types.js").Change} Change
 * @typedef {import("./types.js").Update} Update
 * @typedef {import("./state.js").Store} Store
 * @typedef {import("../saving/history_store.js").Keep} Keep
 * @typedef {{key: number, changes: Change[], selectedId: string|null}} Entry what was done, and what was selected
 *   before; keys grow from action to action
 */

/** Changes made elsewhere, and the steps of the history itself: no new entries. */
const NO_ENTRY = new Set(["remote", "undo", "redo"]);

/**
 * Undo and redo without limit, also of what was done before the page was opened again, as new changes: the log of the
 * server only grows.
 *
 * An entry that no longer fits because the set was changed elsewhere is dropped when its turn comes, with a message, so
 * that what somebody else did is never undone.
 */
export class History {
  /** @type {Entry[]} */
  #done = [];
  /** @type {Entry[]} */
  #undone = [];
  /** @type {string|null} */
  #selectedBefore;
  /** @type {Store} */
  #store;
  /** @type {Keep|null} */
  #keep;
  #lastKey = 0;

  /**
   * @param {Store} store
   * @param {{keep?: Keep|null, now?: () => number}} [options] keep: where actions outlive the page; now: milliseconds
   */
  constructor(store, { keep = null, now = () => Date.now() } = {}) {
    this.#store = store;
    this.#keep = keep;
    this.now = now;
    this.#selectedBefore = store.state.selectedId;
    store.subscribe((update) => this.#record(update));
  }

  canUndo = () => this.#store.state.editable && this.#done.length > 0;

  canRedo = () => this.#store.state.editable && this.#undone.length > 0;

  /** Take back the last own action; false when there is none. */
  undo = () => this.canUndo() && this.#step(this.#done, this.#undone, "undo");

  /** Do again what was taken back last; false when there is nothing. */
  redo = () => this.canRedo() && this.#step(this.#undone, this.#done, "redo");

  /** Bring back what was done before the page was opened; what was done since comes after it. */
  async restore() {
    const kept = (await this.#keep?.list()) ?? [];
    const isFresh = this.#done.length + this.#undone.length === 0;
    const strip = (/** @type {import("../saving/history_store.js").KeptEntry} */ { key, changes, selectedId }) =>
      ({ key, changes, selectedId });
    const known = new Set(this.#done.map((entry) => entry.key));
    this.#done = [...kept.filter((entry) => entry.isDone && !known.has(entry.key)).map(strip), ...this.#done];
    if (isFresh) this.#undone = kept.filter((entry) => !entry.isDone).map(strip).reverse();
    this.#lastKey = Math.max(this.#lastKey, kept.at(-1)?.key ?? 0); // they come sorted by key
    if (kept.length === 0) return;
    const { state, dispatch } = this.#store;
    dispatch({ selection: state.selection, userEvent: "restore.history" });
  }

  /** Keys follow the clock, so that two tabs do not use the same ones. */
  #nextKey() {
    this.#lastKey = Math.max(this.#lastKey + 1, this.now() * 1000);
    return this.#lastKey;
  }

  /** @param {Update} update */
  #record({ state, transaction: { changes = [], userEvent } }) {
    if (changes.length > 0 && !NO_ENTRY.has(userEvent)) {
      const entry = { key: this.#nextKey(), changes, selectedId: this.#selectedBefore };
      this.#done.push(entry);
      void this.#keep?.put(this.#undone.map((other) => other.key), { ...entry, isDone: true });
      this.#undone = [];
    }
    this.#selectedBefore = state.selectedId;
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
    const selectedId = focusAfter(changes) ?? entry.selectedId;
    const announce = `${userEvent === "undo" ? "Undone" : "Done again"}: ${describe(state, changes[0])}.`;
    try {
      dispatch({ changes, userEvent, selectedId, selection: null, announce });
      const done = { key: entry.key, changes, selectedId: state.selectedId };
      to.push(done);
      void this.#keep?.put([], { ...done, isDone: userEvent === "redo" });
    } catch (error) {
      if (!(error instanceof ChangeRefused)) throw error;
      void this.#keep?.put([entry.key], null);
      const word = userEvent === "undo" ? "undone" : "done again";
      dispatch({ userEvent: "refused", announce: `That cannot be ${word}: it was changed elsewhere meanwhile.` });
    }
    return true;
  }
}

/**
 * @param {Store} store
 * @param {{keep?: Keep|null, now?: () => number}} [options]
 * @returns {History}
 */
export function createHistory(store, options) {
  return new History(store, options);
}

/**
 * The span to select after changes: the last one they leave in place.
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
