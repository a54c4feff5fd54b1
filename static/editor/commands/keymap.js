/**
 * The keyboard shortcuts of the editor: one table of keys and commands, the shortcuts that the schema adds, and those
 * that a person has changed. Which key presses count is decided in `static/keyboard/`.
 */

import { gettext, interpolate } from "../../pages/text.js";
import { MOST_BUTTONS } from "../model/schema.js";

/**
 * @typedef {import("../model/types.js").Schema} Schema
 * @typedef {import("../model/types.js").Label} Label
 * @typedef {import("../model/types.js").OwnKeys} OwnKeys
 * @typedef {object} Binding
 * @property {string} key as `static/keyboard/keys.js` names it: "ArrowRight", "Control+Shift+z", "1", "?"
 * @property {string} command name, see index.js; those that begin with "view." belong to the page
 * @property {string[]} argument
 * @property {string} group heading in the help dialog
 * @property {string} description
 * @property {string} label id of the label that the selected span must have; "" for always
 * @property {string} when "page" counts on the whole page if it goes with Control; "" while the text has the focus
 * @typedef {{bindings: Binding[], clashes: string[], commands: Binding[], keysOf: (name: string) => string[], remap:
 *   (keys: OwnKeys) => void, add: (more: Binding[]) => void}} Keymap
 *   `bindings`: the shortcuts in force; `clashes`: messages about keys that do nothing
 *   because another command has them; `commands`: each command once, also those without a key, with their default keys;
 *   `keysOf`: the keys of a command; `remap` puts the keys of a person in force; `add` adds shortcuts of a module that
 *   is loaded later
 */

/**
 * The fixed shortcuts, by group: key, command, description, and "page" for those that count on the whole page. People's
 * own keys are stored under the names of the commands, so that these stay as they are.
 *
 * @type {Readonly<Record<string, [string, string, string, "page"?][]>>}
 */
const TABLE = Object.freeze({
  [gettext("Move")]: [
    ["ArrowRight", "cursor.right", gettext("Next word (in the direction of the arrow)")],
    ["ArrowLeft", "cursor.left", gettext("Previous word")],
    ["ArrowDown", "view.lineDown", gettext("Line below")],
    ["ArrowUp", "view.lineUp", gettext("Line above")],
    ["Control+ArrowRight", "cursor.sentenceRight", gettext("Next sentence")],
    ["Control+ArrowLeft", "cursor.sentenceLeft", gettext("Start of the sentence, or previous sentence")],
    ["Home", "cursor.blockStart", gettext("Start of the paragraph")],
    ["End", "cursor.blockEnd", gettext("End of the paragraph")],
    ["Control+Home", "cursor.documentStart", gettext("Start of the document")],
    ["Control+End", "cursor.documentEnd", gettext("End of the document")],
    ["u", "sentence.next", gettext("Next unlabelled sentence")],
    ["U", "sentence.previous", gettext("Previous unlabelled sentence")],
  ],
  [gettext("Select")]: [
    ["Shift+ArrowRight", "extend.right", gettext("Extend selection by a word")],
    ["Shift+ArrowLeft", "extend.left", gettext("Extend selection backwards")],
    ["Shift+ArrowDown", "view.extendLineDown", gettext("Extend selection to the line below")],
    ["Shift+ArrowUp", "view.extendLineUp", gettext("Extend selection to the line above")],
    ["Control+Shift+ArrowRight", "extend.sentenceRight", gettext("Extend selection to the next sentence")],
    ["Control+Shift+ArrowLeft", "extend.sentenceLeft", gettext("Extend selection to the start of the sentence")],
    ["Shift+Home", "extend.blockStart", gettext("Extend selection to the start of the paragraph")],
    ["Shift+End", "extend.blockEnd", gettext("Extend selection to the end of the paragraph")],
    ["Control+a", "select.all", gettext("Select the whole document")],
    ["v", "view.extend", gettext("Extend selection to the next click")],
    ["Escape", "escape", gettext("Clear the selection")],
  ],
  [gettext("Spans")]: [
    ["n", "span.next", gettext("Next span")],
    ["p", "span.previous", gettext("Previous span")],
    ["[", "span.cycleBack", gettext("Inwards through the spans at the cursor")],
    ["]", "span.cycle", gettext("Outwards through the spans at the cursor")],
    ["Delete", "span.remove", gettext("Delete the selected span")],
    ["Backspace", "span.remove", gettext("Delete the selected span")],
    ["b", "span.choose", gettext("Select multiple: add or remove the selected span")],
    ["Control+z", "history.undo", gettext("Undo"), "page"],
    ["Control+Shift+z", "history.redo", gettext("Redo"), "page"],
    ["Control+y", "history.redo", gettext("Redo"), "page"],
    ["c", "view.note", gettext("Write a note on the selected span")],
  ],
  [gettext("Boundaries")]: [
    [".", "span.endLater", gettext("Move the end one word later")],
    [",", "span.endEarlier", gettext("Move the end one word earlier")],
    [">", "span.startLater", gettext("Move the start one word later")],
    ["<", "span.startEarlier", gettext("Move the start one word earlier")],
    ["j", "span.endLaterClause", gettext("Move the end to the next end of a phrase, clause or sentence")],
    ["k", "span.endEarlierClause", gettext("Move the end to the previous end of a phrase, clause or sentence")],
    ["J", "span.endEarlierClause", gettext("Move the end to the previous clause")],
    [";", "span.startEarlierClause", gettext("Move the start to the previous clause")],
    [":", "span.startLaterClause", gettext("Move the start to the next clause")],
    ["w", "span.sentence", gettext("Extend to the whole sentence")],
    ["e", "span.setFragments", gettext("Replace with the selected text")],
    ["+", "span.addFragment", gettext("Add the selected text, or pick the first word of a fragment")],
    [" ", "pick.end", gettext("Pick the last word, after labelling")],
    ["K", "span.keepCut", gettext("Undo trim (boundary rules)")],
  ],
  [gettext("Page")]: [
    ["F7", "view.questions", gettext("Questions about this document")],
    ["F8", "view.flow", gettext("Sentence by sentence: Enter goes to the next sentence, on or off")],
    ["F9", "view.frames", gettext("Offer links after labelling, on or off")],
    ["F2", "view.findLabel", gettext("Find a label")],
    ["0", "view.findLabel", gettext("Find a label")],
    ["Enter", "view.confirm", gettext("Go to the selected span's details")],
    ["/", "view.find", gettext("Find words, or the selected text")],
    ["F3", "view.findNext", gettext("Next match")],
    ["Shift+F3", "view.findPrevious", gettext("Previous match")],
    ["l", "view.labelAll", gettext("Label all occurrences of the selected text")],
    ["g", "view.guidelines", gettext("Guidelines for the selected label")],
    ["o", "view.settings", gettext("Settings: shortcuts, colours, sizes")],
    ["Control+Enter", "view.submit", gettext("Submit"), "page"],
    ["Control+Shift+Enter", "view.nextDocument", gettext("Next document"), "page"],
    ["?", "view.help", gettext("Help")],
  ],
});

