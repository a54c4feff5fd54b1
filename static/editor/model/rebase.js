import { apply, invert, problemOf } from "./changes.js";
import { describe, describeField, describeSpan, describeValue } from "./descriptions.js";
import { fieldsOf, hasFields, pick, sameRelation, sameSpan, sameValue, valueIn } from "./fields.js";
import { newId } from "./identifiers.js";

/**
 * @typedef {import("./types.js").Change} Change
 * @typedef {import("./types.js").Conflict} Conflict
 * @typedef {import("./types.js").Span} Span
 * @typedef {import("./types.js").UpdateSpan} UpdateSpan
 * @typedef {import("./descriptions.js").View} View
 */

/** What a rebase could not keep; where one change builds on another of the same thing, the last word counts. */
export class ConflictList {
  /** @type {Map<string, Conflict>} */
  #conflicts = new Map();

  /**
   * @param {View} there spans and relations as they are with what happened elsewhere
   * @param {(id: string) => Span|undefined} here a span as it was here
   */
  constructor(there, here) {
    this.there = there;
    this.here = here;
    this.view = { ...there, spans: { get: (/** @type {string} */ id) => here(id) ?? there.spans.get(id) } };
  }

  list() {
    return [...this.#conflicts.values()];
  }

  /**
   * A change that could not be kept at all.
   *
   * @param {Change} change
   * @param {string} theirs what is there, or why it does not fit, in words
   */
  addWhole(change, theirs) {
    const [spanId, field, key] = placeOf(change);
    this.#earlier(key, (earlier) => earlier.kind !== change.kind);
    const mine = change.kind === "remove_span" ? "removed" : describe(this.view, change);
    const message = change.kind === "remove_span"
      ? `You removed ${describeSpan(this.view, change.span)}. Elsewhere it was changed, so it was kept: ${theirs}.`
      : `${describe(this.view, change)}: this could not be kept (${theirs}).`;
    this.#put(key, { id: newId(), spanId, field, mine, theirs, message, change });
  }

  /**
   * One field of an update that could not be kept.
   *
   * @param {UpdateSpan} change
   * @param {string} field as fieldsOf names it
   * @param {string} theirs in words; "removed" when the span is gone
   */
  addField(change, field, theirs) {
    const { id, kind, span_id: spanId, before, after } = change;
    const key = `${spanId}\n${field}`;
    const earlier = this.#earlier(key, (known) =>
      known.kind === "update_span" && sameValue(valueIn(known.after, field), valueIn(before, field)));
    const base = earlier?.kind === "update_span" ? earlier.before : before;
    if (sameValue(valueIn(base, field), valueIn(after, field))) return void this.#conflicts.delete(key);
    const names = field === "label" ? undefined : [field]; // the attributes of a relabelled span go with its label
    const rest = { id, kind, span_id: spanId, before: pick(base, names), after: pick(after, names) };
    const label = after.label ?? this.view.spans.get(spanId)?.label ?? "";
    const mine = describeValue(this.view, label, field, valueIn(after, field));
    const outcome = theirs === "removed" ? "the span was removed" : `it became ${theirs}, which was kept`;
    const place = `${describeField(this.view, label, field)} of ${this.#name(spanId)}`;
    const message = `${place}: you chose ${mine}. Elsewhere ${outcome}.`;
    this.#put(key, { id: newId(), spanId, field, mine, theirs, message, change: rest });
  }

  /**
   * Whether a span that comes back is one whose removal was not kept: then all is as it was wanted.
   *
   * @param {Span} span
   * @returns {boolean}
   */
  forgetRemoval(span) {
    const key = `${span.id}\nspan`;
    const change = this.#conflicts.get(key)?.change;
    return change?.kind === "remove_span" && sameSpan(change.span, span) && this.#conflicts.delete(key);
  }

  /**
   * What was said about a span does not matter any more: both sides removed it.
   *
   * @param {string} spanId
   */
  forgetSpan(spanId) {
    for (const [key, conflict] of this.#conflicts) if (conflict.spanId === spanId) this.#conflicts.delete(key);
  }

  /**
   * What was reported about the same thing, if the next change builds on it. Otherwise both are reported: the drafts of
   * a page that closed and the work of the next page may have begun from the same value.
   *
   * @param {string} key
   * @param {(earlier: Change) => boolean} isBuiltOn
   * @returns {Change|undefined}
   */
  #earlier(key, isBuiltOn) {
    const conflict = this.#conflicts.get(key);
    if (!conflict || isBuiltOn(conflict.change)) return conflict?.change;
    this.#conflicts.delete(key);
    this.#conflicts.set(`${key}\n${conflict.id}`, conflict);
    return undefined;
  }

  /**
   * @param {string} key
   * @param {Conflict} conflict
   */
  #put(key, conflict) {
    const span = this.here(conflict.spanId);
    this.#conflicts.set(key, span ? { ...conflict, span } : conflict);
  }

  /** @param {string} spanId */
  #name(spanId) {
    const span = this.view.spans.get(spanId);
    return span ? describeSpan(this.view, span) : "a span";
  }
}

/**
 * @param {Change} change
 * @returns {[string, string, string]} span, field, and key of a conflict about a whole change
 */
function placeOf(change) {
  if (change.kind === "update_span") return [change.span_id, "span", `${change.span_id}\n${change.id}`];
  if (change.kind === "add_span" || change.kind === "remove_span") {
    return [change.span.id, "span", `${change.span.id}\nspan`];
  }
  return [change.relation.from, "relation", `${change.relation.id}\nrelation`];
}

/**
 * @typedef {import("./types.js").AddSpan} AddSpan
 * @typedef {import("./types.js").RemoveSpan} RemoveSpan
 * @typedef {import("./types.js").AddRelation} AddRelation
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
