import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { gettext, interpolate, ngettext } from "../../../static/pages/text.js";

const site = /** @type {{django?: unknown}} */ (globalThis);

afterEach(() => delete site.django);

describe("text", () => {
  test("a message without a catalogue stays English", () => {
    assert.equal(gettext("Redo"), "Redo");
    assert.equal(ngettext("1 change", "%(count)s changes", 1), "1 change");
    assert.equal(ngettext("1 change", "%(count)s changes", 0), "%(count)s changes");
  });

  test("a loaded catalogue translates messages and plurals", () => {
    site.django = {
      gettext: (/** @type {string} */ message) => ({ Redo: "Wiederholen" })[message] ?? message,
      ngettext: (/** @type {string} */ one, /** @type {string} */ many, /** @type {number} */ count) =>
        (count === 1 ? `eine ${one}` : `viele ${many}`),
    };

    assert.equal(gettext("Redo"), "Wiederholen");
    assert.equal(gettext("Undo"), "Undo");
    assert.equal(ngettext("span", "spans", 2), "viele spans");
  });

  test("values replace their names and numbers get separators", () => {
    assert.equal(interpolate("%(count)s spans in %(title)s", { count: 1234567, title: "%(count)s" }),
      "1,234,567 spans in %(count)s");
    assert.equal(interpolate("%(constructor)s of 100 %", {}), "%(constructor)s of 100 %");
    assert.deepEqual([0, 999, 1000, -1, 0.5].map((count) => interpolate("%(count)s", { count })),
      ["0", "999", "1,000", "-1", "0.5"]);
  });

  test("small numbers have the digits of the language", () => {
    const page = /** @type {{document?: unknown}} */ (globalThis);
    page.document = { documentElement: { lang: "fa" } };

    assert.equal(interpolate("%(count)s", { count: 12 }), "۱۲");
    delete page.document;
  });
});