/** A fixed key that a label or relation of the schema may have instead. */
const YIELDING = "0";

/**
 * Return the shortcuts of the editor, with those of labels, attributes and relations, and with a person's own keys.
 *
 * @param {Schema} schema
 * @param {OwnKeys} [keys]
 * @returns {Keymap}
 */
export function createKeymap(schema, keys = {}) {
  const fixed = Object.entries(TABLE).flatMap(([group, rows]) => rows.map(([key, command, description, when = ""]) =>
    ({ key, command, argument: [], group, description, label: "", when })));
  const yielding = fixed.filter(({ key }) => key === YIELDING);
  const always = [...fixed.filter(({ key }) => key !== YIELDING), ...labelKeys(schema), ...relationKeys(schema),
    ...yielding];
  const all = [...always, ...attributeKeys(schema, always)];
  const names = new Set();
  const isNew = (/** @type {Binding} */ binding) => !names.has(nameOf(binding)) && names.add(nameOf(binding));
  let own = keys;
  /** @type {Keymap} */
  const keymap = {
    bindings: [],
    clashes: [],
    commands: all.filter(isNew),
    keysOf: (name) => keymap.bindings.filter((binding) => nameOf(binding) === name).map((binding) => binding.key),
    remap: (changed) => Object.assign(keymap, withoutClashes(remapped(all, (own = changed)))),
    add: (more) => {
      all.push(...more);
      keymap.commands.push(...more.filter(isNew));
      keymap.remap(own);
    },
  };
  keymap.remap(keys);
  return keymap;
}

/**
 * Return the name of a shortcut's command, with its argument: "span.next", "label Claim", "attribute Claim kind fact".
 *
 * @param {{command: string, argument: string[], label?: string}} binding
 * @returns {string}
 */
export function nameOf({ command, argument, label }) {
  return [command, ...(label ? [label] : []), ...argument].join(" ");
}

/**
 * Return whether two shortcuts cannot have the same key. Those of attributes count only while a span with their label
 * is selected.
 *
 * @param {Pick<Binding, "key"|"label">} first
 * @param {Pick<Binding, "key"|"label">} second
 * @returns {boolean}
 */
export function clash(first, second) {
  return first.key === second.key && (first.label === "" || second.label === "" || first.label === second.label);
}

