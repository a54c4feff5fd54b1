/**
 * @typedef {import("./outbox.js").Draft} Draft
 * @typedef {import("./outbox.js").Outbox} Outbox
 */

/**
 * The changes that the server has not acknowledged, in order, and their copies in the outbox.
 *
 * Those restored from the outbox come first; they are applied to the state only after the changes made elsewhere are
 * known.
 *
 * @template {{id: string}} Change
 */
export class Queue {
  /** @type {Change[]} */
  #changes = [];
  /** @type {Draft[]} */
  #restored = [];

  /**
   * @param {Outbox} outbox
   * @param {string} owner id of this tab
   * @param {(change: Change) => Change} toWire
   */
  constructor(outbox, owner, toWire) {
    this.outbox = outbox;
    this.owner = owner;
    this.toWire = toWire;
  }

  /** The number of changes that the server has not acknowledged. */
  get size() {
    return this.#restored.length + this.#changes.length;
  }

  /** The changes that are applied to the state, in order. */
  get applied() {
    return [...this.#changes];
  }

  /** The changes from the outbox that are not applied yet, as on the wire. */
  get restored() {
    return this.#restored.map((draft) => draft.change);
  }

  /**
   * Return the earliest revision after which restored changes may be in the log.
   *
   * @param {number} revision when there are none
   */
  earliestBase(revision) {
    return Math.min(revision, ...this.#restored.map((draft) => draft.base));
  }

  /**
   * Take over the drafts of a tab that was closed.
   *
   * @param {Draft[]} drafts in order
   */
  restore(drafts) {
    const known = new Set([...this.#restored, ...this.#changes].map((change) => change.id));
    const added = drafts.filter((draft) => !known.has(draft.id)).map((draft) => ({ ...draft, owner: this.owner }));
    this.#restored.push(...added);
    this.outbox.rewrite(added.map((draft) => draft.id), added);
  }

  /**
   * Add changes to the end.
   *
   * @param {Change[]} changes
   * @param {number} base revision they are based on
   */
  push(changes, base) {
    this.#changes.push(...changes);
    this.outbox.rewrite([], this.#draft(changes, base));
  }

  /**
   * Return the changes to send next, as on the wire.
   *
   * @param {number} most
   */
  batch(most) {
    return this.#changes.slice(0, most).map(this.toWire);
  }

  /**
   * Return as many of the changes to send next as fit into a number of bytes.
   *
   * @param {number} most
   * @param {number} bytes
   */
  batchWithin(most, bytes) {
    for (let count = most; count > 0; count >>= 1) {
      const changes = this.batch(count);
      if (new TextEncoder().encode(JSON.stringify(changes)).length <= bytes) return changes;
    }
    return [];
  }

  /** Remove the changes that are in the log. @param {Set<string>} ids */
  acknowledge(ids) {
    this.outbox.rewrite(this.#changes.filter((change) => ids.has(change.id)).map((change) => change.id), []);
    this.#changes = this.#changes.filter((change) => !ids.has(change.id));
  }

  /**
   * Replace all changes with the result of a rebase.
   *
   * @param {Change[]} changes
   * @param {number} base revision they are based on now
   */
  replace(changes, base) {
    const old = [...this.#restored, ...this.#changes].map((change) => change.id);
    this.outbox.rewrite(old, this.#draft(changes, base));
    this.#restored = [];
    this.#changes = [...changes];
  }

  /**
   * @param {Change[]} changes
   * @param {number} base
   * @returns {Draft[]}
   */
  #draft(changes, base) {
    return changes.map((change) => ({ id: change.id, owner: this.owner, base, change: this.toWire(change) }));
  }
}
