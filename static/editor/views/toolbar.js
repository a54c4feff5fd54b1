/** The toolbar above the text and the popover beside a selection: labels, undo, redo. */

import { gettext, interpolate } from "../../pages/text.js";
import { labelOrRelabel } from "../commands/index.js";
import { visibleLabels } from "../model/schema.js";
import { find, keyCap, labelClass, lineSample, make } from "./elements.js";


/**
 * @typedef {import("../model/types.js").EditorState} EditorState
 * @typedef {import("../model/types.js").Label} Label
 * @typedef {import("../model/types.js").Command} Command
 * @typedef {import("../model/history.js").History} History
 * @typedef {import("../commands/keymap.js").Keymap} Keymap
 * @typedef {import("./text/selection.js").TextSelection} TextSelection
 */

/** The distance between the selected text and the popover. */
const DISTANCE = 10;
/** The space for the handles that touch screens show below the selection. */
const HANDLES = 36;

/** With more labels than this, the others are found by typing. */
const MOST_LABELS = 40;

export class ToolbarView {
  /**
   * @param {{run: (command: Command) => void, history: History, keymap: Keymap, selection: TextSelection,
   *   findLabel: () => void}} parts
   */
  constructor({ run, history, keymap, selection, findLabel }) {
    this.run = run;
    this.findLabel = findLabel;
    this.keymap = keymap;
    this.selection = selection;
    this.extend = find("#extend");
    this.history = history;
    this.labels = find("#labels");
    this.undo = find("#undo");
    this.redo = find("#redo");
    this.shown = "";
  }

  listen() {
    this.undo.addEventListener("click", () => this.run(() => this.history.undo()));
    this.redo.addEventListener("click", () => this.run(() => this.history.redo()));
    this.extend.addEventListener("click", () => this.toggleExtending());
  }

  /** Turn the mode on or off in which the next click extends the selection. */
  toggleExtending() {
    this.selection.isExtending = !this.selection.isExtending;
    const announce = this.selection.isExtending ? gettext("The next click extends the selection from the cursor.")
      : gettext("Clicks select as usual.");
    this.run((_, dispatch) => {
      dispatch?.({ selection: null, userEvent: "extend.mode", announce });
      return true;
    });
  }

  /** Return buttons that label, and one that finds the others when there are many. @param {Label[]} labels */
  buttons(labels) {
    const buttons = labels.slice(0, MOST_LABELS).map((label) => labelButton(label, this.keymap, this.run));
    if (labels.length <= MOST_LABELS) return buttons;
    const [key] = this.keymap.keysOf("view.findLabel");
    const button = make("button", { type: "button", class: "button", "aria-keyshortcuts": key ?? null },
      interpolate(gettext("All %(count)s labels …"), { count: labels.length }), keyCap(key));
    button.addEventListener("click", () => this.findLabel());
    return [...buttons, button];
  }

  /** @param {EditorState} state */
  update(state) {
    const labels = visibleLabels(state);
    const shown = labels.map((label) => `${label.id} ${labelKey(label, this.keymap)}`).join("\n");
    if (shown !== this.shown) {
      this.labels.replaceChildren(...this.buttons(labels));
      this.shown = shown;
    }
    const selected = state.selectedId === null ? undefined : state.spans.get(state.selectedId);
    for (const button of this.labels.children) {
      const current = button instanceof HTMLElement && button.dataset.label === selected?.label && !state.selection;
      setState(button, "aria-pressed", current);
      setState(button, "aria-disabled", !state.editable);
    }
    setState(this.extend, "aria-pressed", this.selection.isExtending);
    setState(this.undo, "aria-disabled", !this.history.canUndo());
    setState(this.redo, "aria-disabled", !this.history.canRedo());
  }
}

/** The popover beside a selection made by pointer. It does not cover the selected text. */
export class PopoverView {
  /**
   * @param {TextSelection} selection
   * @param {ToolbarView} toolbar
   */
  constructor(selection, toolbar) {
    this.selection = selection;
    this.toolbar = toolbar;
    this.bar = find("#popover");
    this.coarse = window.matchMedia("(pointer: coarse)");
  }

  /** @param {EditorState} state */
  update(state) {
    const wanted = state.selection !== null && state.editable && this.selection.byPointer && !this.selection.isDown;
    if (!wanted) {
      if (!this.bar.hidden) this.bar.hidden = true;
      return;
    }
    if (this.bar.hidden) this.bar.replaceChildren(...this.toolbar.buttons(visibleLabels(state)));
    this.bar.hidden = false;
    this.#place(this.selection.boxes(state));
  }

  /** @param {DOMRect[]} boxes of the selected text */
  #place(boxes) {
    const [first, last] = [boxes[0], boxes[boxes.length - 1]];
    if (!first || !last) return;
    const { top, bottom } = this.selection.view.viewport();
    const column = this.selection.view.root.getBoundingClientRect();
    const { offsetHeight: height, offsetWidth: width } = this.bar;
    const above = first.top - DISTANCE - height;
    const below = last.bottom + DISTANCE + (this.coarse.matches ? HANDLES : 0);
    const fitsAbove = above >= top && !this.coarse.matches;
    if (!fitsAbove && below + height > bottom && above < top) {
      this.bar.hidden = true; // no space above or below: the toolbar has the same buttons
      return;
    }
    const y = fitsAbove || below + height > bottom ? above : below;
    const x = Math.max(0, Math.min(first.left - column.left, column.width - width));
    this.bar.style.transform = `translate(${Math.round(x)}px, ${Math.round(y - column.top)}px)`;
  }
}

/**
 * @param {Label} label
 * @param {Keymap} keymap
 */
function labelKey(label, keymap) {
  return keymap.keysOf(`label ${label.id}`)[0] ?? "";
}

/**
 * @param {Label} label
 * @param {Keymap} keymap
 * @param {(command: Command) => void} run
 */
export function labelButton(label, keymap, run) {
  const key = labelKey(label, keymap);
  const button = make("button", {
    type: "button", class: `label-button ${labelClass(label)}`, "data-label": label.id, title: label.description,
    "aria-pressed": "false", "aria-keyshortcuts": key || null,
  }, keyCap(key), make("span", { class: "label-name", dir: "auto" }, label.name), lineSample(label));
  button.addEventListener("click", () => run(labelOrRelabel(label.id)));
  return button;
}

/**
 * Set an attribute only when it changes, so that assistive technology does not announce it again.
 *
 * @param {Element} element
 * @param {string} name
 * @param {boolean} value
 */
export function setState(element, name, value) {
  if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}
