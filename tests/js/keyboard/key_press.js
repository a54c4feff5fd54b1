/**
 * A key press whose properties lie on its prototype, as those of a browser's event do: they are lost when it is spread
 * into another object.
 */
export class KeyPress {
  #init;

  /** @param {import("../../../static/keyboard/keys.js").KeyPress} init */
  constructor(init) {
    this.#init = init;
  }

  get key() {
    return this.#init.key;
  }

  get code() {
    return this.#init.code ?? "";
  }

  get ctrlKey() {
    return this.#init.ctrlKey ?? false;
  }

  get metaKey() {
    return this.#init.metaKey ?? false;
  }

  get altKey() {
    return this.#init.altKey ?? false;
  }

  get shiftKey() {
    return this.#init.shiftKey ?? false;
  }

  /** @param {string} name */
  getModifierState(name) {
    return this.#init.getModifierState?.(name) ?? false;
  }
}
