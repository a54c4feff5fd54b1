/**
 * @typedef {import("../model/types.js").Schema} Schema
 * @typedef {object} Binding
 * @property {string} key as keyOf names it: "ArrowRight", "Control+Shift+z", "1", "?"
 * @property {string} command name, see commands.js; those that begin with "view." are the page's
 * @property {string[]} argument
 * @property {string} group heading in the help dialog
 * @property {string} description
 * @property {string} label id of the label that the selected span must have; "" for always
 * @property {string} when "page" counts on the whole page if it goes with Control; "" while the text has the focus
 * @typedef {Record<string, string[]>} OwnKeys keys of a person, by the name of the command (nameOf); [] for none
 * @typedef {{bindings: Binding[], clashes: string[], commands: Binding[],
 *   keysOf: (name: string) => string[], remap: (keys: OwnKeys) => void}} Keymap
 *   `clashes`: sentences about keys that are taken already and do nothing; `commands`: each command once, also those
 *   without a key, with the keys they come with; `keysOf`: the keys of a command now; `remap` puts other keys in force
 */

/** Keys of the editor itself: key, command, description. */
const TABLE = Object.freeze({
  Move: [
    ["ArrowRight", "cursor.right", "Next word (in the direction of the arrow)"],
    ["ArrowLeft", "cursor.left", "Previous word"],
    ["ArrowDown", "view.lineDown", "Line below"],
    ["ArrowUp", "view.lineUp", "Line above"],
    ["Control+ArrowRight", "cursor.sentenceRight", "Next sentence"],
    ["Control+ArrowLeft", "cursor.sentenceLeft", "Start of the sentence, or the one before"],
    ["Home", "cursor.blockStart", "Start of the paragraph"],
    ["End", "cursor.blockEnd", "End of the paragraph"],
    ["Control+Home", "cursor.documentStart", "Start of the text"],
    ["Control+End", "cursor.documentEnd", "End of the text"],
    ["u", "sentence.next", "Next sentence without a span"],
    ["U", "sentence.previous", "Sentence before without a span"],
  ],
  Select: [
    ["Shift+ArrowRight", "extend.right", "Select one word more"],
    ["Shift+ArrowLeft", "extend.left", "Select backwards"],
    ["Shift+ArrowDown", "view.extendLineDown", "Select to the line below"],
    ["Shift+ArrowUp", "view.extendLineUp", "Select to the line above"],
    ["Control+Shift+ArrowRight", "extend.sentenceRight", "Select to the next sentence"],
    ["Control+Shift+ArrowLeft", "extend.sentenceLeft", "Select to the start of the sentence"],
    ["Shift+Home", "extend.blockStart", "Select to the start of the paragraph"],
    ["Shift+End", "extend.blockEnd", "Select to the end of the paragraph"],
    ["v", "view.extend", "Select up to the next click"],
    ["Escape", "escape", "Give up the selection"],
  ],
  Spans: [
    ["n", "span.next", "Next span"],
    ["p", "span.previous", "Previous span"],
    ["[", "span.cycleBack", "Inwards through the spans at the cursor"],
    ["]", "span.cycle", "Outwards through the spans at the cursor"],
    ["Delete", "span.remove", "Remove the selected span"],
    ["Backspace", "span.remove", "Remove the selected span"],
    ["b", "span.choose", "Choose several: add the selected span, or leave it out"],
    ["Control+z", "history.undo", "Undo", "page"],
    ["Control+Shift+z", "history.redo", "Redo", "page"],
    ["Control+y", "history.redo", "Redo", "page"],
    ["c", "view.note", "Write a note on the selected span"],
  ],
  Boundaries: [
    [".", "span.endLater", "End one word later"],
    [",", "span.endEarlier", "End one word earlier"],
    [">", "span.startLater", "Start one word later"],
    ["<", "span.startEarlier", "Start one word earlier"],
    ["j", "span.endLaterClause", "End with the next clause"],
    ["J", "span.endEarlierClause", "End with the clause before"],
    [";", "span.startEarlierClause", "Start with the clause before"],
    [":", "span.startLaterClause", "Start with the next clause"],
    ["w", "span.sentence", "Widen to the whole sentence"],
    ["e", "span.setFragments", "Cover the selected text instead"],
    ["+", "span.addFragment", "Cover the selected text as well"],
    ["k", "span.keepCut", "Keep all that was selected, against the boundary rules"],
  ],
  Page: [
    ["Enter", "view.confirm", "Choose"],
    ["/", "view.find", "Find the selected words, or others"],
    ["F3", "view.findNext", "Next place found"],
    ["Shift+F3", "view.findPrevious", "Place found before"],
    ["l", "view.labelAll", "Label all occurrences of the selected words"],
    ["g", "view.guidelines", "Guidelines, at the rule for the label"],
    ["o", "view.settings", "Settings: keys, colours, sizes"],
    ["Control+Enter", "view.submit", "Submit", "page"],
    ["Control+Shift+Enter", "view.nextDocument", "Next document", "page"],
    ["?", "view.help", "This help"],
  ],
});

/**
 * All keys of the editor, those of labels, attributes and relations taken from the schema, and what a person changed.
 *
 * @param {Schema} schema
 * @param {OwnKeys} [keys]
 * @returns {Keymap}
 */
