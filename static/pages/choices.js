/**
 * Choosing rows of a table: all of the page at once, a range with Shift, and a line that says how many are chosen and
 * leads to what can be done with them.
 */

import { gettext, interpolate, ngettext } from "./text.js";

/**
 * Give the boxes between two clicks, the second with Shift, the state of the second.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement[]} boxes
 */
function chooseRanges(form, boxes) {
  let last = -1;
  form.addEventListener("click", (event) => {
    const index = boxes.indexOf(/** @type {HTMLInputElement} */ (event.target));
    if (index < 0) return;
    if (event.shiftKey && last >= 0) {
      const range = boxes.slice(Math.min(index, last), Math.max(index, last) + 1);
      for (const box of range) box.checked = boxes[index].checked;
    }
    last = index;
  });
}

/** @param {HTMLFormElement} form a form with the table and a fieldset of actions */
function enable(form) {
  const boxes = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("tbody input[type=checkbox]")]);
  const actions = form.querySelector("fieldset.actions");
  const table = form.querySelector(".table-scroll");
  if (!boxes.length || !(actions instanceof HTMLElement) || !table) return;

  const all = Object.assign(document.createElement("input"), { type: "checkbox" });
  const choice = document.createElement("label");
  choice.append(all, " ", gettext("Choose all on this page"));
  choice.className = "choices__all";
  table.before(choice);
  const link = Object.assign(document.createElement("a"), { href: `#${(actions.id ||= "actions")}` });
  const status = document.createElement("span");
  status.setAttribute("role", "status");
  const line = document.createElement("p");
  line.className = "choices__line";
  line.append(status, " ", link);
  table.after(line);
  link.textContent = gettext("Change the chosen documents");
  actions.tabIndex = -1;

  const show = () => {
    const count = boxes.filter((box) => box.checked).length;
    all.checked = count === boxes.length;
    all.indeterminate = count > 0 && !all.checked;
    line.hidden = count === 0;
    const message = ngettext("%(count)s document chosen.", "%(count)s documents chosen.", count);
    status.textContent = count ? interpolate(message, { count }) : "";
  };
  chooseRanges(form, boxes);
  form.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes) box.checked = all.checked;
    show();
  });
  // A page that comes back from the history has its choice again.
  addEventListener("pageshow", show);
  show();
}

for (const form of document.querySelectorAll("form")) if (form.querySelector("fieldset.actions")) enable(form);
