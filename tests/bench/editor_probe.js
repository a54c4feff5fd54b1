// Put into the page before anything else runs: notes when spans are first painted, how long each label key takes until
// it is painted, and how long the task of a key or of a move of the pointer is.
(() => {
  const probe = { painted: 0, keys: [], work: [], moves: [] };
  globalThis.benchProbe = probe;

  /** Call back after the frame that is being made has been painted. */
  const afterPaint = (callback) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => callback(performance.now());
      channel.port2.postMessage(null);
    });
  };

  /** The length of the task that is running, from now on. */
  const timeTask = (into) => {
    const start = performance.now();
    const channel = new MessageChannel();
    channel.port1.onmessage = () => into.push(performance.now() - start);
    channel.port2.postMessage(null);
  };

  /** Scroll at reading speed and answer how long each frame took, in milliseconds. */
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

  const watch = () => {
    if (document.querySelector("svg.lanes path")) afterPaint((now) => { probe.painted = now; });
    else requestAnimationFrame(watch);
  };
  watch();

  addEventListener("keydown", (event) => {
    if (!/^([1-9]|Delete)$/.test(event.key)) return;
    timeTask(probe.work);
    afterPaint((now) => probe.keys.push(now - event.timeStamp));
  }, true);
  addEventListener("pointermove", () => timeTask(probe.moves), true);
})();
