/**
 * Saving on the desk. A form that stores something becomes an action in the outbox, as a change in the editor does. The
 * answer is the next unit; while nothing can be sent, the adjudicator goes on with the units that were fetched before.
 */

import { newId } from "../pages/identifiers.js";
import { gettext, interpolate } from "../pages/text.js";
import { makeButton, makeNotice, showSaving, troubleOf } from "../saving/indicator.js";
import { openOutbox } from "../saving/outbox.js";
import { createChannel, createLocks } from "../saving/tabs.js";
import { createExchange } from "./exchange.js";
import { Sender } from "./sender.js";
import { Upcoming } from "./upcoming.js";
import { forgetRationale, isBusy, isDrafting, shownUnit, upcomingUnits } from "./view.js";

/**
 * @typedef {import("./exchange.js").Action} Action
 * @typedef {import("./exchange.js").PageAnswer} PageAnswer
 * @typedef {import("./sender.js").Refused} Refused
 * @typedef {import("../saving/transport.js").Saving} Saving
 */

/** How long the answer to an action may take before the next unit is shown without it, in milliseconds. */
const PATIENCE = 4_000;

const CLOCK = Object.freeze({
  setTimeout: (/** @type {() => void} */ run, /** @type {number} */ milliseconds) => setTimeout(run, milliseconds),
  clearTimeout: (/** @type {any} */ timer) => clearTimeout(timer),
  random: () => Math.random(),
});

/** @param {HTMLElement} status shows how saving stands; it has the user, the sign-in page and the name of a cookie */
export function startSaving(status) {
  const saving = new DeskSaving(status);
  saving.listen();
  void saving.start();
}

class DeskSaving {
  /** The action whose answer the page waits for. @type {string} */
  #expected = "";
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;
  /** @type {Refused[]} */
  #conflicts = [];
  /** The last action about each unit. @type {Map<string, string>} */
  #last = new Map();
  #warning = "";
  #written = "";

