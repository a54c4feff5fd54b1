import { openOutbox } from "../../../../static/saving/outbox.js";
import { keepConflicts } from "../../../../static/editor/saving/conflicts.js";
import { Sync } from "../../../../static/editor/saving/sync.js";
import { createLocks } from "../../../../static/saving/tabs.js";
import { ManualClock, settle } from "./clock.js";
import { openEditor } from "./editors.js";
import { LockManagerDouble } from "./lock_manager.js";

/**
 * A browser with tabs of one annotation set, which share storage, locks and messages.
 */
export class Browser {
  /**
   * @param {import("./server.js").Server} server
   * @param {{text: string, storage: () => IDBFactory, locks?: LockManagerDouble|null}} options
   */
  constructor(server, { text, storage, locks = new LockManagerDouble() }) {
    this.server = server;
    this.text = text;
    this.storage = storage;
    this.locks = locks;
    /** @type {Set<(message: {revision: number}) => void>} */
    this.listeners = new Set();
  }

  /** Open the page in a tab, with the current state of the server. */
  async open() {
    const { revision, ...snapshot } = this.server.snapshot();
    const editor = openEditor(this.text, { ...snapshot, revision });
    const atFirst = editor.store.state.saving.message;
    const clock = new ManualClock();
    const life = { isOver: false };
    const locks = this.locks?.client();
    const outbox = mortal(life, openOutbox({ storage: this.storage, name: "set1", warn: (message) =>
      editor.store.dispatch({ storageWarning: message, userEvent: "warn.storage" }) }));
    const sync = new Sync(editor.store, { changesUrl: "/changes/", revision }, {
      transport: mortal(life, this.server.transport),
      outbox,
      clock,
      locks: createLocks(/** @type {any} */ (locks)),
      channel: this.#channel(),
    });
    keepConflicts(editor.store, outbox);
    await sync.restore();
    await settle();
    const close = () => {
      life.isOver = true;
      locks?.close();
    };
    return { ...editor, sync, clock, outbox, atFirst, close };
  }

  #channel() {
    /** @type {((message: {revision: number}) => void)|null} */
    let own = null;
    return {
      send: (/** @type {{revision: number}} */ message) => {
        for (const listener of this.listeners) if (listener !== own) listener(message);
      },
      listen: (/** @type {(message: {revision: number}) => void} */ listener) => {
        own = listener;
        this.listeners.add(listener);
      },
      close: () => void (own && this.listeners.delete(own)),
    };
  }
}

/** @typedef {Awaited<ReturnType<Browser["open"]>>} Tab */

/**
 * Return functions that work until the page is closed; after that their promises never settle.
 *
 * @template {Record<string, (...given: any[]) => Promise<any>>} T
 * @param {{isOver: boolean}} life
 * @param {T} functions
 * @returns {T}
 */
function mortal(life, functions) {
  return new Proxy(functions, {
    get: (target, name) => async (/** @type {any[]} */ ...given) => {
      if (life.isOver) return new Promise(() => {});
      const result = await target[String(name)](...given);
      return life.isOver ? new Promise(() => {}) : result;
    },
  });
}
