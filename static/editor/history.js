import { ChangeRefused, invert } from "./changes.js";
import { describe } from "./describe.js";

/**
 * @typedef {import("./types.js").Change} Change
 * @typedef {import("./types.js").Update} Update
 * @typedef {import("./state.js").Store} Store
 * @typedef {{changes: Change[], selectedId: string|null}} Entry what was done, and what was selected before
 */

/** Changes made elsewhere, and the steps of the history itself: no new entries. */
const NO_ENTRY = new Set(["remote", "undo", "redo"]);

/**
 * Undo and redo without limit, as new changes: the log of the server only grows.
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

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
    this.#selectedBefore = store.state.selectedId;
    store.subscribe((update) => this.#record(update));
  }

  canUndo = () => this.#store.state.editable && this.#done.length > 0;

  canRedo = () => this.#store.state.editable && this.#undone.length > 0;

  /** Take back the last own action; false when there is none. */
  undo = () => this.canUndo() && this.#step(this.#done, this.#undone, "undo");

  /** Do again what was taken back last; false when there is nothing. */
  redo = () => this.canRedo() && this.#step(this.#undone, this.#done, "redo");

  /** @param {Update} update */
  #record({ state, transaction: { changes = [], userEvent } }) {
    if (changes.length > 0 && !NO_ENTRY.has(userEvent)) {
      this.#done.push({ changes, selectedId: this.#selectedBefore });
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
      to.push({ changes, selectedId: state.selectedId });
    } catch (error) {
      if (!(error instanceof ChangeRefused)) throw error;
      const word = userEvent === "undo" ? "undone" : "done again";
      dispatch({ userEvent: "refused", announce: `That cannot be ${word}: it was changed elsewhere meanwhile.` });
    }
    return true;
  }
}

/**
 * @param {Store} store
 * @returns {History}
 */
export function createHistory(store) {
  return new History(store);
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
