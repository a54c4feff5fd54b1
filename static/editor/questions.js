/**
 * The questions about a document, beside its text: loaded when they are opened. A new question is about the selected
 * span; Ctrl+Enter sends, Escape goes back to the text.
 */

import { gettext, interpolate } from "../pages/text.js";
import { createTransport } from "../saving/transport.js";
import { excerpt } from "./model/text/document.js";
import { find, make } from "./views/elements.js";
import { loadStyles } from "./views/styles.js";

/**
 * @typedef {import("./extras.js").ExtrasParts} ExtrasParts
 * @typedef {{id: number, quote: string, text: string, waits_for_lead: boolean}} Question
 * @typedef {{author: string|null, text: string}} Comment
 */

/**
 * Show the open questions about the document, with a form of a new one, in place of the link to their page.
 *
 * @param {ExtrasParts} parts
 * @param {HTMLElement} link
 * @returns {Promise<QuestionsView>}
 */
export async function showQuestions(parts, link) {
  await loadStyles(link.dataset.styles ?? "");
  const view = new QuestionsView(parts, link);
  view.listen();
  await view.update();
  return view;
}

class QuestionsView {
  /** @param {ExtrasParts} parts @param {HTMLElement} link */
  constructor({ store, focusText, actions }, link) {
    const config = JSON.parse(find("#editor-config").textContent ?? "{}");
    this.store = store;
    this.focusText = focusText;
    this.setId = actions.setId;
    this.url = link.dataset.list ?? "";
    this.transport = createTransport({ csrfToken: () => cookie(config.csrfCookie), userId: config.userId });
    this.list = make("ul", { class: "questions__list" });
    this.about = make("p", { class: "soft small" });
    this.field = make("textarea", { rows: 3, maxlength: 4000, required: true,
      "aria-label": gettext("Question to the leads") });
    this.problem = make("p", { class: "notice notice--error", role: "alert", hidden: true });
    this.form = make("form", { class: "questions__form" }, this.about, this.field, this.problem,
      make("button", { type: "submit", class: "button" }, gettext("Ask the leads")));
    this.root = make("section", { class: "questions", "aria-label": gettext("Questions about this document") },
      make("h3", {}, gettext("Questions about this document")), this.list, this.form);
    link.after(this.root);
  }

  listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#try(() => this.#ask());
    });
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.focusText();
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) formOf(event.target)?.requestSubmit();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    this.store.subscribe(({ transaction }) => {
      if (transaction.selectedId !== undefined || transaction.changes) this.#showSubject();
    });
  }

  /** Have the field of a new question focused. */
  focus() {
    this.#showSubject();
    this.field.focus();
    this.form.scrollIntoView({ block: "nearest" }); // with its button, on phones too
  }

  /** Read the questions again. */
  update() {
    this.#showSubject();
    return this.#try(async () => {
      const body = await this.#get(`${this.url}?which=open&annotation_set=${this.setId}`);
      this.list.replaceChildren(...body.results.map((/** @type {Question} */ question) => this.#thread(question)));
      if (body.results.length === 0) this.list.append(make("li", { class: "soft" }, gettext("No open questions.")));
    });
  }

  get #span() {
    const { selectedId, spans } = this.store.state;
    return selectedId === null ? undefined : spans.get(selectedId);
  }

  #showSubject() {
    const { document: text } = this.store.state;
    this.about.textContent = this.#span
      ? interpolate(gettext("About “%(text)s”"), { text: excerpt(text, this.#span.fragments) })
      : gettext("About the document. Select a span to ask about it.");
  }

  async #ask() {
    const { offsets } = this.store.state.document;
    const span = this.#span;
    const passage = span && span.id !== "" ? { start: offsets.toCodePoint(span.fragments[0][0]),
      end: offsets.toCodePoint(span.fragments[0][1]), label: span.label } : {};
    await this.#post(this.url, { text: this.field.value, annotation_set: this.setId, ...passage });
    this.field.value = "";
    await this.update();
  }

  /** @param {Question} question */
  #thread(question) {
    const comments = make("div", { class: "questions__comments" });
    const state = question.waits_for_lead ? gettext("waits for a lead") : gettext("answered");
    const thread = make("details", { "data-question": question.id },
      make("summary", {}, question.quote ? make("q", { dir: "auto" }, question.quote) : null, " ",
        make("span", { dir: "auto" }, question.text), " ", make("span", { class: "badge" }, state)), comments);
    thread.addEventListener("toggle", () => {
      if (thread.open) void this.#try(() => this.#showComments(question, comments));
    });
    return make("li", {}, thread);
  }

  /** @param {Question} question @param {HTMLElement} target */
  async #showComments(question, target) {
    const url = `/api/v1/questions/${question.id}/comments/`;
    /** @type {Comment[]} */
    const comments = await this.#get(url);
    const field = make("textarea", { rows: 2, maxlength: 4000, required: true, "aria-label": gettext("Comment") });
    const form = make("form", { class: "questions__form" }, field,
      make("button", { type: "submit", class: "button" }, gettext("Add comment")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#try(async () => {
        await this.#post(url, { text: field.value });
        await this.#showComments(question, target);
      });
    });
    target.replaceChildren(...comments.map(({ author, text }) => make("p", { dir: "auto" },
      make("strong", {}, author ?? gettext("deleted account")), `: ${text}`)), form);
  }

  /** @param {() => Promise<void>} work says what went wrong where it fails */
  async #try(work) {
    this.problem.hidden = true;
    try {
      await work();
    } catch (error) {
      this.problem.textContent = error instanceof Error && error.cause === "answer" ? error.message
        : gettext("No connection. The question was not sent; try again.");
      this.problem.hidden = false;
    }
  }

  /** @param {string} url @returns {Promise<any>} */
  async #get(url) {
    return checked(await this.transport.get(url));
  }

  /** @param {string} url @param {unknown} body */
  async #post(url, body) {
    checked(await this.transport.post(url, body));
  }
}

/** @param {import("../saving/transport.js").Answer} answer */
function checked({ status, body }) {
  if (status >= 200 && status < 300) return body;
  throw new Error(String(body.detail ?? status), { cause: "answer" });
}

/** @param {EventTarget|null} target */
const formOf = (target) => (target instanceof HTMLTextAreaElement ? target.form : null);

/** @param {string} name */
function cookie(name) {
  return document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
}
