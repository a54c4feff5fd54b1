/**
 * Sends rejected suggestions to their log. They wait in this browser until the server has answered, so that a lost
 * connection or a closed tab loses none; each has an id of its own, so that a resend is recognised.
 */

import { newId } from "../../pages/identifiers.js";

/**
 * @typedef {import("../model/assistance/suggestions.js").Suggestion} Suggestion
 * @typedef {"rejected"|"restored"} Kind
 * @typedef {{id: string, source: string, version: string, suggestion: string, kind: Kind, key: string}} Entry
 * @typedef {import("../../saving/transport.js").Transport} Transport
 * @typedef {{transport: Transport, url: string, name: string, storage: () => Storage,
 *   signal?: AbortSignal}} DismissalParts `storage` may throw where the browser keeps nothing
 * @typedef {{waiting: ReadonlySet<string>, add: (suggestion: Suggestion, kind: Kind) => void}} Dismissals
 *   `waiting`: the keys of suggestions that were rejected earlier and are not in the log yet
 */

/** How long entries are collected; an entry that is undone within this time is never sent. */
const DELAY_MILLISECONDS = 1500;
const MOST_AT_ONCE = 500;

/**
 * @param {DismissalParts} parts
 * @returns {Dismissals}
 */
export function openDismissals(parts) {
  const log = new DismissalLog(parts);
  globalThis.addEventListener?.("online", () => log.later(), { signal: parts.signal });
  if (log.entries.length > 0) log.later();
  return log;
}

class DismissalLog {
  timer = 0;
  isSending = false;

  /** @param {DismissalParts} parts */
  constructor(parts) {
    this.parts = parts;
    this.entries = stored(parts.storage, parts.name);
    this.waiting = new Set(this.entries.filter(({ kind }) => kind === "rejected").map(({ key }) => key));
  }

  /** @param {Suggestion} suggestion @param {Kind} kind */
  add({ key, source, version, id }, kind) {
    const opposite = this.entries.findIndex((entry) => entry.key === key && entry.kind !== kind);
    if (opposite >= 0 && !this.isSending) this.entries.splice(opposite, 1);
    else this.entries.push({ id: newId(), source, version, suggestion: id, kind, key });
    this.#keep();
    this.later();
  }

  /** Send what waits, after more may have come. */
  later() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.#send(), DELAY_MILLISECONDS);
  }

  async #send() {
    if (this.isSending || this.entries.length === 0) return;
    this.isSending = true;
    const batch = this.entries.slice(0, MOST_AT_ONCE);
    const dismissals = batch.map(({ id, source, version, suggestion, kind }) =>
      ({ id, source, version, suggestion, kind }));
    const answer = await this.parts.transport.post(this.parts.url, { dismissals }).catch(() => null);
    this.isSending = false;
    // What the server refuses for good is dropped: the set is closed, or no longer the user's.
    if (answer === null || answer.status >= 500 || [401, 403, 429].includes(answer.status)) return;
    const sent = new Set(batch.map(({ id }) => id));
    this.entries = this.entries.filter(({ id }) => !sent.has(id));
    this.#keep();
    if (this.entries.length > 0) await this.#send();
  }

  #keep() {
    const { storage, name } = this.parts;
    try {
      if (this.entries.length > 0) storage().setItem(name, JSON.stringify(this.entries));
      else storage().removeItem(name);
    } catch {
      // Private windows may keep nothing; the entries are sent from memory.
    }
  }
}

/**
 * @param {() => Storage} storage
 * @param {string} name
 * @returns {Entry[]}
 */
function stored(storage, name) {
  try {
    const entries = JSON.parse(storage().getItem(name) ?? "[]");
    return Array.isArray(entries) ? entries : [];
  } catch {
    return [];
  }
}
