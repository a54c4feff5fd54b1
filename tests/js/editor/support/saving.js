import * as commands from "../../../../static/editor/commands/index.js";
import { selectWords, TEXT } from "./article.js";
import { settle } from "./clock.js";
import { makeSpan } from "./editors.js";
import { IndexedDatabaseDouble } from "./indexed_database.js";
import { Server } from "./server.js";
import { Browser } from "./tabs.js";

/** A claim and its speaker in the text of the article. */
export const SPANS = [
  makeSpan("ada", [[0, 3]], "Speaker", { kind: "person" }), makeSpan("plan", [[9, 26]], "Claim", { kind: "fact" }),
];

/**
 * Return a server with a set, a browser, and a tab with the page of the set.
 *
 * @param {ConstructorParameters<typeof Server>[0]} [initial]
 */
export async function start(initial = { spans: SPANS }) {
  const server = new Server(initial);
  const storage = new IndexedDatabaseDouble();
  const browser = new Browser(server, { text: TEXT, storage: () => storage.factory });
  return { server, storage, browser, tab: await browser.open() };
}

/** @param {import("./tabs.js").Tab} tab @param {string} word @param {string} name */
export async function label(tab, word, name) {
  selectWords(tab, word);
  tab.run(commands.labelSelection(name));
  await settle();
}

/** @param {import("./tabs.js").Tab} tab @param {string} id @param {string} name @param {string} value */
export async function setValue(tab, id, name, value) {
  tab.run(commands.selectSpan(id));
  tab.run(commands.setAttribute(name, value));
  await settle();
}

/** @param {import("./tabs.js").Tab} tab */
export const saving = (tab) => [tab.store.state.saving.state, tab.store.state.saving.unsent];

/** @param {import("./tabs.js").Tab} tab */
export const unsent = async (tab) => (await tab.outbox.list()).drafts.length;
