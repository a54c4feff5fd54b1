/** Builds elements. Strings are always inserted as text, so that no text of a document can become markup. */

import { displayKey } from "../../keyboard/keys.js";


const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {Record<string, string|number|boolean|null|undefined>} Attributes false, null and undefined omit an
 *   attribute
 */

/**
 * @param {Element} target
 * @param {Attributes} attributes
 */
export function setAttributes(target, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    const isAbsent = value === false || value === null || value === undefined;
    if (isAbsent) target.removeAttribute(name);
    else target.setAttribute(name, value === true ? "" : String(value));
  }
}

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Attributes} [attributes]
 * @param {...(Node|string|null)} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  setAttributes(element, attributes);
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

/**
 * @template {keyof SVGElementTagNameMap} Name
 * @param {Name} name
 * @param {Attributes} [attributes]
 * @param {...(Node|string|null)} children
 * @returns {SVGElementTagNameMap[Name]}
 */
export function makeSvg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  setAttributes(element, attributes);
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

/**
 * Return an element of the page that the template must contain.
 *
 * @template {Element} [Found=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {Found}
 */
export function find(selector, within = document) {
  const element = within.querySelector(selector);
  if (!element) throw new Error(`The page has no element ${selector}.`);
  return /** @type {Found} */ (element);
}

/**
 * Return the key of a button, to be seen; assistive technology reads aria-keyshortcuts.
 *
 * @param {string|undefined} key as the keymap names it
 */
export function keyCap(key) {
  return key ? make("kbd", { "aria-hidden": "true" }, displayKey(key)) : null;
}

/** Colours in tokens.css; the pattern of the line tells labels apart beyond that. */
const COLOURS = 6;

/**
 * Return the class with the colour of a label.
 *
 * @param {import("../model/types.js").Label} label
 */
export function labelClass(label) {
  return label.index < 0 ? "label-unknown" : `label-${label.index % COLOURS}`;
}

/**
 * Return a short sample of a label's line, as it is drawn under the text.
 *
 * @param {import("../model/types.js").Label} label
 */
export function lineSample(label) {
  const double = label.pattern === "double";
  const line = makeSvg("path", { class: `lane lane-${label.pattern}`, d: double ? "M1 4H25M1 7H25" : "M1 5.5H25" });
  return makeSvg("svg", { class: `sample ${labelClass(label)}`, viewBox: "0 0 26 11", "aria-hidden": "true" }, line);
}
