/** All views of the page: who draws what after a transaction, in which order, and what can wait. */

import { labelOf } from "../model/schema.js";
import { blockAt } from "../model/text/document.js";
import { find } from "./elements.js";
import { LaterView } from "./extras_loader.js";
import { KeyboardView } from "./keyboard.js";
import { DetailsView, PartModeView } from "./panel/details.js";
import { GuidelinesView } from "./panel/guidelines.js";
import { ChosenView, SpansView } from "./panel/list.js";
import { PanelView } from "./panel/panel.js";
import { LinkingView } from "./panel/relation_picker.js";
import { StatusView } from "./status.js";
import { Geometry } from "./text/geometry.js";
import { MarksView } from "./text/highlights.js";
import { HoverView, ResizeView } from "./text/pointer.js";
import { TextSelection } from "./text/selection.js";
import { LanesView } from "./text/spans.js";
import { TextView } from "./text/text.js";
import { PopoverView, ToolbarView } from "./toolbar.js";


/**
 * @typedef {import("../model/types.js").Update} Update
 * @typedef {import("../model/types.js").Transaction} Transaction
 * @typedef {import("../model/types.js").Command} Command
 * @typedef {import("../model/state.js").Store} Store
 * @typedef {import("../model/history.js").History} History
 * @typedef {import("../commands/keymap.js").Keymap} Keymap
 * @typedef {import("./status.js").SetState} SetState
 * @typedef {{afterPaint: import("./after_paint.js").AfterPaint, store: Store, history: History, keymap: Keymap,
 *   setState: SetState, actions: import("./status.js").Actions, extrasUrl: string,
 *   preferences: import("../model/types.js").Preferences,
 *   savePreferences: (preferences: import("../model/types.js").Preferences) => Promise<void>}} Parts
 */

/** Parts of a transaction that show in the text; the rest is about saving. */
const SHOWN = /** @type {const} */ (["changes", "cursor", "selection", "selectedId", "chosen", "editable"]);

export class PageView {
  isFrameAsked = false;
  /** What is to be said once the text is on the screen. */
  sentence = "";
  width = 0;

  /** @param {Parts} parts */
  constructor(parts) {
    const { afterPaint, store, history, keymap, setState, actions } = parts;
    this.store = store;
    this.parts = parts;
    this.afterPaint = afterPaint;
    this.text = new TextView(find("#text"), find("#text-pane"), store.state.document);
    this.text.mount();
    this.geometry = new Geometry(this.text);
    this.lanes = new LanesView(this.text, this.geometry);
    this.marks = new MarksView(this.text, this.geometry, this.lanes);
    this.announce = new AnnounceView(find("#announcements"));
    this.panel = new PanelView(find("#panel"), () => this.#panelChanged());
    this.linking = new LinkingView(this.#forLinking());
    this.selection = new TextSelection({ view: this.text, geometry: this.geometry, lanes: this.lanes, store,
      offer: (ids, add) => this.linking.offer(ids) || this.chosen.offer(ids, add) });
    this.resize = new ResizeView({ view: this.text, geometry: this.geometry, store });
    const run = (/** @type {Command} */ command) => void command(store.state, store.dispatch);
    const state = () => store.state;
    this.toolbar = new ToolbarView({ run, history, keymap, selection: this.selection });
    this.popover = new PopoverView(this.selection, keymap, run);
    this.list = new SpansView({ view: this.text, state, run });
    this.chosen = new ChosenView({ state, run, isChoosing: () => this.list.isChoosing });
    const partMode = new PartModeView(this.selection.part, store);
    this.details = new DetailsView({ state, run, linking: this.linking, keymap, partMode });
    this.guidelines = new GuidelinesView(find("#panel-guidelines"));
    this.status = new StatusView({ store, setState, actions });
    this.later = new LaterView(parts.extrasUrl, () => this.#forExtras());
    this.keyboard = new KeyboardView({ view: this.text, geometry: this.geometry, store, keymap, history,
      linking: this.linking, selection: this.selection, page: this.#commands() });
  }

  /** @returns {ConstructorParameters<typeof LinkingView>[0]} */
  #forLinking() {
    const { store } = this;
    return { store, changed: () => this.#linkingChanged(), focusText: () => this.focusText(),
      showNow: () => this.details.update(store.state) };
  }

  /** What the views that are loaded later need of the page. @returns {import("../extras.js").ExtrasParts} */
  #forExtras() {
    const { store, keymap, history, preferences, savePreferences } = this.parts;
    return { store, keymap, history, preferences, savePreferences, panel: this.panel, view: this.text,
      lanes: this.lanes, focusText: () => this.focusText(), reveal: (offset) => this.#revealOffset(offset),
      keysChanged: () => this.#keysChanged(), looksChanged: () => this.#measureAgain() };
  }

  /** Draw everything for the first time and begin to listen. */
  open() {
    const { state } = this.store;
    this.width = this.text.root.clientWidth;
    this.lanes.refresh(state);
    this.marks.update(state, this.linking);
    this.toolbar.update(state);
    this.status.update(state);
    this.store.subscribe((update) => this.#updated(update));
    for (const view of [this.panel, this.resize, this.selection, this.toolbar, this.list, this.chosen, this.status,
      this.keyboard, this.later]) view.listen();
    const { geometry, lanes, text: { root } } = this;
    new HoverView({ root, geometry, lanes, state: () => this.store.state }).listen();
    this.#listen();
    this.list.schedule();
    if (document.activeElement === document.body) this.focusText();
  }

  focusText() {
    this.text.root.focus({ preventScroll: true });
  }

  /** What the keys "view.…" do. @returns {Record<string, (argument: string[]) => void>} */
  #commands() {
    return {
      "view.help": () => this.later.use(({ help }) => help.open()),
      "view.settings": () => this.later.use(({ settings }) => settings.open()),
      "view.find": () => this.later.use(({ find: search }) => search.open()),
      "view.labelAll": () => this.later.use(({ find: search }) => search.open(true)),
      "view.findNext": () => this.later.use(({ find: search }) => search.select(1)),
      "view.findPrevious": () => this.later.use(({ find: search }) => search.select(-1)),
      "view.submit": () => this.#press("#submit", "There is nothing to submit here."),
      "view.nextDocument": () => this.#press("#next button", "Documents are not handed out here."),
      "view.extend": () => this.toolbar.toggleExtending(),
      "view.guidelines": () => this.panel.toggle("guidelines"),
      "view.confirm": () => this.#enterDetails(),
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
        this.linking.start(type);
      },
    };
  }

  /** @param {string} selector of a button @param {string} otherwise what is said when it is not there */
  #press(selector, otherwise) {
    const button = document.querySelector(selector);
    if (button instanceof HTMLButtonElement && !button.hidden) button.click();
    else this.store.dispatch({ userEvent: "refused", announce: otherwise });
  }

  /** The rule for the label at hand: that of the selected span. */
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

  /** All measuring comes before the first change of the page, so that it is laid out once. @param {Update} update */
  #updated({ state, transaction, blocks }) {
    this.linking.update(state);
    const isShown = SHOWN.some((part) => transaction[part] !== undefined);
    if (isShown) this.#reveal(transaction);
    const lanes = this.lanes.plan(state, blocks);
    const marks = isShown ? this.marks.plan(state, this.linking) : null;
    this.lanes.show(lanes);
    if (marks) {
      this.marks.show(marks);
      this.selection.show(state);
      this.popover.update(state);
      this.afterPaint.ask(this.#showAround);
      this.list.schedule();
    }
    this.status.note(transaction);
    this.sentence = transaction.announce || this.sentence;
    this.afterPaint.ask(this.#showState);
  }

  #showAround = () => {
    const { state } = this.store;
    this.chosen.update(state);
    this.toolbar.update(state);
    this.details.update(state);
  };

  #showState = () => {
    this.status.update(this.store.state);
    this.announce.say(this.sentence);
    this.sentence = "";
  };

  /** Keep in view what a key or the list leads to; what was clicked is in view. @param {Transaction} transaction */
  #reveal({ cursor, selectedId, userEvent }) {
    if (this.selection.isClicking || userEvent === "remote") return;
    const { document: text, spans, cursor: now } = this.store.state;
    const span = selectedId ? spans.get(selectedId) : undefined;
    const offset = cursor ? text.tokenStarts[now.focus] : span?.fragments[0][0];
    if (offset !== undefined) this.#revealOffset(offset);
  }

