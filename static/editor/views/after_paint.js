/** Work that can wait until the text is on the screen. It runs in one turn and costs one further frame. */

/** Hidden pages do not paint; there the work runs after this time. */
const PATIENCE_MILLISECONDS = 100;

export class AfterPaint {
  /** @type {Set<() => void>} */
  #waiting = new Set();

  constructor() {
    // A hidden page may never paint again.
    addEventListener("pagehide", this.run);
    document.addEventListener("visibilitychange", this.run);
  }

  /** Run a function after the next frame, once however often it is requested. @param {() => void} work */
  request(work) {
    if (this.#waiting.size === 0) this.#schedule();
    this.#waiting.add(work);
  }

  /** @returns {Promise<void>} fulfilled after the next frame, in the order of the requests */
  turn = () => new Promise((resolve) => this.request(resolve));

  #schedule() {
    requestAnimationFrame(() => setTimeout(this.run));
    setTimeout(this.run, PATIENCE_MILLISECONDS);
  }

  /** Do now what waits for the next frame. */
  run = () => {
    const functions = [...this.#waiting];
    this.#waiting.clear();
    for (const work of functions) queueMicrotask(work); // one that fails does not stop the others
  };
}
