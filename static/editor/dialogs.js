/** Dialogs, loaded some time after opening or when they are opened: settings and help, finding a label, questions. */

import { keyOf } from "../keyboard/keys.js";
import { LabelFinderView } from "./views/label_finder.js";
import { SettingsView } from "./views/settings.js";
import { loadStyles } from "./views/styles.js";

const QUESTIONS = "view.questions";

/**
 * @typedef {{settings: SettingsView, labels: LabelFinderView, askQuestion: () => void}} Dialogs
 *
 * @param {import("./extras.js").ExtrasParts} parts
 * @returns {Promise<Dialogs>} once their styles are loaded
 */
export async function openDialogs(parts) {
  await loadStyles(parts.personal.dialogs_styles);
  const views = { settings: new SettingsView(parts), labels: new LabelFinderView(parts) };
  for (const view of Object.values(views)) view.listen();
  return { ...views, askQuestion: listenForQuestions(parts) };
}

/**
 * Open the questions about the document beside its text by their key or their link, which leads to their page where
 * the script cannot be loaded.
 *
 * @param {import("./extras.js").ExtrasParts} parts
 * @returns {() => void} opens them
 */
function listenForQuestions(parts) {
  const link = document.querySelector("a[data-module]");
  if (!(link instanceof HTMLAnchorElement)) return () => undefined;
  const { keymap, panel, signal } = parts;
  /** @type {Promise<{focus: () => void}>|null} */
  let shown = null;
  const show = () => {
    panel.open("guidelines");
    shown ??= import(link.dataset.module ?? "").then((script) => script.showQuestions(parts, link));
    shown.then((view) => view.focus(), () => {
      shown = null;
      window.open(link.href, "_blank", "noopener");
    });
  };
  const open = (/** @type {Event} */ event) => {
    event.preventDefault();
    show();
  };
  link.addEventListener("click", open, { signal });
  document.addEventListener("keydown", (event) => {
    if (!event.defaultPrevented && keymap.keysOf(QUESTIONS).includes(keyOf(event))) open(event);
  }, { signal });
  return show;
}
