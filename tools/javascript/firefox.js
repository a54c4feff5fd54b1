/**
 * Drives one page of a stock Firefox over WebDriver BiDi, for tests and benchmarks. Each line of input is a request,
 * `{"name": …, "arguments": […]}`, answered with a line, `{"value": …}` or `{"error": …}`.
 *
 *     node tools/javascript/firefox.js PATH_OF_FIREFOX
 */

import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";

/** Clocks of the page to the microsecond, which Firefox otherwise rounds to whole milliseconds. */
const PREFERENCES = Object.freeze({ "privacy.reduceTimerPrecision": false });

const MODIFIERS = new Set(["Alt", "Control", "Meta", "Shift"]);

/** Only a fault makes a test wait this long. */
const LONG_MILLISECONDS = 120_000;

const VIEWPORT = Object.freeze({ width: 1280, height: 800 });

/**
 * @param {import("puppeteer-core").Page} page
 * @returns {Record<string, (...values: any[]) => Promise<unknown>>}
 */
function commandsOf(page) {
  return {
    goto: async (/** @type {string} */ url) => void await page.goto(url),
    reload: async () => void await page.reload(),
    setCookie: (/** @type {import("puppeteer-core").CookieData} */ cookie) => page.browserContext().setCookie(cookie),
    evaluate: (/** @type {string} */ expression) => page.evaluate(expression),
    prepare: async (/** @type {string} */ script) => void await page.evaluateOnNewDocument(script),
    type: (/** @type {string} */ words) => page.keyboard.type(words),
    press: (/** @type {string} */ key) => press(page, key),
    move: (/** @type {number} */ x, /** @type {number} */ y) => page.mouse.move(x, y),
    wait: (/** @type {number} */ milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    down: () => page.mouse.down(),
    up: () => page.mouse.up(),
    screenshot: async (/** @type {string} */ path) => void await page.screenshot({ path: /** @type {any} */ (path) }),
  };
}

/**
 * @param {import("puppeteer-core").Page} page
 * @param {string} key as in "Control+Shift+z"
 */
async function press(page, key) {
  const names = key === "+" ? [key] : key.split("+");
  const held = /** @type {import("puppeteer-core").KeyInput[]} */ (names.filter((name) => MODIFIERS.has(name)));
  for (const name of held) await page.keyboard.down(name);
  await page.keyboard.press(/** @type {import("puppeteer-core").KeyInput} */ (names[names.length - 1]));
  for (const name of held.reverse()) await page.keyboard.up(name);
}

/** @param {unknown} answer */
function answerWith(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

const browser = await puppeteer.launch({
  browser: "firefox", executablePath: process.argv[2], headless: true, extraPrefsFirefox: PREFERENCES,
  defaultViewport: VIEWPORT, timeout: LONG_MILLISECONDS, protocolTimeout: 2 * LONG_MILLISECONDS,
});
const page = await browser.newPage();
page.setDefaultTimeout(LONG_MILLISECONDS);
/** @type {string[]} */
const errors = [];
page.on("pageerror", (error) => errors.push(String(error)));
const commands = { ...commandsOf(page), errors: () => errors };
answerWith({ value: await browser.version() });

for await (const line of createInterface({ input: process.stdin })) {
  const { name, arguments: values } = JSON.parse(line);
  try {
    answerWith({ value: (await commands[/** @type {keyof typeof commands} */ (name)](...values)) ?? null });
  } catch (error) {
    answerWith({ error: String(error) });
  }
}
await browser.close();
