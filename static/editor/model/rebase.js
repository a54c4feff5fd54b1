import { gettext, interpolate } from "../../pages/text.js";
import { apply, invert, problemOf } from "./changes.js";
import { describe, describeField, describeSpan, describeValue } from "./descriptions.js";
import { fieldsOf, hasFields, pick, sameRelation, sameSpan, sameValue, valueIn } from "./fields.js";
import { newId } from "../../pages/identifiers.js";

/**
 * @typedef {import("./types.js").Change} Change
 * @typedef {import("./types.js").Conflict} Conflict
 * @typedef {import("./types.js").Span} Span
 * @typedef {import("./types.js").UpdateSpan} UpdateSpan
 * @typedef {import("./descriptions.js").View} View
 */

/** What `addField` is given when the span no longer exists. */
const REMOVED = "removed";

/**
 * The changes that a rebase could not keep. Where a change builds on another of the same value, only the last one
 * counts.
 */
export class ConflictList {
  /** @type {Map<string, Conflict>} */
  #conflicts = new Map();

  /**
   * @param {View} current spans and relations with the changes made elsewhere
   * @param {(id: string) => Span|undefined} local a span as it was on this page
   */
  constructor(current, local) {
    this.local = local;
    this.view = { ...current, spans: { get: (/** @type {string} */ id) => local(id) ?? current.spans.get(id) } };
  }

  list() {
    return [...this.#conflicts.values()];
  }

  /**
   * Add a change that could not be kept at all.
   *
   * @param {Change} change
   * @param {string} theirs what is stored, or why the change does not apply, in words
   */
  addWhole(change, theirs) {
    const [spanId, field, key] = placeOfChange(change);
    this.#earlier(key, (earlier) => earlier.kind !== change.kind);
    const mine = change.kind === "remove_span" ? gettext("deleted") : describe(this.view, change);
    const message = change.kind === "remove_span"
      ? interpolate(gettext("You deleted %(span)s. It was kept because it was changed elsewhere: %(theirs)s."),
        { span: describeSpan(this.view, change.span), theirs })
      : interpolate(gettext("Not kept: %(change)s. Reason: %(reason)s."),
        { change: mine, reason: theirs.replace(/\.$/, "") });
    this.#put(key, { id: newId(), spanId, field, mine, theirs, message, change });
  }

  /**
   * Add one field of an update that could not be kept.
   *
   * @param {UpdateSpan} change
   * @param {string} field as fieldsOf names it
   * @param {string} theirs in words; REMOVED when the span no longer exists
   */
  addField(change, field, theirs) {
    const { id, kind, span_id: spanId, before, after } = change;
    const key = `${spanId}\n${field}`;
    const earlier = this.#earlier(key, (known) =>
      known.kind === "update_span" && sameValue(valueIn(known.after, field), valueIn(before, field)));
    const base = earlier?.kind === "update_span" ? earlier.before : before;
    if (sameValue(valueIn(base, field), valueIn(after, field))) return void this.#conflicts.delete(key);
    const names = field === "label" ? undefined : [field]; // the attributes of a relabelled span belong to its label
    const rest = { id, kind, span_id: spanId, before: pick(base, names), after: pick(after, names) };
    const label = after.label ?? this.view.spans.get(spanId)?.label ?? "";
    const mine = describeValue(this.view, label, field, valueIn(after, field));
    const message = interpolate(theirs === REMOVED
      ? gettext("%(field)s of %(span)s: you set %(mine)s. The span was deleted elsewhere.")
      : gettext("%(field)s of %(span)s: you set %(mine)s. Elsewhere it was set to %(theirs)s, which was kept."),
    { field: describeField(this.view, label, field), span: this.#name(spanId), mine, theirs });
    this.#put(key, { id: newId(), spanId, field, mine, theirs, message, change: rest });
  }

  /**
   * Forget that the removal of a span was not kept, when the span is added again; false when nothing was reported.
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
   * Forget the conflicts of a span that both sides removed.
   *
   * @param {string} spanId
   */
  forgetSpan(spanId) {
    for (const [key, conflict] of this.#conflicts) if (conflict.spanId === spanId) this.#conflicts.delete(key);
  }

  /**
   * Return the change that was reported for the same value, if the next change builds on it. Otherwise both are
   * reported: the drafts of a closed page and the changes of the next page may start from the same value.
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
    const span = this.local(conflict.spanId);
    this.#conflicts.set(key, span ? { ...conflict, span } : conflict);
  }

  /** @param {string} spanId */
  #name(spanId) {
    const span = this.view.spans.get(spanId);
    return span ? describeSpan(this.view, span) : gettext("a span");
  }
}

/**
 * @param {Change} change
 * @returns {[string, string, string]} span, field, and key of a conflict about a whole change
 */
function placeOfChange(change) {
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
 * Rebase unsent changes onto the changes made elsewhere.
 *
 * A change that still applies is kept; one that was also made elsewhere is dropped; of an update, the fields that were
 * not changed elsewhere are kept, as a new change. Everything else becomes a conflict with both values: the stored one
 * stays, and the other one is not lost. Removing a span that was changed elsewhere is also a conflict: the span and its
 * relations stay.
 *
 * @param {Tables} tables after the changes made elsewhere; the kept changes are applied to them
 * @param {Change[]} pending in the order they were made
 * @param {{acknowledged?: Set<string>, refused?: string|null}} [known] ids that are in the log already; the id of a
 *   change that the server refused
 * @param {(id: string) => Span|undefined} [local] a span as it is on this page, for conflicts about a removed one
 * @returns {Rebased}
 */
export function rebase(tables, pending, { acknowledged = new Set(), refused = null } = {}, local = () => undefined) {
  const rebasing = new Rebasing(tables, local);
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
   * @param {(id: string) => Span|undefined} local
   */
  constructor(tables, local) {
    this.tables = tables;
    this.conflicts = new ConflictList(tables, local);
  }

  /**
   * @param {Change} change
   * @param {boolean} refused
   */
  take(change, refused) {
    if (refused) this.conflicts.addWhole(change, gettext("the server refused it"));
    else if (problemOf(this.tables, change) === "") this.#keep(change);
    else this.#resolve(change);
  }

  /** @param {Change} change */
  #keep(change) {
    apply(this.tables, change);
    this.kept.push(change);
  }

  /** @param {Change} change that does not apply */
  #resolve(change) {
    switch (change.kind) {
      case "add_span":
        return this.#resolveAddition(change);
      case "remove_span":
        return this.#resolveRemoval(change);
      case "update_span":
        return this.#resolveUpdate(change);
      case "add_relation":
        return this.#resolveRelation(change);
      case "remove_relation":
        return undefined; // removed already
    }
  }

  /** @param {AddSpan} change */
  #resolveAddition(change) {
    const current = this.tables.spans.get(change.span.id);
    if (current && sameSpan(current, change.span)) return;
    if (current && this.conflicts.forgetRemoval(change.span)) return;
    this.conflicts.addWhole(change, current ? describeSpan(this.tables, current) : problemOf(this.tables, change));
  }

