/**
 * The types that the modules of the editor share. Offsets are UTF-16 units into `text`; only wire.js converts to and
 * from code points.
 *
 * @typedef {[number, number]} Fragment start (inclusive) and end (exclusive)
 * @typedef {any} Value a string; of the document also a number or a list of choices
 * @typedef {{id: string, label: string, fragments: Fragment[], attributes: Record<string, Value>,
 *   note: string, origin: string, suggestion?: {source: string, version: string, id: string, score: number|null}}} Span
 * @typedef {{id: string, label: string, from: string, to: string}} Relation
 * @typedef {{label?: string, fragments?: Fragment[], note?: string,
 *   attributes?: Record<string, Value|null>}} SpanFields
 *
 * @typedef {{id: string, kind: "add_span", span: Span}} AddSpan
 * @typedef {{id: string, kind: "remove_span", span: Span}} RemoveSpan
 * @typedef {{id: string, kind: "update_span", span_id: string, before: SpanFields, after: SpanFields}} UpdateSpan
 * @typedef {{id: string, kind: "add_relation", relation: Relation}} AddRelation
 * @typedef {{id: string, kind: "remove_relation", relation: Relation}} RemoveRelation
 * @typedef {AddSpan | RemoveSpan | UpdateSpan | AddRelation | RemoveRelation} Change
 *
 * @typedef {object} TextDocument made by text/document.js from the server's answer; never changes
 * @property {string} id
 * @property {string} title
 * @property {string} sha256
 * @property {string} text
 * @property {import("./text/offsets.js").Offsets} offsets
 * @property {boolean} wholeTokens true when selections snap to whole tokens, false when they are only trimmed
 * @property {Uint32Array} tokenStarts of the words and signs to which the cursor moves
 * @property {Uint32Array} tokenEnds
 * @property {Uint32Array} unitStarts of what spans consist of: the tokens, or the characters of scripts without spaces
 * @property {Uint32Array} unitEnds
 * @property {Uint32Array} sentenceStarts
 * @property {Uint32Array} sentenceEnds
 * @property {Uint32Array} blockStarts a block is a line without its separator, or a part of a long line
 * @property {Uint32Array} blockEnds
 * @property {Uint8Array} blockContinues 1 where a block continues the line of the block before it
 * @property {Uint32Array} chunkStarts index of the first block of each chunk of about 6,000 characters
 *
 * @typedef {{id: string, name: string, description: string, hotkey?: string}} Choice
 * @typedef {{id: string, name: string, type: "choice"|"multiple"|"registry"|"text"|"number", required: boolean,
 *   default: string, choices: Choice[]}} Attribute
 * @typedef {{id: string, name: string, description: string, color: string, hotkey: string, optional: boolean,
 *   discontinuous: boolean, attributes: Attribute[], pattern: string, index: number,
 *   rule: import("./text/ends.js").EndRule}} Label
 * @typedef {{id: string, name: string, description: string, from: string[], to: string[], hotkey: string,
 *   fromAttribute: Record<string, string[]>, single: boolean, acyclic: boolean}} RelationType
 *   `single`: a span has at most one such relation; `fromAttribute`: values the span it starts from must have
 * @typedef {{labels: Map<string, Label>, whole: Label, relations: Map<string, RelationType>, showOptional: boolean,
 *   boundaries: import("./text/boundary_rules.js").Boundaries}} Schema `whole` has the attributes of the document
 *
 * @typedef {{kind: "start"|"end"|"fragment", label: string, typed: string, hints:
 *   import("./assistance/hints.js").Hint[], byWords?: boolean}} Picking what the letters on words pick: where a span
 *   with a label begins, where the selected span ends, or where a further fragment of it begins; `byWords` when the
 *   letters are those of the words themselves
 * @typedef {{anchor: number, focus: number, hasMoved?: boolean, isBlank?: boolean, isFresh?: boolean}} Cursor indexes
 *   of tokens, equal without a selection; `hasMoved` when it was moved after a span was selected, so that a label
 *   applies to the word under it; `isFresh` after a span was made, so that a label key shows hints; `isBlank` when
 *   only white space was selected, so that a label applies to nothing
 * @typedef {import("../../saving/transport.js").SavingState} SavingState
 * @typedef {import("../../saving/transport.js").Saving} Saving
 *
 * @typedef {object} Conflict a change that could not be kept because the set was also changed elsewhere
 * @property {string} id
 * @property {string} spanId the span it concerns; "" for a relation whose spans no longer exist
 * @property {string} field "label", "fragments", "note", "attributes.<name>", "span" or "relation"
 * @property {string} mine the value that was set here, in words
 * @property {string} theirs the value that is stored now, in words
 * @property {string} message a sentence with both
 * @property {Change} change the part of the change that was not kept
 * @property {Span} [span] the span as it was on this page
 *
 * @typedef {{spanId: string, fragments: Fragment[], selected: Fragment, kept: Fragment, message: string}} Trim what the
 *   boundary rules changed about a selection: the fragments of the span with all the selected text, the selected text,
 *   what the span covers of it, and a sentence for people
 *
 * @typedef {object} EditorState
 * @property {TextDocument} document
 * @property {Schema} schema
 * @property {string[]} speakers names offered for attributes of type registry
 * @property {import("./spans.js").SpanStore} spans
 * @property {import("./relations.js").RelationStore} relations
 * @property {Map<string, Record<string, string>>} formerAttributes those that a span had with another label, by the
 *   ids of both, so that relabelling back brings them back
 * @property {Cursor} cursor
 * @property {{start: number, end: number}|null} selection the text about to be labelled, snapped
 * @property {string|null} selectedId the selected span, whose details are shown
 * @property {ReadonlySet<string>} selectedIds ids of spans that are selected together, to be changed in one step
 * @property {Trim|null} trim what the boundary rules changed about the last span, until anything else is done
 * @property {"open"|"submitted"|"adjudicated"} setState
 * @property {string} question what was asked before it is done, as labelling punctuation: doing the same again does it
 * @property {Picking|null} picking while letters are shown on words
 * @property {boolean} picksByWords whether words are picked by their own first letters
 * @property {boolean} editable
 * @property {Saving} saving
 * @property {Conflict[]} conflicts
 * @property {ReadonlySet<string>} waived hints that the user has waived, and values confirmed, by their keys
 * @property {string} storageWarning "" or why unsent changes would be lost when the page is closed
 *
 * @typedef {object} Transaction
 * @property {Change[]} [changes] applied all or none
 * @property {string|null} [selectedId]
 * @property {ReadonlySet<string>} [selectedIds]
 * @property {{start: number, end: number}|null} [selection]
 * @property {Cursor} [cursor]
 * @property {Trim|null} [trim] a transaction that changes spans without one ends the chance to undo the last trim
 * @property {Picking|null} [picking] any transaction without it that changes spans or what is selected ends picking
 * @property {boolean} [picksByWords]
 * @property {string} [question] any transaction without one that changes spans or what is selected ends the question
 * @property {Saving} [saving]
 * @property {EditorState["setState"]} [setState]
 * @property {boolean} [editable]
 * @property {Conflict[]} [conflicts]
 * @property {ReadonlySet<string>} [waived]
 * @property {string} [storageWarning]
 * @property {Change[]} [restored] those of the changes that restored an earlier revision, which is an own action
 * @property {string} userEvent the kind of event: "add.span", "delete.span", "undo", "remote", "refused", …
 * @property {string} [announce] a sentence for the live region
 *
 * @typedef {object} Update the effect of a transaction, for the views
 * @property {EditorState} state
 * @property {Transaction} transaction
 * @property {Set<string>} touched ids of the spans that changed, or whose relations changed
 * @property {Set<number>} blocks indexes of the blocks whose spans changed
 *
 * @typedef {(transaction: Transaction) => void} Dispatch
 * @typedef {(state: EditorState, dispatch?: Dispatch) => boolean} Command returns false when it does not apply; without
 *   dispatch it only says whether it would
 *
 * @typedef {Record<string, string[]>} OwnKeys keys that a person has chosen, by the name of the command; [] for none
 * @typedef {{keys: OwnKeys, text_size: string, line_width: string, density: string, theme: string,
 *   reading_mode: boolean, pick_by_words: boolean, show_time: boolean, show_tips: boolean}} Preferences settings of one
 *   person, kept by the server
 */

export {};
