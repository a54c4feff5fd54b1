/** Dialogs, loaded some time after opening or when they are opened: settings and help, finding a label, questions. */

import { keyOf } from "../keyboard/keys.js";
import { gettext } from "../pages/text.js";
import { LabelFinderView } from "./views/label_finder.js";
import { SettingsView } from "./views/settings.js";
import { loadStyles } from "./views/styles.js";

const QUESTIONS = "view.questions";

/**
 * @typedef {{settings: SettingsView, labels: LabelFinderView}} Dialogs
 *
 * @param {import("./extras.js").ExtrasParts} parts
 * @returns {Promise<Dialogs>} once their styles are loaded
 */
export async function openDialogs(parts) {
  await loadStyles(parts.personal.dialogs_styles);
  const dialogs = { settings: new SettingsView(parts), labels: new LabelFinderView(parts) };
  for (const view of Object.values(dialogs)) view.listen();
  listenForQuestions(parts);
  return dialogs;
}

/**
 * Open the questions about the document beside its text by their key or their link, which leads to their page where
 * the script cannot be loaded.
 *
 * @param {import("./extras.js").ExtrasParts} parts
 */
function listenForQuestions(parts) {
  const link = document.querySelector("a[data-module]");
  if (!(link instanceof HTMLAnchorElement)) return;
  const { keymap, panel, signal } = parts;
  keymap.add([{ key: "F7", command: QUESTIONS, argument: [], group: gettext("Page"),
    description: gettext("Questions about this document"), label: "", when: "" }]);
  /** @type {Promise<{focus: () => void}>|null} */
  let shown = null;
  const open = (/** @type {Event} */ event) => {
    event.preventDefault();
    panel.open("guidelines");
    shown ??= import(link.dataset.module ?? "").then((script) => script.showQuestions(parts, link));
    shown.then((view) => view.focus(), () => {
      shown = null;
      window.open(link.href, "_blank", "noopener");
    });
  };
  link.addEventListener("click", open, { signal });
  document.addEventListener("keydown", (event) => {
    if (!event.defaultPrevented && keymap.keysOf(QUESTIONS).includes(keyOf(event))) open(event);
  }, { signal });
}
