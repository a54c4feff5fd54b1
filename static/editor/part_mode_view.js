/** The button of the details that lets the next two clicks in the text mean a further part of the span. */

import { make } from "./elements_view.js";

/**
 * @typedef {import("./types.js").EditorState} EditorState
 * @typedef {import("./pending_part.js").PendingPart} PendingPart
 * @typedef {import("./state.js").Store} Store
 */

export class PartModeView {
  /** @param {PendingPart} part @param {Store} store */
  constructor(part, store) {
    this.part = part;
    this.store = store;
  }

  button() {
    const button = make("button", { type: "button", class: "button", "data-part-mode": "" });
    button.addEventListener("click", () => this.part.toggle(this.store));
    return button;
  }

  /** @param {HTMLElement} body of the details @param {EditorState} state */
  fill(body, state) {
    const button = body.querySelector("[data-part-mode]");
    if (!button) return;
    const wanted = this.part.hasFirst ? "Now click its last word" : "Click its first word";
    button.textContent = this.part.isOf(state) ? `${wanted} …` : "Add a part …";
  }
}
