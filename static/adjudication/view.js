/** What the desk shows now: its parts, the focus, and what was typed about a unit and is not saved yet. */

const RATIONALE = ["reason", "section", "note"];

/** Where what was typed is kept while a page is reloaded or the user signs in again. */
const TYPED = "annotator-desk-typed";

/**
 * Return the first element of the desk that a selector matches.
 *
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function work(selector) {
  return document.querySelector(`#work ${selector}`);
}

/** Return the key of the unit that is shown, "" for none. */
export function shownUnit() {
  return document.getElementById("work")?.dataset.unit ?? "";
}

/** Return the units that come next. */
export function upcomingUnits() {
  return (document.getElementById("work")?.dataset.upcoming ?? "").split(" ").filter(Boolean);
}

/** Return whether the user is making a draft, has typed something that is not saved, or has asked for a page. */
export function isBusy() {
  return isDrafting() || work(".htmx-request") !== null || rationaleFields().some((field) => field.value !== "");
}

/** Return whether the user is making a draft. */
export function isDrafting() {
  return work("[data-draft]") !== null;
}

export function focusHeading() {
  document.getElementById("unit-heading")?.focus();
}

/** Scroll the list beside the unit so that the current unit is in its middle. */
export function showInList() {
  const row = work(".unit-list [aria-current]");
  const list = row?.closest("nav");
  if (!row || !list) return;
  const between = row.getBoundingClientRect().top - list.getBoundingClientRect().top;
  list.scrollTop += between - (list.clientHeight - row.clientHeight) / 2;
}

/** Keep what was typed about the unit, until it is sent. */
export function keepRationale() {
  const values = Object.fromEntries(rationaleFields().map((field) => [field.id, field.value]));
  const typed = readTyped();
  if (Object.values(values).some(Boolean)) typed[typedKey()] = values;
  else delete typed[typedKey()];
  writeTyped(typed);
}

/** Forget what was typed about the unit: it is part of an action now. */
export function forgetRationale() {
  const typed = readTyped();
  delete typed[typedKey()];
  writeTyped(typed);
}

/** Put back what was typed about the unit that is shown. */
export function restoreRationale() {
  const values = readTyped()[typedKey()] ?? {};
  for (const field of rationaleFields()) {
    if (field.value === "") field.value = values[field.id] ?? "";
  }
}

/** Return the fields of the rationale. */
function rationaleFields() {
  return RATIONALE.map((id) => work(`#${id}`)).filter((field) =>
    field instanceof HTMLInputElement || field instanceof HTMLSelectElement);
}

function typedKey() {
  return `${location.pathname.split("/adjudication/")[0]} ${shownUnit()}`;
}

/** @returns {Record<string, Record<string, string>>} */
function readTyped() {
  try {
    return JSON.parse(sessionStorage.getItem(TYPED) ?? "{}");
  } catch {
    return {}; // the browser allows no storage
  }
}

/** @param {Record<string, Record<string, string>>} typed */
function writeTyped(typed) {
  try {
    sessionStorage.setItem(TYPED, JSON.stringify(typed));
  } catch {
    // without storage, what was typed is kept by the page alone
  }
}
