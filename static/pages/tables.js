/**
 * Tables as cards on narrow screens: each cell gets the name of its column, which the style sheet shows beside it. The
 * roles are written down, because a table that is not laid out as one loses them. Matrices and tables of figures stay
 * as they are.
 */

const MARKED = "data-cards";

/**
 * Mark a table that can be shown as cards, unless it is marked or has cells over several columns or rows.
 *
 * @param {Element} table
 */
export function markTable(table) {
  const heads = [...table.querySelectorAll("thead tr:last-child > *")];
  const rows = [...table.querySelectorAll(":is(tbody, tfoot) > tr")];
  const isPlain = heads.length > 0 && rows.every((row) => row.children.length === heads.length);
  if (!isPlain || table.hasAttribute(MARKED) || table.querySelector("[rowspan], [colspan]")) return;
  table.setAttribute(MARKED, "");
  table.setAttribute("role", "table");
  for (const group of table.querySelectorAll("thead, tbody, tfoot")) group.setAttribute("role", "rowgroup");
  for (const head of heads) head.setAttribute("role", "columnheader");
  for (const row of table.querySelectorAll("tr")) row.setAttribute("role", "row");
  for (const row of rows) {
    [...row.children].forEach((cell, index) => {
      cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
      cell.setAttribute("data-column", heads[index].textContent?.trim() ?? "");
    });
  }
}

function markTables() {
  for (const table of document.querySelectorAll(".table:not(.table--matrix, .table--figures)")) markTable(table);
}

markTables();
document.addEventListener("htmx:afterSettle", markTables);
