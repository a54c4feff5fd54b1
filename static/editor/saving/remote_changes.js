import { interpolate, ngettext } from "../../pages/text.js";
import { apply, createOverlay, invert } from "../model/changes.js";
import { rebase } from "../model/rebase.js";
import { changeFromWire } from "../model/wire.js";

/**
 * @typedef {import("../model/types.js").Change} Change
 * @typedef {import("../../saving/queue.js").Queue<Change>} Queue
 * @typedef {import("../model/state.js").Store} Store
 * @typedef {Change & {revision: number, by?: string, at?: string}} LogEntry an entry of the log, as on the wire
 */

/**
 * Bring the state to a later revision: undo the own unsent changes, apply the changes made elsewhere, and apply the own
 * changes again, in one transaction, so that the views see one step.
 *
 * @param {Store} store
 * @param {Queue} queue contains the result of the rebase afterwards
 * @param {{entries: LogEntry[], knownIds: Set<string>, revision: number, refused?: string|null}} remote the entries
 *   after the revision of the state; ids of all entries that may be own ones; the revision after the entries; an own
 *   change to skip
 * @returns {void}
 * @throws {import("../model/changes.js").ChangeRefused} when the entries do not apply to the state, which is unchanged
 */
export function applyRemoteChanges(store, queue, { entries, knownIds, revision, refused = null }) {
  if (refused === null && queue.restored.length === 0 && areOwn(entries, queue.applied)) {
    queue.acknowledge(knownIds);
    return;
  }
  const { state } = store;
  const { offsets } = state.document;
  const undone = queue.applied.map((change) => invert(change)).reverse();
  const incoming = entries.flatMap((entry) => changeFromWire(entry, offsets));
  const overlay = { ...createOverlay(state), schema: undefined };
  for (const change of [...undone, ...incoming]) apply(overlay, change);
  const pending = [...queue.restored.flatMap((change) => changeFromWire(change, offsets)), ...queue.applied];
  const { kept, conflicts } = rebase({ ...overlay, document: state.document, schema: state.schema }, pending,
    { acknowledged: knownIds, refused }, (id) => state.spans.get(id));
  const foreign = entries.filter((entry) => !pending.some((change) => change.id === entry.id)).length;
  store.dispatch({
    changes: [...undone, ...incoming, ...kept],
    conflicts: [...state.conflicts, ...conflicts],
    userEvent: "remote",
    restored: restoredBy(entries).flatMap((entry) => changeFromWire(entry, offsets)),
    announce: message(foreign, conflicts.length),
  });
  queue.replace(kept, revision);
}

/**
 * Return the last entries of the log when they restored an earlier revision; else none.
 *
 * @template {{id: string}} T
 * @param {T[]} entries
 * @returns {T[]}
 */
export function restoredBy(entries) {
  const [prefix] = /^restore-[0-9]+-/.exec(entries.at(-1)?.id ?? "") ?? [];
  if (prefix === undefined) return [];
  return entries.slice(entries.findLastIndex(({ id }) => !id.startsWith(prefix)) + 1);
}

/**
 * Return whether all entries are the first of the own changes, in their order: the state has them all then.
 *
 * @param {LogEntry[]} entries
 * @param {Change[]} own
 */
function areOwn(entries, own) {
  return entries.every((entry, index) => entry.id === own[index]?.id);
}

/**
 * @param {number} made number of changes made elsewhere
 * @param {number} conflicts
 */
function message(made, conflicts) {
  const sentences = [];
  if (made > 0) {
    sentences.push(interpolate(ngettext("%(count)s change was made elsewhere.",
      "%(count)s changes were made elsewhere.", made), { count: made }));
  }
  if (conflicts > 0) {
    sentences.push(interpolate(ngettext("%(count)s of your changes conflicts with it.",
      "%(count)s of your changes conflict with them.", conflicts), { count: conflicts }));
  }
  return sentences.join(" ");
}