/**
 * Return the condition under which a shortcut counts.
 *
 * @param {string|null} label id of the label of the selected span
 * @param {boolean} isInText whether the text has the focus
 * @returns {(binding: Binding) => boolean}
 */
export function countsWith(label, isInText) {
  return (binding) => (binding.label === "" || binding.label === label)
    && (isInText || (binding.when === "page" && binding.key.startsWith("Control+")));
}

/**
 * @param {Binding[]} bindings
 * @param {OwnKeys} keys
 * @returns {Binding[]}
 */
function remapped(bindings, keys) {
  const done = new Set();
  return bindings.flatMap((binding) => {
    const name = nameOf(binding);
    if (!Object.hasOwn(keys, name)) return [binding];
    if (done.has(name)) return [];
    done.add(name);
    return keys[name].map((key) => ({ ...binding, key }));
  });
}

/**
 * @param {Binding[]} wanted the first that wants a key has it
 * @returns {{bindings: Binding[], clashes: string[]}}
 */
function withoutClashes(wanted) {
  /** @type {Binding[]} */
  const bindings = [];
  /** @type {Map<string, Binding[]>} */
  const byKey = new Map();
  /** @type {string[]} */
  const clashes = [];
  for (const binding of wanted.filter(({ key }) => key !== "")) {
    const others = byKey.get(binding.key) ?? [];
    const taken = others.find((other) => clash(other, binding));
    if (taken) clashes.push(clashMessage(binding, taken));
    else bindings.push(binding);
    byKey.set(binding.key, taken ? others : [...others, binding]);
  }
  return { bindings, clashes };
}

/**
 * @param {Binding} binding
 * @param {Binding} taken the one that has its key
 */
function clashMessage({ key, description }, taken) {
  return interpolate(gettext("The key “%(key)s” of “%(command)s” is used by “%(other)s”."),
    { key, command: description, other: taken.description });
}

/**
 * @param {Schema} schema
 * @returns {Binding[]}
 */
function labelKeys(schema) {
  return [...schema.labels.values()].map((label) => ({
    key: label.hotkey, command: "label", argument: [label.id], group: gettext("Labels"), description: label.name,
    label: "", when: "",
  }));
}

/**
 * @param {Schema} schema
 * @returns {Binding[]}
 */
function relationKeys(schema) {
  return [...schema.relations.values()].map((type) => ({
    key: type.hotkey, command: "view.relation", argument: [type.id], group: gettext("Relations"),
    description: interpolate(gettext("Add relation: %(relation)s …"), { relation: type.name }), label: "", when: "",
  }));
}

const CAPITALS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/**
 * Return a key for every choice of an attribute, and one for each typed attribute: the key that the schema names, or
 * else an uppercase letter of the name that is still free on that label. Lowercase letters are commands.
 *
 * @param {Schema} schema
 * @param {Binding[]} others shortcuts that have their keys first, whatever is selected
 * @returns {Binding[]}
 */
export function attributeKeys(schema, others) {
  const always = others.map(({ key }) => key);
  return [...schema.labels.values()].flatMap((label) => {
    const bindings = bindingsOf(label);
    const taken = new Set([...always, ...bindings.map(({ key }) => key)]);
    for (const binding of bindings.filter(({ key }) => key === "")) {
      binding.key = freeCapital(binding.description.slice(binding.description.lastIndexOf(": ") + 2), taken);
      taken.add(binding.key);
    }
    return bindings;
  });
}

/**
 * @param {Label} label
 * @returns {Binding[]}
 */
function bindingsOf(label) {
  const common = { group: gettext("Attributes"), label: label.id, when: "" };
  return label.attributes.flatMap((attribute) => {
    const name = `${label.name}: ${attribute.name}`;
    const isMany = attribute.choices.length > MOST_BUTTONS;
    const field = { ...common, key: "", command: "view.attribute", argument: [attribute.id], description: name };
    if (attribute.type !== "choice") return [field];
    const choices = isMany ? attribute.choices.filter(({ hotkey }) => hotkey) : attribute.choices;
    const bindings = choices.map((choice) => ({ ...common, key: choice.hotkey ?? "", command: "attribute",
      argument: [attribute.id, choice.id], description: `${name}: ${choice.name}` }));
    return isMany ? [...bindings, field] : bindings;
  });
}

/**
 * @param {string} name
 * @param {Set<string>} taken
 * @returns {string} "" when all are taken
 */
function freeCapital(name, taken) {
  const own = [...name.toUpperCase()].filter((letter) => CAPITALS.includes(letter));
  return [...own, ...CAPITALS].find((letter) => !taken.has(letter)) ?? "";
}
