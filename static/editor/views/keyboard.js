/** Runs the shortcuts of the editor: most while the text has the focus, undo and submit on the whole page. */

import { digitOf } from "../../keyboard/keys.js";
import { listenForShortcuts } from "../../keyboard/shortcuts.js";
import { commandOf, moveCursorTo } from "../commands/index.js";
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
   *   relationPicker: RelationPickerView, selection: TextSelection,
   *   page: Record<string, (argument: string[]) => void>}} parts
   *   `page`: the functions of the commands "view.…"
   */
  constructor({ view, geometry, store, keymap, history, relationPicker, selection, page }) {
    this.view = view;
    this.geometry = geometry;
    this.store = store;
    this.keymap = keymap;
    this.history = history;
    this.relationPicker = relationPicker;
    this.selection = selection;
    this.page = page;
    /** The column that moves up and down keep to, in viewport pixels; null after any other move. @type {number|null} */
    this.column = null;
  }

  listen() {
    listenForShortcuts((press) => this.#press(press), { region: this.view.root });
  }

  /** @param {import("../../keyboard/shortcuts.js").Press} press */
  #press(press) {
    if (press.isInRegion) {
      this.selection.settle();
      if (this.relationPicker.isActive && this.#number(press.event)) return true;
    }
    const { state } = this.store;
    const span = state.selectedId === null ? undefined : state.spans.get(state.selectedId);
    const label = span ? labelOf(state.schema, span.label).id : null;
    const binding = press.find(this.keymap.bindings, countsWith(label, press.isInRegion));
    if (binding && !press.isInRegion) this.selection.settle();
    return binding !== undefined && this.#run(binding);
  }

  /**
   * While the target of a relation is being chosen, numbers choose among the candidates.
   *
   * @param {KeyboardEvent} event
   */
  #number(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const digit = digitOf(event);
    if (digit === undefined) return false;
    if (digit === 0) this.relationPicker.more();
    else this.relationPicker.pick(digit);
    return true;
  }

  /** @param {Binding} binding @returns {boolean} whether the key was used */
  #run(binding) {
    if (this.relationPicker.isActive && PICKER_COMMANDS.has(binding.command)) return this.#pick(binding.command);
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
  #pick(command) {
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