  #panelChanged() {
    this.#revealCursor();
    this.later?.loaded?.find.refresh();
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
    if (piece && this.text.reveal(block, piece.top, piece.bottom)) this.lanes.refresh(this.store.state);
  }

  #linkingChanged() {
    this.marks.update(this.store.state, this.linking);
    this.afterPaint.ask(this.#showAround);
  }

  #listen() {
    document.addEventListener("scroll", () => this.#askFrame(), { capture: true, passive: true });
    const resized = new ResizeObserver(() => this.#resized());
    resized.observe(this.text.root);
    resized.observe(this.text.pane);
    document.fonts.ready.then(() => this.#measureAgain());
    document.addEventListener("mousedown", (event) => keepFocus(event));
    document.addEventListener("click", () => {
      if (document.activeElement === document.body) this.focusText();
    });
    this.panel.panel.addEventListener("keydown", (event) => {
      const typed = event.target instanceof HTMLInputElement && event.target.matches("[type=text][data-attribute]");
      if (event.key !== "Escape" && (event.key !== "Enter" || !typed || event.isComposing)) return;
      event.preventDefault(); // else the key would go on to the text
      this.focusText();
    });
  }

  #askFrame() {
    if (this.isFrameAsked) return;
    this.isFrameAsked = true;
    requestAnimationFrame(() => {
      this.isFrameAsked = false;
      const [first, end] = this.lanes.window;
      const hasMore = this.lanes.refresh(this.store.state);
      if (first !== this.lanes.window[0] || end !== this.lanes.window[1]) {
        this.marks.update(this.store.state, this.linking);
        this.later.loaded?.find.refresh();
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

  /** The column has another width, or other fonts: every box is elsewhere. */
  #measureAgain() {
    this.geometry.reset();
    this.lanes.clear();
    this.#askFrame();
    this.marks.update(this.store.state, this.linking);
    this.popover.update(this.store.state);
  }
}

/** A press on a button leaves the focus, and with it keys and selection, in the text. @param {MouseEvent} event */
function keepFocus(event) {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("button, .segment") && !target.closest("dialog, form")) event.preventDefault();
}

/** One polite live region: each action says one sentence to those who do not see the page. */

/** Long enough for the emptied region to be noticed, so that the same sentence twice is said twice. */
const PAUSE_MILLISECONDS = 30;

export class AnnounceView {
  /** @param {HTMLElement} region */
  constructor(region) {
    this.region = region;
    this.timer = 0;
  }

  /** @param {string|undefined} sentence */
  say(sentence) {
    if (!sentence) return;
    this.region.textContent = "";
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.region.textContent = sentence;
    }, PAUSE_MILLISECONDS);
  }
}
