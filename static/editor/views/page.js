/** The page: creates all views and updates them after each transaction, in the right order. */

import { gettext } from "../../pages/text.js";
import { labelOf } from "../model/schema.js";
import { blockAt } from "../model/text/document.js";
import { find } from "./elements.js";
import { ExtrasLoader } from "./extras_loader.js";
import { FrameView } from "./frame.js";
import { KeyboardView } from "./keyboard.js";
import { listenForChoices } from "./panel/choices.js";
import { DetailsView, FragmentModeView } from "./panel/details.js";
import { GuidelinesView } from "./panel/guidelines.js";
import { MultipleSpansView, SpanListView } from "./panel/list.js";
import { PanelView } from "./panel/panel.js";
import { RelationPickerView } from "./panel/relation_picker.js";
import { StatusView } from "./status.js";
import { TextGeometry } from "./text/geometry.js";
import { HighlightsView } from "./text/highlights.js";
import { HintsView } from "./text/hints.js";
import { TooltipView, BoundaryHandlesView } from "./text/pointer.js";
import { TextSelection } from "./text/selection.js";
import { SpanPainter } from "./text/span_painter.js";
import { TextView } from "./text/text.js";
import { PopoverView, ToolbarView } from "./toolbar.js";


/**
 * @typedef {import("../model/types.js").Update} Update
 * @typedef {import("../model/types.js").Transaction} Transaction
 * @typedef {import("../model/types.js").Command} Command
 * @typedef {import("../model/state.js").Store} Store
 * @typedef {import("../model/history.js").History} History
 * @typedef {import("../commands/keymap.js").Keymap} Keymap
 * @typedef {{afterPaint: import("./after_paint.js").AfterPaint, store: Store, history: History, keymap: Keymap,
 *   actions: import("./status.js").Actions, personal: import("../main.js").Personal,
 *   review: import("./review.js").Review,
 *   savePreferences: (preferences: import("../model/types.js").Preferences) => Promise<void>,
 *   signal: AbortSignal}} Parts
 */

/** The properties of a transaction that change how the text looks; the others concern saving. */
const VISIBLE = /** @type {const} */ (["changes", "cursor", "selection", "selectedId", "selectedIds", "editable",
  "waived"]);

/** When what is needed later is loaded, after opening. */
const EXTRAS_MILLISECONDS = 1_500;
const DIALOGS_MILLISECONDS = 10_000;

/** Events after which the sentence of the open frame is announced too. */
const FRAMED = new Set(["add.span", "add.relation", "set.attribute"]);

export class PageView {
  isFrameAsked = false;
  /** The sentence to announce once the text is on the screen, and the event it belongs to. */
  sentence = "";
  event = "";
  width = 0;