  /** @param {HTMLElement} status */
  constructor(status) {
    const { user = "", csrfCookie = "", signIn = "" } = status.dataset;
    this.status = status;
    this.signIn = signIn;
    this.home = `${location.pathname.split("/adjudication/")[0]}/adjudication/`;
    const document_ = this.home.split("/")[2];
    const name = `annotator-desk-${user}-${document_}`;
    this.exchange = createExchange({ csrfToken: () => cookie(csrfCookie), userId: user, signIn });
    this.outbox = openOutbox({ storage: () => globalThis.indexedDB, name, warn: (words) => this.#warn(words) });
    this.channel = createChannel(name);
    this.sender = new Sender({ exchange: this.exchange, outbox: this.outbox, channel: this.channel, clock: CLOCK, name,
      locks: createLocks(navigator.locks) }, {
      report: (saving) => this.#show(saving),
      answered: (action, answer, remaining) => this.#answered(action, answer, remaining),
      addConflicts: (conflicts) => this.#addConflicts(conflicts),
    });
    this.upcoming = new Upcoming({ get: (url) => this.exchange.get(url),
      addressOf: (unit) => `${this.home}?unit=${unit}`, mayFetch: () => !this.sender.isCutOff });
  }

  async start() {
    this.#show(this.sender.saving);
    this.#shown();
    this.#adoptOldDecision();
    await this.sender.recovery.restore();
  }

  listen() {
    document.addEventListener("submit", (event) => this.#onSubmit(event), { capture: true });
    document.addEventListener("htmx:configRequest", (event) => {
      const { headers, parameters } = detailOf(event);
      headers["X-CSRFToken"] = cookie(this.status.dataset.csrfCookie ?? "");
      delete parameters.csrfmiddlewaretoken; // signing in again changes the token, but not the forms on this page
    });
    document.addEventListener("htmx:beforeRequest", (event) => this.#showKept(event));
    document.addEventListener("htmx:beforeSwap", (event) => this.#read(detailOf(event)));
    document.addEventListener("htmx:afterSettle", () => this.#shown());
    for (const name of ["htmx:sendError", "htmx:timeout"]) {
      document.addEventListener(name, () => this.sender.note("offline"));
    }
    const retry = () => void this.sender.recovery.restore().then(() => this.#resume());
    for (const name of ["online", "focus", "pageshow"]) addEventListener(name, retry);
    this.channel.listen(() => void (isBusy() || this.#expected || this.#refresh()));
  }

  /** Send what waits; with nothing to send, find out whether the server answers again. */
  async #resume() {
    if (this.sender.queue.size > 0) await this.sender.flush();
    else if (this.sender.isCutOff) await this.#refresh();
  }

  /** @param {SubmitEvent} event */
  #onSubmit(event) {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !("stores" in form.dataset)) return;
    const button = event.submitter instanceof HTMLButtonElement ? event.submitter : null;
    if (button?.name === "step" && !button.value.startsWith("save")) return; // a step of a draft stores nothing
    event.preventDefault();
    event.stopPropagation();
    const values = [...new FormData(form, button).entries()].filter(([name]) => name !== "csrfmiddlewaretoken");
    const attribute = form.dataset.stores;
    const unit = attribute ? "" : shownUnit();
    this.#push({ id: newId(), after: this.#last.get(unit) ?? "", path: new URL(form.action).pathname, unit,
      values: values.map(([name, value]) => [name, String(value)]), words: wordsOf(form, button),
      goesOn: "goesOn" in form.dataset });
    if (attribute) for (const each of form.querySelectorAll("button")) each.ariaPressed = String(each === button);
    if (form.elements.namedItem("note")) forgetRationale();
  }

  /** @param {Action} action */
  #push(action) {
    if (action.values.some(([name]) => name === "revision")) this.#last.set(action.unit, action.id);
    this.#expected = action.id;
    document.getElementById("work")?.setAttribute("aria-busy", "true");
    clearTimeout(this.#timer);
    this.sender.push(action);
    if (!action.goesOn) return; // undo and completion are not about the unit that is shown
    this.#timer = setTimeout(() => this.#goOn(), this.sender.isCutOff ? 0 : PATIENCE);
  }

  /** Show the next unit that was fetched before. */
  #goOn() {
    const waiting = new Set(this.sender.queue.applied.map(({ unit }) => unit));
    const page = this.upcoming.next(waiting);
    if (!page || !this.#expected) return;
    this.#expected = "";
    this.#swap(page);
  }

  /**
   * @param {Action} action
   * @param {PageAnswer} answer
   * @param {number} remaining how many actions wait
   */
  #answered(action, answer, remaining) {
    if (answer.outcome === "done") this.upcoming.forget(action.unit);
    if (this.#isAwaited(action, answer, remaining)) {
      this.#expected = "";
      clearTimeout(this.#timer);
      this.#swap(answer);
    } else if (answer.outcome === "refused") {
      const where = gettext("Not saved: %(what)s. %(problem)s");
      const message = interpolate(where, { what: action.words, problem: answer.problem });
      this.#addConflicts([{ id: action.id, message, action }]);
      void this.outbox.keepConflicts([], [{ id: action.id, message, action }]);
    } else if (remaining === 0 && !isBusy() && !this.#expected) void this.#refresh();
  }

  /**
   * Return whether the page waits for an answer, or shows the unit that it is about. No answer about an attribute of
   * the document replaces a draft.
   *
   * @param {Action} action
   * @param {PageAnswer} answer
   * @param {number} remaining
   */
  #isAwaited({ id, unit, path }, { outcome }, remaining) {
    if (id !== this.#expected) {
      return outcome === "done" && remaining === 0 && !this.#expected && unit === shownUnit() && !isBusy();
    }
    if (!path.endsWith("/document/") || !isDrafting()) return true;
    this.#expected = "";
    document.getElementById("work")?.removeAttribute("aria-busy");
    return false;
  }

  /** Load the unit that is shown, as it is now. */
  async #refresh() {
    const unit = shownUnit();
    const answer = await this.exchange.get(unit ? `${this.home}?unit=${unit}` : this.home).catch(() => null);
    this.sender.note(answer?.outcome ?? "offline");
    if (answer?.outcome === "done" && unit === shownUnit() && !isBusy() && !this.#expected) this.#swap(answer);
  }

  /** @param {PageAnswer} page */
  #swap({ html, url }) {
    document.dispatchEvent(new Event("desk:beforeSwap"));
    const { pathname, search } = new URL(url, location.href);
    const address = pathname + search;
    if (address !== location.pathname + location.search) history.pushState({ htmx: true }, "", address);
    const { htmx } = /** @type {any} */ (globalThis);
    htmx.swap("#work", html, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 }, { select: "#work" });
  }

  /** Take note of the unit that is shown now. */
  #shown() {
    this.upcoming.expect(upcomingUnits());
  }

  /** While the server cannot be reached, a link shows the page that was fetched before. @param {Event} event */
  #showKept(event) {
    const { requestConfig, elt } = detailOf(event);
    if (requestConfig.verb !== "get" || !this.sender.isCutOff) return;
    const unit = new URL(elt.href ?? "", location.href).searchParams.get("unit") ?? "";
    const page = this.upcoming.page(unit);
    if (!page) return;
    event.preventDefault();
    this.#swap(page);
  }

  /** Replace the page only by a page of the desk, never by the sign-in form or an error. @param {any} response */
  #read(response) {
    const { xhr, requestConfig } = response;
    const isDesk = / id="work"/.test(xhr.responseText);
    if (isDesk && xhr.status < 500) {
      if (xhr.status >= 400) Object.assign(response, { shouldSwap: true, isError: false }); // refusals are pages too
      this.sender.note("done");
      return;
    }
    response.shouldSwap = false;
    const { pathname } = new URL(xhr.responseURL || requestConfig.path, location.href);
    if (pathname === this.signIn) this.sender.note("signed_out");
    else if (xhr.status >= 500) this.sender.note("waiting");
    else if (xhr.status < 400) location.assign(xhr.responseURL); // another page of the site
    else this.sender.note("failed");
  }

