import assert from "node:assert/strict";
import { test } from "node:test";
import { createChannel, createLocks } from "../../../static/saving/tabs.js";
import { watchPage } from "../../../static/editor/views/page_events.js";
import { settle } from "../editor/support/clock.js";
import { LockManagerDouble } from "../editor/support/lock_manager.js";

/** Return a window with nothing but its events. */
function makePage() {
  const page = Object.assign(new EventTarget(), {
    document: Object.assign(new EventTarget(), { visibilityState: "visible" }),
  });
  const show = (/** @type {string} */ state) => {
    page.document.visibilityState = state;
    page.document.dispatchEvent(new Event("visibilitychange"));
  };
  return { page, show, watched: watchPage(/** @type {any} */ (page)) };
}

test("focus, visibility and connection count as coming back", () => {
  const { page, show, watched } = makePage();
  let returns = 0;
  watched.onReturn(() => {
    returns += 1;
  });
  show("hidden");
  assert.equal(returns, 0);
  show("visible");
  for (const name of ["focus", "online", "pageshow"]) page.dispatchEvent(new Event(name));

  assert.equal(returns, 4);
});

test("hiding and closing count as leaving", () => {
  const { page, show, watched } = makePage();
  let leaves = 0;
  watched.onLeave(() => {
    leaves += 1;
  });
  show("visible");
  assert.equal(leaves, 0);
  show("hidden");
  page.dispatchEvent(new Event("pagehide"));

  assert.equal(leaves, 2);
});

/** @param {LockManagerDouble} manager */
const open = (manager) => createLocks(/** @type {any} */ (manager.client()));

test("exclusive work runs in one tab at a time", async () => {
  const manager = new LockManagerDouble();
  const [first, second] = [open(manager), open(manager)];
  /** @type {string[]} */
  const order = [];
  const slow = first.exclusively("send", async () => {
    order.push("first begins");
    await settle();
    order.push("first ends");
  });
  const fast = second.exclusively("send", () => Promise.resolve(order.push("second")));
  await Promise.all([slow, fast]);

  assert.deepEqual(order, ["first begins", "first ends", "second"]);
});

test("closed tabs are taken over once", async () => {
  const manager = new LockManagerDouble();
  const client = manager.client();
  const gone = createLocks(/** @type {any} */ (client));
  /** @type {string[]} */
  const order = [];
  const work = (/** @type {string} */ name) => async () => {
    order.push(`${name} begins`);
    await settle();
    order.push(`${name} ends`);
  };
  const take = (/** @type {string} */ name) => open(manager).takeOver(gone.tabId, work(name));
  assert.deepEqual(await Promise.all([take("first"), take("second")]), [false, false]);
  assert.deepEqual(order, []);
  client.close();
  await settle();
  await settle();

  assert.deepEqual(order, ["first begins", "first ends", "second begins", "second ends"]);
  assert.equal(await take("third"), true);
});

test("work runs without locks", async () => {
  const locks = createLocks(undefined);

  assert.equal(await locks.exclusively("send", () => Promise.resolve("done")), "done");
  assert.equal(await locks.takeOver("other", () => Promise.resolve()), true);
});

test("messages reach only other tabs", async (context) => {
  const [first, second, other] = ["set-1", "set-1", "set-2"].map(createChannel);
  context.after(() => [first, second, other].forEach((channel) => channel.close()));
  /** @type {string[]} */
  const heard = [];
  first.listen(({ revision }) => heard.push(`first ${revision}`));
  other.listen(({ revision }) => heard.push(`other ${revision}`));
  await new Promise((resolve) => {
    second.listen(() => heard.push("second"));
    first.listen(({ revision }) => resolve(heard.push(`first ${revision}`)));
    second.send({ revision: 7 });
  });

  assert.deepEqual(heard, ["first 7"]);
});