  /** @param {Parts} parts */
  constructor(parts) {
    const { afterPaint, store, history, keymap, actions, personal, signal } = parts;
    this.store = store;
    this.parts = parts;
    this.afterPaint = afterPaint;
    this.text = new TextView(find("#text"), find("#text-pane"), store.state.document);
    this.text.mount();
    this.geometry = new TextGeometry(this.text);
    this.painter = new SpanPainter(this.text, this.geometry);
    this.highlights = new HighlightsView(this.text, this.geometry, this.painter);
    this.announce = new AnnouncementsView(find("#announcements"));
    this.panel = new PanelView(find("#panel"), () => this.#panelChanged(), signal);
    this.relationPicker = new RelationPickerView(this.#forLinking());
    this.selection = new TextSelection({ view: this.text, geometry: this.geometry, painter: this.painter, store, signal,
      offer: (ids, add) => this.relationPicker.offer(ids) || this.multipleSpans.offer(ids, add) });
    this.frame = new FrameView({ store, changed: () => this.highlights.update(store.state, this.#offered()) });
    this.hints = new HintsView({ view: this.text, geometry: this.geometry, painter: this.painter });
    this.boundaryHandles = new BoundaryHandlesView({ view: this.text, geometry: this.geometry, store, signal });
    const run = (/** @type {Command} */ command) => void command(store.state, store.dispatch);
    const state = () => store.state;
    this.toolbar = new ToolbarView({ run, history, keymap, selection: this.selection,
      findLabel: () => this.dialogs.use(({ labels }) => labels.open()) });
    this.popover = new PopoverView(this.selection, this.toolbar);
    this.list = new SpanListView({ view: this.text, state, run });
    this.multipleSpans = new MultipleSpansView({ state, run, isMultiple: () => this.list.isMultiple });
    const fragmentMode = new FragmentModeView(this.selection.fragment, store);
    this.details = new DetailsView({ state, run, relationPicker: this.relationPicker, keymap, fragmentMode });
    this.guidelines = new GuidelinesView(find("#panel-guidelines"));
    this.status = new StatusView({ store, actions, beforeSubmit: (submit) =>
      this.extras.useOr(({ review }) => review.start(submit), submit) });
    /** @type {ExtrasLoader<import("../extras.js").Extras>} */
    this.extras = new ExtrasLoader({ url: personal.module, delay: EXTRAS_MILLISECONDS,
      open: ({ openExtras }) => openExtras(this.forExtras()) }, signal);
    /** @type {ExtrasLoader<import("../dialogs.js").Dialogs>} */
    this.dialogs = new ExtrasLoader({ url: personal.dialogs_module, delay: DIALOGS_MILLISECONDS,
      open: ({ openDialogs }) => openDialogs(this.forExtras()) }, signal);
    this.keyboard = new KeyboardView({ view: this.text, geometry: this.geometry, store, keymap, history,
      relationPicker: this.relationPicker, frame: this.frame, selection: this.selection, signal,
      page: this.#commands() });
  }

  /** @returns {ConstructorParameters<typeof RelationPickerView>[0]} */
  #forLinking() {
    const { store } = this;
    return { store, changed: () => this.#linkingChanged(), focusText: () => this.focusText(),
      showNow: () => this.details.update(store.state) };
  }

  /** Return what the views that are loaded later need. @returns {import("../extras.js").ExtrasParts} */
  forExtras() {
    return { ...this.parts, panel: this.panel, view: this.text,
      painter: this.painter, focusText: () => this.focusText(), reveal: (offset) => this.#revealOffset(offset),
      keysChanged: () => this.#keysChanged(), looksChanged: () => this.#measureAgain() };
  }

  /** Draw everything for the first time and listen to events. */
  open() {
    const { state } = this.store;
    this.width = this.text.root.clientWidth;
    this.painter.refresh(state);
    this.highlights.update(state, this.#offered());
    this.toolbar.update(state);
    this.status.update(state);
    this.store.subscribe((update) => this.#updated(update));
    for (const view of [this.panel, this.boundaryHandles, this.selection, this.toolbar, this.list, this.multipleSpans,
      this.status, this.keyboard, this.extras, this.dialogs]) view.listen();
    const { painter, text: view, parts: { signal } } = this;
    new TooltipView({ view, root: view.root, painter, state: () => this.store.state, signal }).listen();
    this.#listen();
    this.list.schedule();
    if (document.activeElement === document.body) this.focusText();
  }

  /** Keep the modes that the person has chosen on the page of another document. @param {PageView} other */
  takeModes({ keyboard, frame }) {
    this.keyboard.isFlow = keyboard.isFlow;
    this.frame.isOn = frame.isOn;
  }

  focusText() {
    this.text.root.focus({ preventScroll: true });
  }

  /** Return the functions of the commands "view.…". @returns {Record<string, (argument: string[]) => void>} */
  #commands() {
    return {
      "view.help": () => this.dialogs.use(({ settings }) => settings.open(true)),
      "view.settings": () => this.dialogs.use(({ settings }) => settings.open(false)),
      "view.find": () => this.extras.use(({ find: search }) => search.open()),
      "view.labelAll": () => this.extras.use(({ find: search }) => search.open(true)),
      "view.findNext": () => this.extras.use(({ find: search }) => search.select(1)),
      "view.findPrevious": () => this.extras.use(({ find: search }) => search.select(-1)),
      "view.submit": () => this.#press("#submit", gettext("There is nothing to submit on this page.")),
      "view.nextDocument": () => this.#press("#next button", gettext("This project has no assignment queue.")),
      "view.extend": () => this.toolbar.toggleExtending(),
      "view.guidelines": () => this.panel.toggle("guidelines"),
      "view.confirm": () => this.#enterDetails(),
      "view.findLabel": () => this.dialogs.use(({ labels }) => labels.open()),
      "view.questions": () => this.dialogs.use(({ askQuestion }) => askQuestion()),
      "view.flow": () => this.keyboard.toggleFlow(),
      "view.frames": () => this.frame.toggle(),
      "view.note": () => {
        this.panel.open("details");
        this.details.focusNote();
      },
      "view.attribute": ([attribute]) => {
        this.panel.open("details");
        this.details.focusAttribute(attribute);
      },
      "view.relation": ([type]) => {
        if (this.store.state.selectedId !== null) this.panel.open("details");
        this.relationPicker.start(type);
      },
    };
  }

  /** @param {string} selector of a button @param {string} otherwise announced when there is no such button */
  #press(selector, otherwise) {
    const button = document.querySelector(selector);
    if (button instanceof HTMLButtonElement && !button.hidden) button.click();
    else this.store.dispatch({ userEvent: "refused", announce: otherwise });
  }

  /** Show the guidelines for the label of the selected span. */
  #showRule() {
    const { schema, spans, selectedId } = this.store.state;
    const span = selectedId === null ? undefined : spans.get(selectedId);
    const announce = this.guidelines.show(span ? labelOf(schema, span.label).name : "");
    this.store.dispatch({ userEvent: "guidelines", announce });
  }

  #keysChanged() {
    this.details.outdated += 1;
    this.toolbar.update(this.store.state);
    this.details.update(this.store.state);
  }

  #enterDetails() {
    if (this.store.state.selectedId === null) return;
    this.panel.open("details");
    this.details.update(this.store.state);
    this.details.focusFirst();
  }

  /**
   * Update the page. Everything is measured before the first change, so that it is laid out once.
   *
   * @param {Update} update
   */
  #updated({ state, transaction, blocks }) {
    this.relationPicker.update(state);
    this.frame.update(state, transaction);
    const isShown = VISIBLE.some((property) => transaction[property] !== undefined);
    if (isShown) this.#reveal(transaction);
    const painter = this.painter.plan(state, blocks);
    const marks = isShown ? this.highlights.plan(state, this.#offered()) : null;
    this.painter.show(painter);
    if (marks) {
      this.highlights.show(marks);
      this.selection.show(state);
      this.popover.update(state);
      this.afterPaint.request(this.#showAround);
      this.list.schedule();
    }
    this.hints.update(state.picking);
    this.status.note(transaction);
    if (transaction.announce) [this.sentence, this.event] = [transaction.announce, transaction.userEvent];
    this.afterPaint.request(this.#showState);
  }

  /** Return the spans with numbers: of the relation that is being added, or else of the frame. */
  #offered() {
    return this.relationPicker.isActive ? this.relationPicker : this.frame;
  }

  #showAround = () => {
    const { state } = this.store;
    this.multipleSpans.update(state);
    this.toolbar.update(state);
    this.details.update(state);
  };

  #showState = () => {
    this.status.update(this.store.state);
    this.frame.settle();
    const frame = this.sentence && FRAMED.has(this.event) ? this.frame.describe() : "";
    this.announce.say(`${this.sentence} ${frame}`.trim(), this.event);
    this.sentence = "";
  };

  /** Scroll to the cursor or the selected span, unless it was clicked. @param {Transaction} transaction */
  #reveal({ cursor, selectedId, userEvent }) {
    if (this.selection.isClicking || userEvent === "remote") return;
    const { document: text, spans, cursor: now } = this.store.state;
    const span = selectedId ? spans.get(selectedId) : undefined;
    const offset = cursor ? text.tokenStarts[now.focus] : span?.fragments[0][0];
    if (offset !== undefined) this.#revealOffset(offset);
  }

  #panelChanged() {
    this.#revealCursor();
    this.extras?.loaded?.find.refresh();
    if (this.panel.isOpen("guidelines")) this.#showRule();
  }

  #revealCursor() {
    const { document: text, cursor, selectedId } = this.store.state;
    const isAtStart = cursor.focus === 0 && selectedId === null;
    if (!isAtStart) this.#revealOffset(text.tokenStarts[cursor.focus]);
  }

