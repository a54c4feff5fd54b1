/**
 * How the choices of an attribute are chosen. A click leaves the focus in the text, so that its keys go on working.
 * Arrow keys move the focus without choosing: Space chooses, Enter chooses and goes back to the text.
 */

import { keyOf } from "../../../keyboard/keys.js";

/**
 * @param {HTMLElement} panel
 * @param {() => void} focusText
 */
export function listenForChoices(panel, focusText) {
  panel.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const segment = target?.closest("label.segment");
    if (segment && !(target instanceof HTMLInputElement)) {
      event.preventDefault(); // the browser would move the focus to the radio button
      segment.querySelector("input")?.click();
      focusText();
    } else if (target?.closest(".suggestions button") && event.detail > 0) focusText();
  });
  panel.addEventListener("keydown", (event) => {
    const { target } = event;
    if (target instanceof HTMLInputElement && target.type === "radio") pressOnRadio(event, target, focusText);
    else if (target instanceof HTMLSelectElement && /^Arrow(?:Up|Down)$/.test(event.key)) openSelect(event, target);
  });
  panel.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLSelectElement && target.id === "details-relabel") focusText();
  });
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLInputElement} radio
 * @param {() => void} focusText
 */
function pressOnRadio(event, radio, focusText) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step !== undefined) {
    event.preventDefault(); // the browser would choose the next value
    const group = [...(radio.closest("fieldset")?.querySelectorAll("input[type=radio]") ?? [])];
    const next = group[(group.indexOf(radio) + step + group.length) % group.length];
    if (next instanceof HTMLElement) next.focus();
  } else if (keyOf(event) === "Enter") {
    event.preventDefault();
    radio.click();
    focusText();
  }
}

/**
 * Open a list in place of choosing the next value at once, as closed lists do.
 *
 * @param {KeyboardEvent} event
 * @param {HTMLSelectElement} select
 */
function openSelect(event, select) {
  if (select.id !== "details-relabel" || !("showPicker" in select)) return;
  event.preventDefault();
  select.showPicker();
}