  /** @param {RemoveSpan} change */
  #resolveRemoval(change) {
    const current = this.tables.spans.get(change.span.id);
    if (!current) {
      this.conflicts.forgetSpan(change.span.id);
      return;
    }
    this.#restoreRelations(current.id);
    this.conflicts.addWhole(change, describeSpan(this.tables, current));
  }

  /**
   * Undo the removals of relations that preceded the removal of a span that stays.
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
  #resolveUpdate(change) {
    const span = this.tables.spans.get(change.span_id);
    if (!span) {
      for (const field of fieldsOf(change.after)) this.conflicts.addField(change, field, REMOVED);
      return;
    }
    const fields = fieldsOf(change.after);
    const conflicting = fields.filter((field) =>
      !hasFields(span, pick(change.before, [field])) && !hasFields(span, pick(change.after, [field])));
    if (conflicting.includes("label")) {
      this.#report(change, fields.filter((field) => !field.startsWith("attributes.")), span);
      return;
    }
    this.#report(change, conflicting, span);
    const open = fields.filter((field) =>
      !conflicting.includes(field) && !hasFields(span, pick(change.after, [field])));
    if (open.length === 0) return;
    const rest = { id: newId(), kind: change.kind, span_id: span.id,
      before: pick(change.before, open), after: pick(change.after, open) };
    if (problemOf(this.tables, rest) === "") this.#keep(rest);
    else this.#report(rest, open, span);
  }

  /**
   * @param {UpdateSpan} change
   * @param {string[]} fields
   * @param {Span} span as it is stored
   */
  #report(change, fields, span) {
    for (const field of fields) {
      this.conflicts.addField(change, field, describeValue(this.tables, span.label, field, valueIn(span, field)));
    }
  }

  /** @param {AddRelation} change */
  #resolveRelation(change) {
    const { id, label, from, to } = change.relation;
    const current = this.tables.relations.get(id);
    if (current && sameRelation(current, change.relation)) return;
    const isDuplicate = this.tables.relations.of(from).some((other) =>
      other.label === label && other.from === from && other.to === to);
    if (!isDuplicate) this.conflicts.addWhole(change, problemOf(this.tables, change));
  }
}
