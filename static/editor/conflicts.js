import { describe, describeField, describeSpan, describeValue } from "./describe.js";
import { pick, sameSpan, sameValue, valueIn } from "./fields.js";
import { newId } from "./identifiers.js";

/**
 * @typedef {import("./types.js").Change} Change
 * @typedef {import("./types.js").Conflict} Conflict
 * @typedef {import("./types.js").Span} Span
 * @typedef {import("./types.js").UpdateSpan} UpdateSpan
 * @typedef {import("./describe.js").View} View
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
