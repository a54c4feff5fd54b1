import { newId } from "../../pages/identifiers.js";
import { gettext } from "../../pages/text.js";
import { RelationStore } from "./relations.js";
import { parseSchema } from "./schema.js";
import { SpanStore } from "./spans.js";
import { createDocument } from "./text/document.js";

/**
 * @typedef {import("./types.js").Change} Change
 * @typedef {import("./types.js").Fragment} Fragment
 * @typedef {import("./types.js").Span} Span
 * @typedef {import("./types.js").SpanFields} SpanFields
 * @typedef {import("./types.js").Relation} Relation
 * @typedef {import("./types.js").EditorState} EditorState
 * @typedef {import("./text/offsets.js").Offsets} Offsets
 * @typedef {{id: string, kind: "load", spans: Span[], relations: Relation[],
 *   document_attributes?: Record<string, any>}} Load
 * @typedef {{name: string, text: string, is_link: boolean}} MetaField
 * @typedef {{document: import("./text/document.js").DocumentPayload & {id: number|string, meta?: MetaField[]},
 *   set: {id: number|string, name: string, state: string, revision: number, schema_version?: number,
 *   guideline_version?: number, editable: boolean, active_seconds?: number|null, waived_hints?: string[],
 *   spans: Span[], relations: Relation[], document_attributes?: Record<string, any>, restored?: Change[]},
 *   schema: Record<string, any>, speakers: string[],
 *   project: {slug: string, name: string, snap: boolean, show_optional_labels: boolean,
 *   review_on_submit?: boolean}, suggests?: boolean}} Payload
 */

/**
 * Return the state of the editor from the server's answer.
 *
 * @param {Payload} payload answer of GET annotation-sets/{id}/editor/
 * @returns {EditorState}
 */
export function readPayload(payload) {
  const { set, project } = payload;
  const document = createDocument(payload.document, { wholeTokens: project.snap });
  const spans = set.spans.map((span) => spanFromWire(span, document.offsets));
  const schema = parseSchema(payload.schema, { showOptional: project.show_optional_labels });
  return {
    document,
    schema,
    speakers: payload.speakers,
    spans: new SpanStore(document, spans, schema.labels.keys(), set.document_attributes),
    formerAttributes: new Map(),
    relations: new RelationStore(set.relations),
    cursor: { anchor: 0, focus: 0 },
    selection: null,
    selectedId: null,
    selectedIds: new Set(),
    trim: null,
    setState: /** @type {EditorState["setState"]} */ (set.state),
    question: "",
    picking: null,
    picksByWords: false,
    editable: set.editable,
    saving: { state: "saving", unsent: 0, message: gettext("Opening…") }, // until the outbox has been read
    conflicts: [],
    waived: new Set(set.waived_hints),
    storageWarning: "",
  };
}

/**
 * @param {Span} span with offsets in code points
 * @param {Offsets} offsets
 * @returns {Span}
 */
export function spanFromWire(span, offsets) {
  const { id, label, attributes, note = "", origin = "manual", suggestion } = span;
  return { id, label, attributes, note, origin, ...(suggestion && { suggestion }),
    fragments: fragmentsFromWire(span.fragments, offsets) };
}

/**
 * @param {Span} span
 * @param {Offsets} offsets
 * @returns {Span} with offsets in code points
 */
export function spanToWire(span, offsets) {
  return { ...span, fragments: fragmentsToWire(span.fragments, offsets) };
}

/**
 * Return a change from the server; the `load` of an import becomes one addition for each span and relation.
 *
 * @param {Change|Load} change with offsets in code points
 * @param {Offsets} offsets
 * @returns {Change[]}
 */
export function changeFromWire(change, offsets) {
  switch (change.kind) {
    case "load":
      return [
        ...change.spans.map((span) => addition(spanFromWire(span, offsets))),
        ...change.relations.map((relation) => /** @type {Change} */ ({ id: newId(), kind: "add_relation", relation })),
      ];
    case "add_span":
    case "remove_span":
      return [{ id: change.id, kind: change.kind, span: spanFromWire(change.span, offsets) }];
    case "update_span": {
      const { id, kind, span_id, before, after } = change;
      return [{ id, kind, span_id, before: fieldsWith(before, (fragments) => fragmentsFromWire(fragments, offsets)),
        after: fieldsWith(after, (fragments) => fragmentsFromWire(fragments, offsets)) }];
    }
    case "add_relation":
    case "remove_relation":
      return [{ id: change.id, kind: change.kind, relation: change.relation }];
  }
}

/**
 * @param {Change} change
 * @param {Offsets} offsets
 * @returns {Change} with offsets in code points
 */
export function changeToWire(change, offsets) {
  if (change.kind === "add_span" || change.kind === "remove_span") {
    return { ...change, span: spanToWire(change.span, offsets) };
  }
  if (change.kind !== "update_span") return change;
  const convert = (/** @type {Fragment[]} */ fragments) => fragmentsToWire(fragments, offsets);
  return { ...change, before: fieldsWith(change.before, convert), after: fieldsWith(change.after, convert) };
}

/**
 * @param {Span} span
 * @returns {Change}
 */
function addition(span) {
  return { id: newId(), kind: "add_span", span };
}

/**
 * @param {SpanFields} fields
 * @param {(fragments: Fragment[]) => Fragment[]} convert
 * @returns {SpanFields}
 */
function fieldsWith(fields, convert) {
  return fields.fragments ? { ...fields, fragments: convert(fields.fragments) } : fields;
}

/**
 * @param {Fragment[]} fragments
 * @param {Offsets} offsets
 * @returns {Fragment[]}
 */
function fragmentsFromWire(fragments, offsets) {
  return fragments.map(([start, end]) => [offsets.toUtf16(start), offsets.toUtf16(end)]);
}

/**
 * @param {Fragment[]} fragments
 * @param {Offsets} offsets
 * @returns {Fragment[]}
 * @throws {RangeError} when a boundary lies inside a surrogate pair or outside the text: it has no code point offset
 */
function fragmentsToWire(fragments, offsets) {
  return fragments.map(([start, end]) => {
    if (!offsets.isExact(start) || !offsets.isExact(end)) {
      throw new RangeError(`The fragment ${start}–${end} does not lie on boundaries between characters of the text.`);
    }
    return [offsets.toCodePoint(start), offsets.toCodePoint(end)];
  });
}

/**
 * Return the spans and relations of a page, unsent ones included, as a line of JSONL that can be imported. It saves
 * work on a set that was closed, withdrawn or refused.
 *
 * @param {Pick<import("./types.js").EditorState, "document"|"spans"|"relations">} state
 * @param {string} name of the set when it is imported: one that no set has yet
 * @returns {string}
 */
export function savedWorkLine({ document, spans, relations }, name) {
  const set = {
    spans: [...spans.values()].map((span) => spanToWire(span, document.offsets)),
    relations: [...relations.values()],
    document_attributes: spans.get("")?.attributes,
  };
  return `${JSON.stringify({ text: document.text, sha256: document.sha256, annotators: { [name]: set } })}\n`;
}

/**
 * Return the name of a set that is saved as a file. It contains the second, so that it is new.
 *
 * @param {string} name of the set
 * @param {Date} now
 */
export function savedWorkName(name, now) {
  return `${name.slice(0, 100)}, saved as a file ${now.toISOString().slice(0, 19)}Z`;
}
