/**
 * Keeps a decision until the server has it: without a connection, signed out, or while the server restarts. The
 * decision is stored in this browser, survives a reload, and is sent again when the connection or the user comes back.
 * While one waits, no other can be made, because the next unit is not known yet.
 */

import { gettext } from "../pages/text.js";

/**
 * @typedef {{path: string, values: [string, string][]}} Decision a POST of a form on this page
 * @typedef {{path: string, verb: string, parameters: FormData|Record<string, any>}} Request
 * @typedef {{xhr: XMLHttpRequest, requestConfig: Request, shouldSwap: boolean}} Response the detail of htmx:beforeSwap
 * @typedef {{trigger: (target: Element, name: string) => void, ajax: (verb: string, path: string,
 *   options: object) => Promise<void>}} Htmx
 */

/** How often a waiting decision is sent again, in milliseconds. */
const RETRY = 5_000;

const TOKEN = "csrfmiddlewaretoken";

/** @type {Record<"offline"|"signed_out"|"server"|"other", string>} */
const REASONS = Object.freeze({
  offline: gettext("Not saved: no connection. Your decision is stored in this browser and will be sent \
automatically."),
  signed_out: gettext("Not saved: you are signed out. Your decision is stored in this browser and will be sent when \
you have signed in."),
  server: gettext("Not saved: the server does not respond. Your decision is stored in this browser and will be sent \
automatically."),
  other: gettext("The page could not be loaded. Try again when you are online and signed in."),
});

export class PendingDecision {
  /** @type {Decision|null} */
  #decision = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;
  #isSending = false;

  /**
   * @param {HTMLElement} notice shows why a decision waits; `data-sign-in` is the address of the sign-in page,
   *   `data-csrf-cookie` the name of the cookie with the token
   * @param {{storage: Storage, htmx: () => Htmx}} surroundings
   */
  constructor(notice, { storage, htmx }) {
    this.notice = notice;
    this.storage = storage;
    this.htmx = htmx;
    this.key = `annotator-desk-${location.pathname.split("/units/")[0]}`;
  }

  listen() {
    document.addEventListener("htmx:configRequest", (event) => this.#configure(detailOf(event)));
    document.addEventListener("htmx:beforeRequest", (event) => {
      if (this.#decision && !this.#isSending && detailOf(event).requestConfig.verb === "post") event.preventDefault();
    });
    document.addEventListener("htmx:beforeSwap", (event) => this.#read(detailOf(event)));
    for (const name of ["htmx:sendError", "htmx:timeout"]) {
      document.addEventListener(name, (event) => this.#wait(detailOf(event).requestConfig, "offline"));
    }
    for (const name of ["online", "focus", "pageshow"]) addEventListener(name, () => void this.send());
    const stored = this.storage.getItem(this.key);
    if (!stored) return;
    this.#decision = JSON.parse(stored);
    void this.send();
  }

  /** Send the waiting decision again. */
  async send() {
    const decision = this.#decision;
    clearTimeout(this.#timer);
    if (!decision || this.#isSending) return;
    this.#isSending = true;
    const values = Object.fromEntries(decision.values.filter(([name]) => name !== TOKEN));
    await this.htmx().ajax("post", decision.path,
      { target: "#work", select: "#work", swap: "outerHTML show:none", values }).catch(() => undefined);
    this.#isSending = false;
    if (this.#decision) this.#retryLater();
  }

  /**
   * Send the token of now: signing in again has changed it, but not the forms on this page.
   *
   * @param {{headers: Record<string, string>, parameters: Record<string, any>}} request
   */
  #configure({ headers, parameters }) {
    const cookie = document.cookie.split("; ").find((entry) => entry.startsWith(`${this.notice.dataset.csrfCookie}=`));
    if (!cookie) return;
    headers["X-CSRFToken"] = decodeURIComponent(cookie.split("=")[1]);
    delete parameters[TOKEN];
  }

  /** Replace the page only by a page of the desk, never by the sign-in form or an error. @param {Response} response */
  #read(response) {
    const { xhr, requestConfig } = response;
    if (xhr.status < 500 && / id="work"/.test(xhr.responseText)) {
      if (requestConfig.verb === "post") this.#forget();
      else if (!this.#decision) this.#show("");
      return;
    }
    response.shouldSwap = false;
    const isSignedOut = xhr.status === 403 || new URL(xhr.responseURL).pathname === this.notice.dataset.signIn;
    if (xhr.status < 500 && !isSignedOut) {
      location.assign(xhr.responseURL); // another page of the site, as after the last decision
      if (requestConfig.verb === "post") this.#forget();
      return;
    }
    this.#wait(requestConfig, isSignedOut ? "signed_out" : "server");
  }

  /**
   * @param {Request} request
   * @param {keyof typeof REASONS} reason
   */
  #wait({ verb, path, parameters }, reason) {
    if (verb === "post") {
      const entries = parameters instanceof FormData ? [...parameters.entries()] : Object.entries(parameters);
      this.#decision = { path, values: entries.map(([name, value]) => [name, String(value)]) };
      this.storage.setItem(this.key, JSON.stringify(this.#decision));
      this.#retryLater();
    }
    this.#show(verb === "post" || reason === "signed_out" ? reason : "other");
  }

  #retryLater() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.send(), RETRY);
  }

  #forget() {
    this.#decision = null;
    clearTimeout(this.#timer);
    this.storage.removeItem(this.key);
    this.#show("");
  }

  /** @param {keyof typeof REASONS|""} reason */
  #show(reason) {
    const words = reason === "" ? "" : REASONS[reason];
    if (this.notice.dataset.words === words) return;
    this.notice.dataset.words = words;
    this.notice.replaceChildren(...(reason === "" ? [] : [this.#message(words, reason)]));
  }

  /**
   * @param {string} words
   * @param {string} reason
   */
  #message(words, reason) {
    const message = document.createElement("p");
    message.className = "notice notice--warning cluster";
    message.append(words);
    if (reason === "signed_out") {
      const link = document.createElement("a");
      Object.assign(link, { href: this.notice.dataset.signIn, target: "_blank",
        textContent: gettext("Sign in in a new tab") });
      message.append(" ", link);
    }
    return message;
  }
}

/** @param {Event} event @returns {any} */
function detailOf(event) {
  return /** @type {CustomEvent} */ (event).detail;
}
