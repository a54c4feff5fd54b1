/**
 * Keys on the page of an adjudication. Everything on it is a link or a button of a form; a key presses the one that
 * names it in `data-key`. htmx puts the answer in place of `#work`, so that the page is never loaded anew.
 */

const WORK = "work";
/** Where keys are text: there only Enter and Escape mean something. */
const FIELDS = "input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea";
const LONGEST_SELECTION = 500;
/** What a person had the focus on when the page changed. @type {string} */
let focusedId = "";

/**
 * The name of a pressed key as it stands in `data-key`.
 *
 * @param {KeyboardEvent} event
 */
function nameOf(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.shiftKey && key.startsWith("Arrow") ? `Shift+${key}` : key;
}

/**
 * The first element of the desk that a selector finds.
 *
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
function find(selector) {
  return document.querySelector(`#${WORK} ${selector}`);
}

/** @param {Element | null} element */
function isField(element) {
  return element !== null && element.matches(FIELDS);
}

/** @param {Element | null} element */
function isPressable(element) {
  return element !== null && element.matches("a[href], button, summary, [role=button]");
}

/**
 * Whether a key is left to the element that has the focus: text in fields, Enter on links and buttons.
 *
 * @param {string} key
 * @param {Element | null} element
 */
function belongsTo(key, element) {
  if (isField(element)) return key !== "Escape";
  if (element?.matches("input[type=radio]") && key.startsWith("Arrow")) return true;
  return key === "Enter" && isPressable(element);
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const key = nameOf(event);
  const focused = document.activeElement;
  if (belongsTo(key, focused)) return;
  if (key === "Escape" && isField(focused)) {
    event.preventDefault();
    focusHeading();
    return;
  }
  const field = find(`[data-focus-key="${CSS.escape(key)}"]`);
  const target = field ?? find(`[data-key~="${CSS.escape(key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target === field) field.focus();
  else target.click();
}

/** The list beside the unit scrolls by itself: the present unit stands in its middle. */
function showInList() {
  const row = find(".unit-list [aria-current]");
  const list = row?.closest("nav");
  if (!row || !list) return;
  const between = row.getBoundingClientRect().top - list.getBoundingClientRect().top;
  list.scrollTop += between - (list.clientHeight - row.clientHeight) / 2;
}

function focusHeading() {
  document.getElementById("unit-heading")?.focus();
}

/** After a change the focus stays on the button that made it, if that is there still; else it goes to the unit. */
function restoreFocus() {
  const same = focusedId ? document.getElementById(focusedId) : null;
  const first = find("[data-first]");
  if (same && same.closest("[data-draft]")) same.focus();
  else if (first) first.focus();
  else focusHeading();
  document.querySelector("#unit-heading")?.scrollIntoView({ block: "nearest" });
  showInList();
}

/** @param {Event} event */
function onSwap(event) {
  const { detail } = /** @type {CustomEvent} */ (event);
  // Refusals are pages too: they say what happened meanwhile.
  if ([404, 409, 422].includes(detail.xhr.status)) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
}

/** What is selected in the text goes along when a place is added. */
function noteSelection() {
  const words = getSelection()?.toString().trim() ?? "";
  const field = find("[data-selected]");
  if (words && field instanceof HTMLInputElement) field.value = words.slice(0, LONGEST_SELECTION);
}

/** @param {Event} event */
function onChange(event) {
  const element = /** @type {HTMLElement} */ (event.target);
  const step = element.dataset?.submitStep;
  const button = step ? document.getElementById(`draft-${step}`) : null;
  button?.click();
}

document.addEventListener("keydown", onKey);
document.addEventListener("change", onChange);
document.addEventListener("selectionchange", noteSelection);
document.addEventListener("htmx:beforeRequest", () => {
  focusedId = document.activeElement?.id ?? "";
});
document.addEventListener("htmx:beforeSwap", onSwap);
document.addEventListener("htmx:afterSettle", restoreFocus);
focusHeading();
showInList();
