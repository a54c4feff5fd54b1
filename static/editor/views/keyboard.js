/** Runs the shortcuts of the editor: most while the text has the focus, undo and submit on the whole page. */

import { digitOf } from "../../keyboard/keys.js";
import { listenForShortcuts } from "../../keyboard/shortcuts.js";
import { gettext } from "../../pages/text.js";
import { cancelPick, commandOf, confirmPick, moveCursorTo, pickLetter, pickNumber,
  toNextSentence } from "../commands/index.js";
import { countsWith } from "../commands/keymap.js";
import { labelOf } from "../model/schema.js";
import { blockAt, nearestToken } from "../model/text/document.js";

/**
 * @typedef {import("../model/types.js").Command} Command
 * @typedef {import("../commands/keymap.js").Keymap} Keymap
 * @typedef {import("../commands/keymap.js").Binding} Binding
 * @typedef {import("../model/history.js").History} History
 * @typedef {import("../model/state.js").Store} Store
 * @typedef {import("./text/text.js").TextView} TextView
 * @typedef {import("./text/geometry.js").TextGeometry} TextGeometry
 * @typedef {import("./panel/relation_picker.js").RelationPickerView} RelationPickerView
 * @typedef {import("./text/selection.js").TextSelection} TextSelection
 */

/** Commands that act on the candidates while the target of a relation is being chosen. */
const PICKER_COMMANDS = new Set(["span.next", "span.previous", "view.confirm", "view.find", "escape"]);

export class KeyboardView {
  /**
   * @param {{view: TextView, geometry: TextGeometry, store: Store, keymap: Keymap, history: History,
   *   relationPicker: RelationPickerView, frame: import("./frame.js").FrameView, selection: TextSelection,
   *   page: Record<string, (argument: string[]) => void>, signal: AbortSignal}} parts
   *   `page`: the functions of the commands "view.…"
   */
  constructor({ view, geometry, store, keymap, history, relationPicker, frame, selection, page, signal }) {
    this.signal = signal;
    this.view = view;
    this.geometry = geometry;
    this.store = store;
    this.keymap = keymap;
    this.history = history;
    this.relationPicker = relationPicker;
    this.frame = frame;
    /**
     * What runs the shortcuts of suggestions, where a document has some.
     *
     * @type {((binding: Binding, isInText: boolean) => boolean)|null}
     */
    this.first = null;
    /** Whether Enter goes to the next sentence. */
    this.isFlow = false;
    this.selection = selection;
    this.page = page;
    /** The column that moves up and down keep to, in viewport pixels; null after any other move. @type {number|null} */
    this.column = null;
  }

  listen() {
    listenForShortcuts((press) => this.#press(press), { region: this.view.root, signal: this.signal });
  }

  /** Let Enter go on to the next sentence, or not. */
  toggleFlow() {
    this.isFlow = !this.isFlow;
    this.store.dispatch({ userEvent: "flow", announce: this.isFlow
      ? gettext("Sentence by sentence: Enter goes to the next sentence, Shift + Enter to the previous one.")
      : gettext("Enter goes to the details of the selected span.") });
  }

  /** @param {import("../../keyboard/shortcuts.js").Press} press */
  #press(press) {
    if (press.isInRegion) {
      this.selection.settle();
      if (this.#pick(press) || this.#number(press.event) || this.#goOn(press)) return true;
    }
    const { state } = this.store;
    const span = state.selectedId === null ? undefined : state.spans.get(state.selectedId);
    const label = span ? labelOf(state.schema, span.label).id : null;
    const binding = press.find(this.keymap.bindings, countsWith(label, press.isInRegion));
    if (binding && this.first?.(binding, press.isInRegion)) return true;
    if (binding && !press.isInRegion) this.selection.settle();
    return binding !== undefined && this.#run(binding);
  }

  /**
   * While letters are shown on words, take letters, Enter, Escape and Backspace.
   *
   * @param {import("../../keyboard/shortcuts.js").Press} press
   */
  #pick({ names, event }) {
    const { state, dispatch } = this.store;
    if (!state.picking) return false;
    const { byWords, typed } = state.picking;
    const number = byWords && typed ? digitOf(event) : undefined;
    if (number !== undefined) return pickNumber(number)(state, dispatch) || true;
    const letter = names.find((name) => (byWords ? /^\p{L}$/u : /^[a-z]$/i).test(name));
    if (letter) return pickLetter(letter)(state, dispatch);
    if (names.includes("Enter")) return confirmPick(state, dispatch);
    return (names.includes("Escape") || names.includes("Backspace")) && cancelPick(state, dispatch);
  }