  /** Send the decision that a page of an earlier version has left. */
  #adoptOldDecision() {
    const key = `annotator-desk-${this.home.slice(0, -1)}/`;
    for (const name of [key, key.slice(0, -1)]) {
      const stored = localStorage.getItem(name);
      if (!stored) continue;
      localStorage.removeItem(name);
      const { path, values } = JSON.parse(stored);
      this.sender.push({ id: newId(), after: "", path, values, unit: "", words: gettext("your decision") });
    }
  }

  /** @param {Refused[]} conflicts */
  #addConflicts(conflicts) {
    const added = conflicts.filter((conflict) => !this.#conflicts.some((other) => other.id === conflict.id));
    this.#conflicts = [...this.#conflicts, ...added];
    this.#show(this.sender.saving);
  }

  /** @param {Refused} conflict @param {boolean} again whether to make the decision over that of the other user */
  #resolve(conflict, again) {
    // The new action is kept before the conflict is dropped, so that the page never says that all is saved in between.
    if (again) this.#pushAgain(conflict.action);
    this.#conflicts = this.#conflicts.filter((other) => other !== conflict);
    void this.outbox.keepConflicts([conflict.id], []);
    this.#show(this.sender.saving);
  }

  /** Make a refused action about what is shown now. @param {Action} action */
  #pushAgain(action) {
    const { revision, setRevision } = document.getElementById("work")?.dataset ?? {};
    const current = new Map([["revision", revision], ["set_revision", setRevision]]);
    const values = action.values.map(([name, value]) => /** @type {[string, string]} */ (
      [name, current.get(name) ?? value]));
    this.#push({ ...action, id: newId(), values });
  }

  /** @param {string} words */
  #warn(words) {
    this.#warning = words;
    this.#show(this.sender.saving);
  }

  /** @param {Saving} saving */
  #show(saving) {
    const [element, words, notice] = ["#saving", "#saving-text", "#desk-notice"].map((selector) =>
      /** @type {HTMLElement} */ (this.status.querySelector(selector)));
    const isConflict = saving.state === "saved" && this.#conflicts.length > 0;
    showSaving({ element, words }, isConflict ? { ...saving, state: "conflict", message: "" } : saving);
    const written = JSON.stringify([saving, this.#warning, this.#conflicts]);
    if (written === this.#written) return;
    this.#written = written;
    const trouble = troubleOf(saving, { flush: () => this.#resume(), skipRefused: () => this.sender.skipRefused() });
    const spoken = ["offline", "waiting"].includes(saving.state) ? [hidden(saving.message)] : [];
    const notices = [...(this.#warning ? [makeNotice({ kind: "warning", text: this.#warning })] : []),
      ...(trouble ? [makeNotice(trouble)] : [])];
    if (saving.state === "signed_out") notices[notices.length - 1]?.append(signInLink(this.signIn));
    notice.replaceChildren(...spoken, ...notices, ...this.#conflicts.map((conflict) => this.#conflictNotice(conflict)));
  }

  /** @param {Refused} conflict */
  #conflictNotice(conflict) {
    const { unit } = conflict.action;
    const notice = makeNotice({ kind: "warning", text: conflict.message });
    if (unit) {
      const link = document.createElement("a");
      Object.assign(link, { href: `${this.home}?unit=${unit}`, textContent: gettext("Show the location") });
      notice.append(link);
    }
    notice.append(makeButton(gettext("Keep the other change"), () => this.#resolve(conflict, false)),
      makeButton(gettext("Make my change"), () => this.#resolve(conflict, true)));
    return notice;
  }
}

/**
 * Return what a button does, with the unit or the attribute of the document, for people.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement|null} button
 */
function wordsOf(form, button) {
  const about = form.dataset.stores ? form.querySelector("strong") : document.getElementById("unit-heading");
  const heading = about?.textContent?.replace(/\s+/g, " ").trim() ?? "";
  const face = button?.getAttribute("aria-label") ?? (button?.querySelector("bdi") ?? button?.firstChild)?.textContent;
  return [face?.trim(), heading].filter(Boolean).join(" – ");
}

/** @param {string} words */
function hidden(words) {
  const element = document.createElement("p");
  Object.assign(element, { className: "visually-hidden", textContent: words });
  return element;
}

/** @param {string} href */
function signInLink(href) {
  const link = document.createElement("a");
  Object.assign(link, { href, target: "_blank", textContent: gettext("Sign in in a new tab") });
  return link;
}

/** @param {string} name */
function cookie(name) {
  const entry = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return entry ? decodeURIComponent(entry.slice(name.length + 1)) : "";
}

/** @param {Event} event @returns {any} */
function detailOf(event) {
  return /** @type {CustomEvent} */ (event).detail;
}
