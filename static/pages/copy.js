/** Shows the Copy button beside each text that is there to be copied. */

/** @param {HTMLElement} field */
const enable = (field) => {
  const input = field.querySelector("input");
  const button = field.querySelector("button");
  const status = field.querySelector("[role=status]");
  if (!input || !button || !status) return;
  input.addEventListener("focus", () => input.select());
  // Browsers offer the clipboard to secure pages only; elsewhere the text is selected, ready for Ctrl+C.
  button.addEventListener("click", async () => {
    input.select();
    try {
      await navigator.clipboard.writeText(input.value);
      status.textContent = "Copied.";
    } catch {
      status.textContent = "Press Ctrl+C to copy.";
    }
  });
  button.hidden = false;
};

for (const field of document.querySelectorAll("[data-copy]")) {
  if (field instanceof HTMLElement) enable(field);
}
