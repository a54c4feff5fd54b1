/**
 * The document after this one. It is fetched while a person works, without being assigned, so that it opens without a
 * wait once the server has assigned it.
 */

import { labelOf } from "../model/schema.js";

/**
 * @typedef {import("../model/wire.js").Payload} Payload
 * @typedef {import("../../saving/transport.js").Transport} Transport
 */

export class NextDocument {
  /** The document that would be assigned next. @type {Payload|null} */
  #prepared = null;

  /**
   * @param {Transport} transport
   * @param {{upcomingUrl: string|null, assignUrl: string|null}} urls null for those who may not annotate
   */
  constructor(transport, { upcomingUrl, assignUrl }) {
    this.transport = transport;
    this.upcomingUrl = upcomingUrl;
    this.assignUrl = assignUrl;
  }

  /** Fetch the document that would be assigned next. */
  async prepare() {
    this.#prepared = await fetchPayload(this.transport, this.upcomingUrl);
  }

  /**
   * Have the next document assigned.
   *
   * @param {import("../model/types.js").EditorState} state of this document
   * @returns {Promise<{setId: number, payload: Payload|null}|null>} payload: null when it is not the one that was
   *   fetched; null when no document was assigned
   */
  async assign(state) {
    if (!this.assignUrl) return null;
    const answer = await this.transport.post(this.assignUrl, {}).catch(() => null);
    if (answer?.status !== 200) return null;
    const { annotation_set: setId, document: id, resumed, revision, ...versions } = answer.body;
    const payload = this.#prepared;
    const isPrepared = payload && !resumed && revision === 0 && payload.document.id === id
      && isOfVersions(payload, versions);
    return { setId, payload: isPrepared ? { ...payload, set: { ...payload.set, id: setId },
      speakers: [...new Set([...payload.speakers, ...namesIn(state)])].sort() } : null };
  }
}

/**
 * Return a payload of the server; null when there is none.
 *
 * @param {Transport} transport
 * @param {string|null} url
 * @returns {Promise<Payload|null>}
 */
export async function fetchPayload(transport, url) {
  const answer = url === null ? null : await transport.get(url).catch(() => null);
  return answer?.status === 200 ? /** @type {Payload} */ (answer.body) : null;
}

/**
 * Return whether a document has the same versions of schema and guidelines as another: a page can show both.
 *
 * @param {Payload} payload
 * @param {Record<string, any>} versions
 */
export function isOfVersions({ set }, { schema_version: schema, guideline_version: guideline }) {
  return set.schema_version === schema && set.guideline_version === guideline;
}

/** Return the names in the registry attributes of a document. @param {import("../model/types.js").EditorState} state */
function namesIn({ spans, schema }) {
  return [...spans.values()].flatMap(({ label, attributes }) => labelOf(schema, label).attributes
    .filter(({ type, id }) => type === "registry" && attributes[id]).map(({ id }) => attributes[id]));
}
