/**
 * @typedef {import("./types.js").Span} Span
 * @typedef {import("./types.js").Relation} Relation
 * @typedef {import("./changes.js").Tables} Tables
 */

/**
 * Spans and relations to try changes on: reads through to the real ones, keeps what is changed to itself.
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
    const kept = this.base.of(spanId).filter((relation) => !this.#changed.has(relation.id));
    const added = [...this.#changed.values()].filter((relation) =>
      relation !== undefined && (relation.from === spanId || relation.to === spanId));
    return [...kept, .../** @type {Relation[]} */ (added)];
  }
}
