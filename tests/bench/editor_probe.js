// Runs in the page before any other script. Records when spans are first painted and, for each key that adds or deletes,
// the time until it is painted: from the key press (`keys`) and from its handling (`shown`).
(() => {
  const probe = { painted: 0, keys: [], shown: [] };
  globalThis.benchProbe = probe;

  /** Call back after the current frame has been painted. */
  const afterPaint = (callback) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => callback(performance.now());
      channel.port2.postMessage(null);
    });
  };

  /** Scroll at reading speed and resolve to the duration of each frame, in milliseconds. */
  probe.scroll = (element, frames) => new Promise((resolve) => {
    const times = [];
    let before = performance.now();
    const step = (now) => {
      times.push(now - before);
      before = now;
      element.scrollTop += 8;
      if (times.length < frames) requestAnimationFrame(step);
      else resolve(times.slice(1));
    };
    requestAnimationFrame(step);
  });

  // Neither frames nor questions from outside: they would cost more than the page.
  probe.whenPainted = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (!document.querySelector("svg.lanes path")) return;
      observer.disconnect();
      afterPaint((now) => resolve(probe.painted = now));
    });
    observer.observe(document, { childList: true, subtree: true });
  });

  addEventListener("keydown", (event) => {
    if (!/^(1|Delete)$/.test(event.key)) return;
    const start = performance.now();
    afterPaint((now) => {
      probe.keys.push(now - event.timeStamp);
      probe.shown.push(now - start);
    });
  }, true);
})();
