/**
 * Single keys of a page for those who do not want them, or only together with Alt (`data-letter-keys` of the page:
 * alone, alt, off). Loaded before the script that listens to them, and before all others told of a key.
 */

const WAY = document.documentElement.dataset.letterKeys ?? "alone";
const FIELDS = "input:not([type=radio], [type=checkbox]), select, textarea";

/**
 * The key without Alt, which makes other signs of letters on some keyboards.
 *
 * @param {KeyboardEvent} event
 */
function plainKey({ code, key }) {
  return /^(?:Key|Digit)(.)$/.exec(code)?.[1].toLowerCase() ?? key;
}

/** @param {KeyboardEvent} event */
function filter(event) {
  const isSingle = event.key.length === 1 && event.key !== " ";
  const isInField = event.target instanceof Element && event.target.matches(FIELDS);
  if (!event.isTrusted || !isSingle || isInField || event.ctrlKey || event.metaKey) return;
  event.stopImmediatePropagation();
  if (WAY !== "alt" || !event.altKey) return;
  event.preventDefault();
  const { code, shiftKey } = event;
  event.target?.dispatchEvent(new KeyboardEvent("keydown", { key: plainKey(event), code, shiftKey, bubbles: true,
    cancelable: true }));
}

/** Say and show the keys as they are now. */
function rename() {
  for (const shown of document.querySelectorAll("kbd")) {
    if (shown.textContent?.length !== 1) continue;
    if (WAY === "alt") shown.textContent = `Alt+${shown.textContent}`;
    else shown.hidden = true;
  }
  for (const element of document.querySelectorAll("[aria-keyshortcuts]")) {
    const keys = (element.getAttribute("aria-keyshortcuts") ?? "").split(" ");
    const now = keys.flatMap((key) => {
      if (key.length > 1) return [key];
      return WAY === "alt" ? [`Alt+${key}`] : [];
    });
    if (now.length > 0) element.setAttribute("aria-keyshortcuts", now.join(" "));
    else element.removeAttribute("aria-keyshortcuts");
  }
}

if (WAY !== "alone") {
  window.addEventListener("keydown", filter, { capture: true });
  document.addEventListener("htmx:afterSettle", rename);
  rename();
}
