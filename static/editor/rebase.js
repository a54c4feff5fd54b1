import { apply, invert, problemOf } from "./changes.js";
import { ConflictList } from "./conflicts.js";
import { describeSpan, describeValue } from "./describe.js";
import { fieldsOf, hasFields, pick, sameRelation, sameSpan, valueIn } from "./fields.js";
import { newId } from "./identifiers.js";

/**
 * @typedef {import("./types.js").Change} Change
 * @typedef {import("./types.js").Span} Span
 * @typedef {import("./types.js").AddSpan} AddSpan
 * @typedef {import("./types.js").RemoveSpan} RemoveSpan
 * @typedef {import("./types.js").UpdateSpan} UpdateSpan
 * @typedef {import("./types.js").AddRelation} AddRelation
 * @typedef {import("./types.js").Conflict} Conflict
 * @typedef {import("./changes.js").Tables & {schema: import("./types.js").Schema}} Tables
 * @typedef {{kept: Change[], conflicts: Conflict[]}} Rebased
 */

/**
 * Put unsent changes on top of what happened meanwhile.
 *
 * A change that still fits is kept; one whose effect is there already is left out; of an update, the fields that were
 * not touched elsewhere are kept, as a new change. Everything else becomes a conflict that tells both values: what is
 * there stays, what was wanted is not lost. Removing a span that was changed meanwhile is such a conflict as well: the
 * span stays, and so do its relations.
 *
 * @param {Tables} tables as after what happened meanwhile; the kept changes are applied to them
 * @param {Change[]} pending in the order they were made
 * @param {{acknowledged?: Set<string>, refused?: string|null}} [known] ids that are in the log already; the id of one
 *   that the server refused
 * @param {(id: string) => Span|undefined} [mine] a span as it is here, for conflicts about one that is gone
 * @returns {Rebased}
 */
export function rebase(tables, pending, { acknowledged = new Set(), refused = null } = {}, mine = () => undefined) {
  const rebasing = new Rebasing(tables, mine);
  for (const change of pending) {
    if (!acknowledged.has(change.id)) rebasing.take(change, change.id === refused);
  }
  return { kept: rebasing.kept, conflicts: rebasing.conflicts.list() };
}

class Rebasing {
  /** @type {Change[]} */
  kept = [];

  /**
   * @param {Tables} tables
   * @param {(id: string) => Span|undefined} mine
   */
  constructor(tables, mine) {
    this.tables = tables;
    this.conflicts = new ConflictList(tables, mine);
  }

  /**
   * @param {Change} change
   * @param {boolean} refused
   */
  take(change, refused) {
    if (refused) this.conflicts.addWhole(change, "the server did not accept it");
    else if (problemOf(this.tables, change) === "") this.#keep(change);
    else this.#settle(change);
  }

  /** @param {Change} change */
  #keep(change) {
    apply(this.tables, change);
    this.kept.push(change);
  }

  /** @param {Change} change one that does not fit */
  #settle(change) {
    switch (change.kind) {
      case "add_span":
        return this.#settleAddition(change);
      case "remove_span":
        return this.#settleRemoval(change);
      case "update_span":
        return this.#settleUpdate(change);
      case "add_relation":
        return this.#settleRelation(change);
      case "remove_relation":
        return undefined; // gone already, which is all that was wanted
    }
  }

  /** @param {AddSpan} change */
  #settleAddition(change) {
    const there = this.tables.spans.get(change.span.id);
    if (there && sameSpan(there, change.span)) return;
    if (there && this.conflicts.forgetRemoval(change.span)) return;
    this.conflicts.addWhole(change, there ? describeSpan(this.tables, there) : problemOf(this.tables, change));
  }

  /** @param {RemoveSpan} change */
  #settleRemoval(change) {
    const there = this.tables.spans.get(change.span.id);
    if (!there) {
      this.conflicts.forgetSpan(change.span.id);
      return;
    }
    this.#restoreRelations(there.id);
    this.conflicts.addWhole(change, describeSpan(this.tables, there));
  }

  /**
   * Take back the removals of relations that were only there to make way for the removal of a span that stays.
   *
   * @param {string} spanId
   */
  #restoreRelations(spanId) {
    for (let last = this.kept.at(-1); last?.kind === "remove_relation"; last = this.kept.at(-1)) {
      if (last.relation.from !== spanId && last.relation.to !== spanId) return;
      apply(this.tables, invert(last));
      this.kept.pop();
    }
  }

  /** @param {UpdateSpan} change */
  #settleUpdate(change) {
    const span = this.tables.spans.get(change.span_id);
    if (!span) {
      for (const field of fieldsOf(change.after)) this.conflicts.addField(change, field, "removed");
      return;
    }
    const fields = fieldsOf(change.after);
    const clashing = fields.filter((field) =>
      !hasFields(span, pick(change.before, [field])) && !hasFields(span, pick(change.after, [field])));
    if (clashing.includes("label")) {
      this.#giveUp(change, fields.filter((field) => !field.startsWith("attributes.")), span);
      return;
    }
    this.#giveUp(change, clashing, span);
    const open = fields.filter((field) => !clashing.includes(field) && !hasFields(span, pick(change.after, [field])));
    if (open.length === 0) return;
    const rest = { id: newId(), kind: change.kind, span_id: span.id,
      before: pick(change.before, open), after: pick(change.after, open) };
    if (problemOf(this.tables, rest) === "") this.#keep(rest);
    else this.#giveUp(rest, open, span);
  }

  /**
   * @param {UpdateSpan} change
   * @param {string[]} fields
   * @param {Span} span as it is there
   */
  #giveUp(change, fields, span) {
    for (const field of fields) {
      this.conflicts.addField(change, field, describeValue(this.tables, span.label, field, valueIn(span, field)));
    }
  }

  /** @param {AddRelation} change */
  #settleRelation(change) {
    const { id, label, from, to } = change.relation;
    const there = this.tables.relations.get(id);
    if (there && sameRelation(there, change.relation)) return;
    const twin = this.tables.relations.of(from).some((other) =>
      other.label === label && other.from === from && other.to === to);
    if (!twin) this.conflicts.addWhole(change, problemOf(this.tables, change));
  }
}