export function createKeymap(schema, keys = {}) {
  const fixed = Object.entries(TABLE).flatMap(([group, rows]) => rows.map(([key, command, description, when = ""]) =>
    ({ key, command, argument: [], group, description, label: "", when })));
  const always = [...fixed, ...labelKeys(schema), ...relationKeys(schema)];
  const all = [...always, ...attributeKeys(schema, always)];
  const names = new Set();
  /** @type {Keymap} */
  const keymap = {
    bindings: [],
    clashes: [],
    commands: all.filter((binding) => !names.has(nameOf(binding)) && names.add(nameOf(binding))),
    keysOf: (name) => keymap.bindings.filter((binding) => nameOf(binding) === name).map((binding) => binding.key),
    remap: (changed) => Object.assign(keymap, withoutClashes(remapped(all, changed))),
  };
  keymap.remap(keys);
  return keymap;
}

/**
 * The name of the command of a binding, with what it acts on: "span.next", "label Claim", "attribute Claim kind fact".
 *
 * @param {{command: string, argument: string[], label?: string}} binding
 * @returns {string}
 */
export function nameOf({ command, argument, label }) {
  return [command, ...(label ? [label] : []), ...argument].join(" ");
}

/**
 * Two bindings that cannot have the same key: those of attributes only count while a span with their label is selected.
 *
 * @param {Pick<Binding, "key"|"label">} first
 * @param {Pick<Binding, "key"|"label">} second
 * @returns {boolean}
 */
export function clash(first, second) {
  return first.key === second.key && (first.label === "" || second.label === "" || first.label === second.label);
}

/**
 * Return the condition for bindings to count.
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
  /** @type {string[]} */
  const clashes = [];
  for (const binding of wanted.filter(({ key }) => key !== "")) {
    const taken = bindings.find((other) => clash(other, binding));
    if (taken) clashes.push(`The key “${binding.key}” of “${binding.description}” is taken by “${taken.description}”.`);
    else bindings.push(binding);
  }
  return { bindings, clashes };
}

/**
 * @param {Schema} schema
 * @returns {Binding[]}
 */
function labelKeys(schema) {
  return [...schema.labels.values()].map((label) => ({
    key: label.hotkey, command: "label", argument: [label.id], group: "Labels", description: label.name, label: "",
    when: "",
  }));
}

/**
 * @param {Schema} schema
 * @returns {Binding[]}
 */
function relationKeys(schema) {
  return [...schema.relations.values()].map((type) => ({
    key: type.hotkey, command: "view.relation", argument: [type.id], group: "Relations",
    description: `From the selected span: ${type.name} …`, label: "", when: "",
  }));
}

/**
 * @typedef {import("../model/types.js").Label} Label
 */

const CAPITALS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/**
 * One key for every choice of an attribute, and one to go to each attribute that is typed: those that the schema names,
 * else a capital of the name that is still free on that label. Capitals, since small letters are commands.
 *
 * @param {Schema} schema
 * @param {Binding[]} others what has its keys before them, whatever is selected
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
  const common = { group: "Attributes", label: label.id, when: "" };
  return label.attributes.flatMap((attribute) => {
    const name = `${label.name}: ${attribute.name}`;
    if (attribute.type !== "choice") {
      return [{ ...common, key: "", command: "view.attribute", argument: [attribute.id], description: name }];
    }
    return attribute.choices.map((choice) => ({ ...common, key: choice.hotkey ?? "", command: "attribute",
      argument: [attribute.id, choice.id], description: `${name}: ${choice.name}` }));
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

/** Keys that leave the text, that open what the browser or a screen reader has, or that are no keys by themselves. */
const RESERVED = new RegExp("^(?:(?:Control\\+|Alt\\+|Shift\\+)*"
  + "(?:Tab|F5|F6|F11|F12|CapsLock|NumLock|Dead|Process|Unidentified|Control|Shift|Alt|AltGraph|Meta)"
  + "|Control\\+(?:[cxvatnwrlpsf]|Shift\\+[tnwi]))$", "u");

/**
 * Why a command cannot have a key; "" when it can.
 *
 * @param {Keymap} keymap
 * @param {Binding} binding whose key it would be
 * @param {string} key
 * @returns {string}
 */
export function keyProblem(keymap, binding, key) {
  if (RESERVED.test(key)) return "The browser needs this key.";
  const name = nameOf(binding);
  const taken = keymap.bindings.find((other) => nameOf(other) !== name && clash(other, { ...binding, key }));
  return taken ? `It is the key of “${taken.description}”.` : "";
}

/**
 * The keys of a person after one command got one key in place of those it had, or none ("").
 *
 * @param {OwnKeys} keys
 * @param {Binding} binding
 * @param {string} key
 * @returns {OwnKeys}
 */
export function withKey(keys, binding, key) {
  return { ...keys, [nameOf(binding)]: key === "" ? [] : [key] };
}

/**
 * The keys of a person after one command got back those it came with.
 *
 * @param {OwnKeys} keys
 * @param {Binding} binding
 * @returns {OwnKeys}
 */
export function withoutKey(keys, binding) {
  return Object.fromEntries(Object.entries(keys).filter(([name]) => name !== nameOf(binding)));
}
