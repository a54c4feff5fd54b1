import { apply, createOverlay, invert } from "../model/changes.js";
import { rebase } from "../model/rebase.js";
import { changeFromWire } from "../model/wire.js";

/**
 * @typedef {import("../model/types.js").Change} Change
 * @typedef {import("./queue.js").Queue} Queue
 * @typedef {import("../model/state.js").Store} Store
 * @typedef {Change & {revision: number, by?: string, at?: string}} LogEntry an entry of the log, as on the wire
 */

/**
 * Bring the state to a later revision: take back the own unsent changes, apply what happened meanwhile, and put the own
 * changes on top again, all in one transaction, so that the views see one step.
 *
 * @param {Store} store
 * @param {Queue} queue holds the outcome of the rebase afterwards
 * @param {{news: LogEntry[], known: Set<string>, revision: number, refused?: string|null}} what entries after the
 *   revision of the state; ids of all entries that may be own ones; the revision after the news; an own change to leave
 *   out
 * @returns {void}
 * @throws {import("../model/changes.js").ChangeRefused} when the news do not fit the state; nothing is changed then
 */
export function catchUp(store, queue, { news, known, revision, refused = null }) {
  if (refused === null && queue.restored.length === 0 && onlyOwn(news, queue.applied)) {
    queue.acknowledge(known);
    return;
  }
  const { state } = store;
  const { offsets } = state.document;
  const back = queue.applied.map((change) => invert(change)).reverse();
  const incoming = news.flatMap((entry) => changeFromWire(entry, offsets));
  const overlay = { ...createOverlay(state), schema: undefined };
  for (const change of [...back, ...incoming]) apply(overlay, change);
  const pending = [...queue.restored.flatMap((change) => changeFromWire(change, offsets)), ...queue.applied];
  const { kept, conflicts } = rebase({ ...overlay, document: state.document, schema: state.schema }, pending,
    { acknowledged: known, refused }, (id) => state.spans.get(id));
  const foreign = news.filter((entry) => !pending.some((change) => change.id === entry.id)).length;
  store.dispatch({
    changes: [...back, ...incoming, ...kept],
    conflicts: [...state.conflicts, ...conflicts],
    userEvent: "remote",
    announce: words(foreign, conflicts.length),
  });
  queue.replace(kept, revision);
}

/**
 * Whether the news are nothing but the first of the own changes, in their order: the state has them all then.
 *
 * @param {LogEntry[]} news
 * @param {Change[]} own
 */
function onlyOwn(news, own) {
  return news.every((entry, index) => entry.id === own[index]?.id);
}

/**
 * @param {number} foreign
 * @param {number} conflicts
 */
function words(foreign, conflicts) {
  const made = foreign === 1 ? "1 change was made elsewhere." : `${foreign} changes were made elsewhere.`;
  const lost = conflicts === 1 ? "1 of yours does not fit any more." : `${conflicts} of yours do not fit any more.`;
  return [foreign > 0 && made, conflicts > 0 && lost].filter(Boolean).join(" ");
}
