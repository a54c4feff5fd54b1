/** A clock that only moves when a test lets time pass. */
export class ManualClock {
  constructor() {
    this.now = 0;
    /** @type {Map<number, {at: number, work: () => void}>} */
    this.timers = new Map();
    this.next = 1;
    this.random = () => 1;
  }

  /**
   * @param {() => void} work
   * @param {number} milliseconds
   */
  setTimeout = (work, milliseconds) => {
    this.timers.set(this.next, { at: this.now + milliseconds, work });
    this.next += 1;
    return this.next - 1;
  };

  /** @param {any} timer */
  clearTimeout = (timer) => void this.timers.delete(timer);

  /** The time until the next timer; null without one. */
  get pending() {
    const times = [...this.timers.values()].map((timer) => timer.at - this.now);
    return times.length > 0 ? Math.min(...times) : null;
  }

  /**
   * Let time pass, and wait for what happens in it.
   *
   * @param {number} milliseconds
   */
  async pass(milliseconds) {
    this.now += milliseconds;
    for (const [id, timer] of [...this.timers]) {
      if (timer.at > this.now || !this.timers.delete(id)) continue;
      timer.work();
    }
    await settle();
  }
}

/** Wait until all pending promises are settled. */
export async function settle() {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
