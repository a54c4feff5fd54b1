import { gettext, interpolate } from "../../pages/text.js";
import { fieldsOf, hasFields, sameRelation, sameSpan, withFields } from "./fields.js";
import { fragmentsProblem } from "./fragments.js";
import { newId } from "../../pages/identifiers.js";
import { pairProblem, spanProblem } from "./schema.js";

/**
 * @typedef {import("./types.js").Change} Change
 * @typedef {import("./types.js").Span} Span
 * @typedef {import("./types.js").UpdateSpan} UpdateSpan
 * @typedef {import("./types.js").Relation} Relation
 * @typedef {import("./types.js").Schema} Schema
 * @typedef {{get(id: string): Span|undefined, add(span: Span): number[], remove(id: string): number[],
 *   replace(span: Span): number[]}} SpanTable
 * @typedef {{get(id: string): Relation|undefined, add(relation: Relation): void, remove(id: string): void,
 *   of(spanId: string): Relation[]}} RelationTable
 * @typedef {{spans: SpanTable, relations: RelationTable, document: {text: string}, schema?: Schema|undefined}} Tables
 *   the objects that changes are applied to; without a schema only the structure is checked, as when a log is replayed
 * @typedef {{ids: Set<string>, blocks: Set<number>}} Touched
 */

/** A change that cannot be applied to the current spans and relations. The server refuses the same changes. */
export class ChangeRefused extends Error {
  /**
   * @param {Change} change
   * @param {string} reason
   */
  constructor(change, reason) {
    super(reason);
    this.name = "ChangeRefused";
    this.change = change;
  }
}

/**
 * Return why a change cannot be applied; "" when it can. The rules are those of the server.
 *
 * The check is strict, so that every change can be inverted without a look-up: its values before must be the current
 * ones.
 *
 * @param {Tables} tables
 * @param {Change} change
 * @returns {string}
 */
export function problemOf(tables, change) {
  switch (change.kind) {
    case "add_span":
      if (tables.spans.get(change.span.id)) {
        return interpolate(gettext("A span %(id)s exists already."), { id: change.span.id });
      }
      return valueProblem(tables, change.span);
    case "remove_span":
      return removalProblem(tables, change.span);
    case "update_span":
      return updateProblem(tables, change);
    case "add_relation":
      return additionProblem(tables, change.relation);
    case "remove_relation": {
      const relation = tables.relations.get(change.relation.id);
      if (!relation) return interpolate(gettext("There is no relation %(id)s."), { id: change.relation.id });
      return sameRelation(relation, change.relation) ? ""
        : interpolate(gettext("The relation %(id)s was changed."), { id: relation.id });
    }
  }
}

/** @param {string} id */
function missingSpan(id) {
  return interpolate(gettext("There is no span %(id)s."), { id });
}

/** @param {string} id */
function changedSpan(id) {
  return interpolate(gettext("The span %(id)s was changed."), { id });
}

/**
 * @param {Tables} tables
 * @param {Span} span
 */
function valueProblem({ document, schema }, span) {
  const problem = span.id === "" ? "" : fragmentsProblem(span.fragments, document.text.length);
  return problem || (schema ? spanProblem(schema, span) : "");
}

/**
 * @param {Tables} tables
 * @param {Span} span
 */
function removalProblem(tables, span) {
  const current = tables.spans.get(span.id);
  if (!current) return missingSpan(span.id);
  if (!sameSpan(current, span)) return changedSpan(span.id);
  if (tables.relations.of(span.id).length > 0) {
    return interpolate(gettext("The span %(id)s still has relations."), { id: span.id });
  }
  return "";
}

/**
 * @param {Tables} tables
 * @param {UpdateSpan} change
 */
function updateProblem(tables, { span_id: id, before, after }) {
  const current = tables.spans.get(id);
  if (!current) return missingSpan(id);
  if (fieldsOf(before).join() !== fieldsOf(after).join()) {
    return gettext("The values before and after have different fields.");
  }
  if (fieldsOf(after).length === 0) return gettext("The change has no fields.");
  if (!hasFields(current, before)) return changedSpan(id);
  const span = withFields(current, after);
  const relations = span.label === current.label ? [] : tables.relations.of(id);
  const problems = relations.map((relation) => endsProblem(tables, relation, span));
  return valueProblem(tables, span) || problems.find(Boolean) || "";
}

/**
 * @param {Tables} tables
 * @param {Relation} relation
 */
function additionProblem(tables, relation) {
  const { id, label, from, to } = relation;
  if (tables.relations.get(id)) {
    return interpolate(gettext("A relation %(id)s exists already."), { id });
  };
  const missing = [from, to].find((end) => !tables.spans.get(end));
  if (missing !== undefined) return missingSpan(missing);
  if (from === to) return gettext("A relation needs two different spans.");
  if (tables.relations.of(from).some((other) => other.label === label && other.from === from && other.to === to)) {
    return interpolate(gettext("These spans have a relation “%(relation)s” already."), { relation: label });
  }
  return endsProblem(tables, relation);
}

