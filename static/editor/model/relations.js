/** @typedef {import("./types.js").Relation} Relation */

/** The relations of one annotation set: by id, and by the spans at their ends. */
export class RelationStore {
  /** @type {Map<string, Relation>} */
  #relations = new Map();
  /** @type {Map<string, Set<Relation>>} */
  #bySpan = new Map();

  /** @param {Iterable<Relation>} [relations] */
  constructor(relations = []) {
    for (const relation of relations) this.add(relation);
  }

  get size() {
    return this.#relations.size;
  }

  /** @param {string} id */
  get(id) {
    return this.#relations.get(id);
  }

  /** @param {string} id */
  has(id) {
    return this.#relations.has(id);
  }

  values() {
    return this.#relations.values();
  }

  /**
   * @param {Relation} relation
   * @throws {RangeError} when a relation with its id exists
   */
  add(relation) {
    if (this.#relations.has(relation.id)) throw new RangeError(`A relation ${relation.id} exists already.`);
    this.#relations.set(relation.id, relation);
    for (const spanId of new Set([relation.from, relation.to])) {
      const relations = this.#bySpan.get(spanId);
      if (relations) relations.add(relation);
      else this.#bySpan.set(spanId, new Set([relation]));
    }
  }

  /**
   * @param {string} id
   * @throws {RangeError} when there is no such relation
   */
  remove(id) {
    const relation = this.#relations.get(id);
    if (!relation) throw new RangeError(`There is no relation ${id}.`);
    this.#relations.delete(id);
    for (const spanId of new Set([relation.from, relation.to])) {
      const relations = this.#bySpan.get(spanId);
      relations?.delete(relation);
      if (relations?.size === 0) this.#bySpan.delete(spanId);
    }
  }

  /**
   * Return the relations that start or end at a span.
   *
   * @param {string} spanId
   * @returns {Relation[]}
   */
  of(spanId) {
    return [...(this.#bySpan.get(spanId) ?? [])];
  }

  /**
   * Return the relations that start at a span.
   *
   * @param {string} spanId
   * @returns {Relation[]}
   */
  from(spanId) {
    return this.of(spanId).filter((relation) => relation.from === spanId);
  }

  /**
   * Return the relations that end at a span.
   *
   * @param {string} spanId
   * @returns {Relation[]}
   */
  to(spanId) {
    return this.of(spanId).filter((relation) => relation.to === spanId);
  }
}
