/** Shows the Copy button of the draft for the guideline meeting. */

const area = document.querySelector("[data-draft] textarea");
const button = document.querySelector("[data-draft] button");
const status = document.querySelector("[data-draft] [role=status]");

if (area instanceof HTMLTextAreaElement && button instanceof HTMLElement && status) {
  // Browsers offer the clipboard to secure pages only; elsewhere the text is selected, ready for Ctrl+C.
  button.addEventListener("click", async () => {
    area.select();
    try {
      await navigator.clipboard.writeText(area.value);
      status.textContent = "Copied.";
    } catch {
      status.textContent = "Press Ctrl+C to copy.";
    }
  });
  button.hidden = false;
}
