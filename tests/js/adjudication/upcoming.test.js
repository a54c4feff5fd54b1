/** Pages fetched beforehand: what is decided is never shown as the next again. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Upcoming } from "../../../static/adjudication/upcoming.js";

/** @param {string} unit @returns {import("../../../static/adjudication/exchange.js").PageAnswer} */
const pageOf = (unit) => /** @type {any} */ ({ outcome: "done", html: unit, url: `/?unit=${unit}` });

test("a decided unit is not the next again, although a page fetched before names it", () => {
  const upcoming = new Upcoming({ get: () => new Promise(() => {}), addressOf: (unit) => unit, mayFetch: () => false });
  upcoming.expect(["1", "2", "3"]);
  for (const unit of ["1", "2", "3"]) upcoming.keep(unit, pageOf(unit));
  upcoming.forget("1");
  upcoming.forget("2");

  upcoming.expect(["2", "3"]); // of the page of unit 1, which was fetched before unit 2 was decided
  upcoming.keep("2", pageOf("2"));

  assert.equal(upcoming.next(new Set())?.html, "3");
  assert.equal(upcoming.next(new Set(["3"])), undefined);
});
