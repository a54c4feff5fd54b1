import { spanToWire } from "./wire.js";

/**
 * What stands on a page, unsent work included, as a line of JSONL that can be imported: for work on a set that is
 * closed, taken away or refused, so that it is not shut up in one browser.
 *
 * @param {Pick<import("./types.js").EditorState, "document"|"spans"|"relations">} state
 * @param {string} name that the set has when it comes in: one that no set has yet
 * @returns {string}
 */
export function rescueLine({ document, spans, relations }, name) {
  const set = {
    spans: [...spans.values()].map((span) => spanToWire(span, document.offsets)),
    relations: [...relations.values()],
  };
  return `${JSON.stringify({ text: document.text, sha256: document.sha256, annotators: { [name]: set } })}\n`;
}

/**
 * The name of a set that was saved as a file: no two are saved in the same second.
 *
 * @param {string} name of the set
 * @param {Date} now
 */
export function rescueName(name, now) {
  return `${name.slice(0, 100)}, saved as a file ${now.toISOString().slice(0, 19)}Z`;
}