/**
 * @param {Tables} tables
 * @param {Relation} relation
 * @param {Span} [changed] one of its spans as it will be
 */
function endsProblem({ spans, schema }, relation, changed) {
  if (!schema) return "";
  const ends = [relation.from, relation.to].map((id) => (id === changed?.id ? changed : spans.get(id)));
  return pairProblem(schema, relation.label, ends[0]?.label ?? "", ends[1]?.label ?? "");
}

/**
 * Apply one change to the tables.
 *
 * @param {Tables} tables
 * @param {Change} change
 * @param {Touched} [touched] collects the ids of the spans and the blocks that change
 * @throws {ChangeRefused} when it cannot be applied; the tables are not changed then
 */
export function apply(tables, change, touched = { ids: new Set(), blocks: new Set() }) {
  const problem = problemOf(tables, change);
  if (problem) throw new ChangeRefused(change, problem);
  for (const id of spansOf(change)) touched.ids.add(id);
  for (const block of perform(tables, change)) touched.blocks.add(block);
}

/**
 * @param {Tables} tables
 * @param {Change} change
 * @returns {number[]} the blocks that change
 */
function perform({ spans, relations }, change) {
  switch (change.kind) {
    case "add_span":
      return spans.add(change.span);
    case "remove_span":
      return spans.remove(change.span.id);
    case "update_span":
      return spans.replace(withFields(/** @type {Span} */ (spans.get(change.span_id)), change.after));
    case "add_relation":
      relations.add(change.relation);
      return [];
    case "remove_relation":
      relations.remove(change.relation.id);
      return [];
  }
}

/**
 * Apply all changes, or none when one of them cannot be applied.
 *
 * @param {Tables} tables
 * @param {Change[]} changes
 * @param {Touched} [touched]
 * @throws {ChangeRefused}
 */
export function applyAll(tables, changes, touched) {
  let done = 0;
  try {
    for (; done < changes.length; done += 1) apply(tables, changes[done], touched);
  } catch (error) {
    const { spans, relations, document } = tables;
    for (const change of changes.slice(0, done).reverse()) apply({ spans, relations, document }, invert(change));
    throw error;
  }
}

/**
 * Return the inverse of a change, with a new id.
 *
 * @param {Change} change
 * @param {string} [id]
 * @returns {Change}
 */
export function invert(change, id = newId()) {
  switch (change.kind) {
    case "add_span":
      return { id, kind: "remove_span", span: change.span };
    case "remove_span":
      return { id, kind: "add_span", span: change.span };
    case "update_span":
      return { id, kind: "update_span", span_id: change.span_id, before: change.after, after: change.before };
    case "add_relation":
      return { id, kind: "remove_relation", relation: change.relation };
    case "remove_relation":
      return { id, kind: "add_relation", relation: change.relation };
  }
}

/**
 * Return the ids of the spans that a change concerns: a relation concerns both its spans.
 *
 * @param {Change} change
 * @returns {string[]}
 */
export function spansOf(change) {
  if (change.kind === "update_span") return [change.span_id];
  if (change.kind === "add_span" || change.kind === "remove_span") return [change.span.id];
  return [change.relation.from, change.relation.to];
}

/**
 * Return tables to try changes on: they read from the real tables and keep changes to themselves.
 *
 * @param {Tables} tables
 * @returns {Tables}
 */
export function createOverlay({ spans, relations, document, schema }) {
  return { spans: new SpanOverlay(spans), relations: new RelationOverlay(relations), document, schema };
}

class SpanOverlay {
  /** @type {Map<string, Span|undefined>} */
  #changed = new Map();

  /** @param {Tables["spans"]} base */
  constructor(base) {
    this.base = base;
  }

  /** @param {string} id */
  get(id) {
    return this.#changed.has(id) ? this.#changed.get(id) : this.base.get(id);
  }

  /** @param {Span} span */
  add(span) {
    this.#changed.set(span.id, span);
    return [];
  }

  /** @param {Span} span */
  replace(span) {
    return this.add(span);
  }

  /** @param {string} id */
  remove(id) {
    this.#changed.set(id, undefined);
    return [];
  }
}

class RelationOverlay {
  /** @type {Map<string, Relation|undefined>} */
  #changed = new Map();

  /** @param {Tables["relations"]} base */
  constructor(base) {
    this.base = base;
  }

  /** @param {string} id */
  get(id) {
    return this.#changed.has(id) ? this.#changed.get(id) : this.base.get(id);
  }

  /** @param {Relation} relation */
  add(relation) {
    this.#changed.set(relation.id, relation);
  }

  /** @param {string} id */
  remove(id) {
    this.#changed.set(id, undefined);
  }

  /**
   * @param {string} spanId
   * @returns {Relation[]}
   */
  of(spanId) {
    const unchanged = this.base.of(spanId).filter((relation) => !this.#changed.has(relation.id));
    const added = [...this.#changed.values()].filter((relation) =>
      relation !== undefined && (relation.from === spanId || relation.to === spanId));
    return [...unchanged, .../** @type {Relation[]} */ (added)];
  }
}
