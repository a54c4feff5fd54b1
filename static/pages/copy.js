/** Shows the Copy button beside each text to copy, an input or a text area. */

import { gettext } from "./text.js";

/** @param {HTMLElement} field */
const enable = (field) => {
  const text = field.querySelector("input, textarea");
  const button = field.querySelector("button");
  const status = field.querySelector("[role=status]");
  const isText = text instanceof HTMLInputElement || text instanceof HTMLTextAreaElement;
  if (!isText || !button || !status) return;
  if (text instanceof HTMLInputElement) text.addEventListener("focus", () => text.select());
  // Browsers offer the clipboard only to secure pages; elsewhere the text is selected, ready for Ctrl+C.
  button.addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
      status.textContent = gettext("Copied.");
    } catch {
      status.textContent = gettext("Press Ctrl+C to copy.");
    }
  });
  button.hidden = false;
};

for (const field of document.querySelectorAll("[data-copy]")) {
  if (field instanceof HTMLElement) enable(field);
}
