/**
 * The shapes that the modules of the editor share. Offsets are UTF-16 units into `text`; only wire.js knows code
 * points.
 *
 * @typedef {[number, number]} Fragment start (inclusive) and end (exclusive)
 * @typedef {{id: string, label: string, fragments: Fragment[], attributes: Record<string, string>,
 *   note: string, origin: string}} Span
 * @typedef {{id: string, label: string, from: string, to: string}} Relation
 * @typedef {{label?: string, fragments?: Fragment[], note?: string,
 *   attributes?: Record<string, string|null>}} SpanFields
 *
 * @typedef {{id: string, kind: "add_span", span: Span}} AddSpan
 * @typedef {{id: string, kind: "remove_span", span: Span}} RemoveSpan
 * @typedef {{id: string, kind: "update_span", span_id: string, before: SpanFields, after: SpanFields}} UpdateSpan
 * @typedef {{id: string, kind: "add_relation", relation: Relation}} AddRelation
 * @typedef {{id: string, kind: "remove_relation", relation: Relation}} RemoveRelation
 * @typedef {AddSpan | RemoveSpan | UpdateSpan | AddRelation | RemoveRelation} Change
 *
 * @typedef {object} TextDocument made by document.js from the server's answer; never changes
 * @property {string} id
 * @property {string} title
 * @property {string} sha256
 * @property {string} text
 * @property {import("./text/offsets.js").Offsets} offsets
 * @property {boolean} wholeTokens true when selections snap to whole tokens, false when they are only trimmed
 * @property {Uint32Array} tokenStarts
 * @property {Uint32Array} tokenEnds
 * @property {Uint32Array} sentenceStarts
 * @property {Uint32Array} sentenceEnds
 * @property {Uint32Array} blockStarts a block is a line without its separator, or a piece of a long one
 * @property {Uint32Array} blockEnds
 * @property {Uint8Array} blockContinues 1 where a block goes on the line of the block before it
 * @property {Uint32Array} chunkStarts index of the first block of each chunk of about 6,000 characters
 *
 * @typedef {{id: string, name: string, description: string, hotkey?: string}} Choice
 * @typedef {{id: string, name: string, type: "choice"|"registry"|"text", required: boolean, default: string,
 *   choices: Choice[]}} Attribute
 * @typedef {{id: string, name: string, description: string, color: string, hotkey: string, optional: boolean,
 *   discontinuous: boolean, attributes: Attribute[], pattern: string, index: number}} Label
 * @typedef {{id: string, name: string, description: string, from: string[], to: string[], hotkey: string,
 *   fromAttribute: Record<string, string[]>, single: boolean, acyclic: boolean}} RelationType
 *   `single`: a span has at most one such relation; `fromAttribute`: values the span it starts from must have
 * @typedef {{labels: Map<string, Label>, relations: Map<string, RelationType>, showOptional: boolean,
 *   boundaries: import("./text/boundary_rules.js").Boundaries}} Schema
 *
 * @typedef {{anchor: number, focus: number, strolled?: boolean}} Cursor indexes of tokens; equal when nothing is
 *   extended; `strolled` when it was moved by itself since a span was selected, so that what is under it is meant
 * @typedef {"saved"|"saving"|"waiting"|"offline"|"signed_out"|"conflict"|"closed"|"failed"} SavingState
 * @typedef {{state: SavingState, unsent: number, message: string, canSetAside?: boolean}} Saving message in words;
 *   canSetAside when the server refused one change and sync.setAside() would let the others go on
 *
 * @typedef {object} Conflict what could not be kept because the set was changed elsewhere meanwhile
 * @property {string} id
 * @property {string} spanId the span it is about; "" for a relation whose ends are gone
 * @property {string} field "label", "fragments", "note", "attributes.<name>", "span" or "relation"
 * @property {string} mine what was wanted here, in words
 * @property {string} theirs what is there now, in words
 * @property {string} message one sentence that tells both
 * @property {Change} change what was not kept of the change
 * @property {Span} [span] the span as it was here
 *
 * @typedef {{spanId: string, fragments: Fragment[], piece: Fragment, place: Fragment, words: string}} Cut what the
 *   boundary rules changed about a selection: the span with all that was selected, the piece selected, the place it
 *   got, and the difference in words
 *
 * @typedef {object} EditorState
 * @property {TextDocument} document
 * @property {Schema} schema
 * @property {string[]} speakers names offered for attributes of type registry
 * @property {import("./spans.js").SpanStore} spans
 * @property {import("./relations.js").RelationStore} relations
 * @property {Cursor} cursor
 * @property {{start: number, end: number}|null} selection text about to be labelled, snapped
 * @property {string|null} selectedId the span that has the focus
 * @property {ReadonlySet<string>} chosen ids of spans to be changed together; mostly empty
 * @property {Cut|null} cut what was cut off the span made last, as long as nothing else is done
 * @property {boolean} editable
 * @property {Saving} saving
 * @property {Conflict[]} conflicts
 * @property {string} storageWarning "" or why unsent changes would not survive closing the page
 *
 * @typedef {object} Transaction
 * @property {Change[]} [changes] applied all or none
 * @property {string|null} [selectedId]
 * @property {ReadonlySet<string>} [chosen]
 * @property {{start: number, end: number}|null} [selection]
 * @property {Cursor} [cursor]
 * @property {Cut|null} [cut] without one, the transaction ends the chance to take the last cut back if it changes spans
 * @property {Saving} [saving]
 * @property {boolean} [editable]
 * @property {Conflict[]} [conflicts]
 * @property {string} [storageWarning]
 * @property {string} userEvent what happened: "add.span", "delete.span", "undo", "remote", "refused", …
 * @property {string} [announce] a sentence for the live region
 *
 * @typedef {object} Update what a dispatched transaction did, for the views
 * @property {EditorState} state
 * @property {Transaction} transaction
 * @property {Set<string>} touched ids of spans added, removed or changed, and of spans whose relations changed
 * @property {Set<number>} blocks indexes of blocks whose spans changed
 *
 * @typedef {(transaction: Transaction) => void} Dispatch
 * @typedef {(state: EditorState, dispatch?: Dispatch) => boolean} Command false when it does not apply; without
 *   dispatch it only tells
 *
 * @typedef {Record<string, string[]>} OwnKeys keys that a person has chosen, by the name of the command; [] for none
 * @typedef {{keys: OwnKeys, text_size: string, line_width: string, density: string, theme: string,
 *   reading_mode: boolean, show_time: boolean}} Preferences settings of one person, kept by the server
 */

export {};
