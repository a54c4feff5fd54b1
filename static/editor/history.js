import { ChangeRefused, invert } from "./changes.js";

/**
 * @typedef {import("./types.js").Change} Change
 * @typedef {import("./state.js").Store} Store
 * @typedef {{changes: Change[], selectedId: string|null}} Entry what was done, and what was selected before
 * @typedef {{undo: () => boolean, redo: () => boolean, canUndo: () => boolean, canRedo: () => boolean}} History
 */

/** Changes that somebody else made, or that only bring back what was done before: nothing to undo here. */
const NOT_OWN = new Set(["remote", "restore"]);

/**
 * Undo and redo without limit, as new changes: the log of the server only grows.
 *
 * An entry that no longer fits because the set was changed elsewhere is dropped when its turn comes, with a message, so
 * that what somebody else did is never undone.
 *
 * @param {Store} store
 * @returns {History}
 */
export function createHistory(store) {
  /** @type {Entry[]} */
  let done = [];
  /** @type {Entry[]} */
  let undone = [];
  let selectedBefore = store.state.selectedId;

  store.subscribe(({ state, transaction }) => {
    const { changes = [], userEvent } = transaction;
    const own = changes.length > 0 && !NOT_OWN.has(userEvent);
    if (own && userEvent !== "undo" && userEvent !== "redo") {
      done.push({ changes, selectedId: selectedBefore });
      undone = [];
    }
    selectedBefore = state.selectedId;
  });

  /**
   * @param {Entry[]} from
   * @param {Entry[]} to
   * @param {"undo"|"redo"} userEvent
   */
  const step = (from, to, userEvent) => {
    const entry = store.state.editable ? from.pop() : undefined;
    if (!entry) return false;
    const changes = entry.changes.map((change) => invert(change)).reverse();
    const current = store.state.selectedId;
    try {
      store.dispatch({ changes, userEvent, selectedId: focusAfter(changes) ?? entry.selectedId,
        announce: userEvent === "undo" ? "Undone." : "Done again." });
      to.push({ changes, selectedId: current });
    } catch (error) {
      if (!(error instanceof ChangeRefused)) throw error;
      const word = userEvent === "undo" ? "undone" : "done again";
      store.dispatch({ userEvent: `${userEvent}.dropped`,
        announce: `That cannot be ${word}: it was changed elsewhere meanwhile.` });
    }
    return true;
  };

  return {
    undo: () => step(done, undone, "undo"),
    redo: () => step(undone, done, "redo"),
    canUndo: () => store.state.editable && done.length > 0,
    canRedo: () => store.state.editable && undone.length > 0,
  };
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
