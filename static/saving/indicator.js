/** The state of saving as pages show it that save by themselves: words beside an icon, and a notice about trouble. */

import { gettext, interpolate, ngettext } from "../pages/text.js";
import { savingMessage } from "./transport.js";

/**
 * @typedef {import("./transport.js").Saving} Saving
 * @typedef {{kind: "success"|"info"|"warning"|"error", text: string, buttons?: [string, () => unknown][]}} Notice
 * @typedef {{flush: () => unknown, skipRefused: () => unknown, exportWork?: () => string}} Remedies `flush` sends what
 *   waits, `skipRefused` leaves out the change that was refused, `exportWork` returns the work as a file
 */

/**
 * Return the text beside the icon of saving. States that also show a notice have a short text here.
 *
 * @param {Saving} saving
 */
export function savingText({ state, unsent, message }) {
  const count = interpolate(ngettext("%(count)s change not saved", "%(count)s changes not saved", unsent),
    { count: unsent });
  switch (state) {
    case "conflict": return gettext("Changed elsewhere");
    case "signed_out": return unsent > 0 ? `${gettext("Signed out")}: ${count}` : gettext("Signed out");
    case "closed": return unsent > 0 ? `${gettext("Closed")}: ${count}` : gettext("Closed");
    case "failed": return unsent > 0 ? count : gettext("Saving stopped");
    default: return message || savingMessage(state, unsent, "");
  }
}

/**
 * Show the state of saving. The page is written to only when something changes, since each write costs the browser
 * work.
 *
 * @param {{element: HTMLElement, words: HTMLElement}} place
 * @param {Saving} saving
 */
export function showSaving({ element, words }, saving) {
  const text = savingText(saving);
  if (element.dataset.state !== saving.state) element.dataset.state = saving.state;
  if (words.textContent !== text) words.textContent = text;
}

/**
 * Return the notice about a state in which the user has to do something, null in others.
 *
 * @param {Saving} saving
 * @param {Remedies} remedies
 * @returns {Notice|null}
 */
export function troubleOf({ state, message, unsent, canSkip }, { flush, skipRefused, exportWork }) {
  if (!message) return null;
  if (state === "signed_out") {
    return { kind: "warning", text: message, buttons: [[gettext("Continue after signing in"), flush]] };
  }
  /** @type {[string, () => unknown][]} */
  const asFile = exportWork ? [[gettext("Save my work as a file"), () => download(exportWork())]] : [];
  if (state === "closed") return unsent > 0 ? { kind: "warning", text: message, buttons: asFile } : null;
  if (state !== "failed") return null;
  /** @type {[string, () => unknown][]} */
  const buttons = [[gettext("Try again"), flush]];
  if (canSkip) buttons.push([gettext("Skip this change"), skipRefused]);
  if (unsent > 0) buttons.push(...asFile);
  return { kind: "error", text: message, buttons };
}

/**
 * @param {Notice} notice
 * @returns {HTMLElement}
 */
export function makeNotice({ kind, text, buttons = [] }) {
  const notice = document.createElement("div");
  notice.className = `notice notice--${kind} cluster`;
  const words = document.createElement("span");
  words.textContent = text;
  notice.append(words, ...buttons.map(([face, act]) => makeButton(face, act)));
  return notice;
}

/**
 * @param {string} face
 * @param {() => unknown} act
 */
export function makeButton(face, act) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "button", textContent: face });
  button.addEventListener("click", () => void act());
  return button;
}

/** @param {string} text */
function download(text) {
  const link = document.createElement("a");
  const url = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
  Object.assign(link, { href: url, download: "my-work.jsonl" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
