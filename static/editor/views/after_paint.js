/** What can wait until the text is on the screen: it is done in one turn, so that it costs one further frame. */

/** Pages that are not shown paint nothing: there the work is done after this time. */
const PATIENCE_MILLISECONDS = 100;

export class AfterPaint {
  /** @type {Set<() => void>} */
  #waiting = new Set();

  constructor() {
    // A page that is left may never paint again.
    addEventListener("pagehide", () => this.#run());
    document.addEventListener("visibilitychange", () => this.#run());
  }

  /** Do something after the next frame; asked for several times, it is done once. @param {() => void} work */
  ask(work) {
    if (this.#waiting.size === 0) this.#begin();
    this.#waiting.add(work);
  }

  /** @returns {Promise<void>} fulfilled after the next frame, in the order of asking */
  turn = () => new Promise((resolve) => this.ask(resolve));

  #begin() {
    requestAnimationFrame(() => setTimeout(this.#run));
    setTimeout(this.#run, PATIENCE_MILLISECONDS);
  }

  #run = () => {
    const works = [...this.#waiting];
    this.#waiting.clear();
    for (const work of works) queueMicrotask(work); // one that fails does not take the others with it
  };
}
