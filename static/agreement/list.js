/**
 * Goes through a list by keyboard: j and k, and the arrows once one is in it. Enter follows the link as ever, s leads
 * to the sets side by side.
 */

const links = [...document.querySelectorAll("[data-list] [data-open]")].filter((link) => link instanceof HTMLElement);

/** @param {number} step @returns {HTMLElement | undefined} */
const neighbour = (step) => {
  const place = links.findIndex((link) => link === document.activeElement);
  return links[place < 0 ? 0 : Math.min(Math.max(place + step, 0), links.length - 1)];
};

/** @param {string} relation */
const turn = (relation) => {
  const link = document.querySelector(`a[rel=${relation}]`);
  if (link instanceof HTMLElement) link.click();
};

/** @param {KeyboardEvent} event */
const stepOf = (event) => {
  const isInList = links.some((link) => link === document.activeElement);
  if (event.key === "j" || (isInList && event.key === "ArrowDown")) return 1;
  if (event.key === "k" || (isInList && event.key === "ArrowUp")) return -1;
  return 0;
};

/** The sets beside each other at the place that has the focus. */
const lookBeside = () => {
  const link = document.activeElement?.closest("[data-list] > li")?.querySelector("[data-beside]");
  if (link instanceof HTMLElement) link.click();
};

/** @param {KeyboardEvent} event */
const isOurs = (event) => {
  const isInField = event.target instanceof Element && event.target.closest("input, select, textarea") !== null;
  return !(event.ctrlKey || event.metaKey || event.altKey || isInField);
};

document.addEventListener("keydown", (event) => {
  if (!isOurs(event)) return;
  if (event.key === "s") lookBeside();
  const step = stepOf(event);
  if (!step) return;
  event.preventDefault();
  const last = links.length - 1;
  if (links[last] === document.activeElement && step > 0) turn("next");
  else if (links[0] === document.activeElement && step < 0) turn("prev");
  else {
    const link = neighbour(step);
    link?.focus();
    link?.closest("li")?.scrollIntoView({ block: "nearest" });
  }
});