  /** @param {number} offset */
  #revealOffset(offset) {
    const { document: text } = this.store.state;
    const block = blockAt(text, offset);
    const piece = this.geometry.pieces(block, offset, offset + 1)[0];
    if (piece && this.text.reveal(block, piece.top, piece.bottom)) this.painter.refresh(this.store.state);
  }

  #linkingChanged() {
    this.highlights.update(this.store.state, this.#offered());
    this.afterPaint.request(this.#showAround);
  }

  #listen() {
    const { signal } = this.parts;
    const commands = this.#commands();
    find("#help-open").addEventListener("click", () => commands["view.settings"]([]));
    find("#find-open").addEventListener("click", () => commands["view.find"]([]));
    document.querySelector("#tips button")?.addEventListener("click", () => this.#hideTips());
    document.addEventListener("scroll", () => this.#askFrame(), { capture: true, passive: true, signal });
    const resized = new ResizeObserver(() => this.#resized());
    resized.observe(this.text.root);
    resized.observe(this.text.pane);
    signal.addEventListener("abort", () => resized.disconnect());
    document.fonts.ready.then(() => this.#measureAgain());
    document.addEventListener("mousedown", (event) => keepFocus(event), { signal });
    document.addEventListener("click", () => {
      if (document.activeElement === document.body) this.focusText();
    }, { signal });
    listenForChoices(this.panel.panel, () => this.focusText());
    this.panel.panel.addEventListener("keydown", (event) => {
      const typed = event.target instanceof HTMLInputElement && event.target.matches("[type=text][data-attribute]");
      if (event.key !== "Escape" && (event.key !== "Enter" || !typed || event.isComposing)) return;
      event.preventDefault(); // otherwise the text would receive the key too
      this.focusText();
    });
  }

  /** Hide the first steps, on all pages. */
  #hideTips() {
    const { personal, savePreferences } = this.parts;
    find("#tips").remove();
    this.focusText();
    savePreferences({ ...personal.editor_preferences, show_tips: false })
      .catch((/** @type {Error} */ { message }) => this.status.report(message));
  }

  #askFrame() {
    if (this.isFrameAsked) return;
    this.isFrameAsked = true;
    requestAnimationFrame(() => {
      this.isFrameAsked = false;
      const [first, end] = this.painter.window;
      const hasMore = this.painter.refresh(this.store.state);
      if (first !== this.painter.window[0] || end !== this.painter.window[1]) {
        this.highlights.update(this.store.state, this.#offered());
        this.extras.loaded?.find.refresh();
        this.hints.update(this.store.state.picking);
      }
      if (hasMore) this.#askFrame();
      this.list.scheduleAfterScroll();
    });
  }

  #resized() {
    const width = this.text.root.clientWidth;
    if (width === this.width) this.#askFrame();
    else this.#measureAgain();
    this.width = width;
  }

  /** Measure all boxes again, because width or fonts have changed. */
  #measureAgain() {
    this.geometry.reset();
    this.painter.clear();
    this.#askFrame();
    this.highlights.update(this.store.state, this.#offered());
    this.popover.update(this.store.state);
  }
}

/**
 * Keep the focus in the text when a button is pressed, and with it shortcuts and selection.
 *
 * @param {MouseEvent} event
 */
function keepFocus(event) {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("button, .segment") && !target.closest("dialog, form")) event.preventDefault();
}

/** The region is empty this long before a sentence is repeated, so that screen readers read it again. */
const RESIZE_MILLISECONDS = 30;

/**
 * The status line: one polite live region, which is also visible, so that all users get the same sentence for an
 * action. `announce` in a transaction is the only way to it; "refused" and "problem" are highlighted.
 */
export class AnnouncementsView {
  /** @param {HTMLElement} region */
  constructor(region) {
    this.region = region;
    this.timer = 0;
  }

  /**
   * @param {string} sentence "" leaves the line as it is
   * @param {string} event the kind of event it belongs to
   */
  say(sentence, event) {
    if (!sentence) return;
    clearTimeout(this.timer);
    const write = () => {
      this.region.dataset.kind = event === "problem" ? "refused" : event;
      this.region.textContent = sentence;
    };
    if (this.region.textContent !== sentence) return write();
    this.region.textContent = "";
    this.timer = window.setTimeout(write, RESIZE_MILLISECONDS);
  }
}
