/** One polite live region: each action says one sentence to those who do not see the page. */

/** Long enough for the emptied region to be noticed, so that the same sentence twice is said twice. */
const PAUSE_MILLISECONDS = 30;

export class AnnounceView {
  /** @param {HTMLElement} region */
  constructor(region) {
    this.region = region;
    this.timer = 0;
  }

  /** @param {string|undefined} sentence */
  say(sentence) {
    if (!sentence) return;
    this.region.textContent = "";
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.region.textContent = sentence;
    }, PAUSE_MILLISECONDS);
  }
}
