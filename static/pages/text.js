/**
 * Translation of what scripts show. A page in another language than English loads Django's JavaScript catalogue before
 * its modules; without one, as in English and in Node, each message is returned as it is written in the code.
 *
 * @typedef {{gettext: (message: string) => string,
 *   ngettext: (singular: string, plural: string, count: number) => string}} Catalogue
 */

/** @returns {Catalogue|undefined} */
const catalogue = () => /** @type {{django?: Catalogue}} */ (globalThis).django;

/** Languages that are written with the digits 0 to 9. */
const WESTERN_DIGITS = /^(?:cs|da|de|en|es|fi|fr|it|ja|ko|nb|nl|pl|pt|ru|sv|tr|uk|zh)\b/;

/** The language of the page, which decides how numbers are written. */
const language = () => globalThis.document?.documentElement.lang || "en";

/**
 * Return a message in the language of the page.
 *
 * @param {string} message
 * @returns {string}
 */
export function gettext(message) {
  return catalogue()?.gettext(message) ?? message;
}

/**
 * Return the form of a message that a number asks for: "1 change", "2 changes".
 *
 * @param {string} singular
 * @param {string} plural
 * @param {number} count
 * @returns {string}
 */
export function ngettext(singular, plural, count) {
  return catalogue()?.ngettext(singular, plural, count) ?? (count === 1 ? singular : plural);
}

/**
 * Return a message with values in place of its `%(name)s`; numbers get their thousands separators.
 *
 * @param {string} message
 * @param {Record<string, string|number>} values a name without a value stays as it is written
 * @returns {string}
 */
export function interpolate(message, values) {
  return message.replace(/%\((\w+)\)s/g, (written, name) => {
    if (!Object.hasOwn(values, name)) return written;
    const value = values[name];
    return typeof value === "number" ? numberIn(language(), value) : value;
  });
}

/**
 * Return a number as a language writes it. Loading the rules for that takes the browser 30 ms of processor time, and
 * small whole numbers need none.
 *
 * @param {string} code of the language
 * @param {number} value
 */
function numberIn(code, value) {
  return Number.isInteger(value) && value >= 0 && value < 1000 && WESTERN_DIGITS.test(code) ? String(value)
    : value.toLocaleString(code);
}
