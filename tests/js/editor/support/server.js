/**
 * A stand-in for the server, with the protocol of `docs/developers/change-log.md`: a log with revisions, idempotent
 * batches, refusal of stale bases and of changes that do not fit. It knows nothing of the modules under test. Trouble
 * can be arranged: answers that never arrive, error codes, a closed set.
 */
export class Server {
  /**
   * @param {{spans?: any[], relations?: any[], sha256?: string}} [initial] as on the wire
   */
  constructor({ spans = [], relations = [], sha256 = "0".repeat(64) } = {}) {
    this.spans = new Map(spans.map((span) => [span.id, structuredClone(span)]));
    this.relations = new Map(relations.map((relation) => [relation.id, structuredClone(relation)]));
    this.sha256 = sha256;
    /** @type {any[]} */
    this.log = [];
    this.state = "open";
    /** @type {{method: string, body: any, keepalive: boolean}[]} */
    this.requests = [];
    /** @type {(string|{status: number, body?: any, retryAfter?: number})[]} what happens to the next requests */
    this.trouble = [];
    /** @type {Set<string>} ids of changes that the server refuses for reasons of its own */
    this.unwanted = new Set();
    this.largest = Infinity;
  }

  get revision() {
    return this.log.length;
  }

  /** Return the set as the editor receives it when a page is opened. */
  snapshot() {
    const [spans, relations] = [[...this.spans.values()], [...this.relations.values()]];
    return structuredClone({ spans, relations, revision: this.revision, editable: this.state === "open" });
  }

  /** The transport for an editor. */
  get transport() {
    return {
      get: (/** @type {string} */ url) =>
        this.#answer("GET", () => this.#read(Number(/since=(\d+)/.exec(url)?.[1])), null, false),
      post: (/** @type {string} */ _url, /** @type {any} */ body, { keepalive = false } = {}) =>
        this.#answer("POST", () => this.#save(structuredClone(body)), body, keepalive),
    };
  }

  /**
   * @param {string} method
   * @param {() => {status: number, body: any}} work
   * @param {any} body
   * @param {boolean} keepalive
   */
  async #answer(method, work, body, keepalive) {
    const trouble = this.trouble.shift();
    this.requests.push(structuredClone({ method, body, keepalive }));
    await null;
    if (trouble === "lost request") throw new TypeError("Failed to fetch");
    if (typeof trouble === "object") return { body: {}, retryAfter: 0, ...trouble };
    const answer = work();
    if (trouble === "lost answer") throw new TypeError("Failed to fetch");
    return { retryAfter: 0, ...structuredClone(answer) };
  }

  /** @param {number} since */
  #read(since) {
    return { status: 200, body: { revision: this.revision, state: this.state, changes: this.#since(since) } };
  }

  /** @param {any} batch */
  #save({ base_revision: base, sha256, changes }) {
    if (JSON.stringify(changes).length > this.largest) return { status: 413, body: { code: "payload_too_large" } };
    if (sha256 !== this.sha256) return { status: 409, body: { code: "wrong_text", detail: "Another text." } };
    const known = new Map(this.log.map((entry) => [entry.id, entry.revision]));
    const fresh = changes.filter((/** @type {any} */ change) => !known.has(change.id));
    if (fresh.length > 0 && this.state !== "open") {
      return { status: 409, body: { code: "set_closed", detail: "It is submitted." } };
    }
    const until = this.#knownUntil(base, changes.map((/** @type {any} */ change) => known.get(change.id) ?? 0));
    if (until === null || (fresh.length > 0 && until !== this.revision)) {
      return { status: 409, body: { code: "stale_revision", revision: this.revision, changes: this.#since(base) } };
    }
    const problem = this.#carryOut(fresh);
    if (problem) return { status: 422, body: { code: "invalid_change", ...problem } };
    const ids = (/** @type {any[]} */ list) => list.map((change) => change.id);
    const duplicates = changes.filter((/** @type {any} */ change) => known.has(change.id));
    return { status: 200, body: { revision: until + fresh.length, applied: ids(fresh), duplicates: ids(duplicates) } };
  }

  /**
   * Return up to which revision a client knows the log: its base and its own changes without a gap; null when others
   * lie between.
   *
   * @param {number} base
   * @param {number[]} revisions of its own changes
   */
  #knownUntil(base, revisions) {
    const since = revisions.filter((revision) => revision > base).sort((first, second) => first - second);
    const gap = since.some((revision, index) => revision !== base + 1 + index);
    return gap || base > this.revision ? null : base + since.length;
  }

  /** @param {any[]} changes */
  #carryOut(changes) {
    const before = [new Map(this.spans), new Map(this.relations)];
    for (const change of changes) {
      const detail = this.unwanted.has(change.id) ? "No." : this.#apply(change);
      if (!detail) continue;
      [this.spans, this.relations] = before;
      return { change_id: change.id, detail };
    }
    for (const change of changes) this.log.push({ ...change, revision: this.revision + 1, by: "ada", at: "now" });
    return null;
  }

  /**
   * @param {any} change
   * @returns {string} what is wrong; "" when it was done
   */
  #apply(change) {
    const { spans, relations } = this;
    const { kind, span, relation } = change;
    if (kind === "add_span") return spans.has(span.id) ? "span_exists" : done(spans.set(span.id, span));
    if (kind === "add_relation") {
      if (relations.has(relation.id) || !spans.has(relation.from) || !spans.has(relation.to)) return "relation";
      const twin = [...relations.values()].some((other) =>
        other.label === relation.label && other.from === relation.from && other.to === relation.to);
      return twin ? "relation_twice" : done(relations.set(relation.id, relation));
    }
    if (kind === "remove_relation") {
      return same(relations.get(relation.id), relation) ? done(relations.delete(relation.id)) : "relation_missing";
    }
    if (kind === "remove_span") {
      const held = [...relations.values()].some((other) => other.from === span.id || other.to === span.id);
      return same(spans.get(span.id), span) && !held ? done(spans.delete(span.id)) : "before_differs or relations";
    }
    return this.#update(change);
  }

  /** @param {any} change */
  #update({ span_id: id, before, after }) {
    const current = this.spans.get(id);
    if (!current) return "span_missing";
    const { attributes: old = {}, ...fields } = before;
    const differs = Object.entries(fields).some(([name, value]) => !same(current[name], value))
      || Object.entries(old).some(([name, value]) => (current.attributes[name] ?? null) !== value);
    if (differs) return "before_differs";
    const attributes = { ...current.attributes, ...after.attributes };
    const kept = Object.entries(attributes).filter(([, value]) => value !== null);
    this.spans.set(id, { ...current, ...after, attributes: Object.fromEntries(kept) });
    return "";
  }

  /** @param {number} revision */
  #since(revision) {
    return structuredClone(this.log.filter((entry) => entry.revision > revision));
  }
}

/** @param {unknown} _ what was done */
function done(_) {
  return "";
}

/**
 * @param {any} first
 * @param {any} second
 */
function same(first, second) {
  return canonical(first) === canonical(second);
}

/**
 * @param {any} value
 * @returns {string}
 */
function canonical(value) {
  return JSON.stringify(value, (_key, part) => (part && typeof part === "object" && !Array.isArray(part)
    ? Object.fromEntries(Object.entries(part).sort()) : part));
}
