/** Which suggestions are left: those that were neither rejected nor became spans. Pure. */

import { visibleLabels } from "../schema.js";
import { blockAt } from "../text/document.js";
import { keyOfSuggestion, spanOf, TOGETHER } from "./suggestions.js";

/**
 * @typedef {import("./suggestions.js").Suggestion} Suggestion
 * @typedef {import("./suggestions.js").SuggestedLink} SuggestedLink
 * @typedef {import("../types.js").EditorState} EditorState
 * @typedef {import("../types.js").Change} Change
 */

/** Only suggestions in blocks that change are looked at again, so that a key costs the same with hundreds of them. */
export class OpenSuggestions {
  /** Ids of accepted spans by the keys of suggestions. @type {Map<string, string>} */
  accepted = new Map();
  /** Keys of suggestions that are spans: accepted ones, and those whose words have a span with their label. */
  #taken = new Set();
  /** @type {Map<number, Suggestion[]>} by the block in which they begin */
  #byBlock = new Map();
  /** @type {{all: Suggestion[], offered: Suggestion[]}|null} until something changes */
  #lists = null;

  /**
   * @param {EditorState} state
   * @param {readonly Suggestion[]} suggestions in reading order
   * @param {readonly SuggestedLink[]} links
   */
  constructor(state, suggestions, links) {
    this.state = state;
    this.suggestions = suggestions;
    this.links = links;
    /** Those that were not rejected. @type {Map<string, Suggestion>} */
    this.byKey = new Map(suggestions.map((suggestion) => [suggestion.key, suggestion]));
    for (const span of state.spans.values()) this.#note(span, true);
    for (const suggestion of suggestions) {
      const block = blockAt(state.document, suggestion.fragments[0][0]);
      const others = this.#byBlock.get(block);
      if (others) others.push(suggestion);
      else this.#byBlock.set(block, [suggestion]);
      this.#look(suggestion);
    }
  }

  /** The suggestions that are left, in reading order. */
  get all() {
    return (this.#lists ??= this.#listed()).all;
  }

  /** Those that reach the bar, without the speakers that come with another one. */
  get offered() {
    return (this.#lists ??= this.#listed()).offered;
  }

  /** Leave a suggestion out. @param {Suggestion} suggestion */
  close({ key }) {
    this.byKey.delete(key);
    this.#lists = null;
  }

  /** Have a suggestion again that was left out. @param {Suggestion} suggestion */
  reopen(suggestion) {
    this.byKey.set(suggestion.key, suggestion);
    this.#lists = null;
  }

  /**
   * Follow a transaction.
   *
   * @param {EditorState} state after it
   * @param {readonly Change[]} changes
   * @param {Iterable<number>} blocks those that changed
   */
  update(state, changes, blocks) {
    this.state = state;
    this.#lists = null;
    for (const change of changes) {
      if (change.kind === "add_span") this.#note(change.span, true);
      if (change.kind === "remove_span") this.#note(change.span, false);
    }
    for (const block of blocks) for (const suggestion of this.#byBlock.get(block) ?? []) this.#look(suggestion);
  }

  /** Remember whether a suggestion is accepted. @param {import("../types.js").Span} span @param {boolean} isThere */
  #note({ id, suggestion }, isThere) {
    if (!suggestion) return;
    const key = keyOfSuggestion(suggestion);
    if (isThere) this.accepted.set(key, id);
    else this.accepted.delete(key);
    const known = this.byKey.get(key);
    if (known) this.#look(known);
  }

  /** Look whether a suggestion is a span now. @param {Suggestion} suggestion */
  #look(suggestion) {
    if (spanOf(this.state, suggestion, this.accepted)) this.#taken.add(suggestion.key);
    else this.#taken.delete(suggestion.key);
  }

  /** @returns {{all: Suggestion[], offered: Suggestion[]}} */
  #listed() {
    const labels = new Set(visibleLabels(this.state).map(({ id }) => id));
    const all = this.suggestions.filter(({ key, label }) =>
      this.byKey.has(key) && labels.has(label) && !this.#taken.has(key));
    const reaching = all.filter(({ offered }) => offered);
    const keys = new Set(reaching.map(({ key }) => key));
    const coming = new Set(this.links.filter(({ label, from }) => label === TOGETHER && keys.has(from))
      .map(({ to }) => to));
    return { all, offered: reaching.filter(({ key }) => !coming.has(key)) };
  }
}
