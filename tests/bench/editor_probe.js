// Put into the page before anything else runs: notes when spans are first painted and how long each key takes.
(() => {
  const probe = { painted: 0, keys: [] };
  globalThis.benchProbe = probe;

  /** Call back after the frame that is being made has been painted. */
  const afterPaint = (callback) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => callback(performance.now());
      channel.port2.postMessage(null);
    });
  };

  const watch = () => {
    if (document.querySelector("svg.lanes path")) afterPaint((now) => { probe.painted = now; });
    else requestAnimationFrame(watch);
  };
  watch();

  addEventListener("keydown", (event) => {
    if (!/^[1-9]$/.test(event.key)) return;
    afterPaint((now) => probe.keys.push(now - event.timeStamp));
  }, true);
})();
