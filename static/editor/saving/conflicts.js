/**
 * @typedef {import("../model/state.js").Store} Store
 * @typedef {import("../model/types.js").Conflict} Conflict
 */

/**
 * Add the conflicts that earlier pages left to those of the state.
 *
 * @param {Store} store
 * @param {Conflict[]} conflicts
 */
export function addConflicts(store, conflicts) {
  const current = store.state.conflicts;
  const added = conflicts.filter((conflict) => !current.some((other) => other.id === conflict.id));
  if (added.length > 0) store.dispatch({ conflicts: [...current, ...added], userEvent: "restore" });
}

/**
 * Store conflicts until they are resolved, so that they outlive the page.
 *
 * @param {Store} store
 * @param {import("../../saving/outbox.js").Outbox} outbox
 */
export function keepConflicts(store, outbox) {
  let known = store.state.conflicts;
  store.subscribe(({ state }) => {
    if (state.conflicts === known) return;
    const added = state.conflicts.filter((conflict) => !known.includes(conflict));
    const removed = known.filter((conflict) => !state.conflicts.includes(conflict)).map((conflict) => conflict.id);
    known = state.conflicts;
    void outbox.keepConflicts(removed, added);
  });
}
