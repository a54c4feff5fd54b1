/** A clock that stands still until it is told how far to go on. */
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

  /** How long until the next thing happens; null when nothing is planned. */
  get pending() {
    const times = [...this.timers.values()].map((timer) => timer.at - this.now);
    return times.length > 0 ? Math.min(...times) : null;
  }

  /**
   * Let time pass, and what happens in it settle.
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

/** Let everything that waits for nothing but other promises come to rest. */
export async function settle() {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