  /**
   * Do what Enter and Escape do: confirm or leave the open frame, or else go on in the flow of sentences.
   *
   * @param {import("../../keyboard/shortcuts.js").Press} press
   */
  #goOn({ names }) {
    if (this.relationPicker.isActive) return false;
    if (this.frame.isActive && names.includes("Enter")) this.frame.confirm();
    else if (this.frame.isActive && names.includes("Escape")) this.frame.skip();
    else if (this.isFlow && names.includes("Enter")) this.#move(1);
    else if (this.isFlow && names.includes("Shift+Enter")) this.#move(-1);
    else return false;
    return true;
  }

  /** @param {1|-1} direction */
  #move(direction) {
    toNextSentence(direction)(this.store.state, this.store.dispatch);
  }

  /**
   * While spans have numbers, as targets of a relation or in a frame, digits choose among them.
   *
   * @param {KeyboardEvent} event
   */
  #number(event) {
    const digit = this.relationPicker.isActive || this.frame.isActive ? digitOf(event) : undefined;
    if (digit === undefined) return false;
    if (!this.relationPicker.isActive) {
      this.frame.pick(digit);
      return true;
    }
    if (digit === 0) this.relationPicker.more();
    else this.relationPicker.pick(digit);
    return true;
  }

  /** @param {Binding} binding @returns {boolean} whether the key was used */
  #run(binding) {
    if (this.relationPicker.isActive && PICKER_COMMANDS.has(binding.command)) return this.#choose(binding.command);
    const vertical = /^view\.(extendLine|line)(Up|Down)$/.exec(binding.command);
    if (vertical) return this.#moveLine(vertical[2] === "Down" ? 1 : -1, vertical[1] === "extendLine");
    this.column = null;
    const { state, dispatch } = this.store;
    const command = commandOf(binding, { history: this.history, rightToLeft: this.#readsRightToLeft() });
    if (command) return command(state, dispatch) || binding.command !== "escape";
    const page = this.page[binding.command];
    page?.(binding.argument);
    return page !== undefined;
  }

  /** @param {string} command */
  #choose(command) {
    if (command === "escape") this.relationPicker.cancel();
    else if (command === "view.confirm") this.relationPicker.confirm();
    else if (command === "view.find") this.relationPicker.search();
    else this.relationPicker.move(command === "span.next" ? 1 : -1);
    return true;
  }

  #readsRightToLeft() {
    const { document: text, cursor } = this.store.state;
    return text.tokenStarts.length > 0 && this.geometry.isRightToLeft(blockAt(text, text.tokenStarts[cursor.focus]));
  }

  /**
   * Move to the token above or below on the screen, keeping to one column.
   *
   * @param {1|-1} direction
   * @param {boolean} extend
   */
  #moveLine(direction, extend) {
    const { state, dispatch } = this.store;
    const { document: text, cursor } = state;
    const start = text.tokenStarts[cursor.focus];
    if (start === undefined) return false;
    const block = blockAt(text, start);
    const piece = this.geometry.pieces(block, start, text.tokenEnds[cursor.focus])[0];
    if (!piece) return false;
    this.column ??= this.view.blocks[block].getBoundingClientRect().left + piece.x + piece.width / 2;
    const target = this.#lineBeside(block, piece.line, direction);
    if (!target) return moveCursorTo(direction > 0 ? text.tokenStarts.length - 1 : 0, extend)(state, dispatch);
    const offset = this.geometry.offsetOnLine(target.block, target.line, this.column);
    return offset !== null && moveCursorTo(nearestToken(text, offset), extend)(state, dispatch);
  }

  /**
   * @param {number} block
   * @param {number} line
   * @param {1|-1} direction
   */
  #lineBeside(block, line, direction) {
    const inside = line + direction;
    if (inside >= 0 && inside < this.geometry.lineCount(block)) return { block, line: inside };
    let next = block + direction;
    while (this.view.blocks[next] && !this.view.textNode(next)) next += direction;
    if (!this.view.textNode(next)) return null;
    return { block: next, line: direction > 0 ? 0 : this.geometry.lineCount(next) - 1 };
  }
}
